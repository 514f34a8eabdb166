"""What stands in the columns of a file, as far as it tells what the columns mean.

Belongs here: how many values of a source column the contract's own checks take, spellings of "no value", shapes of
dates and numbers, rows of totals. Works on the table `source` of a loaded file.
Does not belong here: headers (`vocabulary`), choosing (`suggest`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.contract import Column, Dataset
from pipelines.contract.model import Title
from pipelines.landing.check import Cells, faults_sql
from pipelines.landing.reading.table import RESERVED
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

SAMPLE_ROWS = 2_000
# What exports write where there is nothing.
_NO_VALUE = (
    "--",
    "-",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "空",
    "暂无",
    "未填写",
    "N/A",
    "n/a",
    "#N/A",
    "NULL",
    "null",
    "None",
)
_TOTALS = r"^\s*(合\s*计|总\s*计|小\s*计|汇\s*总|累\s*计|total|sum|subtotal)\s*[:：]?\s*$"
# What a value is made into where the checks do not take it as it is: column type -> SQL over the column {x}.
CONVERSIONS: dict[str, tuple[str, ...]] = {
    "date": ("day_of({x})", "excel_day({x})", "epoch_ms_at({x})"),
    "ts": ("day_of({x})", "epoch_ms_at({x})", "epoch_s_at({x})"),
    "num": ("hours_of({x})",),
    "int": (),
    "money": (),
    "bool": (),
    "text": (),
}
_SHAPES: tuple[tuple[str, str], ...] = (
    (r"^\d{4}-\d{1,2}-\d{1,2}$", "2026-03-01"),
    (r"^\d{4}/\d{1,2}/\d{1,2}$", "2026/03/01"),
    (r"^\d{4}\.\d{1,2}\.\d{1,2}$", "2026.03.01"),
    (r"^\d{4}年\d{1,2}月\d{1,2}日$", "2026年3月1日"),
    (r"^(19|20)\d{6}$", "20260301"),
    (r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2})?$", "2026-03-01 09:00"),
    (r"^\d{2,4}[-/]\d{1,2}[-/]\d{1,2}\s+(星期|周).$", "2026/03/01 星期日"),
    (r"^\d{1,2}:\d{2}(:\d{2})?$", "09:00"),
    (r"^1\d{12}$", "1772323200000 (ms)"),
    (r"^[¥￥]", "¥1,234.50"),
    (r"^-?\d{1,3}(,\d{3})+(\.\d+)?$", "1,234.50"),
    (r"^-?\d+(\.\d+)?%$", "12.5%"),
    (r"^-?\d+(\.\d+)?\s*(小时|天|分钟|元)$", "7.5小时"),
)


@dataclass
class Values:
    """The sampled cells of one file."""

    con: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    rows: int
    nulls: tuple[str, ...]
    """Spellings of "no value" that occur."""
    filled: dict[str, int]
    distinct: dict[str, int]
    _fits: dict[str, dict[str, float]] = field(default_factory=dict)
    _shares_of: dict[str, dict[str, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> Values:
        """Look at the first rows of `source`."""
        con.execute(f"create or replace temp table sample as select * from source limit {SAMPLE_ROWS}")
        (rows,) = con.execute("select count(*) from sample").fetchone()
        nulls: Counter[str] = Counter()
        for name in columns:
            found = con.execute(
                f"select trim({ident(name)}), count(*) from sample where trim({ident(name)}) in "
                f"({', '.join(map(literal, _NO_VALUE))}) group by 1"
            ).fetchall()
            nulls.update(dict(found))
        spelt = tuple(sorted(nulls))
        empty = f"({', '.join(map(literal, ('', *spelt)))})"
        con.execute(
            "create or replace temp table cleaned as select "
            + ", ".join(
                [f"{ident(n)}" for n in RESERVED if n in ("_record", "_source_row", "_sheet")]
                + [f"case when trim({ident(n)}) not in {empty} then {ident(n)} end as {ident(n)}" for n in columns]
            )
            + " from sample"
        )
        counted = con.execute(
            "select " + ", ".join(f"count({ident(n)}), count(distinct {ident(n)})" for n in columns) + " from cleaned"
        ).fetchone()
        filled = dict(zip(columns, counted[0::2], strict=True))
        distinct = dict(zip(columns, counted[1::2], strict=True))
        return cls(con, tuple(columns), rows, spelt, filled, distinct)

    def fit(self, name: str, column: Column) -> float | None:
        """Share of the column's values that the contract's checks take; None where there is no value to judge."""
        if not self.filled[name]:
            return None
        plain = column.model_copy(update={"name": "c", "key": False, "required": False, "default": None})
        kind = plain.model_dump_json(exclude={"label", "description", "pii", "event_time"})
        if kind not in self._fits:
            self._fits[kind] = self._shares(plain)
        return self._fits[kind][name]

    def _shares(self, column: Column) -> dict[str, float]:
        """For every source column at once, by the checks that landing itself runs."""
        places = {f"c{i}": name for i, name in enumerate(self.columns)}
        # A dataset has a key; this one tells nothing.
        tested = (
            Column(name="key", type="text", key=True),
            *(column.model_copy(update={"name": place}) for place in places),
        )
        cells = Cells(
            dataset=Dataset(
                system="any", name="any", title=Title(zh="", en=""), grain="", delivery="delta", columns=tested
            ),
            relation="cleaned",
            expressions={"key": "'x'"} | {place: ident(name) for place, name in places.items()},
        )
        faults = dict(
            self.con.execute(
                f"select column_name, count(*) from ({faults_sql(cells, self.con, keep=())}) group by 1"
            ).fetchall()
        )
        return {n: 1 - faults.get(p, 0) / self.filled[n] if self.filled[n] else 0.0 for p, n in places.items()}

    def converted(self, name: str, column: Column) -> tuple[str, float] | None:
        """SQL that reads the most of the values, with the share that it reads; None where none reads any."""
        shares = [
            (sql.format(x=ident(name)), self._share_of(name, f"({sql}) is not null"))
            for sql in CONVERSIONS[column.type]
        ]
        best = max(shares, key=lambda s: s[1], default=("", 0.0))
        return best if best[1] else None

    def _share_of(self, name: str, condition: str) -> float:
        """Share of the column's values for which the condition on {x} holds, asked of all columns at once."""
        if condition not in self._shares_of:
            tests = ", ".join(f"count(*) filter (where {condition.format(x=ident(n))})" for n in self.columns)
            counts = self.con.execute(f"select {tests} from cleaned").fetchone()
            self._shares_of[condition] = {
                n: count / self.filled[n] if self.filled[n] else 0.0
                for n, count in zip(self.columns, counts, strict=True)
            }
        return self._shares_of[condition][name]

    def samples(self, name: str, count: int, at_least: int = 1) -> list[str]:
        """The most frequent values, of those that stand in so many rows."""
        rows = self.con.execute(
            f"select {ident(name)} from cleaned where {ident(name)} is not null group by 1 "
            f"having count(*) >= {at_least} order by count(*) desc, 1 limit {count}"
        ).fetchall()
        return [value for (value,) in rows]

    def share(self, name: str, pattern: str) -> float:
        """Share of the values that match."""
        escaped = literal(pattern).replace("{", "{{").replace("}", "}}")
        return self._share_of(name, f"regexp_matches(trim({{x}}), {escaped})")

    def shapes(self, name: str) -> list[str]:
        """How dates and numbers are written, by example; empty for other text."""
        return [example for pattern, example in _SHAPES if self.share(name, pattern) >= 0.05]

    def total_rows(self) -> dict[str, int]:
        """Columns in which a row of totals says what it is, with the number of such rows."""
        counts = {name: self._matching(name, _TOTALS) for name in self.columns}
        return {name: count for name, count in counts.items() if count}

    def _matching(self, name: str, pattern: str) -> int:
        (count,) = self.con.execute(
            f"select count(*) from cleaned where regexp_matches({ident(name)}, {literal(pattern)}, 'i')"
        ).fetchone()
        return count
