"""What became of each batch's staged rows in the models that carry them.

Belongs here: counting them again by key or by group, and what does not agree.
Does not belong here: which model carries what (`carriers`), the places before (`reconcile`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

from pipelines.contract import Dataset
from pipelines.contract.dbt import model_name
from pipelines.sql import ident, literal
from pipelines.warehouse.carriers import Carrier


@dataclass
class Carried:
    """One batch in a model that carries its rows."""

    count: int = 0
    excluded: dict[str, int] = field(default_factory=dict)
    money: Decimal | None = None
    problems: list[str] = field(default_factory=list)


def carried_rows(con: duckdb.DuckDBPyConnection, d: Dataset, c: Carrier) -> tuple[dict[str, Carried], list[str]]:
    """What became of each batch's staged rows in a model, and what it holds that no batch explains."""
    return _by_key(con, d, c) if c.keys else _by_group(con, d, c)


def _reasons(carrier: Carrier) -> str:
    """SQL for the name of the first condition by which a staged row may be absent; null where none holds."""
    arms = " ".join(f"when {condition} then {literal(name)}" for name, condition in carrier.left_out.items())
    return f"case {arms} end" if arms else "cast(null as varchar)"


def _by_key(con: duckdb.DuckDBPyConnection, d: Dataset, c: Carrier) -> tuple[dict[str, Carried], list[str]]:
    on = " and ".join(f"staged.{key} is not distinct from model.{column}" for key, column in c.keys.items())
    exprs = "".join(f", {sql} as _money_{n}" for n, sql in enumerate(c.compared.values()))
    altered = " or ".join(f"staged._money_{n} is distinct from model.{name}" for n, name in enumerate(c.compared))
    total = " + ".join(f"coalesce(model.{name}, 0)" for name in c.money)
    rows = con.execute(
        f"with staged as (select *, {_reasons(c)} as _reason{exprs} from staging.{model_name(d)}),"
        f" model as (select *, true as _is_held from {c.model})"
        " select staged._batch_id, case when model._is_held then '' else staged._reason end as reason,"
        f" model._is_held, count(*), count(*) filter ({altered or 'false'}), {f'sum({total})' if total else 'null'}"
        f" from staged left join model on {on} group by all"
    ).fetchall()
    found: dict[str, Carried] = {}
    for batch_id, reason, is_held, count, altered_count, amount in rows:
        part = found.setdefault(batch_id, Carried(money=Decimal(0) if c.money else None))
        if is_held:
            part.count += count
            part.money = None if part.money is None else part.money + Decimal(amount or 0)
            if altered_count:
                part.problems.append(f"{altered_count} rows with other amounts than the staged ones")
        elif reason:
            part.excluded[reason] = count
        else:
            part.problems.append(f"{count} staged rows are missing")
    own = " or ".join(f"({condition})" for condition in c.added.values())
    [(foreign,)] = con.execute(
        f"select count(*) from {c.model} as model"
        f" where not exists (select 1 from staging.{model_name(d)} as staged where {on})"
        + (f" and not coalesce({own}, false)" if own else "")
    ).fetchall()
    return found, [f"{c.model}: {foreign} rows that no batch delivered"] if foreign else []


def _by_group(con: duckdb.DuckDBPyConnection, d: Dataset, c: Carrier) -> tuple[dict[str, Carried], list[str]]:
    groups = ", ".join(f"{sql} as {ident(name)}" for name, sql in c.groups.items())
    names = ", ".join(map(ident, c.groups))
    exprs = "".join(f", {sql} as {ident('due_' + name)}" for name, sql in c.compared.items())
    due = ", ".join(f"sum({ident('due_' + name)}) as {ident('due_' + name)}" for name in c.compared)
    held = ", ".join(f"sum({ident(name)}) as {ident(name)}" for name in c.compared)
    on = " and ".join(f"due.{ident(g)} is not distinct from held.{ident(g)}" for g in c.groups)
    differs = " or ".join(
        f"coalesce(due.{ident('due_' + name)}, 0) <> coalesce(held.{ident(name)}, 0)" for name in c.money
    )
    both = ", ".join(f"coalesce(due.{ident(g)}, held.{ident(g)}) as {ident(g)}" for g in c.groups)
    said = " || ', ' || ".join(
        f"case when coalesce(due.{ident('due_' + name)}, 0) <> coalesce(held.{ident(name)}, 0) then "
        f"concat({literal(name + ' ')}, coalesce(held.{ident(name)}, 0), ' <> staged ',"
        f" coalesce(due.{ident('due_' + name)}, 0)) else '' end"
        for name in c.compared
    )
    con.execute(
        "create or replace temp table reconciled_rows as"
        f" select _batch_id, {groups}{exprs}, {_reasons(c)} as _reason from staging.{model_name(d)}"
    )
    con.execute(
        "create or replace temp table differing_groups as"
        f" with due as (select {names}, {due} from reconciled_rows where _reason is null group by {names}),"
        f" held as (select {names}, {held} from {c.model} group by {names})"
        f" select {both}, trim(regexp_replace({said}, '(, )+', ', ', 'g'), ', ') as said"
        f" from due full join held on {on} where {differs}"
    )
    in_group = " and ".join(f"staged.{ident(g)} is not distinct from differing.{ident(g)}" for g in c.groups)
    total = " + ".join(f"coalesce(staged.{ident('due_' + name)}, 0)" for name in c.money)
    place = " || ' ' || ".join(f"coalesce(cast(differing.{ident(g)} as varchar), '?')" for g in c.groups)
    rows = con.execute(
        f"select staged._batch_id, staged._reason, differing.said is not null, count(*), sum({total}),"
        f" min({place} || ': ' || differing.said)"
        " from reconciled_rows as staged"
        f" left join differing_groups as differing on {in_group} and staged._reason is null group by all"
    ).fetchall()
    found: dict[str, Carried] = {}
    for batch_id, reason, is_differing, count, amount, told in rows:
        part = found.setdefault(batch_id, Carried(money=Decimal(0)))
        if reason:
            part.excluded[reason] = count
        elif is_differing:
            part.problems.append(f"{count} staged rows in sums that differ, such as {told}")
        else:
            part.count += count
            part.money = (part.money or Decimal(0)) + Decimal(amount or 0)
    unexplained = con.execute(
        f"select {place} || ': ' || differing.said from differing_groups as differing where not exists"
        f" (select 1 from reconciled_rows as staged where {in_group} and staged._reason is null) order by 1"
    ).fetchall()
    con.execute("drop table reconciled_rows; drop table differing_groups")
    return found, [f"{c.model}: {said} (no batch delivered rows for it)" for (said,) in unexplained]


def carried_differences(staged: int, part: Carried) -> list[str]:
    """Whatever is neither held nor left out for a named reason, and rows that a join multiplied."""
    if part.problems:
        return part.problems
    held, excluded = part.count, sum(part.excluded.values())
    return [f"{held} rows + {excluded} left out <> staged {staged}"] if held + excluded != staged else []
