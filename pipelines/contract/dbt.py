"""Renders the staging layer of the dbt project from the contract.

Belongs here: sources, staging properties and the one-line staging models, so that no column list is written twice.
Does not belong here: anything past staging; the SQL itself is the macro `stage_dataset`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

import yaml

from pipelines.contract.model import PROVENANCE_COLUMNS, SQL_TYPES, Column, Contract, Dataset, load_contract

NOTICE = "# Rendered from the contract by `hufu contract render`; edit the contract instead.\n"

# The registers of the landing zone that models may read: table -> columns with SQL types.
REGISTER_SOURCE = "landed"
STAGED_PROVENANCE = tuple(c for c in PROVENANCE_COLUMNS if c not in ("_system", "_dataset", "_ts_offsets"))


def model_name(dataset: Dataset) -> str:
    return f"stg_{dataset.system}__{dataset.name}"


def _sources(system: str, datasets: list[Dataset]) -> dict:
    tables = [
        {
            "name": d.name,
            "description": f"One row per landed source row: {d.grain}. {d.title.zh}.",
            "columns": [{"name": c.name, "data_type": c.sql_type} for c in d.columns]
            + [{"name": name, "data_type": sql_type} for name, sql_type in PROVENANCE_COLUMNS.items()],
        }
        for d in datasets
    ]
    return {"version": 2, "sources": [{"name": system, "schema": f"landed_{system}", "tables": tables}]}


def _model(dataset: Dataset) -> dict:
    # No key test: the reconciliation compares the staged keys with the landed ones, and counts both.
    columns = [{"name": c.name, "data_type": c.sql_type} for c in dataset.columns]
    columns += [{"name": name, "data_type": PROVENANCE_COLUMNS[name]} for name in STAGED_PROVENANCE]
    columns.append({"name": "_ended_at", "data_type": SQL_TYPES["ts"]})
    return {
        "name": model_name(dataset),
        "description": (
            f"One row per {' and '.join(dataset.keys)}: {dataset.grain}, as last delivered. {dataset.title.zh}."
        ),
        "columns": columns,
    }


def _staging_call(dataset: Dataset) -> str:
    def names(columns: Iterable[str]) -> str:
        return "[" + ", ".join(f"'{c}'" for c in columns) + "]"

    columns = textwrap.fill(names(dataset.column_names), width=110, subsequent_indent=" " * 8, break_long_words=False)
    arguments = [
        f"'{dataset.system}', '{dataset.name}'",
        f"keys={names(dataset.keys)}",
        f"columns={columns}",
        f"ts_columns={names(c.name for c in dataset.columns if c.type == 'ts')}",
    ]
    if dataset.people:
        arguments.append("people={" + ", ".join(f"'{c.name}': '{used_when(dataset, c)}'" for c in dataset.people) + "}")
        arguments.append(f"event={_event_name(dataset)}")
    return "{{ stage_dataset(\n    " + ",\n    ".join(arguments) + "\n) }}\n"


def _event_name(dataset: Dataset) -> str:
    return f"'{dataset.event_time.name}'" if dataset.event_time else "none"


def used_when(dataset: Dataset, person: Column) -> str:
    """When an account in this column was used: what the macro `used_from` calls its kind."""
    if dataset.event_time is None or person.is_state:
        return "delivery"
    return {"ts": "moment", "date": "day", "text": "month"}[dataset.event_time.type]


COVERAGE_MODEL = "stg_landed__dataset_coverage"


def _event_sql(dataset: Dataset) -> str | None:
    """The moment of the dataset's facts; null where it holds states or plans, which never move an "as of"."""
    event = dataset.event_time
    if event is None or dataset.is_plan:
        return None
    # A month given as YYYY-MM stands for its first day.
    value = f"concat({event.name}, '-01')" if event.type == "text" else event.name
    return f"cast({value} as timestamp)"


def _coverage_model(contract: Contract) -> str:
    """Which deliveries each dataset has, and which moments its facts cover, none later than their own delivery."""
    selects = []
    for d in contract:
        names = f"    select '{d.system}' as system, '{d.name}' as dataset,"
        event = _event_sql(d) or "cast(null as timestamp)"
        from_facts = (
            f"    from {{{{ ref('{model_name(d)}') }}}} as facts\n"
            "    inner join stamps on facts._delivered_at = stamps.delivered_at\n"
        )
        selects.append(
            f"{names}\n"
            f"        min({event}) as first_event_at,\n"
            f"        max(case when {event} <= stamps.delivered_local then {event} end) as last_event_at\n"
            f"{from_facts}"
            if _event_sql(d)
            else f"{names} {event} as first_event_at, {event} as last_event_at\n"
        )
    return _COVERAGE_SQL.replace("<selects>", "    union all\n".join(selects).rstrip())


