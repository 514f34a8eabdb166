"""Foreign text in spreadsheets.

Belongs here: what a spreadsheet would run as a formula or refuse to hold, and text made safe from both.
Does not belong here: which rows go into a file, and how a workbook looks.
"""

from __future__ import annotations

import re

# What makes a spreadsheet take a cell for a formula, in half and full width, and what people hide it behind.
FORMULA_STARTS = frozenset("=+-@|%＝＋－＠｜％")
MAX_CELL = 32_767
_SKIPPED = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b\u200c\u200d\u2060\"'`"
# What XML 1.0 cannot hold; a workbook with one of these does not open.
_UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d .,]*%?")


def starts_formula(value: str) -> bool:
    """Whether a spreadsheet that reads the text afresh (as from CSV) may run it."""
    return value.lstrip(_SKIPPED)[:1] in FORMULA_STARTS and value.lstrip(_SKIPPED) != ""


def safe_text(value: str) -> str:
    """The text, marked as text where a spreadsheet might run it."""
    return "'" + value if starts_formula(value) or value[:1] in ("\t", "\r", "\n") else value


def workbook_text(value: str) -> str:
    """A text as a workbook's text cell can hold it, unmarked: a typed cell is not run."""
    return _UNWRITABLE.sub("\ufffd", value)[:MAX_CELL]


def is_plain_number(value: str) -> bool:
    """A signed number is what it looks like; everybody may read `-100.00` as it stands."""
    return _PLAIN_NUMBER.fullmatch(value) is not None
