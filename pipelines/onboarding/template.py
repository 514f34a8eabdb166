"""A blank workbook for one dataset of the contract.

Belongs here: its header, formats, lists, explanations, and example values that pass the checks.
Does not belong here: recognising it when it comes back (`pipelines.landing`).
"""

from __future__ import annotations

import hashlib
import json
from difflib import get_close_matches
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.contract import Column, Contract, Dataset
from pipelines.landing.reasons import TYPE_NAMES
from pipelines.landing.tag import TemplateTag
from pipelines.onboarding.domain_words import word
from pipelines.onboarding.language import Language, Words
from pipelines.onboarding.workbook import (
    OPTIONAL,
    REQUIRED,
    TEXT_FORMAT,
    add_guide,
    add_tag,
    save,
    shown_width,
    text_cell,
)

_DATA_SHEET = Words("数据", "data")
_GUIDE_SHEET = Words("填写说明", "guide")
_ROWS = 1_048_576
_LONGEST_LIST = 255
_FORMATS = {"date": "yyyy-mm-dd", "ts": "yyyy-mm-dd hh:mm:ss", "money": "0.00", "int": "0", "num": "General"}
_TRUTH = {"zh": ("是", "否"), "en": ("yes", "no")}

_INTRODUCTION = Words(
    "{title}：每一行是{grain}。在“{sheet}”表的表头下面填写，每行一条；橙色的列必填。\n"
    "本页的示例不会被导入。文件名和存放位置不限，保存后放进收件箱即可。",
    "{title}: one row is {grain}. Fill in below the header of the sheet “{sheet}”; orange columns are required.\n"
    "The examples on this page are never imported. Put the file anywhere in the inbox, under any name.",
)
_KEY_HINT = Words(
    "同一主键（{keys}）的行，以最近一次交付为准。", "Of rows with the same key ({keys}) the latest counts."
)
_FULL = Words(
    "每份文件都是全量：上一份里有、这一份里没有的记录视为已结束。",
    "Each file is the whole truth: what an earlier file had and this one lacks has ended.",
)
_DELTA = Words(
    "每份文件只需包含新增和变更的记录。",
    "Each file brings new and changed records only.",
)
_HEADINGS = {
    "zh": ("列", "名称", "类型", "必填", "允许值", "说明", "示例"),
    "en": ("Column", "Label", "Type", "Required", "Allowed values", "Meaning", "Example"),
}
_REQUIRED = Words("必填", "required")
_OPTIONAL = Words("选填", "optional")
_DEFAULT = Words("空白视为 {default}", "blank means {default}")
_NOT_ALLOWED = Words("请从列表中选择", "Choose one from the list")
_EXAMPLE = Words("示例：{example}", "Example: {example}")

# Example values for columns whose type alone would give an odd one.
_EXAMPLES = {
    "country_code": "CN",
    "currency": "CNY",
    "email": "name@example.com",
    "employee_id": "E0001",
    "full_name": "王伟",
    "gender": "男",
    "latitude": "30.2741",
    "longitude": "120.1551",
    "manager_id": "E0002",
    "phone": "13800000000",
    "timezone": "Asia/Shanghai",
    "weekly_hours": "40",
    "score": "85",
}
_EXAMPLES_BY_TYPE = {
    "date": "2026-01-31",
    "ts": "2026-01-31 09:00:00",
    "money": "1234.50",
    "int": "1",
    "num": "0.8",
    "bool": "是",
    "text": "示例",
}
_PERIOD_EXAMPLE = "2026-01"


def find_dataset(contract: Contract, name: str) -> Dataset:
    """By `employees`, `hr.employees`, `hr/employees` or the title. Raises LookupError with the nearest names."""
    wanted = name.strip().casefold().replace("/", ".")
    for dataset in contract:
        if wanted in (dataset.name, f"{dataset.system}.{dataset.name}", dataset.title.zh, dataset.title.en):
            return dataset
    names = [d.name for d in contract] + [d.title.zh for d in contract]
    near = get_close_matches(wanted.rpartition(".")[2], names, n=3, cutoff=0.5)
    hint = f"; did you mean {' / '.join(near)}?" if near else ""
    raise LookupError(f"no dataset {name!r}{hint} (`hufu template --list` shows all)")


