"""The landed data as a DuckDB database sees it: one view per dataset, and the landing's own tables.

Belongs here: relations over the lake and the register. Does not belong here: any judgement of the data.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.contract import Dataset, load_contract
from pipelines.contract.model import PROVENANCE_COLUMNS
from pipelines.landing.register import (
    QUARANTINE_COLUMNS,
    Batch,
    BatchEvent,
    read_batches,
    read_events,
    select_active,
)
from pipelines.landing.storage import Layout
from pipelines.sql import ident, insert_rows, literal

if TYPE_CHECKING:
    import duckdb

_BATCH_COLUMNS = {
    "batch_id": "varchar",
    "status": "varchar",
    "is_active": "boolean",
    "system": "varchar",
    "dataset": "varchar",
    "profile": "varchar",
    "profile_version": "varchar",
    "source_file": "varchar",
    "source_sha256": "varchar",
    "source_bytes": "bigint",
    "source_path": "varchar",
    "landed_path": "varchar",
    "quarantine_path": "varchar",
    "delivered_at": "timestamp",
    "registered_at": "timestamp",
    "delivery": "varchar",
    "read_count": "bigint",
    "accepted_count": "bigint",
    "quarantined_count": "bigint",
    "duplicate_count": "bigint",
    "ignored_count": "bigint",
    "ignored_by_rule": "varchar",
    "landed_count": "bigint",
    "first_source_row": "bigint",
    "money_totals": "varchar",
    "file_money_totals": "varchar",
    "quarantined_money_totals": "varchar",
    "duplicate_money_totals": "varchar",
    "event_time_min": "varchar",
    "event_time_max": "varchar",
    "covers_from": "varchar",
    "covers_to": "varchar",
    "profile_evidence": "varchar",
    "encoding": "varchar",
    "repaired_cell_count": "bigint",
    "unknown_columns": "varchar",
    "unread_sheets": "varchar",
    "repairs": "varchar",
    "reason_code": "varchar",
    "reason_zh": "varchar",
    "reason_en": "varchar",
}

_JSON_COLUMNS = (
    "ignored_by_rule",
    "money_totals",
    "file_money_totals",
    "quarantined_money_totals",
    "duplicate_money_totals",
    "unknown_columns",
    "unread_sheets",
)

_EVENT_COLUMNS = {
    "batch_id": "varchar",
    "sequence": "integer",
    "action": "varchar",
    "at": "timestamp",
    "by": "varchar",
    "reason": "varchar",
}

_FILE_COLUMNS = {
    "source_file": "varchar",
    "source_sha256": "varchar",
    "status": "varchar",
    "is_present": "boolean",
    "reason_code": "varchar",
    "reason_zh": "varchar",
    "reason_en": "varchar",
    "read_count": "bigint",
    "accepted_count": "bigint",
    "quarantined_count": "bigint",
    "duplicate_count": "bigint",
    "ignored_count": "bigint",
    "batch_ids": "varchar",
}


def create_landed_views(con: duckdb.DuckDBPyConnection, data_dir: Path) -> None:
    """Create `landed_<system>.<dataset>` for every dataset, and the registers as tables of `landed`.

    The registers are `batches`, `batch_events` (what was decided about them later), `files` and `quarantine`.

    A dataset that was never delivered is an empty relation with the right types.
    """
    contract = load_contract()
    batches, events = read_batches(data_dir), read_events(data_dir)
    active = select_active(batches, events)
    by_dataset: dict[tuple[str, str], list[Batch]] = {}
    for batch in active:
        by_dataset.setdefault((batch.system or "", batch.dataset or ""), []).append(batch)
    for system in sorted({d.system for d in contract}):
        con.execute(f"create schema if not exists {ident('landed_' + system)}")
    for dataset in contract:
        name = f"{ident('landed_' + dataset.system)}.{ident(dataset.name)}"
        mine = [b for b in by_dataset.get((dataset.system, dataset.name), []) if b.landed_path]
        con.execute(f"create or replace view {name} as {_dataset_sql(con, dataset, data_dir, mine)}")
    con.execute("create schema if not exists landed")
    active_ids = {b.batch_id for b in active}
    _create_table(con, "landed.batches", _BATCH_COLUMNS, [_batch_row(b, b.batch_id in active_ids) for b in batches])
    _create_table(con, "landed.batch_events", _EVENT_COLUMNS, [_event_row(event) for event in events])
    _create_table(con, "landed.files", _FILE_COLUMNS, _file_rows(data_dir))
    faults = [data_dir / b.quarantine_path for b in active if b.quarantine_path]
    con.execute(
        "create or replace table landed.quarantine as "
        + (f"select * from {_parquet(faults)}" if faults else f"select {_empty(QUARANTINE_COLUMNS)} where false")
    )


def _dataset_sql(con: duckdb.DuckDBPyConnection, dataset: Dataset, data_dir: Path, batches: Sequence[Batch]) -> str:
    columns = {c.name: c.sql_type for c in dataset.columns} | PROVENANCE_COLUMNS
    by_first_row: dict[int | None, list[Path]] = {}
    for batch in batches:
        by_first_row.setdefault(batch.first_source_row, []).append(data_dir / (batch.landed_path or ""))
    selects = [_files_sql(con, columns, files, first_row) for first_row, files in by_first_row.items()]
    return " union all ".join(selects) or f"select {_empty(columns)} where false"


def _files_sql(
    con: duckdb.DuckDBPyConnection, columns: dict[str, str], files: Sequence[Path], first_row: int | None
) -> str:
    """Landed files whose rows carry their record number, or, given the first row's, stand at their places."""
    options = "" if first_row is None else ", file_row_number = true"
    place = ident("_source_row") if first_row is None else f"file_row_number + {first_row}"
    names = ", ".join(f"{place} as {ident(name)}" if name == "_source_row" else ident(name) for name in columns)
    if all(_has_columns(con, path, columns) for path in _one_per_version(files)):
        return f"select {names} from {_parquet(files, options)}"
    # Landed under an earlier contract: what they lack is null.
    empty = f"select {_empty(columns)}{'' if first_row is None else ', null::bigint as file_row_number'} where false"
    return (
        f"select {names} from ({empty} union all by name select * from "
        f"{_parquet(files, options + ', union_by_name = true')})"
    )


