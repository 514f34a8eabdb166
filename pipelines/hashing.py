"""The one way in which this project hashes a file.

Belongs here: digests of bytes on disk. Does not belong here: hashes of rows (landing) or of code (`state`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