_COVERAGE_SQL = """{#- Rendered from the contract by `hufu contract render`; edit the contract instead. -#}
with

stamps as (
    select
        batches.delivered_at,
        {{ local_time('batches.delivered_at', 0, 'group_zone.timezone') }} as delivered_local
    from {{ source('landed', 'batches') }} as batches
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    where batches.is_active
    group by batches.delivered_at, group_zone.timezone
),

deliveries as (
    select dataset, max(delivered_at) as last_delivered_at
    from {{ source('landed', 'batches') }}
    where is_active
    group by dataset
),

coverage as (
<selects>
)

select coverage.dataset, coverage.system, deliveries.last_delivered_at, coverage.first_event_at, coverage.last_event_at
from coverage
left join deliveries on coverage.dataset = deliveries.dataset
"""


def _coverage_properties() -> dict:
    moments = ("last_delivered_at", "first_event_at", "last_event_at")
    columns = [("dataset", "varchar"), ("system", "varchar"), *((name, SQL_TYPES["ts"]) for name in moments)]
    model = {
        "name": COVERAGE_MODEL,
        "description": (
            "One row per dataset of the contract: its latest delivery (a file without rows counts; null = never), and"
            " the first and last moment of its facts, none later than their own delivery (null for states and plans)."
        ),
        "columns": [{"name": name, "data_type": sql_type} for name, sql_type in columns],
    }
    model["data_tests"] = [{"primary_key": {"arguments": {"columns": ["dataset"]}}}]
    return {"version": 2, "models": [model]}


BATCH_COVERAGE_MODEL = "stg_landed__batch_coverage"


def _batch_coverage_model(contract: Contract) -> str:
    """Which days each active batch tells of. Only a plan may tell of days after its own delivery."""
    plans = ", ".join(f"'{d.name}'" for d in contract if d.is_plan)
    return _BATCH_COVERAGE_SQL.replace("<plans>", plans)


_BATCH_COVERAGE_SQL = """{#- Rendered from the contract by `hufu contract render`; edit the contract instead. -#}
with

told as (
    select
        batches.batch_id,
        batches.dataset,
        batches.source_file,
        batches.delivered_at,
        {{ local_time('batches.delivered_at', 0, 'group_zone.timezone') }} as delivered_local,
        {#- A month given as YYYY-MM is all its days. #}
        case
            when batches.covers_from is not null then cast(batches.covers_from as date)
            when {{ dbt.length('batches.event_time_min') }} = 7 then {{ period_month('batches.event_time_min') }}
            else cast(substring(batches.event_time_min, 1, 10) as date)
        end as first_day,
        case
            when batches.covers_to is not null
                then cast({{ dbt.dateadd('day', 1, 'cast(batches.covers_to as date)') }} as date)
            when {{ dbt.length('batches.event_time_max') }} = 7
                then cast({{ dbt.dateadd('month', 1, period_month('batches.event_time_max')) }} as date)
            else cast({{ dbt.dateadd('day', 1, 'cast(substring(batches.event_time_max, 1, 10) as date)') }} as date)
        end as end_day
    from {{ source('landed', 'batches') }} as batches
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    where batches.is_active
),

bounded as (
    select
        batch_id,
        dataset,
        source_file,
        delivered_at,
        delivered_local,
        first_day,
        case
            when dataset in (<plans>) or end_day <= delivered_local then end_day
            else cast({{ dbt.dateadd('day', 1, 'cast(delivered_local as date)') }} as date)
        end as end_day
    from told
)

select
    batch_id,
    dataset,
    source_file,
    delivered_at,
    delivered_local,
    case when first_day < end_day then first_day end as covered_from,
    case when first_day < end_day then end_day end as covered_to
from bounded
"""


def _batch_coverage_properties() -> dict:
    columns = [
        {"name": "batch_id", "data_type": "varchar"},
        {"name": "dataset", "data_type": "varchar"},
        {"name": "source_file", "data_type": "varchar"},
        {"name": "delivered_at", "data_type": SQL_TYPES["ts"], "description": "UTC."},
        {"name": "delivered_local", "data_type": SQL_TYPES["ts"], "description": "The same in the group's zone."},
        {"name": "covered_from", "data_type": "date", "description": "Null where the file tells of no day."},
        {"name": "covered_to", "data_type": "date", "description": "Exclusive."},
    ]
    model = {
        "name": BATCH_COVERAGE_MODEL,
        "description": (
            "One row per active batch: the days that it tells of - those that the file states, else from its first to"
            " its last event - none later than its own delivery, save for plans."
        ),
        "data_tests": [{"primary_key": {"arguments": {"columns": ["batch_id"]}}}],
        "columns": columns,
    }
    return {"version": 2, "models": [model]}


UNRESOLVED_MODEL = "stg_landed__unresolved_people"
UNRESOLVED_REASONS = ("no_identity", "ambiguous_identity", "unknown_employee")


def _unresolved_model(contract: Contract) -> str:
    """Whom the staged rows name that no employee list knows. The list of employees itself names whom it knows."""
    calls = [
        _unknown_people_call(dataset, column)
        for dataset in contract
        for column in dataset.people
        if not (dataset.name == "employees" and column.key)
    ]
    return _UNRESOLVED_SQL.replace("<uses>", "\n    union all\n".join(calls))


