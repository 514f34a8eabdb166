"""A profile as SQL: the records of `source` to the texts of each dataset's columns.

Belongs here: the names that a profile's SQL sees, filling down, ignore rules, derived values, picking, exploding and
collapsing records, value maps, identities.
Does not belong here: judging values (`check`), reading files, choosing the profile.

A profile's SQL runs in the landing's own connection, which reaches no file but the landing's work folder.

A column is seen under its own name and under each name that the profile uses for it; what a sheet or a file lacks is a
null column. A file's column whose name the profile gives to a value of its own steps aside (`name#file`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.contract.profile import ColumnSource, Profile, Target
from pipelines.landing.check import Cells
from pipelines.landing.header import tables_of
from pipelines.landing.profile_sql import plain
from pipelines.landing.reasons import set_aside
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

    from pipelines.contract import Dataset
    from pipelines.landing.period import Period
    from pipelines.landing.reading.table import Loaded
    from pipelines.landing.recognise import ProfiledTable

OTHER_DATASET = "other_dataset"
_FILE_FACTS = ("_source_file", "_title", "_period_start", "_period_end", "_delivered_day")


@dataclass(frozen=True)
class Names:
    """What a profile's SQL calls the columns of one table."""

    profile: Profile
    columns: tuple[str, ...]
    """Of the file."""
    sql_names: Mapping[str, str]
    """Column of the file -> its own name in SQL."""
    reads: Mapping[str, tuple[str | None, ...]]
    """Name in the profile -> the file's column that it is, per sheet."""

    def exists(self, name: str) -> bool:
        return any(self.reads[name])

    def chosen(self, source: ColumnSource) -> str | None:
        """The header that a column reads: the first that the file has."""
        return next((name for name in source.headers if self.exists(name)), None)


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


# ---------------------------------------------------------------------------------------------- records and their names


def map_records(
    con: duckdb.DuckDBPyConnection,
    table: ProfiledTable,
    loaded: Loaded,
    facts: Mapping[str, str],
    periods: Sequence[Period | None],
) -> Names:
    """Create `records` (every record, with the rule that ignores it, if any) and `kept` (the rest, with `derive`).

    `facts` are SQL values that hold for the whole file, by name; `periods` is what each pick says it covers.
    """
    profile = table.profile
    names = _names(table, loaded)
    arms = " ".join(f"when {expression(con, profile, rule.when)} then {literal(rule.name)}" for rule in profile.ignore)
    ignored = f"case {arms} end" if arms else "null::varchar"
    _run(con, profile, f"create or replace temp view facts as {_facts_sql(con, table, loaded, names, facts, periods)}")
    _run(
        con,
        profile,
        "create or replace temp table records as select * replace (_origin_sheet as _sheet), "
        f"_sheet as _sheet_label, {ignored} as _ignored_by from facts",
    )
    # `_sheet` is the sheet's name to the profile, but only part of a row's origin where there are several.
    kept = (
        "select * exclude (_ignored_by, _sheet_label) replace (_sheet_label as _sheet) "
        "from records where _ignored_by is null"
    )
    seen = {name.casefold() for name in (*names.sql_names.values(), *names.reads, *_FILE_FACTS, *facts)}
    for name, sql in profile.derive.items():
        value = f"{expression(con, profile, sql)} as {ident(name)}"
        kept = (
            f"select * replace ({value}) from ({kept})"
            if name.casefold() in seen
            else f"select *, {value} from ({kept})"
        )
        seen.add(name.casefold())
    _run(con, profile, f"create or replace temp table kept as {kept}")
    return names


def _names(table: ProfiledTable, loaded: Loaded) -> Names:
    profile = table.profile
    own = {name.casefold() for name in profile.derive}
    own |= {t.explode.name.casefold() for t in profile.datasets if t.explode is not None}
    tables = tables_of(table.picks, loaded.columns)
    reads = {name: tuple(columns.find(name) for columns in tables) for name in profile.known_headers}
    asked = {name.casefold() for name in reads}
    return Names(
        profile,
        loaded.columns,
        {c: f"{c}#file" if c.casefold() in own and c.casefold() not in asked else c for c in loaded.columns},
        reads,
    )


