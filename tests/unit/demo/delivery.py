"""Reading a delivery back from its files, by other means than the pipeline's."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa

from pipelines.contract import Dataset, load_contract

SCALE, SEED = 0.02, 4711


@dataclass(frozen=True)
class Delivery:
    """The exports, the truth, and all rows of all files in one database (texts, plus typed views per dataset)."""

    inbox: Path
    truth: Path
    con: duckdb.DuckDBPyConnection
    headers: dict[str, list[str]]

    def rows(self, query: str) -> list[tuple]:
        return self.con.execute(query).fetchall()


def read_file(path: Path) -> tuple[list[str], list[list[str | None]]]:
    """Header and rows of one exported file, with empty cells as None."""
    if path.suffix == ".xlsx":
        return _read_workbook(path)
    if path.suffix == ".parquet":
        with duckdb.connect() as con:
            cursor = con.execute(f"select columns(*)::varchar from '{path}'")
            return [c[0] for c in cursor.description], [list(r) for r in cursor.fetchall()]
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    if ".jsonl" in path.name:
        records = [json.loads(line) for line in text.splitlines()]
        header = list(dict.fromkeys(key for record in records[:50] for key in record))
        return header, [[None if r.get(k) is None else str(r[k]) for k in header] for r in records]
    reader = csv.reader(io.StringIO(text), delimiter="\t" if ".tsv" in path.name else ",")
    header = next(reader)
    return header, [[cell if cell != "" else None for cell in row] for row in reader]


def _read_workbook(path: Path) -> tuple[list[str], list[list[str | None]]]:
    sheet = openpyxl.load_workbook(path, read_only=True).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(i for i, row in enumerate(rows) if len([c for c in row if c is not None]) > 2)
    header = [str(c) for c in rows[start]]
    padding = [None] * len(header)
    cells = [(row + padding)[: len(header)] for row in rows[start + 1 :]]
    return header, [[None if c is None else str(c) for c in row] for row in cells]


def dataset_of(path: Path, inbox: Path) -> Dataset:
    system, name = path.relative_to(inbox).as_posix().split("/", 1)
    fitting = [d for d in load_contract() if d.system == system and name.startswith(d.name)]
    return max(fitting, key=lambda d: len(d.name))


def contract_name(header: str, dataset: Dataset) -> str:
    """A header may be the contract's Chinese label."""
    return next((c.name for c in dataset.columns if c.label and c.label.zh == header), header)


def data_files(inbox: Path) -> list[Path]:
    return sorted((p for p in inbox.rglob("*") if p.is_file() and p.parent != inbox), key=lambda p: p.stat().st_mtime)


def load(inbox: Path, truth: Path) -> Delivery:
    """All files of an inbox, typed, and the truth beside it."""
    con = duckdb.connect()
    headers: dict[str, list[str]] = {}
    for dataset in load_contract():
        columns = ", ".join(f'"{c.name}" varchar' for c in dataset.columns)
        con.execute(f'create table "text_{dataset.name}" ({columns}, file varchar)')
    for path in data_files(inbox):
        dataset = dataset_of(path, inbox)
        header, rows = read_file(path)
        names = [contract_name(h, dataset) for h in header]
        headers[path.relative_to(inbox).as_posix()] = names
        relative = path.relative_to(inbox).as_posix()
        if rows:
            _insert(con, dataset, names, rows, relative)
    for dataset in load_contract():
        _typed(con, dataset)
    for name in ("violations", "look_alikes", "refusals", "causes", "quarantine"):
        file = truth / f"{name}.csv"
        con.execute(f"create table truth_{name} as select * from read_csv('{file}', header = true, all_varchar = true)")
    return Delivery(inbox, truth, con, headers)


def _insert(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, names: list[str], rows: list[list[str | None]], file: str
) -> None:
    columns = {name: pa.array([row[k] for row in rows], pa.string()) for k, name in enumerate(names)}
    columns["file"] = pa.array([file] * len(rows), pa.string())
    con.register("arriving", pa.table(columns))
    con.execute(f'insert into "text_{dataset.name}" by name select * from arriving')
    con.unregister("arriving")


def _typed(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """A table of typed values: bad rows left out, the latest file winning for each key, UTC moments made local."""
    values = []
    for column in dataset.columns:
        if column.type == "ts":
            # Only the Tokyo export carries an offset, and it is UTC.
            value = (
                f"coalesce(try_strptime(\"{column.name}\", '%Y-%m-%dT%H:%M:%SZ') + interval 9 hour, "
                f'try_strptime("{column.name}", \'%Y/%m/%d %H:%M:%S\'), try_cast("{column.name}" as timestamp))'
            )
        elif column.type == "date":
            value = f'try_cast("{column.name}" as timestamp)::date'
        else:
            value = f'try_cast("{column.name}" as {column.sql_type})'
        values.append(f'{value} as "{column.name}"')
    keys = ", ".join(f'"{k}"' for k in dataset.keys)
    bad = f'select 1 from bad_key b where b.file = t.file and b.key = t."{dataset.keys[0]}"'
    con.execute("create table if not exists bad_key (file varchar, key varchar)")
    con.execute(
        f'create table "{dataset.name}" as select {", ".join(values)} from "text_{dataset.name}" t '
        f"where \"{dataset.keys[0]}\" not like '%-X_' and not exists ({bad}) "
        f"qualify row_number() over (partition by {keys} order by rowid desc) = 1"
    )
