"""A warehouse built from the SQL that dbt compiled once: the same marts and verdicts in a tenth of the time.

Belongs here: compiling the project over an empty company, keeping the result, building a data folder with it, and
judging it by every suite that a run judges by. Does not belong here: whole runs and publication
(`tests/integration/conftest.py`).

What dbt looks up while it compiles is that of the shipped policy: a company's own term lists need the real dbt.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.checks import run_published_checks, run_raw_checks
from pipelines.checks.result import CheckResult, Severity
from pipelines.contract import load_contract
from pipelines.landing import LandingReport, land_inbox
from pipelines.publish.publication import PUBLISHED_SCHEMAS
from pipelines.settings import CODE_ROOT, DBT_PROJECT_DIR, DataPaths, disable_telemetry
from pipelines.sql import ident, insert_rows, literal
from pipelines.state import dbt_fingerprint
from pipelines.statistics import compute
from pipelines.warehouse.carriers import Carrier, carriers
from pipelines.warehouse.dbt import DbtProjectRunner, Phase, severity_of, tested_model
from pipelines.warehouse.reconcile import reconcile, reconcile_marts
from pipelines.warehouse.working import PolicyRows, create_working_database
from tests.support.company import write_inbox

Rows = list[tuple[Any, ...]]

# Where a row stands in which file: two deliveries of the same facts differ in nothing else.
PROVENANCE = ("source_file", "source_row")

# Beside what pytest itself remembers of this checkout.
KEPT_IN = CODE_ROOT / ".pytest_cache" / "d" / "compiled"
_MODELS, _TESTS, _CARRIERS = "main.compiled_models", "main.compiled_tests", "main.carriers"
_DDL = f"""
create table {_MODELS} (position integer, schema_name varchar, name varchar, kind varchar, statement varchar,
    reads_statistics boolean);
