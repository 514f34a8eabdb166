"""Can the published numbers still be traced to unaltered files?

Belongs here: recomputing hashes of kept source files, landed files and publications against their records.
Does not belong here: writing any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.files import file_sha256
from pipelines.settings import DataPaths


@dataclass(frozen=True)
class Findings:
    """checked: number of files recomputed. differences: one sentence each."""

    checked: int
    differences: tuple[str, ...]


def _compare(path: Path, expected: str, what: str) -> str | None:
    if not path.exists():
        return f"{what} {path} is missing"
    actual = file_sha256(path)
    return None if actual == expected else f"{what} {path} has sha-256 {actual}, its record says {expected}"


def verify(paths: DataPaths) -> Findings:
    """Recompute every kept source file, landed file and publication."""
    from pipelines.landing.register import active_batches
    from pipelines.publish import list_publications

    expected: dict[Path, tuple[str, str]] = {}
    for batch in active_batches(paths.root):
        expected[paths.root / batch.source_path] = (batch.source_sha256, "source file")
        expected[paths.root / batch.landed_path] = (batch.landed_sha256, "landed file")
    for publication in list_publications(paths):
        expected[paths.published / publication.file_name] = (publication.file_sha256, "publication")
    compared = (_compare(path, sha256, what) for path, (sha256, what) in sorted(expected.items()))
    return Findings(len(expected), tuple(difference for difference in compared if difference))
