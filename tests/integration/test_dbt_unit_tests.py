"""The unit tests that stand beside the models, run by dbt itself on the warehouse of an empty company."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.settings import DataPaths, disable_telemetry
from pipelines.warehouse.dbt import DbtProjectRunner, Phase, dbt_args
from pipelines.warehouse.working import create_working_database


@pytest.fixture(scope="module")
def empty_company(tmp_path_factory: pytest.TempPathFactory) -> DbtProjectRunner:
    """Everything built over an empty inbox: every relation that a unit test mocks must exist."""
    disable_telemetry()
    from pipelines.statistics import compute

    paths = DataPaths(tmp_path_factory.mktemp("empty"))
    create_working_database(paths)
    runner = DbtProjectRunner(paths)
    before = runner.build(Phase.BEFORE_STATISTICS)
    with duckdb.connect(str(paths.working_database)) as con:
        compute(con)
    after = runner.build(Phase.AFTER_STATISTICS)
    assert before.errors + after.errors == ()
    assert [c.sentence for c in (*before.checks, *after.checks) if not c.passed and c.severity == "blocking"] == []
    return runner


@pytest.mark.timeout(300)
def test_every_dbt_unit_test_passes(empty_company: DbtProjectRunner) -> None:
    results = empty_company.invoke(dbt_args("test", empty_company.paths, "--select", "test_type:unit")).result.results
    assert len(results) >= 50
    assert [f"{r.node.name}: {r.message}" for r in results if str(r.status) != "pass"] == []


def test_a_company_that_delivered_nothing_has_no_data_and_no_violations(empty_company: DbtProjectRunner) -> None:
    with duckdb.connect(str(empty_company.paths.working_database), read_only=True) as con:
        assert con.execute("select count(*) from compliance.fct_violations").fetchone() == (0,)
        assert con.execute("select count(*) from compliance.rule_status where status = 'PASS'").fetchone() == (0,)