create table {_TESTS} (position integer, dataset varchar, name varchar, severity varchar, statement varchar);
create table {_CARRIERS} (fields varchar);
"""


@dataclass(frozen=True)
class CompiledModel:
    """One model as dbt would build it. kind: table or view."""

    schema: str
    name: str
    kind: str
    statement: str
    reads_statistics: bool

    def create(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute(f"create {self.kind} {ident(self.schema)}.{ident(self.name)} as ({self.statement})")


@dataclass(frozen=True)
class CompiledTest:
    """One data test: it selects the rows that do not comply."""

    dataset: str
    name: str
    severity: Severity
    statement: str

    def verdict(self, con: duckdb.DuckDBPyConnection) -> CheckResult:
        [(count,)] = con.execute(f"select count(*) from ({self.statement}) as failing").fetchall()
        words = f"{count} rows do not comply"
        return CheckResult(
            self.name, "warehouse", self.dataset, self.name, self.severity, count == 0, count, detail_en=words
        )


@dataclass(frozen=True)
class CompiledProject:
    """The project's models in an order in which they can be built, its tests, and the database that holds its seeds.

    empty: the working database of a company that delivered nothing, as dbt built it.
    """

    database: Path
    empty: Path
    models: tuple[CompiledModel, ...]
    tests: tuple[CompiledTest, ...]
    carriers: tuple[Carrier, ...]
    seeds: tuple[tuple[str, str], ...]


@cache
def compiled_project() -> CompiledProject:
    """The project as it stands, compiled by dbt unless this very project was before."""
    kept = KEPT_IN / dbt_fingerprint()[:16]
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    # Two test processes that both need it: one compiles, the other waits.
    with (KEPT_IN / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for older in KEPT_IN.iterdir():
                if older.is_dir():
                    shutil.rmtree(older)
            # Under its name only when it is whole.
            temporary = Path(tempfile.mkdtemp(dir=KEPT_IN))
            _compile(temporary)
            temporary.rename(kept)
    database = kept / "project.duckdb"
    with duckdb.connect(str(database), read_only=True) as con:
        models = con.execute(f"select * exclude (position) from {_MODELS} order by position").fetchall()
        tests = con.execute(f"select * exclude (position) from {_TESTS} order by position").fetchall()
        carried = con.execute(f"select fields from {_CARRIERS}").fetchall()
        seeds = con.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name <> 'main' order by all"
        ).fetchall()
    return CompiledProject(
        database,
        kept / "empty.duckdb",
        tuple(CompiledModel(*row) for row in models),
        tuple(CompiledTest(*row) for row in tests),
        tuple(Carrier(**json.loads(fields)) for (fields,) in carried),
        tuple(seeds),
    )


def _compile(folder: Path) -> None:
    """Build the project over an empty company and keep what dbt made of it."""
    disable_telemetry()
    paths = DataPaths(folder / "data")
    create_working_database(paths)
    runner = DbtProjectRunner(paths)
    before = runner.build(Phase.BEFORE_STATISTICS)
    with duckdb.connect(str(paths.working_database)) as con:
        compute(con)
    after = runner.build(Phase.AFTER_STATISTICS)
    assert before.errors + after.errors == ()
    assert [c.sentence for c in (*before.checks, *after.checks) if not c.passed and c.severity == "blocking"] == []
    manifest = json.loads((paths.build / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    # In dbt's own order: every model after those that it reads.
    nodes = [result.node for result in (*before.results, *after.results)]
    models, tests, seeds = ([n for n in nodes if n.resource_type == kind] for kind in ("model", "test", "seed"))
    with duckdb.connect(str(folder / "project.duckdb")) as con:
        con.execute(_DDL)
        insert_rows(con, _MODELS, [_model_row(node, position) for position, node in enumerate(models)])
        insert_rows(con, _TESTS, [_test_row(node, position) for position, node in enumerate(tests)])
        insert_rows(con, _CARRIERS, [[json.dumps(asdict(c))] for c in carriers(manifest, load_contract())])
        con.execute(f"attach {literal(str(paths.working_database))} as built (read_only)")
        for node in seeds:
            name = f"{ident(node.schema)}.{ident(node.alias)}"
            con.execute(f"create schema if not exists {ident(node.schema)}")
            con.execute(f"create table {name} as from built.{name}")
        con.execute("detach built")
    os.replace(paths.working_database, folder / "empty.duckdb")
    shutil.rmtree(paths.root)


def _model_row(node: Any, position: int) -> list[Any]:
    reads_statistics = any(name.startswith("source.hufu.statistics.") for name in node.depends_on.nodes)
    return [position, node.schema, node.alias, node.config.materialized, node.compiled_code, reads_statistics]


def _test_row(node: Any, position: int) -> list[Any]:
    return [position, tested_model(node), node.name, severity_of(node), node.compiled_code]


@cache
def _settings() -> Mapping[str, Any]:
    profile = yaml.safe_load((DBT_PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
    return profile["hufu"]["outputs"]["duckdb"]["settings"]


class CompiledWarehouse:
    """One inbox and what is made of it. policy: the tables that the company keeps itself."""

    def __init__(self, root: Path, policy: PolicyRows | None = None) -> None:
        self.root = root
        self.inbox = root / "inbox"
        self.paths = DataPaths(root / "data")
        self.policy = policy or {}
        self.inbox.mkdir(parents=True, exist_ok=True)

    def deliver(self, files: Mapping[str, str | bytes], delivered_at: str | None = None) -> None:
        """Put files into the inbox, with that delivery stamp (ISO 8601 with an offset) where one is given."""
        write_inbox(self.inbox, {name: text for name, text in files.items() if isinstance(text, str)})
        for name, content in files.items():
            path = self.inbox / name
            if isinstance(content, bytes):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if delivered_at is not None:
                moment = datetime.fromisoformat(delivered_at).timestamp()
                os.utime(path, (moment, moment))

    def land(self) -> LandingReport:
        return land_inbox(self.inbox, self.paths.root)

    def build(self) -> None:
        """Land what is new and build everything anew, statistics included."""
        self.land()
        self.build_landed()

    def build_landed(self) -> None:
        """Build everything anew from what has landed."""
        project = compiled_project()
        create_working_database(self.paths, self.policy)
        with duckdb.connect(str(self.paths.working_database)) as con:
            for name, value in _settings().items():
                con.execute(f"set {name} = {literal(str(value))}")
            # One transaction: nobody reads it in between, and every commit would wait for the disk.
            con.execute(f"attach {literal(str(project.database))} as compiled (read_only)")
            con.execute("begin")
            self._load_seeds(con, project)
            for schema in sorted({model.schema for model in project.models}):
                con.execute(f"create schema if not exists {ident(schema)}")
            is_computed = False
            for model in project.models:
                if model.reads_statistics and not is_computed:
                    compute(con)
                    is_computed = True
                model.create(con)
            con.execute("commit")
            con.execute("detach compiled")

    def _load_seeds(self, con: duckdb.DuckDBPyConnection, project: CompiledProject) -> None:
        for schema, name in project.seeds:
            table = f"{ident(schema)}.{ident(name)}"
            con.execute(f"create schema if not exists {ident(schema)}")
            con.execute(f"create table {table} as from compiled.{table}")
            if schema == "policy" and name in self.policy:
                con.execute(f"delete from {table}")
                con.execute(f"insert into {table} by name from policy_overlay.{ident(name)}")

    def failures(self) -> list[str]:
        """What every suite of a run finds wrong, dbt's tests included, in words; nothing was published before."""
        contract, database = load_contract(), self.paths.working_database
        with duckdb.connect(str(database), read_only=True) as con:
            found = [test.verdict(con) for test in compiled_project().tests]
        found += [*run_raw_checks(database, contract), *self.reconcile(), *run_published_checks(database, None)]
        return [check.sentence for check in found if check.severity == "blocking" and not check.passed]

    def reconcile(self) -> list[CheckResult]:
        """Every verdict of the reconciliation, marts included."""
        contract, database, carried = load_contract(), self.paths.working_database, compiled_project().carriers
        return reconcile(database, contract, carried) + reconcile_marts(database, contract, carried)

    def execute(self, statement: str) -> None:
        with duckdb.connect(str(self.paths.working_database)) as con:
            con.execute(statement)

    def query(self, statement: str) -> Rows:
        with duckdb.connect(str(self.paths.working_database), read_only=True) as con:
            return con.execute(statement).fetchall()

    def marts(self) -> dict[str, Rows]:
        return marts(self.paths.working_database)


