"""The libraries of a run, imported before the processes that a test kills are forked (see `killing`).

Belongs here: imports alone. Nothing is opened and no thread begun, because forked processes would inherit it halfway.
"""

# ruff: noqa: E402, F401

from __future__ import annotations

from pipelines.settings import disable_telemetry

disable_telemetry()

import dagster
import dbt.adapters.duckdb
import dbt.cli.main
import duckdb
import great_expectations

import pipelines.assets
import pipelines.checks.engine
import pipelines.definitions
import pipelines.landing
import pipelines.run
import pipelines.warehouse.dbt
