"""Triple verification: file -> landed -> staged, per batch, to the row and to the cent.

Belongs here: counting again from the landed files and the staged tables, apart from the counts that landing reported.
Does not belong here: repairing anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from pipelines.checks.result import MAX_FAILING_KEYS, CheckResult
from pipelines.contract import Contract, Dataset
from pipelines.contract.dbt import model_name
from pipelines.sql import insert_rows

RECONCILIATION_DDL = """
create or replace table audit.reconciliation (
    batch_id varchar, dataset varchar, source_file varchar,
    read_count bigint, accepted_count bigint, quarantined_count bigint, duplicate_count bigint, ignored_count bigint,
    landed_count bigint, staged_count bigint, superseded_count bigint,
    file_money_total varchar, landed_money_total varchar, is_balanced boolean, difference varchar
)
"""


@dataclass(frozen=True)
class _Batch:
    batch_id: str
    dataset: str
    source_file: str
    read: int
    accepted: int
    quarantined: int
    duplicate: int
    ignored: int
    landed: int
    money_totals: dict[str, Decimal]


def _batches(con: duckdb.DuckDBPyConnection) -> list[_Batch]:
    rows = con.execute(
        "select batch_id, dataset, source_file, read_count, accepted_count, quarantined_count, duplicate_count,"
        " ignored_count, landed_count, money_totals from landed.batches where is_active order by dataset, source_file"
    ).fetchall()
    return [_Batch(*row[:9], {k: Decimal(v) for k, v in json.loads(row[9] or "{}").items()}) for row in rows]


def _landed_counts(con: duckdb.DuckDBPyConnection, d: Dataset) -> dict[str, tuple[int, dict[str, Decimal]]]:
    money = [c.name for c in d.columns if c.type == "money"]
    sums = "".join(f", coalesce(sum({name}), 0)" for name in money)
    rows = con.execute(
        f"select _batch_id, count(*){sums} from landed_{d.system}.{d.name} group by _batch_id"
    ).fetchall()
    return {r[0]: (r[1], dict(zip(money, map(Decimal, r[2:]), strict=True))) for r in rows}


def _staged_counts(con: duckdb.DuckDBPyConnection, d: Dataset) -> tuple[dict[str, int], dict[str, int]]:
    """Rows of each batch that stand in staging, and rows of it whose key a later row replaced."""
    staged = dict(con.execute(f"select _batch_id, count(*) from staging.{model_name(d)} group by _batch_id").fetchall())
    same_key = " and ".join(f"landed.{k} is not distinct from staged.{k}" for k in d.keys)
    replaced = dict(
        con.execute(
            f"select landed._batch_id, count(*) from landed_{d.system}.{d.name} as landed"
            f" inner join staging.{model_name(d)} as staged on {same_key}"
            " where landed._source_sha256 <> staged._source_sha256 or landed._batch_id <> staged._batch_id"
            " or landed._source_row <> staged._source_row"
            " group by landed._batch_id"
        ).fetchall()
    )
    return staged, replaced


def _differences(b: _Batch, landed: int, staged: int, replaced: int, landed_money: dict[str, Decimal]) -> list[str]:
    found = []
    if b.read != b.accepted + b.quarantined + b.duplicate + b.ignored:
        found.append(
            f"read {b.read} <> accepted {b.accepted} + quarantined {b.quarantined}"
            f" + duplicate {b.duplicate} + ignored {b.ignored}"
        )
    if landed != b.landed:
        found.append(f"landed {landed} <> reported {b.landed}")
    if staged + replaced != landed:
        found.append(f"staged {staged} + superseded {replaced} <> landed {landed}")
    for column, total in b.money_totals.items():
        if landed_money.get(column, Decimal(0)) != total:
            found.append(f"{column}: landed {landed_money.get(column)} <> file {total}")
    return found


def reconcile(database: Path, contract: Contract) -> list[CheckResult]:
    """Write `audit.reconciliation` (one row per active batch) and return one blocking verdict per dataset."""
    with duckdb.connect(str(database)) as con:
        con.execute(RECONCILIATION_DDL)
        batches = _batches(con)
        by_dataset: dict[str, list[str]] = {}
        rows = []
        for dataset in contract:
            mine = [b for b in batches if b.dataset == dataset.name]
            if not mine:
                continue
            landed = _landed_counts(con, dataset)
            staged, replaced = _staged_counts(con, dataset)
            problems = by_dataset.setdefault(dataset.name, [])
            for b in mine:
                landed_count, money = landed.get(b.batch_id, (0, {}))
                found = _differences(b, landed_count, staged.get(b.batch_id, 0), replaced.get(b.batch_id, 0), money)
                problems.extend(f"{b.source_file}: {f}" for f in found)
                rows.append(
                    (
                        b.batch_id, b.dataset, b.source_file, b.read, b.accepted, b.quarantined, b.duplicate,
                        b.ignored, landed_count, staged.get(b.batch_id, 0), replaced.get(b.batch_id, 0),
                        str(sum(b.money_totals.values(), Decimal(0))), str(sum(money.values(), Decimal(0))),
                        not found, "; ".join(found) or None,
                    )
                )  # fmt: skip
        insert_rows(con, "audit.reconciliation", rows)
    return [
        CheckResult(
            check_id=f"reconciliation.{name}",
            layer="reconciliation",
            dataset=name,
            check_name="file_landed_staged_agree",
            severity="blocking",
            passed=not problems,
            failing_count=len(problems),
            failing_keys=[{"difference": p} for p in problems[:MAX_FAILING_KEYS]],
            detail_zh="行数与金额逐层一致" if not problems else "行数或金额对不上:" + "; ".join(problems[:3]),
            detail_en="rows and money agree at every layer" if not problems else "; ".join(problems[:3]),
            observed=None,
        )
        for name, problems in by_dataset.items()
    ]
