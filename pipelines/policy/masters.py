"""Whom and what the company's data know, for policy rows that name them.

Belongs here: reading them from the publication. Does not belong here: what is said of names that it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.policy.check import Masters
from pipelines.settings import DataPaths

_COLUMNS: Mapping[str, tuple[str, str]] = {
    "employees": ("employee_id", "reference.employees"),
    "job_families": ("job_family", "reference.employees"),
    "org_units": ("org_unit_id", "reference.org_units"),
    "countries": ("country_code", "reference.org_units"),
}


def published_masters(paths: DataPaths) -> Masters:
    """Everybody and everything of the current publication; empty where nothing is published yet."""
    import duckdb

    from pipelines.publish import current_publication

    publication = current_publication(paths)
    if publication is None:
        return {}
    with duckdb.connect(str(paths.published / publication.file_name), read_only=True) as con:
        return {
            kind: {value for (value,) in con.execute(f"select distinct {column} from {table}").fetchall()}
            for kind, (column, table) in _COLUMNS.items()
        }
