"""May this run be published? Read from the verdicts alone, whoever ran the checks.

Belongs here: the one rule that turns verdicts into yes or no. Does not belong here: running checks.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.checks.result import CheckResult

# A layer that left no verdict at all was not checked, which is not the same as passed.
REQUIRED_LAYERS = ("raw", "warehouse", "reconciliation", "published")
# The reconciliation comes in parts, between which the run goes on.
REQUIRED_CHECKS = {"file to staging": "file_landed_staged_agree", "mart": "staged_mart_agree"}


def objections(checks: Iterable[CheckResult]) -> list[str]:
    """Why the run must not be published, one sentence each; empty = publish."""
    checks = list(checks)
    found = [
        f"no verdict of the {layer} checks: they did not run to their end"
        for layer in REQUIRED_LAYERS
        if not any(c.layer == layer for c in checks)
    ]
    if not found:
        found = [
            f"no verdict of the {part} reconciliation: it did not run to its end"
            for part, name in REQUIRED_CHECKS.items()
            if not any(c.check_name == name for c in checks)
        ]
    return found + [c.sentence for c in checks if c.severity == "blocking" and not c.passed]
