"""The words that profiles may use in SQL beside DuckDB's own: dates, clocks, durations and marks as exports write them.

Belongs here: macros over one value. Does not belong here: what they are used for (profiles), types (`check`).

Texts go in and come out, unless said otherwise. Null gives null, and so does what cannot be read: a required column
then quarantines the row. Nothing is guessed.

==========================  ===========================================================================================
``plain(x)``                full-width letters, digits, brackets and blanks as half-width ones; without control
                            characters, byte order mark, leading apostrophe and outer blanks; blank is null
``day_of(x)``               DATE of ``2026/02/28 星期六``, ``25-08-01 星期五``, ``2026.01.31``, ``2026年3月5日``,
                            ``20260228``, ``2026-02-28 09:00``; null when the weekday is another
``real_day(x)``             DATE as ``day_of``, null for placeholders (years before 1901 and 9999)
``excel_day(x)``            DATE of a spreadsheet's day number between 20000 and 60000
``near_day(x, reference)``  DATE of ``2/13``, ``06-03``, ``2月13日`` in the year that brings it nearest to the DATE
                            ``reference``; text after a blank does not matter; a full date stays what it is
``epoch_ms_at(x)``          ``2026-02-25 06:13:20Z`` of milliseconds since 1970 (``.123`` where there is a rest)
``epoch_s_at(x)``           the same of seconds
``clock_at(day, x)``        TIMESTAMP of a DATE and ``9:02``, ``09:02:30``, ``次日 00:30`` and ``24:00`` (both the
                            next day); text after the clock does not matter
``clocks_in(x)``            list of the clocks in a text, ``{clock: '08:11', is_next_day: false, note: '补卡'}``, the
                            note being what stands in brackets after it: ``08:11 次日 0:21 18:00(补卡)``
``minutes_of(x, word)``     DOUBLE, the time after a word: ``minutes_of('迟到1小时5分钟', '迟到')`` is 65
``hours_of(x)``             DOUBLE, ``7.5小时`` is 7.5, ``30分钟`` is 0.5; null where days are in it
``status_word(x)``          the word that a text begins with: ``缺卡（09:00）`` and ``缺卡1次`` are ``缺卡``
``in_brackets(x)``          what stands in the first brackets: ``缺卡（09:00）`` gives ``09:00``
``unmasked(x)``             the text, null when it holds ``**``
``without_left_mark(x)``    a name without ``(已离职)``, ``（离职）`` at its end
``has_left_mark(x)``        BOOLEAN, whether it has one
``stable_id(list)``         20 hexadecimal digits that depend on the parts alone, null when all of them are null
``account_id(system, x)``   ``system:x``, an account of that system
==========================  ===========================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.landing.text import BLANKS, UNIT_SEPARATOR
from pipelines.sql import literal

if TYPE_CHECKING:
    import duckdb

_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
_NARROW = "".join(map(chr, range(0x21, 0x7F)))
_SPACES = "\t\n\x0b\x0c\r\u0085\u00a0\u2028\u2029\u202f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_DROPPED = "".join(map(chr, [*range(1, 9), *range(14, 32), 127, *range(0x200B, 0x2010), 0x2060, 0xFEFF]))

_PLAINLY = str.maketrans(_WIDE + _SPACES, _NARROW + " " * len(_SPACES), _DROPPED)
_UNUSUAL = r"[^ -~\x{4e00}-\x{9fff}]"

_WEEKDAYS = "一二三四五六日"
_WEEKDAY = rf"(?:星期|周|礼拜)([{_WEEKDAYS}天])"
_CLOCK = (
    r"\d{1,2}(?:(?::\d{2}){1,2}(?:\.\d+)?|[时点]\d{1,2}(?:分(?:\d{1,2}秒?)?)?)\s*(?:[AaPp][Mm]|[Zz]|[+-]\d{2}:?\d{2})?"
)
_DAY = (
    r"^(?:(\d{4}|\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})|(\d{4})(\d{2})(\d{2})(?:\d{6})?)"
    rf"(?:日(?:\s*{_CLOCK})?)?(?:\s*\(?{_WEEKDAY}\)?)?"
    rf"(?:(?:T|\s+){_CLOCK}|\s*(?:凌晨|早上|上午|中午|下午|晚上|全天))?(?:\s*\(?{_WEEKDAY}\)?)?$"
)
_DAY_PARTS = ("y", "m", "d", "cy", "cm", "cd", "w", "v")
_MONTH_DAY = r"^(\d{1,2})[-/.月](\d{1,2})日?(?:[\s(星周].*)?$"
_NEXT_DAY = "次日|第二天|翌日"
_CLOCK_ALONE = rf"^({_NEXT_DAY})?\s*(\d{{1,2}})[:时点](\d{{2}})(?::(\d{{2}}))?(?:\D|$)"
_CLOCKS = rf"({_NEXT_DAY})?\s*\b([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?\b(?:\s*\(([^()]*)\))?"
_HOURS, _MINUTES, _SECONDS = (
    rf"(\d+(?:\.\d+)?)\s*(?:{unit})" for unit in ("小时|时|[hH]", "分钟|分|[mM]in", "秒|[sS]ec")
)
_DURATION = r"((?:\d+(?:\.\d+)?\s*(?:小时|分钟|时|分|秒|[hH]|[mM]in|[sS]ec)\s*)+)"
_LEFT_MARK = r"\s*[(\[【]\s*(?:已离职|离职|离职人员|已离开)\s*[)\]】]$"


def plain(text: str) -> str | None:
    """What the SQL word of that name makes of a text."""
    return text.translate(_PLAINLY).strip(" ").lstrip("'").strip(" ") or None


def _let(name: str, value: str, body: str) -> str:
    """SQL that computes `value` once and uses it as `name`: a macro's arguments are pasted wherever they stand."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def _parts(text: str, pattern: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(literal(name) for name in names)
    return f"regexp_extract({text}, {literal(pattern)}, [{listed}])"


