"""Files that must be whole and unaltered.

Belongs here: durable writes and digests of bytes on disk, for every package that keeps a record in a file.
Does not belong here: where things are kept, and hashes of rows (landing) or of code (`state`).
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def json_text(document: Any) -> str:
    """How a record stands in its file: one spelling, so that its hash is known before it is written."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_json(target: Path, document: Any) -> None:
    """Write a small JSON document durably: whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}-{os.getpid()}.tmp")
    with beside.open("w", encoding="utf-8") as stream:
        stream.write(json_text(document))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(beside, target)
    sync(target.parent)


def point_to(link: Path, name: str) -> None:
    """Have a symbolic link lead to its neighbour `name`; whoever follows it finds the old target or the new."""
    beside = link.with_name(f".{link.name}-{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(name)
    os.replace(beside, link)
    sync(link.parent)