def marts(database: Path) -> dict[str, Rows]:
    """The rows of every table that is published, `quality.*` apart, without the columns of PROVENANCE."""
    listed = ", ".join(literal(schema) for schema in PUBLISHED_SCHEMAS)
    with duckdb.connect(str(database), read_only=True) as con:
        tables = con.execute(
            "select schema_name, table_name, list(column_name order by column_index) from duckdb_columns() "
            f"inner join duckdb_tables() using (database_name, schema_name, table_name) "
            f"where schema_name in ({listed}) group by all order by all"
        ).fetchall()
        return {f"{schema}.{name}": _rows(con, schema, name, columns) for schema, name, columns in tables}


def _rows(con: duckdb.DuckDBPyConnection, schema: str, name: str, columns: Sequence[str]) -> Rows:
    compared = ", ".join(ident(column) for column in columns if column not in PROVENANCE)
    return con.execute(f"select {compared} from {ident(schema)}.{ident(name)} order by all").fetchall()


def differences(one: Mapping[str, Rows], other: Mapping[str, Rows], examples: int = 3) -> dict[str, dict[str, Rows]]:
    """Per table the rows that only one of the two has, a few of each; empty where all are equal."""
    assert one.keys() == other.keys()
    return {
        name: {"only in the first": _surplus(one[name], other[name])[:examples],
               "only in the second": _surplus(other[name], one[name])[:examples]}
        for name in one
        if one[name] != other[name]
    }  # fmt: skip


def _surplus(rows: Iterable[tuple[Any, ...]], others: Iterable[tuple[Any, ...]]) -> Rows:
    left = list(map(repr, others))
    surplus = []
    for row in rows:
        if repr(row) in left:
            left.remove(repr(row))
        else:
            surplus.append(row)
    return surplus
