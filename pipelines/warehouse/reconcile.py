"""Triple verification: file -> landed -> staged -> core -> mart, per batch, to the row and to the cent.

Belongs here: counting again from the landed files, the staged tables and the models that carry their rows, apart from
the counts that landing reported. Does not belong here: repairing anything; which model carries what (`carriers`), and
how its rows are counted (`carried`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from pipelines.checks.result import MAX_FAILING_KEYS, CheckResult
from pipelines.contract import Contract, Dataset
from pipelines.contract.dbt import model_name, used_when
from pipelines.sql import insert_rows, literal
from pipelines.warehouse.carried import Carried, carried_differences, carried_rows
from pipelines.warehouse.carriers import Carrier

RECONCILIATION_COLUMNS = {
    "batch_id": "varchar",
    "dataset": "varchar",
    "source_file": "varchar",
    "read_count": "bigint",
    "accepted_count": "bigint",
    "quarantined_count": "bigint",
    "duplicate_count": "bigint",
    "ignored_count": "bigint",
    "landed_count": "bigint",
    "staged_count": "bigint",
    "superseded_count": "bigint",
    "core_model": "varchar",
    "core_count": "bigint",
    "core_excluded_count": "bigint",
    "core_excluded_by": "varchar",
    "mart_model": "varchar",
    "mart_count": "bigint",
    "mart_excluded_count": "bigint",
    "mart_excluded_by": "varchar",
    "file_money_total": "varchar",
    "quarantined_money_total": "varchar",
    "duplicate_money_total": "varchar",
    "landed_money_total": "varchar",
    "staged_money_total": "varchar",
    "superseded_money_total": "varchar",
    "core_money_total": "varchar",
    "mart_money_total": "varchar",
    "is_balanced": "boolean",
    "difference": "varchar",
}

LANDING_CHECK = "file_landed_staged_agree"
CORE_CHECK = "staged_core_agree"
MART_CHECK = "staged_mart_agree"

Money = dict[str, Decimal]


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
    money: Money
    file_money: Money
    quarantined_money: Money
    duplicate_money: Money

    @property
    def name(self) -> str:
        return f"batch {self.batch_id} ({self.source_file})"


@dataclass
class _Rows:
    """What was counted of one batch at one place."""

    count: int = 0
    money: Money = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum(self.money.values(), Decimal(0))


@dataclass
class _Landing:
    """One batch from the lake to staging. `lost` and `foreign` are keys without their counterpart."""

    landed: _Rows = field(default_factory=_Rows)
    staged: _Rows = field(default_factory=_Rows)
    superseded: _Rows = field(default_factory=_Rows)
    same: int = 0
    lost: int = 0
    foreign: int = 0


def reconcile(database: Path, contract: Contract, carriers: Sequence[Carrier]) -> list[CheckResult]:
    """Write `audit.reconciliation` (one row per active batch); a blocking verdict per delivered dataset and place."""
    with duckdb.connect(str(database)) as con:
        columns = ", ".join(f"{name} {kind}" for name, kind in RECONCILIATION_COLUMNS.items())
        con.execute(f"create or replace table audit.reconciliation ({columns})")
        in_core = {c.dataset: c for c in carriers if not c.is_mart}
        rows, results = [], []
        for dataset, batches in _delivered(con, contract):
            landings = _landings(con, dataset)
            carrier = in_core.get(dataset.name)
            carried, unnamed = carried_rows(con, dataset, carrier) if carrier else ({}, [])
            landing_problems, core_problems = [], list(unnamed)
            for batch in batches:
                landing = landings.get(batch.batch_id, _Landing())
                found = _landing_differences(batch, landing)
                part = carried.get(batch.batch_id, Carried()) if carrier else None
                in_model = carried_differences(landing.staged.count, part) if part else []
                landing_problems += [f"{batch.name}: {problem}" for problem in found]
                core_problems += [f"{batch.name}: {carrier.model}: {p}" for p in in_model] if carrier else []
                rows.append(_row(batch, landing, carrier, part, found + in_model))
            results.append(_verdict(dataset.name, LANDING_CHECK, landing_problems))
            if carrier:
                results.append(_verdict(dataset.name, CORE_CHECK, core_problems))
        insert_rows(con, "audit.reconciliation", rows)
    return results


def reconcile_marts(database: Path, contract: Contract, carriers: Sequence[Carrier]) -> list[CheckResult]:
    """Complete `audit.reconciliation` with the marts; a blocking verdict per mart that carries delivered rows.

    There is a verdict even where no mart carries any, so that a suite that never ran cannot count as passed.
    """
    problems: dict[str, list[str]] = {}
    with duckdb.connect(str(database)) as con:
        in_marts = [c for c in carriers if c.is_mart]
        delivered = {dataset.name: (dataset, batches) for dataset, batches in _delivered(con, contract)}
        for carrier in (c for c in in_marts if c.dataset in delivered):
            dataset, batches = delivered[carrier.dataset]
            carried, unnamed = carried_rows(con, dataset, carrier)
            staged = _sums(con, f"staging.{model_name(dataset)}", ())
            of_mart = problems.setdefault(carrier.model, [])
            of_mart += unnamed
            for batch in batches:
                part = carried.get(batch.batch_id, Carried())
                found = carried_differences(staged.get(batch.batch_id, _Rows()).count, part)
                of_mart += [f"{batch.name}: {problem}" for problem in found]
                _add_mart(con, batch, carrier, part, found)
    if not delivered:
        return []
    return [_verdict(mart, MART_CHECK, found) for mart, found in problems.items()] or [
        _verdict("marts", MART_CHECK, [])
    ]


def _delivered(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[tuple[Dataset, list[_Batch]]]:
    """The datasets that have active batches, with them."""
    rows = con.execute(
        "select batch_id, dataset, source_file, read_count, accepted_count, quarantined_count, duplicate_count,"
        " ignored_count, landed_count, money_totals, file_money_totals, quarantined_money_totals,"
        " duplicate_money_totals from landed.batches where is_active order by dataset, source_file, batch_id"
    ).fetchall()
    by_dataset: dict[str, list[_Batch]] = {}
    for row in rows:
        by_dataset.setdefault(row[1], []).append(_Batch(*row[:9], *map(_money, row[9:])))
    return [(dataset, by_dataset[dataset.name]) for dataset in contract if dataset.name in by_dataset]


def _money(text: str | None) -> Money:
    return {name: Decimal(value) for name, value in json.loads(text or "{}").items()}


def _money_columns(dataset: Dataset) -> tuple[str, ...]:
    return tuple(c.name for c in dataset.columns if c.type == "money")


def _sums(con: duckdb.DuckDBPyConnection, relation: str, money: Sequence[str]) -> dict[str, _Rows]:
    sums = "".join(f", coalesce(sum({name}), 0)" for name in money)
    rows = con.execute(f"select _batch_id, count(*){sums} from {relation} group by _batch_id").fetchall()
    return {row[0]: _Rows(row[1], dict(zip(money, map(Decimal, row[2:]), strict=True))) for row in rows}


def _landings(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> dict[str, _Landing]:
    """Every batch of the dataset from the lake to staging, keys compared as sets."""
    money = _money_columns(dataset)
    lake, staging = f"landed_{dataset.system}.{dataset.name}", f"staging.{model_name(dataset)}"
    found: dict[str, _Landing] = {}

    def of(batch_id: str) -> _Landing:
        return found.setdefault(batch_id, _Landing())

    for batch_id, rows in _sums(con, lake, money).items():
        of(batch_id).landed = rows
    for batch_id, rows in _sums(con, staging, money).items():
        of(batch_id).staged = rows
    same = (
        "landed._batch_id = staged._batch_id and landed._source_row = staged._source_row"
        " and landed._row_hash is not distinct from staged._row_hash"
        " and landed._source_file is not distinct from staged._source_file"
    )
    on = " and ".join(f"landed.{key} is not distinct from staged.{key}" for key in dataset.keys)
    both = "landed._batch_id is not null and staged._batch_id is not null"
    replaced = f"{both} and not ({same})"
    sums = "".join(f", coalesce(sum(landed.{name}) filter ({replaced}), 0)" for name in money)
    rows = con.execute(
        f"select coalesce(landed._batch_id, staged._batch_id), count(*) filter ({both} and {same}),"
        f" count(*) filter ({replaced}), count(*) filter (staged._batch_id is null),"
        f" count(*) filter (landed._batch_id is null){sums}"
        f" from {_keyed(dataset)} as landed full join {staging} as staged on {on} group by 1"
    ).fetchall()
    for batch_id, same_count, replaced_count, lost, foreign, *totals in rows:
        landing = of(batch_id)
        landing.same, landing.lost, landing.foreign = same_count, lost, foreign
        landing.superseded = _Rows(replaced_count, dict(zip(money, map(Decimal, totals), strict=True)))
    return found


def _keyed(dataset: Dataset) -> str:
    """The landed rows by the key that staging gives them: an account in the key stands for whoever had it."""
    lake = f"landed_{dataset.system}.{dataset.name}"
    people = [c for c in dataset.columns if c.key and c.person]
    if not people:
        return lake
    [person] = people
    kind = used_when(dataset, person)
    if kind == "delivery":
        used_on = "_delivered_at"
        since, until = "timezone(zone.timezone, timezone('UTC', landed._delivered_at))", "interval 1 microsecond"
    else:
        used_on = str(dataset.event_time and dataset.event_time.name)
        day = f"landed.{used_on} || '-01'" if kind == "month" else f"landed.{used_on}"
        since, until = f"cast({day} as timestamp)", f"interval 1 {kind}"
    return f"""(
        with owners as (
            select
                landed.{person.name} as person_ref, landed.{used_on} as used_on,
                any_value(owners.employee_id) as owner
            from {lake} as landed
            cross join staging.stg_hr__group_timezone as zone
            inner join staging.stg_hr__account_owners as owners
                on landed.{person.name} = owners.person_ref
                and {since} < owners.valid_to and {since} + {until} > owners.valid_from
            group by landed.{person.name}, landed.{used_on}
            having count(distinct owners.employee_id) = 1 and count(*) = count(owners.employee_id)
        )
        select landed.* replace (coalesce(owners.owner, landed.{person.name}) as {person.name})
        from {lake} as landed
        left join owners on landed.{person.name} = owners.person_ref and landed.{used_on} = owners.used_on
    )"""


def _landing_differences(b: _Batch, found: _Landing) -> list[str]:
    problems = []
    if b.read != b.accepted + b.quarantined + b.duplicate + b.ignored:
        problems.append(
            f"read {b.read} <> accepted {b.accepted} + quarantined {b.quarantined}"
            f" + duplicate {b.duplicate} + ignored {b.ignored}"
        )
    landed, staged, superseded = found.landed.count, found.staged.count, found.superseded.count
    if landed != b.landed:
        problems.append(f"landed {landed} <> reported {b.landed}")
    if staged + superseded != landed:
        problems.append(f"staged {staged} + superseded {superseded} <> landed {landed}")
    if found.lost:
        problems.append(f"{found.lost} landed keys are not staged")
    if found.foreign or found.same != staged:
        problems.append(f"{max(found.foreign, staged - found.same)} staged rows are no landed rows")
    for column, total in b.money.items():
        if found.landed.money.get(column, Decimal(0)) != total:
            problems.append(f"{column}: landed {found.landed.money.get(column)} <> file {total}")
    for column, total in found.landed.money.items():
        kept = found.staged.money.get(column, Decimal(0)) + found.superseded.money.get(column, Decimal(0))
        if kept != total:
            problems.append(f"{column}: staged and superseded {kept} <> landed {total}")
    for column, total in b.file_money.items():
        parts = [m.get(column, Decimal(0)) for m in (b.money, b.quarantined_money, b.duplicate_money)]
        if sum(parts) != total:
            landed_sum, quarantined, duplicate = parts
            problems.append(
                f"{column}: file {total} <> landed {landed_sum} + quarantined {quarantined} + duplicate {duplicate}"
            )
    return problems


def _as_json(excluded: Mapping[str, int]) -> str:
    return json.dumps(dict(sorted(excluded.items())))


def _row(
    b: _Batch, landing: _Landing, carrier: Carrier | None, core: Carried | None, problems: Iterable[str]
) -> list[object]:
    problems = list(problems)
    told: dict[str, object] = {
        "batch_id": b.batch_id,
        "dataset": b.dataset,
        "source_file": b.source_file,
        "read_count": b.read,
        "accepted_count": b.accepted,
        "quarantined_count": b.quarantined,
        "duplicate_count": b.duplicate,
        "ignored_count": b.ignored,
        "landed_count": landing.landed.count,
        "staged_count": landing.staged.count,
        "superseded_count": landing.superseded.count,
        "core_model": carrier.model if carrier else None,
        "core_count": core.count if core else None,
        "core_excluded_count": sum(core.excluded.values()) if core else None,
        "core_excluded_by": _as_json(core.excluded) if core else None,
        "core_money_total": core.money if core else None,
        "file_money_total": sum(b.file_money.values(), Decimal(0)) if b.file_money else landing.landed.total,
        "quarantined_money_total": sum(b.quarantined_money.values(), Decimal(0)),
        "duplicate_money_total": sum(b.duplicate_money.values(), Decimal(0)),
        "landed_money_total": landing.landed.total,
        "staged_money_total": landing.staged.total,
        "superseded_money_total": landing.superseded.total,
        "is_balanced": not problems,
        "difference": "; ".join(problems) or None,
    }
    return [told.get(name) for name in RECONCILIATION_COLUMNS]


def _add_mart(
    con: duckdb.DuckDBPyConnection, batch: _Batch, carrier: Carrier, part: Carried, problems: Sequence[str]
) -> None:
    told = "; ".join(f"{carrier.model}: {problem}" for problem in problems)
    con.execute(
        f"update audit.reconciliation set mart_model = {literal(carrier.model)}, mart_count = {part.count},"
        f" mart_excluded_count = {sum(part.excluded.values())}, mart_excluded_by = {literal(_as_json(part.excluded))},"
        f" mart_money_total = {literal(None if part.money is None else str(part.money))},"
        f" is_balanced = is_balanced and {'false' if problems else 'true'},"
        f" difference = nullif(concat_ws('; ', difference, {literal(told or None)}), '')"
        f" where batch_id = {literal(batch.batch_id)}"
    )


_AGREED = {
    LANDING_CHECK: ("行数与金额逐层一致", "rows and money agree at every layer"),
    CORE_CHECK: ("核心层的行数与金额同暂存层一致", "core holds the staged rows and their money"),
    MART_CHECK: ("集市的行数与金额同暂存层一致", "the mart holds the staged rows and their money"),
}


def _verdict(dataset: str, check_name: str, problems: Sequence[str]) -> CheckResult:
    zh, en = _AGREED[check_name]
    return CheckResult(
        check_id=f"reconciliation.{dataset}.{check_name}",
        layer="reconciliation",
        dataset=dataset,
        check_name=check_name,
        severity="blocking",
        passed=not problems,
        failing_count=len(problems),
        failing_keys=[{"difference": p} for p in problems[:MAX_FAILING_KEYS]],
        detail_zh=zh if not problems else "行数或金额对不上:" + "; ".join(problems[:3]),
        detail_en=en if not problems else "; ".join(problems[:3]),
        observed=None,
    )
