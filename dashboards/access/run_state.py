"""How the last run of the pipeline ended.

Belongs here: reading the run's state file.
Does not belong here: the history of runs (quality.runs).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SUCCEEDED = ("published", "unchanged")


@dataclass(frozen=True)
class LastRun:
    """`failed` also when the state file cannot be read: silence must not look like success."""

    failed: bool
    finished_at: datetime | None
    message: str


def read_last_run(path: Path) -> LastRun | None:
    """None when no run has ended yet."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        return LastRun(failed=True, finished_at=None, message=str(error))
    if not isinstance(document, dict):
        return LastRun(failed=True, finished_at=None, message=f"{path.name} is not a note of a run")
    return LastRun(
        failed=document.get("status") not in SUCCEEDED,
        finished_at=_timestamp(document.get("finished_at")),
        message=str(document.get("message") or ""),
    )


def _timestamp(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
