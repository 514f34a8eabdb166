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


def _key_test(dataset: Dataset) -> list:
    if len(dataset.keys) == 1:
        return []
    return [{"unique_together": {"arguments": {"columns": list(dataset.keys)}}}]


def _model(dataset: Dataset) -> dict:
    def column(name: str, sql_type: str, *, key: bool = False) -> dict:
        entry: dict = {"name": name, "data_type": sql_type}
        # That keys are filled is checked where rows land; here only that staging left one row each.
        if key and len(dataset.keys) == 1:
            entry["data_tests"] = ["unique"]
        return entry

    columns = [column(c.name, c.sql_type, key=c.key) for c in dataset.columns]
    columns += [column(name, PROVENANCE_COLUMNS[name]) for name in STAGED_PROVENANCE]
    columns.append(column("_ended_at", SQL_TYPES["ts"]))
    model = {
        "name": model_name(dataset),
        "description": (
            f"One row per {' and '.join(dataset.keys)}: {dataset.grain}, as last delivered. {dataset.title.zh}."
        ),
        "columns": columns,
    }
    if tests := _key_test(dataset):
        model["data_tests"] = tests
    return model


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
        arguments.append("people={" + ", ".join(f"'{c.name}': '{_used(dataset, c)}'" for c in dataset.people) + "}")
        arguments.append(f"event={_event_name(dataset)}")
    return "{{ stage_dataset(\n    " + ",\n    ".join(arguments) + "\n) }}\n"


def _event_name(dataset: Dataset) -> str:
    return f"'{dataset.event_time.name}'" if dataset.event_time else "none"


def _used(dataset: Dataset, person: Column) -> str:
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
    model["columns"][0]["data_tests"] = ["not_null", "unique"]
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
