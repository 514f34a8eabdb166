"""What the compiled SQL builds is what dbt builds: every test that uses it stands on this one."""

from __future__ import annotations

from pathlib import Path

from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse, differences, marts
from tests.support.warehouse import Warehouse

DELIVERED_AT = "2026-04-05T03:00:00+08:00"


def test_the_compiled_project_builds_the_marts_that_dbt_builds(tmp_path: Path) -> None:
    by_dbt = Warehouse(tmp_path / "dbt")
    by_dbt.deliver(TINY_COMPANY, DELIVERED_AT)
    by_dbt.build()
    by_dbt.finish()
    compiled = CompiledWarehouse(tmp_path / "compiled")
    compiled.deliver(TINY_COMPANY, DELIVERED_AT)
    compiled.build()
    built = marts(by_dbt.paths.working_database)
    assert built["compliance.fct_violations"] and built["hotspots.cohorts"]
    assert differences(built, compiled.marts()) == {}