def _facts_sql(
    con: duckdb.DuckDBPyConnection,
    table: ProfiledTable,
    loaded: Loaded,
    names: Names,
    facts: Mapping[str, str],
    periods: Sequence[Period | None],
) -> str:
    """The records as the profile's SQL sees them."""
    profile = table.profile
    cells = {sql_name: _cell(column, profile, loaded) for column, sql_name in names.sql_names.items()}
    place = {sql_name.casefold(): sql_name for sql_name in cells}
    for name, found in names.reads.items():
        cells[place.setdefault(name.casefold(), name)] = _by_sheet(
            table, [_cell(column, profile, loaded) if column else "null::varchar" for column in found]
        )
    starts = [f"date {literal(str(p.start))}" if p else "null::date" for p in periods]
    ends = [f"date {literal(str(p.end))}" if p else "null::date" for p in periods]
    constants = {
        "_sheet": "_sheet" if loaded.has_sheets else f"{literal(table.labels[0])}::varchar",
        "_title": _by_sheet(table, [f"{literal(pick.title)}::varchar" for pick in table.picks]),
        "_period_start": _by_sheet(table, starts or ["null::date"]),
        "_period_end": _by_sheet(table, ends or ["null::date"]),
        **facts,
    }
    listed = ", ".join(f"{sql} as {ident(name)}" for name, sql in [*cells.items(), *constants.items()])
    sql = f"select _record, _source_row, _sheet as _origin_sheet, {listed} from source"
    return _filled_down(con, profile, sql) if profile.fill_down else sql


def _cell(column: str, profile: Profile, loaded: Loaded) -> str:
    """A cell's text; null where it means "no value"."""
    name = f"source.{ident(column)}"
    if not profile.nulls and not loaded.blanks:
        return name
    blanks = "".join(loaded.blanks) or " "
    nothing = ", ".join(literal(text) for text in dict.fromkeys(("", *profile.nulls)))
    return f"case when trim({name}, {literal(blanks)}) not in ({nothing}) then {name} end"


def _by_sheet(table: ProfiledTable, values: Sequence[str]) -> str:
    """One value for all sheets where they agree or only one has any, else the value of each."""
    known = [value for value in dict.fromkeys(values) if not value.startswith("null::")]
    if len(known) < 2:
        return known[0] if known else values[0]
    arms = " ".join(
        f"when {literal(pick.head.sheet)} then {value}" for pick, value in zip(table.picks, values, strict=True)
    )
    return f"case source._sheet {arms} end"


def _filled_down(con: duckdb.DuckDBPyConnection, profile: Profile, sql: str) -> str:
    """Nulls of head fields take the value above, inside one document of one sheet."""
    rule = profile.fill_down
    assert rule is not None
    numbered = (
        f"select *, count(*) filter (where {expression(con, profile, rule.starts)}) over (partition by _origin_sheet "
        f"order by _record rows unbounded preceding) as _document from ({sql})"
    )
    window = "over (partition by _origin_sheet, _document order by _record rows unbounded preceding)"
    filled = ", ".join(
        f"case when _document > 0 then last_value({ident(name)} ignore nulls) {window} else {ident(name)} end "
        f"as {ident(name)}"
        for name in rule.columns
    )
    return f"select * exclude (_document) replace ({filled}) from ({numbered})"


# ----------------------------------------------------------------------------------------------------- records to rows


def map_target(con: duckdb.DuckDBPyConnection, names: Names, target: Target, dataset: Dataset) -> Cells:
    """Create `mapped` (one row per future row) and `parts` (which records are part of which row)."""
    profile = names.profile
    where = f"where {expression(con, profile, target.where)}" if target.where else ""
    chosen = f"select *, 1 as _item_no from kept {where}"
    if target.explode is not None:
        items = _items(con, names, target)
        name = target.explode.name
        is_seen = name.casefold() in {n.casefold() for n in (*names.reads, *names.sql_names.values(), *profile.derive)}
        others = f"* exclude ({ident(name)})" if is_seen else "*"
        chosen = (
            f"select {others}, unnest(_items) as {ident(name)}, generate_subscripts(_items, 1) as _item_no "
            f"from (select *, {items} as _items from kept {where})"
        )
    values = {name: _value(con, names, source) for name, source in target.columns.items()}
    kept = {column for name in profile.keep for column in names.reads[name]}
    unread = {*_unread(names, target), *kept}
    extra = extra_json({column: names.sql_names[column] for column in names.columns if column in unread})
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
        f"select _record, _source_row, _origin_sheet as _sheet, _row, {group} as _target, {extra} as _extra_json, "
        f"{shaped} from numbered",
    )
    con.execute("create or replace temp table parts as select _record, _target from shaped")
    con.execute("create or replace temp table mapped as select * from shaped where _row = _target order by _row")
    return Cells(
        dataset=dataset,
        relation="mapped",
        expressions={name: ident(name) for name in values},
        extra="_extra_json",
        nulls=profile.nulls,
        patterns={name: source.pattern for name, source in target.columns.items() if source.pattern is not None},
    )