def _day_sql() -> str:
    day = (
        "try_cast(case when p.cy <> '' then p.cy || '-' || p.cm || '-' || p.cd "
        "when length(p.y) = 2 then '20' || p.y || '-' || p.m || '-' || p.d "
        "else p.y || '-' || p.m || '-' || p.d end as date)"
    )
    named = "translate(p.w || p.v, '天', '日')"
    agrees = f"{named} = '' or {named}[1] = {literal(_WEEKDAYS)}[isodow(hufu_day)]"
    checked = _let("hufu_day", day, f"case when {agrees} then hufu_day end")
    return _let("p", _parts("plain(x)", _DAY, _DAY_PARTS), checked)


def _near_day_sql() -> str:
    candidates = (
        "list_filter(list_transform([-1, 0, 1], "
        "lambda n: try_cast((year(q.near) + n) || '-' || q.p.m || '-' || q.p.d as date)), lambda c: c is not null)"
    )
    nearest = f"list_sort(list_transform({candidates}, lambda c: {{'gap': abs(c - q.near), 'day': c}}))[1].day"
    given = f"{{'p': {_parts('plain(x)', _MONTH_DAY, ('m', 'd'))}, 'near': reference::date, 'whole': day_of(x)}}"
    return _let("q", given, f"coalesce(q.whole, {nearest})")


def _clock_sql() -> str:
    given = f"{{'day': day::date, 'p': {_parts('plain(x)', _CLOCK_ALONE, ('n', 'h', 'm', 's'))}}}"
    seconds = "(q.p.h::integer * 60 + q.p.m::integer) * 60 + if(q.p.s = '', 0, q.p.s::integer)"
    is_clock = "q.p.h <> '' and q.p.h::integer < 48 and q.p.m::integer < 60 and if(q.p.s = '', 0, q.p.s::integer) < 60"
    moment = f"q.day::timestamp + to_seconds({seconds}) + to_days(if(q.p.n = '', 0, 1))"
    return _let("q", given, f"case when {is_clock} then {moment} end")


def _clocks_sql() -> str:
    groups = ", ".join(f"regexp_extract_all(t, {literal(_CLOCKS)}, {n})" for n in (1, 2, 3, 4))
    clock = (
        "{'clock': lpad(z[2], 2, '0') || ':' || z[3], 'is_next_day': coalesce(z[1], '') <> '' "
        "or contains(coalesce(z[4], ''), '次日'), "
        "'note': nullif(trim(z[4]), '')}"
    )
    found = f"list_transform(list_zip({groups}), lambda z: {clock})"
    return _let("t", "plain(x)", f"case when t is not null then {found} end")


