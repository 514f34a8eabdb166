"""What is kept beside the libraries in the Python environment, because it follows from the code alone.

Belongs here: where such a thing stands, and how many are kept of a kind. Does not belong here: anything that depends on
data or settings, and what is kept.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Whoever works on rules goes back and forth between the project as it was and as it becomes.
KEPT_STATES = 4


def kept_path(fingerprint: str, kind: str) -> Path:
    """Where the thing of that kind stands that was made from the code of that fingerprint."""
    return Path(sys.prefix) / "var" / "hufu" / f"{fingerprint[:16]}-{kind}"


def make_room(path: Path, kind: str) -> bool:
    """Whether one more may be kept at `path`, which then has a folder; all but the newest of its kind are forgotten."""
    if not os.access(next(p for p in path.parents if p.exists()), os.W_OK):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = sorted(path.parent.glob(f"*-{kind}"), key=lambda other: other.stat().st_mtime, reverse=True)
    for older in kept[KEPT_STATES - 1 :]:
        older.unlink(missing_ok=True)
    return True