def _unknown_people_call(dataset: Dataset, column: Column) -> str:
    arguments = [f"'{model_name(dataset)}'", f"'{dataset.name}'", f"'{column.name}'", f"'{used_when(dataset, column)}'"]
    arguments.append(_event_name(dataset))
    if column.person_where:
        conditions = (
            "facts.{} in ({})".format(name, ", ".join(f"'{value}'" for value in values))
            for name, values in column.person_where.items()
        )
        arguments.append(f'"{" and ".join(conditions)}"')
    return f"    {{{{ uses_of_unknown_people({', '.join(arguments)}) }}}}"


_UNRESOLVED_SQL = """{#- Rendered from the contract by `hufu contract render`; edit the contract instead. -#}
with

uses as (
<uses>
),

{#- An account that somebody had at the time and that was not resolved had more than one owner. -#}
ambiguous as (
    select uses.dataset, uses.column_name, uses.person
    from uses
    inner join {{ ref('stg_hr__account_owners') }} as owners
        on uses.person = owners.person_ref
        and uses.used_from < owners.valid_to
        and (uses.used_from >= owners.valid_from or uses.used_to > owners.valid_from)
    group by uses.dataset, uses.column_name, uses.person
)

select
    uses.dataset,
    uses.column_name,
    uses.person,
    cast(sum(uses.row_count) as bigint) as row_count,
    min(uses.event_at) as first_event_at,
    max(uses.event_at) as last_event_at,
    case
        when ambiguous.person is not null then 'ambiguous_identity'
        when uses.person like '_%:_%' then 'no_identity'
        else 'unknown_employee'
    end as reason,
    row_number() over (partition by uses.person order by uses.dataset, uses.column_name) > 1 as is_repeated
from uses
left join ambiguous
    on uses.dataset = ambiguous.dataset
    and uses.column_name = ambiguous.column_name
    and uses.person = ambiguous.person
group by uses.dataset, uses.column_name, uses.person, ambiguous.person
"""


def _unresolved_properties() -> dict:
    columns = [
        {"name": "dataset", "data_type": "varchar"},
        {"name": "column_name", "data_type": "varchar"},
        {"name": "person", "data_type": "varchar", "description": "As it stands in the rows: an account or an id."},
        {"name": "row_count", "data_type": "bigint"},
        {"name": "first_event_at", "data_type": SQL_TYPES["ts"]},
        {
            "name": "last_event_at",
            "data_type": SQL_TYPES["ts"],
            "description": "Null without an event time.",
        },
        {
            "name": "reason",
            "data_type": "varchar",
            "description": (
                "no_identity - nobody had the account then; ambiguous_identity - several had it; unknown_employee - an"
                " id that no employee list knows."
            ),
            "data_tests": [{"accepted_values": {"arguments": {"values": list(UNRESOLVED_REASONS)}}}],
        },
        {
            "name": "is_repeated",
            "data_type": SQL_TYPES["bool"],
            "description": "True for all but one row of an id, so that ids can be counted where they must not be seen.",
        },
    ]
    model = {
        "name": UNRESOLVED_MODEL,
        "description": (
            "One row per dataset, column and id of a person that no employee list knows, with the rows that wait for an"
            " identities file or an employee list. Rules that need the person answer NEEDS_REVIEW for them."
        ),
        "data_tests": [{"unique_together": {"arguments": {"columns": ["dataset", "column_name", "person"]}}}],
        "columns": columns,
    }
    return {"version": 2, "models": [model]}


def _dump(document: dict) -> str:
    return NOTICE + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)


def render(contract: Contract) -> dict[str, str]:
    """Text of every rendered file by its path relative to `dbt_project/models/staging`."""
    files: dict[str, str] = {}
    for system in sorted({d.system for d in contract}):
        datasets = [d for d in contract if d.system == system]
        files[f"{system}/_{system}__sources.yml"] = _dump(_sources(system, datasets))
        files[f"{system}/_{system}__models.yml"] = _dump({"version": 2, "models": [_model(d) for d in datasets]})
        for d in datasets:
            files[f"{system}/{model_name(d)}.sql"] = _staging_call(d)
    files[f"_{COVERAGE_MODEL}.yml"] = _dump(_coverage_properties())
    files[f"{COVERAGE_MODEL}.sql"] = _coverage_model(contract)
    files[f"_{BATCH_COVERAGE_MODEL}.yml"] = _dump(_batch_coverage_properties())
    files[f"{BATCH_COVERAGE_MODEL}.sql"] = _batch_coverage_model(contract)
    files[f"_{UNRESOLVED_MODEL}.yml"] = _dump(_unresolved_properties())
    files[f"{UNRESOLVED_MODEL}.sql"] = _unresolved_model(contract)
    return files


def write(project_dir: Path) -> list[Path]:
    """Write the rendered files below `project_dir`; returns the paths whose text changed."""
    changed = []
    for name, text in render(load_contract()).items():
        path = project_dir / "models" / "staging" / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