def _minutes_sql() -> str:
    def number(pattern: str) -> str:
        return f"coalesce(try_cast(regexp_extract(t, {literal(pattern)}, 1) as double), 0)"

    total = f"round({number(_HOURS)} * 60 + {number(_MINUTES)} + {number(_SECONDS)} / 60, 4)"
    return _let("t", "x", f"case when t <> '' then {total} end")


def _instant_sql(microseconds: str, smallest: int, biggest: int) -> str:
    moment = f"make_timestamp(n * {microseconds})"
    rest = f"if({moment} = date_trunc('second', {moment}), '', strftime({moment}, '.%g'))"
    text = f"strftime({moment}, '%Y-%m-%d %H:%M:%S') || {rest} || 'Z'"
    return _let("n", "try_cast(plain(x) as bigint)", f"case when n between {smallest} and {biggest} then {text} end")


def macros() -> dict[str, str]:
    """Signature -> body, each using only those before it."""
    blanks = literal("".join(BLANKS).replace(UNIT_SEPARATOR, ""))
    come, go = literal(_WIDE + _SPACES + _DROPPED), literal(_NARROW + " " * len(_SPACES))
    parts = "array_to_string(list_transform(parts, lambda e: coalesce(e::varchar, '')), chr(31))"
    return {
        # Most texts hold nothing to translate, and looking is cheaper than translating.
        "plain(x)": _let(
            "s",
            "(x)::varchar",
            f"nullif(trim(ltrim(trim(case when regexp_matches(s, {literal(_UNUSUAL)}) "
            f"then translate(s, {come}, {go}) else s end), chr(39))), '')",
        ),
        "day_of(x)": _day_sql(),
        "real_day(x)": _let("d", "day_of(x)", "case when year(d) between 1901 and 9998 then d end"),
        "excel_day(x)": _let(
            "n",
            "try_cast(plain(x) as double)",
            "case when n between 20000 and 60000 then date '1899-12-30' + floor(n)::integer end",
        ),
        "near_day(x, reference)": _near_day_sql(),
        # Between 1973 and 2286: outside it is another unit, or no moment at all.
        "epoch_ms_at(x)": _instant_sql("1000", 100_000_000_000, 9_999_999_999_999),
        "epoch_s_at(x)": _instant_sql("1000000", 100_000_000, 9_999_999_999),
        "clock_at(day, x)": _clock_sql(),
        "clocks_in(x)": _clocks_sql(),
        "hufu_minutes(x)": _minutes_sql(),
        "minutes_of(x, word)": "hufu_minutes(regexp_extract(plain(x), regexp_escape(plain(word)) || '\\s*:?\\s*' || "
        f"{literal(_DURATION)}, 1))",
        "hours_of(x)": _let(
            "h",
            "plain(x)",
            "case when not contains(h, '天') "
            f"then round(hufu_minutes(regexp_extract(h, {literal(_DURATION)}, 1)) / 60, 4) end",
        ),
        "status_word(x)": "nullif(regexp_extract(plain(x), '^[^\\d\\s(:,;、|]+'), '')",
        "in_brackets(x)": "nullif(trim(regexp_extract(plain(x), '\\(([^()]*)\\)', 1)), '')",
        "unmasked(x)": _let("u", "(x)::varchar", "case when not contains(translate(u, '＊', '*'), '**') then u end"),
        "without_left_mark(x)": f"nullif(regexp_replace(plain(x), {literal(_LEFT_MARK)}, ''), '')",
        "has_left_mark(x)": f"regexp_matches(plain(x), {literal(_LEFT_MARK)})",
        "stable_id(l)": _let(
            "parts", "l", f"case when list_aggregate(parts, 'count') > 0 then left(sha256({parts}), 20) end"
        ),
        "account_id(system, x)": "(system)::varchar || ':' || "
        f"nullif(trim(replace((x)::varchar, chr(31), ''), {blanks}), '')",
    }


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Define the macros on a connection."""
    for signature, body in macros().items():
        con.execute(f"create or replace temp macro {signature} as {body}")
