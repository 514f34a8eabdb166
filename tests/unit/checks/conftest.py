"""Small databases as the run leaves them: landed datasets with a register, and marts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.contract import Column, Contract, Dataset, load_contract
from pipelines.contract.model import PROVENANCE_COLUMNS

DELIVERED_AT = datetime(2026, 4, 1, 8, 0)
DATASETS = ("employees", "identities", "employee_events", "messages", "punches", "schedules", "payroll")


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Enough datasets to meet every kind of column."""
    return Contract(datasets=tuple(d for d in load_contract() if d.name in DATASETS))


def _value(column: Column, row: int) -> Any:
    if column.domain:
        return column.domain[0]
    if column.pattern:
        return "2026-03"
    return {
        "text": f"{column.name}-{row}",
        "int": row,
        "num": 1,
        "money": 100,
        "date": datetime(2026, 3, 1).date(),
        "ts": datetime(2026, 3, 1, 9, 30),
        "bool": True,
    }[column.type]


def _provenance(dataset: Dataset, row: int) -> list[Any]:
    """In the order of PROVENANCE_COLUMNS."""
    values = {
        "_system": dataset.system,
        "_dataset": dataset.name,
        "_source_file": f"{dataset.system}/{dataset.name}.csv",
        "_source_sha256": "ab" * 32,
        "_source_row": row + 2,
        "_row_hash": f"{row:064x}",
        "_batch_id": f"batch-{dataset.name}",
        "_delivered_at": DELIVERED_AT,
        "_ts_offsets": None,
        "_extra": None,
    }
    return [values[name] for name in PROVENANCE_COLUMNS]


def insert(con: duckdb.DuckDBPyConnection, relation: str, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _ in row)
        con.execute(f"insert into {relation} ({names}) values ({marks})", list(row.values()))


def _create_landed(con: duckdb.DuckDBPyConnection, contract: Contract, row_count: int) -> None:
    con.execute("create schema landed")
    con.execute(
        "create table landed.batches (batch_id varchar, system varchar, dataset varchar, source_file varchar,"
        " source_sha256 varchar, repairs varchar,"
        " delivered_at timestamp, read_count bigint, accepted_count bigint, quarantined_count bigint,"
        " duplicate_count bigint, ignored_count bigint, unknown_columns varchar, is_active boolean)"
    )
    con.execute(
        "create table landed.files as select 'crm/messages.csv' as source_file, 'landed' as status,"
        " cast(null as varchar) as reason_code, true as is_present"
    )
    for dataset in contract:
        con.execute(f"create schema if not exists landed_{dataset.system}")
        types = {c.name: c.sql_type for c in dataset.columns} | PROVENANCE_COLUMNS
        columns = ", ".join(f'"{name}" {sql_type}' for name, sql_type in types.items())
        relation = f"landed_{dataset.system}.{dataset.name}"
        con.execute(f"create table {relation} ({columns})")
        rows = [[_value(c, row) for c in dataset.columns] + _provenance(dataset, row) for row in range(row_count)]
        con.executemany(f"insert into {relation} values ({', '.join('?' * len(types))})", rows)
        insert(con, "landed.batches", [batch(dataset, read_count=row_count, accepted_count=row_count)])


def batch(dataset: Dataset, **facts: Any) -> dict[str, Any]:
    """A row of the register."""
    return {
        "batch_id": f"batch-{dataset.name}",
        "system": dataset.system,
        "dataset": dataset.name,
        "source_file": f"{dataset.system}/{dataset.name}.csv",
        "delivered_at": DELIVERED_AT,
        "read_count": 0,
        "accepted_count": 0,
        "quarantined_count": 0,
        "duplicate_count": 0,
        "ignored_count": 0,
        "unknown_columns": "[]",
        "is_active": True,
    } | facts


@pytest.fixture(scope="session")
def sound_databases(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> dict[int, Path]:
    """By number of rows a dataset."""
    folder = tmp_path_factory.mktemp("sound")
    databases = {row_count: folder / f"{row_count}.duckdb" for row_count in (10, 200)}
    for row_count, database in databases.items():
        with duckdb.connect(str(database)) as con:
            _create_landed(con, contract, row_count)
    return databases


@pytest.fixture
def landed(tmp_path: Path, sound_databases: dict[int, Path]) -> Callable[..., Path]:
    """landed(*statements, row_count=10): a sound database, then changed by the statements."""

    def create(*statements: str, row_count: int = 10) -> Path:
        database = Path(shutil.copy(sound_databases[row_count], tmp_path / "working.duckdb"))
        with duckdb.connect(str(database)) as con:
            for statement in statements:
                con.execute(statement)
        return database

    return create
