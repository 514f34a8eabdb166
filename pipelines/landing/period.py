"""Which days a file says it covers, by the text above its header, its name, its folder, its sheet. Pure.

Belongs here: the spellings of a period, finding the year where it is not written, whether two statements agree.
Does not belong here: days that only follow from the records.

The text above the header and the file's name speak first and must not contradict each other; a folder or a sheet's name
is asked only where neither says anything. A single day is a period only where a label in the text says so: in a name it
is usually the day of the export.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.landing.reasons import set_aside

if TYPE_CHECKING:
    from pipelines.landing.recognise import ProfiledTable

_MADE_WORDS = "制表|报表生成|生成|导出|打印|下载|制单|填报|填表|查询|统计生成"
_LABEL_WORDS = (
    "统计日期|统计时间|统计周期|统计区间|统计期间|统计月份|考勤周期|考勤月份|考勤日期|考勤期间|会计期间|会计月份|所属期间?|税款所属期[间起]?|"
    "所属月份|所属年月|日期范围|时间范围|起止日期|起止时间|查询日期|查询期间|交易日期|账单周期|账期|期间|周期|月份|日期|时间"
)
_TO = r"\s*(?:至|到|~|-+|—+|–|_|[Tt][Oo])\s*"
# Before a day without year a lone hyphen could as well lead to a time: 2026-03-10-12-30.
_TO_SHORT = r"(?:\s*(?:至|到|~|—+|–)\s*|\s+-+\s+|(?<=日)-)"
_CLOCK = r"(?:[T\s]*\d{1,2}:\d{2}(?::\d{2})?)?"
_YEAR = r"(?:19|20)\d{2}"
_DAY = rf"{_YEAR}(?:\s?[-/.年]\s?\d{{1,2}}\s?[-/.月]\s?\d{{1,2}}(?:\s?日)?|\d{{4}})"
_MADE = re.compile(rf"(?:{_MADE_WORDS})(?:时间|日期|于)?\s*[::]?\s*({_DAY}){_CLOCK}")
_LABEL = re.compile(rf"(?:{_LABEL_WORDS})\s*:?\s*")
_BEFORE, _AFTER = r"(?<![\d])", r"(?!\d|[-/.年]\d|[-/.月]\s?\d)"

_WHOLE_DAYS = re.compile(rf"{_BEFORE}({_DAY}){_CLOCK}{_TO}({_DAY})(?!\d)")
_END_SHORT = re.compile(rf"{_BEFORE}({_DAY}){_CLOCK}{_TO_SHORT}(?:(\d{{1,2}})[-/.月])?(\d{{1,2}})日?{_AFTER}")
_MONTH = rf"({_YEAR})(?:\s?[-/.年]\s?(\d{{1,2}})月?份?|(\d{{2}}))"
_MONTHS = re.compile(rf"{_BEFORE}{_MONTH}{_TO}{_MONTH}{_AFTER}")
_MONTHS_SHORT = re.compile(rf"{_BEFORE}({_YEAR})年(\d{{1,2}})月?{_TO}(\d{{1,2}})月")
_ONE_MONTH = re.compile(rf"{_BEFORE}{_MONTH}{_AFTER}")
_ONE_DAY = re.compile(rf"{_BEFORE}({_DAY})(?!\d){_CLOCK}(?!{_TO}\d)")
_NO_YEAR = re.compile(
    rf"{_BEFORE}(\d{{1,2}})[-/.月](\d{{1,2}})日?{_CLOCK}\s*(?:至|到|~|—+|–|-|to)\s*(\d{{1,2}})[-/.月](\d{{1,2}})日?(?!\d)"
)


@dataclass(frozen=True)
class Period:
    """First and last day, both included."""

    start: date
    end: date
    is_by_month: bool = field(default=False, compare=False)
    """Whether it was said in months, like `2026-03`, rather than in days."""

    def __str__(self) -> str:
        return f"{self.start} - {self.end}"


def periods_of(table: ProfiledTable, relative: str) -> tuple[Period | None, ...]:
    """What each pick of a table says it covers, as far as its profile asks.

    Raises SetAside where the text and the file's name disagree, or the profile demands what neither says.
    """
    profile = table.profile
    if profile.period is None:
        return (None,) * len(table.picks)
    folder, name = _of_path(relative)
    titles = [of_title(pick.title or "", name or folder) for pick in table.picks]
    sheets = [of_name(pick.head.sheet or "") for pick in table.picks]
    said = whole_period(titles)
    if said is not None and name is not None and not _agree(said, name):
        raise set_aside("period_conflict", title=said, name=name)
    found = tuple(title or name or folder or sheet for title, sheet in zip(titles, sheets, strict=True))
    if profile.period == "required" and None in found:
        name_alone, dot, suffix = PurePosixPath(relative.removesuffix(".gz")).name.rpartition(".")
        raise set_aside("period_missing", example=f"{name_alone}_20260101-20260131{dot}{suffix}")
    return found


def whole_period(periods: Iterable[Period | None]) -> Period | None:
    """From the first day of any to the last."""
    stated = [period for period in periods if period is not None]
    if not stated:
        return None
    return Period(min(p.start for p in stated), max(p.end for p in stated))


def _agree(said: Period, name: Period) -> bool:
    """A month in a name may stand for a period that is not the calendar's: 26 January to 25 February."""
    if said == name:
        return True
    return name.is_by_month and said.start <= name.end and name.start <= said.end and said.end <= name.end


