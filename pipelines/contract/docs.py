"""The contract as a page for people: docs/contract.md, rendered from the YAML.

Belongs here: how datasets and columns are laid out as Markdown.
Does not belong here: any fact about a dataset (those stand in the YAML) and prose about landing or profiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelines.contract.model import PROVENANCE_COLUMNS, SQL_TYPES, Column, Contract, Dataset, load_contract

PAGE = Path(__file__).parents[2] / "docs" / "contract.md"

_INTRODUCTION = """\
# 数据契约 · Input contract

<!-- Rendered from pipelines/contract/*.yml by `hufu contract render`. Edit the YAML, not this page. -->

一个数据集就是一张逻辑表，导出文件放在
`<inbox>/<系统>/<数据集>*.(csv|tsv|xlsx|xls|jsonl|parquet)[.gz]`；列名不同的文件由映射配置（profile）转换。
文件中没有的列视为空；从未交付的数据集是空表，依赖它的规则回答 NO_DATA，而不是零。

One dataset is one logical table that an export may deliver, as
`<inbox>/<system>/<dataset>*.(csv|tsv|xlsx|xls|jsonl|parquet)[.gz]`; a profile maps files with other columns.
A column that a file lacks is null. A dataset never delivered is an empty table, and whatever requires it says
NO_DATA, never zero.

带 👤 的列指向公司人员。系统用自己的账号指人时，值写作 `系统:账号`（如 `wecom:LiMing`），按数据集
[`identities`](#identities) 在该行事件发生时的归属换成工号；没有归属或同时属于多人时保持原样，需要人员的规则留待复核，
数据质量页列出等待的账号。身份对照晚到时无须重新交付其他文件。

Columns marked 👤 name a person of the company. Where a system names people by its own accounts, the value is
`system:account` (as in `wecom:LiMing`) and becomes the employee number of whoever had the account, by dataset
[`identities`](#identities), when the row happened. Where nobody had it, or several people at once, it stays as it is:
rules that need the person leave the row for review, and the Data quality page lists what waits. Identities may come
late; nothing needs to be delivered again.

全量文件中进入隔离区的行仍占有其主键：该记录没有消失，只是这次读不了。

A row that a full file holds in quarantine keeps its key: the record is not gone, it only cannot be read this time.
"""

_LEGEND = """\
## 读法 · How to read the tables

| 标记 Mark | 含义 Meaning |
| --- | --- |
| 🔑 | 主键的一部分 · part of the key |
| ● | 必填，缺失的行进入隔离区 · required, a row without it goes to quarantine |
| ⏱ | 事件时间 · the dataset's event time |
| 👤 | 指向公司人员，`系统:账号` 由身份对照换成工号 · names a person; `identities` resolves `system:account` |
| full | 每份文件都是全量，消失的记录即告结束 · each file is the whole truth; what is gone from it has ended |
| delta | 每份文件只含新增与变更 · each file brings new and changed records |
| plan | 事件时间是计划时间，不代表数据新到何时 · its event time is planned, so it does not tell how fresh the data is |
"""


def render(contract: Contract) -> str:
    """The whole page; the same contract always gives the same text."""
    blocks = [_INTRODUCTION, _LEGEND, _types(), _index(contract)]
    for system in _systems(contract):
        blocks.append(f"## {system}\n")
        blocks.extend(_dataset(dataset) for dataset in contract if dataset.system == system)
    blocks.append(_provenance())
    return "\n".join(blocks)


def _systems(contract: Contract) -> Iterator[str]:
    return iter(dict.fromkeys(dataset.system for dataset in contract))


def _types() -> str:
    rows = ((f"`{name}`", f"`{sql}`") for name, sql in SQL_TYPES.items())
    return _table(("类型 Type", "SQL"), rows)


def _index(contract: Contract) -> str:
    rows = (
        (d.system, f"[`{d.name}`](#{d.name})", d.title.zh, d.title.en, d.grain, _delivery(d), str(len(d.columns)))
        for d in contract
    )
    header = ("系统 System", "数据集 Dataset", "中文", "English", "粒度 Grain", "交付 Delivery", "列数 Columns")
    return f"## 数据集 · Datasets ({len(contract.datasets)})\n\n{_table(header, rows)}"


def _dataset(dataset: Dataset) -> str:
    header = ("列 Column", "", "类型 Type", "中文", "English", "取值 Values", "个人信息 Personal data", "说明 Note")
    rows = (
        (
            f"`{column.name}`",
            _marks(column),
            column.type,
            column.label.zh if column.label else "",
            column.label.en if column.label else "",
            _values(column),
            column.pii or "",
            column.description or "",
        )
        for column in dataset.columns
    )
    return (
        f'<a id="{dataset.name}"></a>\n'
        f"### {dataset.title.zh} · {dataset.title.en}\n\n"
        f"`{dataset.system}/{dataset.name}` · {dataset.grain} · {_delivery(dataset)}\n\n"
        f"{_table(header, rows)}"
    )


def _provenance() -> str:
    rows = ((f"`{name}`", f"`{sql}`") for name, sql in PROVENANCE_COLUMNS.items())
    return f"## 来源列 · What every landed row carries beside its own columns\n\n{_table(('列 Column', 'SQL'), rows)}"


def _delivery(dataset: Dataset) -> str:
    return f"{dataset.delivery}, plan" if dataset.is_plan else dataset.delivery


def _marks(column: Column) -> str:
    marks = (
        ("🔑", column.key),
        ("●", column.is_mandatory and not column.key),
        ("⏱", column.event_time),
        ("👤", column.person),
    )
    return " ".join(mark for mark, holds in marks if holds)


def _values(column: Column) -> str:
    parts = []
    if column.domain:
        parts.append(", ".join(f"`{value}`" for value in column.domain))
    if column.pattern:
        parts.append(f"`{column.pattern}`")
    if column.min is not None or column.max is not None:
        parts.append(f"{_number(column.min)} … {_number(column.max)}".strip())
    if column.default is not None:
        parts.append(f"空 null = `{str(column.default).lower() if column.type == 'bool' else column.default}`")
    return "; ".join(parts)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def write(page: Path = PAGE) -> list[Path]:
    """Write the page; returns its path if its text changed."""
    text = render(load_contract())
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return []
    page.parent.mkdir(exist_ok=True)
    page.write_text(text, encoding="utf-8")
    return [page]
