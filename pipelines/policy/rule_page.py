"""Everything about one rule, put together from registry, policy tables, contract and unit tests.

Belongs here: what is said of a rule and in which order. Does not belong here: results, and reading the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.contract import Contract
from pipelines.policy.check import Row
from pipelines.policy.completeness import declared_cases
from pipelines.policy.rule_files import RuleEntry, UnitTest

# Columns of the policy tables that say where an own value holds.
_SCOPE = ("country_code", "org_unit_id", "job_family")
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "rationale": "含义", "policy_source": "政策依据", "explanation": "说明句式",
        "parameters": "参数", "none": "无", "registered": "出厂值", "own": "本公司", "stricter": "更严:",
        "lower": "更小", "higher": "更大", "settings": "本公司设置", "disabled": "停用", "enabled": "启用",
        "required": "必需数据", "optional": "可选数据", "known_false_positives": "可能的误判",
        "next_steps": "下一步", "tests": "单元测试", "hit": "命中", "near_miss": "相近而不命中", "boundary": "边界",
        "points": "扣分", "version": "版本", "everywhere": "全公司", "from": "自", "to": "至(不含)",
        "colon": ":", "comma": "、",
    },
    "en": {
        "rationale": "Meaning", "policy_source": "Policy source", "explanation": "Sentence",
        "parameters": "Parameters", "none": "none", "registered": "as shipped", "own": "own", "stricter": "stricter: ",
        "lower": "lower", "higher": "higher", "settings": "Own settings", "disabled": "disabled", "enabled": "enabled",
        "required": "Required data", "optional": "Optional data", "known_false_positives": "Known false positives",
        "next_steps": "Next steps", "tests": "Unit tests", "hit": "hit", "near_miss": "near miss",
        "boundary": "boundary", "points": "points", "version": "version", "everywhere": "everywhere", "from": "from",
        "to": "until before", "colon": ": ", "comma": ", ",
    },
}  # fmt: skip


@dataclass(frozen=True)
class RulePage:
    """One rule. own_values: rows of `thresholds` by parameter; own_settings: rows of `rule_settings`."""

    entry: RuleEntry
    own_values: Mapping[str, tuple[Row, ...]]
    own_settings: tuple[Row, ...]
    titles: Mapping[str, Mapping[str, str]]
    cases: tuple[tuple[UnitTest, str, tuple[str, ...]], ...]


def rule_page(
    entry: RuleEntry, tables: Mapping[str, Sequence[Row]], contract: Contract, tests: Sequence[UnitTest]
) -> RulePage:
    """Put together what belongs to the rule. tables: those that the company keeps itself."""
    rows = [row for row in tables.get("thresholds", ()) if row["rule_id"] == entry.rule_id]
    parameters = entry.meta.get("thresholds") or {}
    datasets = {*entry.meta["required_datasets"], *entry.meta["optional_datasets"]}
    return RulePage(
        entry=entry,
        own_values={name: tuple(row for row in rows if row["parameter"] == name) for name in parameters},
        own_settings=tuple(row for row in tables.get("rule_settings", ()) if row["rule_id"] == entry.rule_id),
        titles={d.name: {"zh": d.title.zh, "en": d.title.en} for d in contract if d.name in datasets},
        cases=tuple(declared_cases(entry, tests)),
    )


def as_record(page: RulePage) -> dict[str, Any]:
    """The page for machines: the entry as registered, with what the company and the unit tests add."""
    return {
        **page.entry.meta,
        "model": page.entry.model,
        "own_values": {name: list(rows) for name, rows in page.own_values.items() if rows},
        "own_settings": list(page.own_settings),
        "dataset_titles": page.titles,
        "unit_tests": [
            {"test": test.name, "model": test.model, "case": case, "rows": list(names)}
            for test, case, names in page.cases
        ],
    }


def as_text(page: RulePage, language: str) -> Iterator[str]:
    """The page for people, line by line."""
    words, meta = WORDS[language], page.entry.meta
    yield f"{page.entry.rule_id}  {meta['name'][language]}"
    numbers = [f"{words[key]} {meta[key]}" for key in ("points", "version")]
    yield " · ".join([meta["status"], meta["severity"], *numbers])
    for key in ("rationale", "policy_source", "explanation"):
        yield from _section(words[key], [meta[key][language]])
    yield from _section(words["parameters"], _parameter_lines(page, language) or [words["none"]])
    if page.own_settings:
        yield from _section(words["settings"], [_setting_line(row, words) for row in page.own_settings])
    for key in ("required", "optional"):
        names = [f"{page.titles[name][language]} ({name})" for name in meta[f"{key}_datasets"]]
        yield from _section(words[key], [words["comma"].join(names) or words["none"]])
    for key in ("known_false_positives", "next_steps"):
        yield from _section(words[key], [meta[key][language]])
    yield from _section(words["tests"], _case_lines(page.cases, words))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {line}" for line in lines)


def _parameter_lines(page: RulePage, language: str) -> list[str]:
    words, lines = WORDS[language], []
    for name, parameter in (page.entry.meta.get("thresholds") or {}).items():
        lines.append(
            f"{name} = {parameter['value']} {parameter['unit']} ({words['registered']}){words['colon']}"
            f"{parameter['label'][language]} ({words['stricter']}{words[parameter['stricter_is']]})"
        )
        lines += [
            f"* {name} = {row['value']} {parameter['unit']} ({words['own']}){words['colon']}{_scope(row, words)}"
            for row in page.own_values[name]
        ]
    return lines


def _setting_line(row: Row, words: Mapping[str, str]) -> str:
    parts = [row["severity"], row["points"] and f"{words['points']} {row['points']}"]
    if row["is_enabled"] is not None:
        parts.append(words["enabled"] if row["is_enabled"] == "true" else words["disabled"])
    return f"* {words['comma'].join(part for part in parts if part)}{words['colon']}{_scope(row, words)}"


def _scope(row: Row, words: Mapping[str, str]) -> str:
    where = [value for column in _SCOPE if (value := row.get(column))]
    when = [
        f"{words[word]} {row[column]}" for word, column in (("from", "valid_from"), ("to", "valid_to")) if row[column]
    ]
    return f"{words['comma'].join(where) or words['everywhere']} {' '.join(when)}".rstrip()


def _case_lines(cases: Iterable[tuple[UnitTest, str, tuple[str, ...]]], words: Mapping[str, str]) -> Iterator[str]:
    previous = None
    for test, case, names in cases:
        if test.name != previous:
            yield f"{test.name} ({test.model})"
            previous = test.name
        yield f"  {words[case]}{words['colon']}{words['comma'].join(names)}"
