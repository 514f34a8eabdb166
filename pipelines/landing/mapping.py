"""A profile as SQL: the records of `source` to the texts of each dataset's columns.

Belongs here: ignore rules, derived values, picking, exploding and collapsing records, value maps.
Does not belong here: judging values (`check`), reading files, choosing the profile.

A profile's SQL runs in the landing's own connection, which reaches no file but the landing's work folder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.contract.profile import ColumnSource, Profile, Target
from pipelines.landing.check import Cells
from pipelines.landing.reasons import set_aside
from pipelines.landing.recognise import header_key
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

    from pipelines.contract import Dataset

OTHER_DATASET = "other_dataset"


def expression(con: duckdb.DuckDBPyConnection, profile: Profile, sql: str) -> str:
    """The profile's SQL in brackets. Raises SetAside when it is not one single expression."""
    import duckdb

    try:
        statements = con.extract_statements(f"select ({sql}\n)")
    except duckdb.Error as error:
        raise _broken(profile, error) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise set_aside("profile_sql", profile=profile.name, detail=f"not a single expression: {sql}")
    return f"({sql}\n)"


def _broken(profile: Profile, error: Exception) -> Exception:
    return set_aside("profile_sql", profile=profile.name, detail=" ".join(str(error).split())[:300])


def map_records(con: duckdb.DuckDBPyConnection, profile: Profile, facts: dict[str, str]) -> None:
    """Create `records` (every record, with the rule that ignores it, if any) and `kept` (the rest, with `derive`).

    `facts` are SQL values that hold for the whole file, by name.
    """
    arms = " ".join(f"when {expression(con, profile, rule.when)} then {literal(rule.name)}" for rule in profile.ignore)
    ignored = f"case {arms} end" if arms else "null::varchar"
    constants = ", ".join(f"{sql} as {name}" for name, sql in facts.items())
    kept = "select * exclude (_ignored_by) from records where _ignored_by is null"
    for name, sql in profile.derive.items():
        kept = f"select *, {expression(con, profile, sql)} as {ident(name)} from ({kept})"
    _run(con, profile, f"create or replace temp view facts as select *, {constants} from source")
    _run(con, profile, f"create or replace temp table records as select *, {ignored} as _ignored_by from facts")
    _run(con, profile, f"create or replace temp table kept as {kept}")


def map_target(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    target: Target,
    dataset: Dataset,
    columns: Sequence[str],
) -> Cells:
    """Create `mapped` (one row per future row) and `parts` (which records are part of which row)."""
    where = f"where {expression(con, profile, target.where)}" if target.where else ""
    chosen = f"select *, 1 as _item_no from kept {where}"
    if target.explode is not None and target.explode.sql is not None:
        name, items = ident(target.explode.name), expression(con, profile, target.explode.sql)
        chosen = (
            f"select *, unnest(_items) as {name}, generate_subscripts(_items, 1) as _item_no "
            f"from (select *, {items} as _items from kept {where})"
        )
    by_key = {header_key(name): name for name in columns}
    values = {name: _value(con, profile, source, by_key) for name, source in target.columns.items()}
    extra = _extra(profile, target, columns, by_key)
    group = "_row"
    if target.collapse is not None:
        keys = ", ".join(expression(con, profile, sql) for sql in target.collapse.by)
        order = expression(con, profile, target.collapse.order)
        group = f"first_value(_row) over (partition by {keys} order by {order}, _row)"
    shaped = ", ".join(f"{sql}::varchar as {ident(name)}" for name, sql in values.items())
    _run(
        con,
        profile,
        f"create or replace temp table shaped as with chosen as ({chosen}), "
        "numbered as (select *, row_number() over (order by _record, _item_no) as _row from chosen) "
        f"select _record, _source_row, _sheet, _row, {group} as _target, {extra} as _extra_json, {shaped} "
        "from numbered",
    )
    con.execute("create or replace temp table parts as select _record, _target from shaped")
    con.execute("create or replace temp table mapped as select * from shaped where _row = _target order by _row")
    return Cells(
        dataset=dataset,
        relation="mapped",
        expressions={name: ident(name) for name in values},
        extra="_extra_json",
        nulls=profile.nulls,
    )


def _run(con: duckdb.DuckDBPyConnection, profile: Profile, sql: str) -> None:
    import duckdb

    try:
        con.execute(sql)
    except duckdb.Error as error:
        raise _broken(profile, error) from error


def _value(con: duckdb.DuckDBPyConnection, profile: Profile, source: ColumnSource, by_key: dict[str, str]) -> str:
    if source.constant is not None:
        return literal(source.constant)
    if source.sql is not None:
        text = expression(con, profile, source.sql)
    else:
        column = next((by_key[k] for k in map(header_key, source.headers) if k in by_key), None)
        if column is None:
            return "null"
        text = ident(column)
    if source.map is None:
        return text
    arms = " ".join(f"when {literal(old.strip().casefold())} then {literal(new)}" for old, new in source.map.items())
    otherwise = literal(source.otherwise) if source.otherwise is not None else f"{text}::varchar"
    return f"case when {text} is null then null else case lower(trim({text}::varchar)) {arms} else {otherwise} end end"


def _extra(profile: Profile, target: Target, columns: Sequence[str], by_key: dict[str, str]) -> str:
    """JSON of the source columns that nothing in the profile's target reads."""
    read = {by_key.get(header_key(name)) for c in target.columns.values() for name in c.headers}
    sqls = [c.sql for c in target.columns.values() if c.sql] + list(profile.derive.values())
    sqls += [rule.when for rule in profile.ignore] + [s for s in (target.where,) if s]
    sqls += [target.explode.sql] if target.explode and target.explode.sql else []
    for name in columns:
        word = re.compile(rf'(?<![\w"]){re.escape(name)}(?![\w"])|{re.escape(ident(name))}', re.IGNORECASE)
        if any(word.search(sql) for sql in sqls):
            read.add(name)
    return extra_json([name for name in columns if name not in read])


def unread_columns(profile: Profile, columns: Sequence[str]) -> list[str]:
    """Source columns that no dataset of the profile reads."""
    by_key = {header_key(name): name for name in columns}
    extras = [_extra(profile, target, columns, by_key) for target in profile.datasets]
    return [name for name in columns if extras and all(f"{literal(name)}, {ident(name)}" in e for e in extras)]


def extra_json(names: Sequence[str], relation: str | None = None) -> str:
    """SQL for a JSON object of the columns that have a value; null when none has."""
    if not names:
        return "null::varchar"
    columns = {name: f"{relation}.{ident(name)}" if relation else ident(name) for name in names}
    filled = " or ".join(f"{column} is not null" for column in columns.values())
    pairs = ", ".join(f"{literal(name)}, {column}" for name, column in columns.items())
    return f"case when {filled} then json_merge_patch('{{}}', json_object({pairs}))::varchar end"