def _of_path(relative: str) -> tuple[Period | None, Period | None]:
    """The period of the nearest folder that has one, and that of the file's name."""
    path = PurePosixPath(relative)
    folders = (of_name(part) for part in reversed(path.parent.parts))
    return next((period for period in folders if period is not None), None), of_name(path.name)


def of_name(name: str) -> Period | None:
    """`..._20260201-20260228`, `2026-03`, `2026年3月`, `202603`."""
    text = unicodedata.normalize("NFKC", name)
    return _range(text) or _months(text)


def of_title(title: str, elsewhere: Period | None = None) -> Period | None:
    """The period in the text above a header. `elsewhere` gives the year where the text has none."""
    text = unicodedata.normalize("NFKC", title)
    made = [day for found in _MADE.finditer(text) if (day := _day(found[1])) is not None]
    text = _MADE.sub(" ", text)
    labelled = [text[found.end() :].partition("\n")[0] for found in _LABEL.finditer(text)]
    for part in (*labelled, text):
        found = _range(part) or _without_year(part, made[0] if made else None, elsewhere)
        if found is not None:
            return found
    for part in (*labelled, text):
        if (found := _months(part)) is not None:
            return found
    days = (_ONE_DAY.match(part) for part in labelled)
    day = next((day for found in days if found and (day := _day(found[1])) is not None), None)
    return Period(day, day) if day is not None else None


def _period(start: date | None, end: date | None) -> Period | None:
    return Period(start, end) if start is not None and end is not None and start <= end else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    numbers = re.findall(r"\d+", text)
    if len(numbers) == 1:
        numbers = [text[:4], text[4:6], text[6:8]]
    return _date(*map(int, numbers[:3]))


def _range(text: str) -> Period | None:
    for found in _WHOLE_DAYS.finditer(text):
        if (period := _period(_day(found[1]), _day(found[2]))) is not None:
            return period
    for found in _END_SHORT.finditer(text):
        start = _day(found[1])
        if start is not None:
            end = _date(start.year, int(found[2] or start.month), int(found[3]))
            if (period := _period(start, end)) is not None:
                return period
    return None


def _months(text: str) -> Period | None:
    for found in _MONTHS.finditer(text):
        first, last = (int(found[1]), int(found[2] or found[3])), (int(found[4]), int(found[5] or found[6]))
        if (period := _of_months(first, last)) is not None:
            return period
    for found in _MONTHS_SHORT.finditer(text):
        year = int(found[1])
        if (period := _of_months((year, int(found[2])), (year, int(found[3])))) is not None:
            return period
    for found in _ONE_MONTH.finditer(text):
        month = int(found[1]), int(found[2] or found[3])
        if (period := _of_months(month, month)) is not None:
            return period
    return None


def _of_months(first: tuple[int, int], last: tuple[int, int]) -> Period | None:
    if not (1 <= first[1] <= 12 and 1 <= last[1] <= 12):
        return None
    period = _period(date(*first, 1), date(*last, monthrange(*last)[1]))
    return None if period is None else replace(period, is_by_month=True)


def _without_year(text: str, made: date | None, elsewhere: Period | None) -> Period | None:
    """`02-01 ~ 02-28`: in the year in which the report was made, or the one before where that would be later than it;
    else in the year of the other statement. Null where nothing says the year."""
    found = _NO_YEAR.search(text)
    if found is None:
        return None
    first, last = (int(found[1]), int(found[2])), (int(found[3]), int(found[4]))

    def ending_in(year: int) -> Period | None:
        return _period(_date(year - (first > last), *first), _date(year, *last))

    if made is not None:
        period = ending_in(made.year)
        return ending_in(made.year - 1) if period is None or period.end > made else period
    if elsewhere is not None:
        return ending_in(elsewhere.end.year)
    return None
