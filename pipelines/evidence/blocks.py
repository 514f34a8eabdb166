"""The tree over the landed rows of one batch: rows are hashed in blocks, inside DuckDB.

Belongs here: the text of a block, the hashes of a file's blocks, the root over them. Does not belong here: where files
are (`landing`), proofs handed to others (`pack`).

A block is a number of consecutive landed rows. Its text has one line a row: record number, row hash and, where the row
is of a sheet, the file with the sheet, separated by tabs. The SHA-256 of the text is the data of one leaf of the
batch's tree. A tree over single rows would cost a Python call a row; with blocks 50 million rows are 100,000 leaves,
and what proves a row is its block's few lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.evidence.tree import EMPTY_ROOT, leaf_hash, root_of
from pipelines.sql import literal

if TYPE_CHECKING:
    import duckdb

BLOCK_ROWS = 512


def _lines_sql(path: Path, source_file: str, first_source_row: int | None) -> str:
    """One row per landed row: its place in the file, and its line."""
    row = "_source_row" if first_source_row is None else f"(file_row_number + {first_source_row})"
    return (
        f"select file_row_number as place, concat({row}, chr(9), _row_hash, "
        f"case when _source_file <> {literal(source_file)} then chr(9) || _source_file end) as line "
        f"from read_parquet({literal(str(path))}, file_row_number = true)"
    )


def block_hashes(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    source_file: str,
    first_source_row: int | None,
    block_rows: int = BLOCK_ROWS,
) -> list[bytes]:
    """The hash of each block of a landed file, in order.

    Putting every block's lines in order costs more than hashing them. They come in order already, but for blocks that
    two threads read: those are seen by their places, and only they are put in order.
    """
    lines = f"({_lines_sql(path, source_file, first_source_row)})"
    block = f"place // {block_rows}"
    rows = con.execute(
        f"with blocks as (select {block} as block, string_agg(line, chr(10)) as text, list(place) as places "
        f"from {lines} group by block) "
        f"select block, case when places = range(block * {block_rows}, block * {block_rows} + len(places)) "
        "then sha256(text) end from blocks order by block"
    ).fetchall()
    hashes: dict[int, str | None] = dict(rows)
    mixed = ", ".join(str(number) for number, hashed in rows if hashed is None)
    if mixed:
        hashes |= con.execute(
            f"select {block}, sha256(string_agg(line, chr(10) order by place)) from {lines} "
            f"where {block} in ({mixed}) group by 1"
        ).fetchall()
    return [bytes.fromhex(hashes[number] or "") for number in sorted(hashes)]


def block_text(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    source_file: str,
    first_source_row: int | None,
    block: int,
    block_rows: int = BLOCK_ROWS,
) -> str:
    """The text that the hash of one block is of."""
    rows = con.execute(
        f"select line from ({_lines_sql(path, source_file, first_source_row)}) "
        f"where place // {block_rows} = {block} order by place"
    ).fetchall()
    return "\n".join(line for (line,) in rows)


def batch_root(hashes: Sequence[bytes]) -> str:
    """The root over a batch's blocks, as hex."""
    return root_of(leaf_hash(hashed) for hashed in hashes).hex() if hashes else EMPTY_ROOT.hex()
