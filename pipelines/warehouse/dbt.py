"""Running the dbt project inside this process.

Belongs here: arguments, parsing, building one of the two phases, and turning test results into verdicts.
Does not belong here: what the models mean, and when which phase runs.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import duckdb

from pipelines.checks.result import MAX_FAILING_KEYS, CheckResult, Severity
from pipelines.environment import kept_path, make_room
from pipelines.garbage import seldom_collected
from pipelines.settings import DBT_PROJECT_DIR, DataPaths
from pipelines.state import dbt_fingerprint

PARSED_PROJECT = "partial_parse.msgpack"
NOT_REACHED = "did not run, because what it tests was not built"


class Phase(Enum):
    """The statistics stand between the two: they read what the first built, and the second reads them."""

    BEFORE_STATISTICS = ("fqn:*", "source:statistics+")
    AFTER_STATISTICS = ("source:statistics+", "")

    @property
    def select(self) -> str:
        """What dbt is told to select."""
        return self.value[0]

    @property
    def exclude(self) -> str:
        """What dbt is told to leave out of that; empty = nothing."""
        return self.value[1]


def parse_cache() -> Path:
    """The parsed project, kept in the environment: parsing takes longer than most models.

    Parsing notes where the project stands, so another copy of it, alike as it may be, has a parsed one of its own.
    """
    of_this_copy = f"{dbt_fingerprint()}\n{DBT_PROJECT_DIR}"
    return kept_path(hashlib.sha256(of_this_copy.encode()).hexdigest(), PARSED_PROJECT)


def _fetch_parsed(cache: Path, target: Path) -> None:
    if not target.exists() and cache.exists():
        _copy_whole(cache, target)


def _keep_parsed(source: Path, cache: Path) -> None:
    if not cache.exists() and make_room(cache, PARSED_PROJECT):
        _copy_whole(source, cache)


def _copy_whole(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}-{os.getpid()}")
    shutil.copyfile(source, temporary)
    os.replace(temporary, target)


class DbtFailure(RuntimeError):
    """A node did not build. The message names each node, its file and dbt's own words."""


@dataclass(frozen=True)
class DbtOutcome:
    """What one invocation did: results by node id, and the verdicts of its tests."""

    results: tuple[Any, ...]
    checks: tuple[CheckResult, ...]
    errors: tuple[str, ...]


def dbt_args(command: str, paths: DataPaths, *extra: str, target: str = "duckdb") -> list[str]:
    """Arguments of one invocation. dbt's own files stay in the data folder, never in the project."""
    return [
        "--log-level",
        "none",
        "--log-level-file",
        "warn",
        command,
        "--project-dir",
        str(DBT_PROJECT_DIR),
        "--profiles-dir",
        str(DBT_PROJECT_DIR),
        "--target",
        target,
        "--target-path",
        str(paths.build / "dbt"),
        "--log-path",
        str(paths.logs / "dbt"),
        *extra,
    ]


def phase_args(phase: Phase) -> tuple[str, ...]:
    """Unit tests prove the code, not the data: they belong to the test suite. The manifest is written by parsing."""
    selection = ("--select", phase.select, *(("--exclude", phase.exclude) if phase.exclude else ()))
    return ("--no-write-json", *selection, "--exclude-resource-type", "unit_test")


