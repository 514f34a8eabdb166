"""Checks by Great Expectations: on what was landed, and on what is about to be published.

Belongs here: building the suites, running them on DuckDB, and turning outcomes into verdicts.
Does not belong here: thresholds and expectations on marts (`expectations/`), keys and invariants (dbt tests).
"""

from pipelines.checks.result import CheckResult
from pipelines.checks.runner import preload, run_published_checks, run_raw_checks

__all__ = ["CheckResult", "preload", "run_published_checks", "run_raw_checks"]