def _one_per_version(files: Sequence[Path]) -> list[Path]:
    """Files that end in the same profile version have the same columns."""
    return list({path.stem.partition("-")[2]: path for path in files}.values())


def _has_columns(con: duckdb.DuckDBPyConnection, path: Path, columns: dict[str, str]) -> bool:
    rows = con.execute(f"select name from parquet_schema({literal(str(path))})").fetchall()
    return set(columns) <= {name for (name,) in rows}


def _parquet(files: Sequence[Path], options: str = "") -> str:
    listed = ", ".join(literal(str(path.absolute())) for path in files)
    return f"read_parquet([{listed}]{options})"


def _empty(columns: dict[str, str]) -> str:
    return ", ".join(f"null::{kind} as {ident(name)}" for name, kind in columns.items())


def _create_table(
    con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], rows: Sequence[dict[str, Any]]
) -> None:
    listed = ", ".join(f"{ident(column)} {kind}" for column, kind in columns.items())
    con.execute(f"create or replace table {name} ({listed})")
    insert_rows(con, name, [[row.get(column) for column in columns] for row in rows])


def _batch_row(batch: Batch, is_active: bool) -> dict[str, Any]:
    row = batch.as_dict() | {"is_active": is_active}
    for name in ("delivered_at", "registered_at"):
        row[name] = _utc(row[name])
    for name in _JSON_COLUMNS:
        row[name] = json.dumps(row[name], ensure_ascii=False, sort_keys=True)
    return row


def _event_row(event: BatchEvent) -> dict[str, Any]:
    return asdict(event) | {"at": _utc(event.at)}


def _utc(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).astimezone(UTC).replace(tzinfo=None)


def _file_rows(data_dir: Path) -> list[dict[str, Any]]:
    try:
        state = json.loads(Layout(data_dir).inbox_state.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    rows = []
    for name, entry in sorted(state["files"].items()):
        reason = entry["reason"] or {"code": None, "zh": None, "en": None}
        rows.append(
            {
                "source_file": name,
                "source_sha256": entry["sha256"],
                "status": entry["status"],
                "is_present": entry["is_present"],
                "reason_code": reason["code"],
                "reason_zh": reason["zh"],
                "reason_en": reason["en"],
                "batch_ids": json.dumps(entry["batch_ids"]),
                **{f"{kind}_count": number for kind, number in entry["counts"].items()},
            }
        )
    return rows
