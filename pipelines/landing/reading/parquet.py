"""Parquet files: columns become the text that their values have.

Belongs here: reading Parquet. Does not belong here: judging values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.reading.table import Head, Loaded, Pick, blank_record, column_names, create_broken, first_line
from pipelines.landing.reasons import set_aside
from pipelines.landing.text import BLANKS
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb


@dataclass
class ParquetSource:
    """Columns become the text that their values have; nested values become JSON."""

    path: Path
    heads: tuple[Head, ...]
    types: tuple[tuple[str, str], ...]

    @classmethod
    def open(cls, path: Path) -> ParquetSource:
        import duckdb

        try:
            with duckdb.connect() as probe:
                described = probe.execute(f"describe select * from read_parquet({literal(str(path))})").fetchall()
        except duckdb.Error as error:
            raise set_aside("unreadable_parquet", detail=first_line(error)) from error
        types = tuple((row[0], row[1]) for row in described)
        return cls(path, (Head((tuple(name for name, _ in types),), names_given=True),), types)

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded:
        import duckdb

        names = column_names([name or f"column_{i}" for i, (name, _) in enumerate(self.types, start=1)])
        cells = [
            f"nullif({_parquet_text(original, kind)}, '') as {ident(name)}"
            for name, (original, kind) in zip(names, self.types, strict=True)
        ]
        try:
            con.execute(
                "create or replace temp table loaded as select file_row_number + 1 as _record, "
                f"file_row_number + 1 as _source_row, null::varchar as _sheet, {', '.join(cells)} "
                f"from read_parquet({literal(str(self.path))}, file_row_number = true)"
            )
        except duckdb.Error as error:
            raise set_aside("unreadable_parquet", detail=first_line(error)) from error
        con.execute(f"delete from loaded where {blank_record([ident(n) for n in names], BLANKS)}")
        con.execute("create or replace temp view source as select * from loaded")
        (count,) = con.execute("select count(*) from loaded").fetchone()
        create_broken(con, [])
        return Loaded(names, records=count)


def _parquet_text(name: str, kind: str) -> str:
    column = ident(name)
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"isfinite({column}) and {column} = trunc({column}) and abs({column}) < 1e15"
        return f"case when {whole} then {column}::bigint::varchar else {column}::varchar end"
    if kind.endswith("[]") or kind.startswith(("STRUCT", "MAP", "LIST", "UNION")):
        return f"to_json({column})::varchar"
    return f"{column}::varchar"
