"""Publications: immutable files, one pointer.

Belongs here: writing `hufu-<id>.duckdb` with its sidecar, swapping `current`, keeping the last N, rolling back.
Does not belong here: building marts, judging them (`verdict`), the content of `quality.*` (`quality`).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.evidence.log import Log, open_log
from pipelines.evidence.tables import table_digests
from pipelines.files import file_sha256, point_to, sync, write_json
from pipelines.publish.quality import QualityFacts, write_quality_schema
from pipelines.publish.verdict import objections
from pipelines.settings import DataPaths
from pipelines.sql import ident, literal

PUBLISHED_SCHEMAS = ("compliance", "hotspots", "cost", "performance", "continuity", "reference")
POINTER_NAME = "current"


class PublicationRefused(RuntimeError):
    """The verdicts forbid publication; `reasons` lists them all."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Publication:
    """One published state. published_at: UTC, ISO 8601. basis_fingerprint: empty where it is not known."""

    publication_id: str
    published_at: str
    fingerprint: str
    file_name: str
    file_sha256: str
    is_synthetic: bool
    basis_fingerprint: str = ""


def list_publications(paths: DataPaths) -> list[Publication]:
    """All publications still kept, oldest first."""
    found = [
        Publication(**json.loads(sidecar.read_text(encoding="utf-8")))
        for sidecar in sorted(paths.published.glob("hufu-*.json"))
    ]
    return [p for p in found if (paths.published / p.file_name).exists()]


def current_publication(paths: DataPaths) -> Publication | None:
    """The publication that `current` points to."""
    if not paths.current.is_symlink():
        return None
    name = os.readlink(paths.current)
    return next((p for p in list_publications(paths) if p.file_name == name), None)


def _copy_tables(con: duckdb.DuckDBPyConnection) -> None:
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'working' order by all"
    ).fetchall()
    for schema in PUBLISHED_SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
    for schema, table in tables:
        if schema in PUBLISHED_SCHEMAS:
            con.execute(f'create table {schema}."{table}" as from working.{schema}."{table}"')


def _policy_of(con: duckdb.DuckDBPyConnection) -> dict[str, list[list[str | None]]]:
    """The policy tables of the run, whoever's they are: per table its columns' names, then its rows in order."""
    found: dict[str, list[list[str | None]]] = {}
    for table, columns in con.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "where database_name = 'working' and schema_name = 'policy' group by 1 order by 1"
    ).fetchall():
        listed = ", ".join(f"{ident(name)}::varchar" for name in columns)
        rows = con.execute(f"select {listed} from working.policy.{ident(table)} order by all").fetchall()
        found[table] = [columns, *(list(row) for row in rows)]
    return found


def _sidecar(paths: DataPaths, publication_id: str) -> Path:
    return paths.published / f"hufu-{publication_id}.json"


def _readers_entry(file_name: str) -> dict[str, Any]:
    return {"kind": "readers", "path": f"published/{POINTER_NAME}", "to": file_name}


def _prune(paths: DataPaths, keep: int, log: Log) -> None:
    current = current_publication(paths)
    publications = list_publications(paths)
    old = [p for p in publications[: max(0, len(publications) - max(1, keep))] if p != current]
    files = [path for p in old for path in (paths.published / p.file_name, _sidecar(paths, p.publication_id))]
    if files:
        log.record({"kind": "pruned", "paths": [path.relative_to(paths.root).as_posix() for path in files]})
    for path in files:
        path.unlink(missing_ok=True)


def _discard_leftovers(paths: DataPaths) -> None:
    """Files of a publication that was interrupted before its sidecar was written."""
    known = {p.file_name for p in list_publications(paths)}
    for path in paths.published.glob("*hufu-*.duckdb*"):
        if path.name not in known:
            path.unlink(missing_ok=True)


def publish(paths: DataPaths, facts: QualityFacts, *, keep: int) -> Publication:
    """Write the working database's marts as a new immutable file and switch readers to it.

    What judged, the policy tables as this run had them, goes on record with it.

    Raises PublicationRefused when a verdict forbids it; the old publication then stays.
    """
    reasons = objections(facts.checks)
    if reasons:
        raise PublicationRefused(reasons)
    paths.published.mkdir(parents=True, exist_ok=True)
    with open_log(paths.root) as log:
        log.begin("publication")
        publication = _publish(paths, facts, log)
        _prune(paths, keep, log)
        log.settle()
    return publication


def _publish(paths: DataPaths, facts: QualityFacts, log: Log) -> Publication:
    _discard_leftovers(paths)
    now = datetime.now(UTC)
    publication_id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{facts.fingerprint[:8]}"
    file_name = f"hufu-{publication_id}.duckdb"
    temporary = paths.published / f".{file_name}.tmp"
    with duckdb.connect(str(temporary)) as con:
        con.execute(f"attach {literal(str(paths.working_database))} as working (read_only)")
        _copy_tables(con)
        write_quality_schema(con, facts, publication_id=publication_id, published_at=now)
        policy = _policy_of(con)
        con.execute("detach working")
        tables = table_digests(con)
        con.execute("checkpoint")
    sync(temporary)
    publication = Publication(
        publication_id=publication_id,
        published_at=now.isoformat(timespec="seconds"),
        fingerprint=facts.fingerprint,
        file_name=file_name,
        file_sha256=file_sha256(temporary),
        is_synthetic=facts.is_synthetic,
        basis_fingerprint=facts.basis_fingerprint,
    )
    os.replace(temporary, paths.published / file_name)
    sidecar = _sidecar(paths, publication_id)
    announced = log.announced("publication", sidecar, asdict(publication), tables=tables)
    judged_by = [{"kind": "policy", "tables": policy}] if policy != log.expected.policy else []
    log.record(*judged_by, announced, _readers_entry(file_name))
    write_json(sidecar, asdict(publication))
    point_to(paths.current, file_name)
    return publication


def rollback(paths: DataPaths, to: str | None = None) -> Publication:
    """Point readers to an earlier publication: `to`, else the one before the current.

    Raises LookupError when there is none.
    """
    publications = list_publications(paths)
    current = current_publication(paths)
    if to is not None:
        target = next((p for p in publications if p.publication_id == to), None)
        if target is None:
            kept = ", ".join(p.publication_id for p in publications) or "none"
            raise LookupError(f"no publication {to!r} is kept; there are: {kept}")
    else:
        before = [p for p in publications if current is None or p.publication_id < current.publication_id]
        if not before:
            raise LookupError("there is no earlier publication to go back to")
        target = before[-1]
    with open_log(paths.root) as log:
        log.record(_readers_entry(target.file_name))
        point_to(paths.current, target.file_name)
        log.settle()
    return target