def _run(con: duckdb.DuckDBPyConnection, profile: Profile, sql: str) -> None:
    import duckdb

    try:
        con.execute(sql)
    except duckdb.Error as error:
        raise _broken(profile, error) from error


def _items(con: duckdb.DuckDBPyConnection, names: Names, target: Target) -> str:
    """SQL for the list that a record is exploded by."""
    explode = target.explode
    assert explode is not None
    if explode.sql is not None:
        return expression(con, names.profile, explode.sql)
    cells = ", ".join(
        f"{{'header': {literal(column)}, 'position': {position}, 'value': {ident(names.sql_names[column])}}}"
        for position, column in enumerate(_matching(names, explode.headers or ""), start=1)
    )
    kind = "struct(header varchar, position integer, value varchar)[]"
    return f"list_filter([{cells}]::{kind}, lambda c: c.value is not null)"


def _matching(names: Names, pattern: str) -> list[str]:
    return [column for column in names.columns if re.search(pattern, column)]


def _value(con: duckdb.DuckDBPyConnection, names: Names, source: ColumnSource) -> str:
    if source.constant is not None:
        return literal(source.constant)
    if source.sql is not None:
        text = expression(con, names.profile, source.sql)
    else:
        header = names.chosen(source)
        if header is None:
            return "null"
        text = ident(header)
    if source.map is not None:
        arms = " ".join(f"when {literal(_map_key(old))} then {literal(new)}" for old, new in source.map.items())
        otherwise = literal(source.otherwise) if source.otherwise is not None else f"{text}::varchar"
        text = f"case when {text} is null then null else case lower(plain({text})) {arms} else {otherwise} end end"
    if source.identity is not None:
        text = f"account_id({literal(source.identity)}, {text})"
    return text


def _map_key(text: str) -> str:
    return (plain(text) or "").lower()


# ------------------------------------------------------------------------------------------------ what nothing has read


def _unread(names: Names, target: Target) -> list[str]:
    """The file's columns that neither the target nor what all targets share reads.

    What only tells which records to ignore says nothing in those that land, so it does not count as read.
    """
    profile = names.profile
    read = {column for source in target.columns.values() for column in names.reads.get(names.chosen(source) or "", ())}
    sqls = [c.sql for c in target.columns.values() if c.sql] + list(profile.derive.values())
    sqls += [target.where or ""]
    sqls += [profile.fill_down.starts] if profile.fill_down else []
    sqls += [*target.collapse.by, target.collapse.order] if target.collapse else []
    if target.explode is not None:
        sqls.append(target.explode.sql or "")
        read.update(_matching(names, target.explode.headers) if target.explode.headers else ())
    called = {column: [sql_name] for column, sql_name in names.sql_names.items()}
    for name, columns in names.reads.items():
        for column in filter(None, columns):
            called.setdefault(column, []).append(name)
    text = "\n".join(sqls)
    read.update(column for column, words in called.items() if any(_mentions(text, word) for word in words))
    return [column for column in names.columns if column not in read]


def _mentions(sql: str, name: str) -> bool:
    if name.casefold() not in sql.casefold():
        return False
    return re.search(rf'(?<![\w"]){re.escape(name)}(?![\w"])|{re.escape(ident(name))}', sql, re.IGNORECASE) is not None


def unread_columns(names: Names) -> list[str]:
    """Source columns that no dataset of the profile reads."""
    unread = [set(_unread(names, target)) for target in names.profile.datasets]
    return [column for column in names.columns if unread and all(column in some for some in unread)]


def extra_json(names: Sequence[str] | Mapping[str, str], relation: str | None = None) -> str:
    """SQL for a JSON object of the columns that have a value; null when none has.

    `names` are the object's keys; where the relation calls a column otherwise, they map to its name there.
    """
    if not names:
        return "null::varchar"
    called = names if isinstance(names, Mapping) else {name: name for name in names}
    columns = {name: f"{relation}.{ident(sql)}" if relation else ident(sql) for name, sql in called.items()}
    filled = " or ".join(f"{column} is not null" for column in columns.values())
    pairs = ", ".join(f"{literal(name)}, {column}" for name, column in columns.items())
    return f"case when {filled} then json_merge_patch('{{}}', json_object({pairs}))::varchar end"
