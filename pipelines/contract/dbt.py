"""Renders the staging layer of the dbt project from the contract.

Belongs here: sources, staging properties and the one-line staging models, so that no column list is written twice.
Does not belong here: anything past staging; the SQL itself is the macro `stage_dataset`.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from pipelines.contract.model import PROVENANCE_COLUMNS, SQL_TYPES, Contract, Dataset, load_contract

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
        if key:
            entry["data_tests"] = ["not_null", "unique"] if len(dataset.keys) == 1 else ["not_null"]
        return entry

    columns = [column(c.name, c.sql_type, key=c.key) for c in dataset.columns]
    columns += [column(name, PROVENANCE_COLUMNS[name]) for name in STAGED_PROVENANCE]
    columns.append(column("_ended_at", SQL_TYPES["ts"]))
    model = {
        "name": model_name(dataset),
        "description": f"One row per {' and '.join(dataset.keys)}: {dataset.grain}, as last delivered. {dataset.title.zh}.",
        "config": {
            "meta": {
                "key_columns": list(dataset.keys),
                "content_columns": list(dataset.column_names),
                "ts_columns": [c.name for c in dataset.columns if c.type == "ts"],
            }
        },
        "columns": columns,
    }
    if tests := _key_test(dataset):
        model["data_tests"] = tests
    return model


def _staging_call(dataset: Dataset) -> str:
    has_local_times = str(any(c.type == "ts" for c in dataset.columns)).lower()
    has_employee = str("employee_id" in dataset.column_names).lower()
    return (
        f"{{{{ stage_dataset('{dataset.system}', '{dataset.name}', "
        f"has_local_times={has_local_times}, has_employee={has_employee}) }}}}\n"
    )


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
