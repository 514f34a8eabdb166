"""The unit tests that stand beside the models, run by dbt itself on an empty warehouse."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.settings import DataPaths, disable_telemetry


@pytest.mark.timeout(300)
def test_every_dbt_unit_test_passes(tmp_path: Path) -> None:
    disable_telemetry()
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from pipelines.warehouse.dbt import dbt_args
    from pipelines.warehouse.working import create_working_database

    paths = DataPaths(tmp_path)
    create_working_database(paths)
    os.environ["HUFU_BUILD_DB"] = str(paths.working_database)
    try:
        # The relations that a unit test mocks must exist; `--empty` builds them without reading a row.
        built = dbtRunner().invoke(
            dbt_args("build", paths, "--empty", "--resource-type", "model", "--resource-type", "seed")
        )
        assert built.success, [f"{r.node.name}: {r.message}" for r in built.result.results if str(r.status) == "error"]
        tested = dbtRunner().invoke(dbt_args("test", paths, "--select", "test_type:unit"))
    finally:
        DuckDBConnectionManager.close_all_connections()
    results = tested.result.results
    assert len(results) > 20
    assert [f"{r.node.name}: {r.message}" for r in results if str(r.status) != "pass"] == []