def dataset_version(dataset: Dataset) -> str:
    """Changes when the dataset's columns do."""
    text = json.dumps([c.model_dump() for c in dataset.columns], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def example(column: Column) -> str:
    """A value that passes the checks."""
    if column.domain is not None:
        return column.domain[0]
    if column.name in _EXAMPLES:
        return _EXAMPLES[column.name]
    if column.pattern is not None:
        return _PERIOD_EXAMPLE
    if column.type == "text" and column.name.endswith(("_id", "_no", "_code", "_account")):
        return "A001"
    return _EXAMPLES_BY_TYPE[column.type]


def header(column: Column, language: Language) -> str:
    return column.label.zh if language == "zh" and column.label else column.name


def allowed_values(dataset: Dataset, column: Column, language: Language) -> tuple[str, ...]:
    """What a person may choose from; empty where anything of the type goes."""
    if column.type == "bool":
        return _TRUTH[language]
    return column.domain or ()


def write_template(dataset: Dataset, out: Path, language: Language) -> None:
    """Write the workbook to `out`."""
    book = Workbook()
    sheet = book.active
    sheet.title = _DATA_SHEET.say(language)
    guide_name = _GUIDE_SHEET.say(language)
    sheet.freeze_panes = "A2"
    sheet.append([_header_cell(sheet, dataset, column, language) for column in dataset.columns])
    for number, column in enumerate(dataset.columns, start=1):
        letter = get_column_letter(number)
        dimension = sheet.column_dimensions[letter]
        dimension.width = max(shown_width(header(column, language)) + 4, 12)
        dimension.number_format = _FORMATS.get(column.type, TEXT_FORMAT)
    guide = _guide_rows(dataset, language, sheet.title)
    add_guide(book, guide_name, guide, bold_rows=(0, _first_column_row(guide) - 1))
    for number, column in enumerate(dataset.columns):
        values = allowed_values(dataset, column, language)
        if values:
            _offer(sheet, number + 1, values)
    tag = TemplateTag(system=dataset.system, dataset=dataset.name, sheet=sheet.title, contract=dataset_version(dataset))
    add_tag(book, tag)
    save(book, out)


def _offer(sheet: Worksheet, number: int, values: tuple[str, ...]) -> None:
    """A list to choose from. Other values may be typed: the landing says what is wrong with them, row by row."""
    listed = ",".join(values)
    if len(listed) > _LONGEST_LIST:
        raise ValueError(f"the list of {len(values)} values is longer than a spreadsheet takes: {listed[:80]}…")
    validation = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
    validation.errorStyle = "warning"
    validation.error = f"{_NOT_ALLOWED.zh} · {_NOT_ALLOWED.en}"
    validation.showErrorMessage = True
    letter = get_column_letter(number)
    validation.add(f"{letter}2:{letter}{_ROWS}")
    sheet.add_data_validation(validation)


def _header_cell(sheet: Worksheet, dataset: Dataset, column: Column, language: Language):
    colour = REQUIRED if column.is_mandatory else OPTIONAL
    cell = text_cell(sheet, header(column, language), colour=colour, bold=True)
    cell.comment = Comment(_comment(dataset, column, language), "Hufu", width=280, height=150)
    return cell


def _comment(dataset: Dataset, column: Column, language: Language) -> str:
    lines = [
        f"{_label(column)} ({column.name})",
        f"{_type_word(column, language)}, {(_REQUIRED if column.is_mandatory else _OPTIONAL).say(language)}",
        _allowed_text(dataset, column, language, "\n"),
        _meaning(column, language),
        _EXAMPLE.say(language, example=example(column)),
    ]
    return "\n".join(line for line in lines if line)


def _label(column: Column) -> str:
    return f"{column.label.zh} · {column.label.en}" if column.label else column.name


def _type_word(column: Column, language: Language) -> str:
    zh, en = TYPE_NAMES[column.type]
    return zh if language == "zh" else en


def _allowed_text(dataset: Dataset, column: Column, language: Language, between: str) -> str:
    values = allowed_values(dataset, column, language)
    if language == "en" or column.domain is None:
        return (", " if between == "\n" else between).join(values)
    named = [(value, word(dataset.name, column, value)) for value in values]
    return between.join(f"{value} = {meaning}" if meaning else value for value, meaning in named)


def _meaning(column: Column, language: Language) -> str:
    limits = []
    if column.min is not None or column.max is not None:
        low = f"{column.min:g}" if column.min is not None else "…"
        high = f"{column.max:g}" if column.max is not None else "…"
        limits.append(f"{low} ~ {high}")
    if column.default is not None:
        limits.append(_DEFAULT.say(language, default=column.default))
    return "; ".join([*([column.description] if column.description else []), *limits])


def _guide_rows(dataset: Dataset, language: Language, data_sheet: str) -> list[list[str]]:
    title = f"{dataset.title.zh} · {dataset.title.en}"
    # No cell holds a column's name or label alone, so that no row of this page can pass for a header.
    keys = ", ".join(header(dataset.column(key), language) for key in dataset.keys)
    introduction = _INTRODUCTION.say(language, title=title, grain=_grain(dataset, language), sheet=data_sheet)
    notes = [_KEY_HINT.say(language, keys=keys), (_FULL if dataset.delivery == "full" else _DELTA).say(language)]
    rows = [[line] for line in [*introduction.split("\n"), *notes]]
    rows += [[""], list(_HEADINGS[language])]
    for column in dataset.columns:
        rows.append(
            [
                f"{dataset.name}.{column.name}",
                _label(column),
                _type_word(column, language),
                "●" if column.is_mandatory else "",
                _allowed_text(dataset, column, language, "\n"),
                _meaning(column, language),
                example(column),
            ]
        )
    return rows


def _grain(dataset: Dataset, language: Language) -> str:
    return f"一条{dataset.title.zh}记录" if language == "zh" else dataset.grain


def _first_column_row(rows: list[list[str]]) -> int:
    return next(number for number, row in enumerate(rows) if len(row) > 1) + 1
