"""Publications: what a reader may rely on, whatever happens to the writer."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from pipelines.checks.result import CheckResult
from pipelines.contract import Contract
from pipelines.publish import PublicationRefused, current_publication, list_publications, publish, rollback
from pipelines.publish.quality import CARRIED_TABLES, QualityFacts
from pipelines.publish.verdict import REQUIRED_CHECKS, REQUIRED_LAYERS, objections
from pipelines.settings import DataPaths


def _check(layer: str, *, passed: bool = True, severity: str = "blocking", name: str = "x") -> CheckResult:
    return CheckResult(f"{layer}.{name}", layer, "orders", name, severity, passed, detail_en="looked at")  # type: ignore[arg-type]


def _passing() -> tuple[CheckResult, ...]:
    parts = (_check("reconciliation", name=name) for name in REQUIRED_CHECKS.values())
    return (*(_check(layer) for layer in REQUIRED_LAYERS), *parts)


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    paths = DataPaths(tmp_path)
    paths.build.mkdir()
    return paths


def _build(paths: DataPaths, value: int) -> None:
    paths.working_database.unlink(missing_ok=True)
    with duckdb.connect(str(paths.working_database)) as con:
        for schema in ("compliance", "staging", "core", "audit", "landed"):
            con.execute(f"create schema {schema}")
        con.execute(f"create table compliance.fct_violations as select {value} as points")
        con.execute("create table staging.secret as select 1 as x")
        for table in CARRIED_TABLES.values():
            con.execute(f"create table {table} as select 1 as x")


def _publish(paths: DataPaths, value: int, *, keep: int = 3, checks: tuple[CheckResult, ...] | None = None) -> str:
    _build(paths, value)
    facts = QualityFacts(Contract(datasets=()), f"{value:08d}", False, _passing() if checks is None else checks)
    return publish(paths, facts, keep=keep).publication_id


def _served(paths: DataPaths) -> int:
    with duckdb.connect(os.path.realpath(paths.current), read_only=True) as con:
        return con.execute("select points from compliance.fct_violations").fetchone()[0]  # type: ignore[index]


def test_readers_follow_the_pointer_and_see_marts_only(paths: DataPaths) -> None:
    _publish(paths, 1)
    assert _served(paths) == 1
    with duckdb.connect(os.path.realpath(paths.current), read_only=True) as con:
        schemas = {row[0] for row in con.execute("select distinct schema_name from duckdb_tables()").fetchall()}
    assert "staging" not in schemas
    assert {"compliance", "quality"} <= schemas


def test_an_open_reader_keeps_its_publication_while_the_next_is_written(paths: DataPaths) -> None:
    _publish(paths, 1)
    with duckdb.connect(os.path.realpath(paths.current), read_only=True) as reader:
        _publish(paths, 2)
        assert reader.execute("select points from compliance.fct_violations").fetchone() == (1,)
    assert _served(paths) == 2


@pytest.mark.parametrize("layer", REQUIRED_LAYERS)
def test_a_layer_without_verdict_forbids_publication(paths: DataPaths, layer: str) -> None:
    _publish(paths, 1)
    with pytest.raises(PublicationRefused, match=f"no verdict of the {layer} checks"):
        _publish(paths, 2, checks=tuple(c for c in _passing() if c.layer != layer))
    assert _served(paths) == 1


@pytest.mark.parametrize(("part", "name"), REQUIRED_CHECKS.items(), ids=list(REQUIRED_CHECKS))
def test_a_part_of_the_reconciliation_without_verdict_forbids_publication(
    paths: DataPaths, part: str, name: str
) -> None:
    with pytest.raises(PublicationRefused, match=f"no verdict of the {part} reconciliation"):
        _publish(paths, 1, checks=tuple(c for c in _passing() if c.check_name != name))
    assert current_publication(paths) is None


def test_a_failed_blocking_check_forbids_publication_and_a_failed_warning_does_not(paths: DataPaths) -> None:
    with pytest.raises(PublicationRefused):
        _publish(paths, 1, checks=(*_passing(), _check("raw", passed=False)))
    assert current_publication(paths) is None
    _publish(paths, 2, checks=(*_passing(), CheckResult("w", "raw", "orders", "w", "warning", False)))
    assert _served(paths) == 2


def test_objections_name_the_check() -> None:
    assert objections([*_passing(), _check("published", passed=False)]) == ["published: orders: x: looked at"]


def test_only_the_last_n_are_kept_and_rollback_is_a_pointer_change(paths: DataPaths) -> None:
    ids = [_publish(paths, value, keep=3) for value in range(5)]
    assert [p.publication_id for p in list_publications(paths)] == ids[2:]
    assert rollback(paths).publication_id == ids[3]
    assert _served(paths) == 3
    assert rollback(paths, ids[2]).publication_id == ids[2]
    assert _served(paths) == 2
    with pytest.raises(LookupError, match="no earlier publication"):
        rollback(paths)
    with pytest.raises(LookupError, match="no publication 'nonsense'"):
        rollback(paths, "nonsense")


def test_the_publication_that_readers_see_is_never_pruned(paths: DataPaths) -> None:
    ids = [_publish(paths, value, keep=5) for value in range(3)]
    rollback(paths, ids[0])
    _build(paths, 9)
    assert _served(paths) == 0
    _publish(paths, 9, keep=1)
    assert _served(paths) == 9


def test_what_a_killed_writer_left_is_not_a_publication_and_is_removed(paths: DataPaths) -> None:
    _publish(paths, 1)
    torn = paths.published / ".hufu-20200101T000000000Z-dead.duckdb.tmp"
    torn.write_bytes(b"torn")
    without_sidecar = paths.published / "hufu-20200101T000000000Z-dead.duckdb"
    without_sidecar.write_bytes(b"renamed, but the record was never written")
    assert len(list_publications(paths)) == 1
    _publish(paths, 2)
    assert not torn.exists() and not without_sidecar.exists()
    assert _served(paths) == 2
