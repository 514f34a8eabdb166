"""Words and numbers in the reader's language.

Belongs here: the text catalogue and how numbers, money, rates and dates are written in Chinese and English.
Does not belong here: the texts themselves (locale/*.yml) and what figures mean (reference.metrics).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"
LOCALE_DIR = Path(__file__).with_name("locale")

CURRENCY_SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "SGD": "S$", "JPY": "JP¥"}
EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number = int | float | Decimal


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Texts by dotted key."""
    if language not in LANGUAGES:
        raise ValueError(language)
    document = yaml.safe_load((LOCALE_DIR / f"{language}.yml").read_text(encoding="utf-8"))
    return dict(_flatten("", document))


def _flatten(prefix: str, node: Any):
    if isinstance(node, Mapping):
        for key, child in node.items():
            yield from _flatten(f"{prefix}.{key}" if prefix else str(key), child)
    else:
        yield prefix, str(node)


def is_missing(value: Any) -> bool:
    """None, NaN and NaT: there is no value."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return False


@dataclass(frozen=True)
class Texts:
    """One language. Missing values are written as what they are, never as zero."""

    language: str

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key; a key without a text is an error, so that no page shows a key."""
        return catalogue(self.language)[key].format(**values)

    def has(self, key: str) -> bool:
        return key in catalogue(self.language)

    def term(self, group: str, code: Any) -> str:
        """The word for a code of a closed list; an unknown code is shown as it is."""
        if is_missing(code):
            return self("state.none")
        key = f"{group}.{code}"
        return self(key) if self.has(key) else str(code)

    def pick(self, row: Mapping[str, Any], stem: str) -> str | None:
        """The column of this language, e.g. name_zh; the other language where this one is empty."""
        other = "en" if self.language == "zh" else "zh"
        for column in (f"{stem}_{self.language}", f"{stem}_{other}"):
            value = row.get(column)
            if not is_missing(value) and str(value).strip():
                return str(value)
        return None

    def number(self, value: Number | None, digits: int = 0) -> str:
        if is_missing(value):
            return self("state.none")
        return f"{value:,.{digits}f}"

    def points(self, value: Number | None) -> str:
        """Points, which are mostly whole."""
        if is_missing(value):
            return self("state.none")
        return f"{value:,.2f}".rstrip("0").rstrip(".")

    def compact(self, value: Number | None, *, trim: bool = False) -> str:
        """Short form: 万 and 亿 in Chinese, K, M and B in English. `trim` drops zeros behind the point, for axes."""
        if is_missing(value):
            return self("state.none")
        amount = float(value)
        steps = [(1e8, "亿"), (1e4, "万")] if self.language == "zh" else [(1e9, "B"), (1e6, "M"), (1e3, "K")]
        for size, unit in steps:
            if abs(amount) >= size:
                scaled = amount / size
                number = f"{scaled:,.{_digits(scaled)}f}"
                return (number.rstrip("0").rstrip(".") if trim and "." in number else number) + unit
        return f"{amount:,.0f}"

    def money(self, value: Number | None, currency: str | None) -> str:
        if is_missing(value):
            return self("state.none")
        sign = CURRENCY_SIGNS.get(currency or "", f"{currency} " if not is_missing(currency) else "")
        amount = self.compact(abs(value))
        return f"{'−' if value < 0 else ''}{sign}{amount}"

    def rate(self, value: Number | None) -> str:
        """Three significant digits, two below one."""
        if is_missing(value):
            return self("state.none")
        return f"{float(value):,.{_digits(float(value))}f}"

    def interval(self, low: Number | None, high: Number | None, *, open_ended: bool = False) -> str:
        """`open_ended`: no upper end means that there is none, rather than that it is unknown."""
        if is_missing(low) or (is_missing(high) and not open_ended):
            return self("state.none")
        return f"{self.rate(low)}–{'∞' if is_missing(high) else self.rate(high)}"

    def ratio(self, value: Number | None) -> str:
        if is_missing(value):
            return self("state.none")
        return self("format.ratio", value=f"{float(value):.{0 if value >= 10 else 1}f}")

    def percent(self, share: Number | None, digits: int = 0) -> str:
        """A share between 0 and 1 as per cent."""
        if is_missing(share):
            return self("state.none")
        return f"{float(share) * 100:.{digits}f}%"

    def change(self, share: Number | None, digits: int = 0) -> str:
        """A share with its sign."""
        if is_missing(share):
            return self("state.none")
        rounded = round(float(share) * 100, digits) + 0.0
        return f"{rounded:{'+' if rounded else ''}.{digits}f}%".replace("-", "−")

    def p_value(self, value: Number | None) -> str:
        if is_missing(value):
            return self("state.none")
        return "<0.001" if value < 0.001 else f"{float(value):.3f}"

    def p_value_words(self, value: Number | None) -> str:
        """As it stands in a sentence: p < 0.001, p = 0.012."""
        return "p < 0.001" if not is_missing(value) and value < 0.001 else f"p = {self.p_value(value)}"

    def date(self, value: date | None) -> str:
        if is_missing(value):
            return self("state.none")
        if self.language == "zh":
            return f"{value.year}年{value.month}月{value.day}日"
        return f"{value.day} {EN_MONTHS[value.month - 1]} {value.year}"

    def month(self, value: date | None) -> str:
        if is_missing(value):
            return self("state.none")
        if self.language == "zh":
            return f"{value.year}年{value.month}月"
        return f"{EN_MONTHS[value.month - 1]} {value.year}"

    def moment(self, value: datetime | None) -> str:
        if is_missing(value):
            return self("state.none")
        return f"{self.date(value)} {value:%H:%M}"

    def instant(self, value: datetime | None) -> str:
        """A moment of the pipeline's own clock, which is UTC; facts have the wall-clock time of their place instead."""
        if is_missing(value):
            return self("state.none")
        utc = value.astimezone(UTC) if value.tzinfo else value
        return f"{self.moment(utc)} UTC"

    def weekday(self, number: int) -> str:
        """1 is Monday."""
        return self(f"weekday.{int(number)}")

    def hour(self, number: int) -> str:
        return f"{int(number):02d}:00"


def _digits(value: float) -> int:
    size = abs(value)
    if size == 0 or size >= 100:
        return 0
    if size >= 10:
        return 1
    return 2 if size >= 1 else min(4, 1 - math.floor(math.log10(size)))
