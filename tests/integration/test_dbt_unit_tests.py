"""The unit tests that stand beside the models, run by dbt itself on the warehouse of an empty company."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.settings import DataPaths
from pipelines.warehouse.dbt import DbtProjectRunner, dbt_args
from tests.support.compiled import CompiledWarehouse, compiled_project


@pytest.mark.timeout(300)
def test_every_dbt_unit_test_passes(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.build.mkdir(parents=True)
    # Every relation that a unit test mocks must exist.
    shutil.copyfile(compiled_project().empty, paths.working_database)
    runner = DbtProjectRunner(paths)
    runner.parse()
    results = runner.invoke(dbt_args("test", paths, "--select", "test_type:unit")).result.results
    assert len(results) >= 50
    assert [f"{r.node.name}: {r.message}" for r in results if str(r.status) != "pass"] == []


def test_a_company_that_delivered_nothing_has_no_data_and_no_violations(tmp_path: Path) -> None:
    warehouse = CompiledWarehouse(tmp_path)
    warehouse.build()
    assert warehouse.failures() == []
    assert warehouse.query("select count(*) from compliance.fct_violations") == [(0,)]
    assert warehouse.query("select count(*) from compliance.rule_status where status = 'PASS'") == [(0,)]