@dataclass
class DbtProjectRunner:
    """One parsed project against one working database."""

    paths: DataPaths
    target: str = "duckdb"
    on_node: Callable[[str], None] | None = None
    _manifest: Any = field(default=None, repr=False)

    def invoke(self, arguments: list[str], callbacks: list[Callable[[Any], None]] | None = None) -> Any:
        """One dbt invocation on the working database; returns dbt's own result."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        self.paths.build.mkdir(parents=True, exist_ok=True)
        # The profile names the database relative to the build folder: dbt parses the whole project again when it
        # meets another path than the one it was parsed with.
        with contextlib.chdir(self.paths.build), seldom_collected():
            try:
                return dbtRunner(manifest=self._manifest, callbacks=callbacks or []).invoke(arguments)
            finally:
                # Otherwise dbt keeps the file locked after the invocation has returned.
                DuckDBConnectionManager.close_all_connections()

    def parse(self) -> Any:
        """The manifest; parsed once, then passed on to every invocation."""
        if self._manifest is None:
            cache, own = parse_cache(), self.paths.build / "dbt" / PARSED_PROJECT
            _fetch_parsed(cache, own)
            result = self.invoke(dbt_args("parse", self.paths, target=self.target))
            if not result.success:
                raise DbtFailure(f"the dbt project does not parse: {result.exception}")
            self._manifest = result.result
            _keep_parsed(own, cache)
        return self._manifest

    def build(self, phase: Phase) -> DbtOutcome:
        """Build one phase. Failing tests are verdicts; a node that cannot be built is an error in the outcome."""
        self.parse()

        def watch(event: Any) -> None:
            if self.on_node and event.info.name == "NodeFinished":
                self.on_node(event.data.node_info.node_name)

        result = self.invoke(dbt_args("build", self.paths, *phase_args(phase), target=self.target), callbacks=[watch])
        if result.result is None:
            raise DbtFailure(f"dbt could not start: {result.exception}")
        results = tuple(result.result.results)
        return DbtOutcome(
            results=results,
            checks=tuple(self._verdicts(results)),
            errors=tuple(_node_errors(results)),
        )

    def _verdicts(self, results: Iterable[Any]) -> Iterable[CheckResult]:
        tests = [r for r in results if r.node.resource_type == "test"]
        failing = [r for r in tests if str(r.status) in ("fail", "warn")]
        keys: Mapping[str, list[dict[str, Any]]] = {}
        if failing:
            with duckdb.connect(str(self.paths.working_database), read_only=True) as con:
                keys = {r.node.unique_id: _failing_rows(con, r.node.compiled_code) for r in failing}
        for r in tests:
            yield check_from_test(r, keys.get(r.node.unique_id, []))


def _failing_rows(con: duckdb.DuckDBPyConnection, compiled_sql: str) -> list[dict[str, Any]]:
    cursor = con.execute(f"select * from ({compiled_sql}) as failing limit {MAX_FAILING_KEYS}")
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    """Keys travel as JSON: dates, decimals and the like as text."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def tested_model(node: Any) -> str:
    """Name of the model (or source table) that a test belongs to."""
    attached = getattr(node, "attached_node", None)
    if attached:
        return attached.split(".")[-1]
    upstream = [d for d in node.depends_on.nodes if d.split(".")[0] in ("model", "seed", "source")]
    return upstream[0].split(".")[-1] if upstream else node.name


def severity_of(test: Any) -> Severity:
    """What a failure of one dbt test means."""
    return "blocking" if test.config.severity.lower() == "error" else "warning"


def check_from_test(result: Any, failing_keys: list[dict[str, Any]]) -> CheckResult:
    """The verdict of one dbt test. A test that could not run is a blocking failure."""
    node = result.node
    status = str(result.status)
    could_not_run = status in ("error", "skipped", "runtime error")
    severity = "blocking" if could_not_run else severity_of(node)
    count = int(result.failures or 0)
    passed = status == "pass"
    if passed:
        zh, en = "通过", "passed"
    elif status == "skipped":
        zh, en = "未执行:被检查的表没有建成", NOT_REACHED
    elif could_not_run:
        zh = f"未能执行:{result.message or status}"
        en = f"did not run: {result.message or status}"
    else:
        zh = f"{count} 行不符合"
        en = f"{count} rows do not comply"
    return CheckResult(
        check_id=node.unique_id,
        layer="warehouse",
        dataset=tested_model(node),
        check_name=node.name,
        severity=severity,
        passed=passed,
        failing_count=count,
        failing_keys=failing_keys,
        detail_zh=zh,
        detail_en=en,
        observed=None,
    )


def _node_errors(results: Iterable[Any]) -> Iterable[str]:
    """The nodes that broke; those that were only skipped because of them say nothing new."""
    for r in results:
        if r.node.resource_type != "test" and str(r.status) not in ("success", "pass", "skipped"):
            words = str(r.message or r.status).split("\n  > in macro")[0]
            yield f"{r.node.name} ({Path(r.node.original_file_path)}): {' '.join(words.split())}"
