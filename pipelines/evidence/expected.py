"""What a data folder should hold, going by its log.

Belongs here: the entries' meaning: which file has which hash, what readers see, what is known to lie about.
Does not belong here: reading the log (`log`), looking into files (`verify`).

Kinds of entries: `started` (a new log; what it found follows), `begun` and `settled` (around moves of files),
`register`, `event` and `publication` (a JSON file and its whole text), `kept` (an archive's own bytes), `leftover`
(files that a killed process left; they count for nothing), `policy` (the tables that judged, whole), `readers` (which
publication readers see), `rewriting` (a landed file gets other bytes; the register will say which), `pruned` (old
publications were removed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pipelines.evidence.log import Entry

FileKind = Literal["source", "landed", "quarantine", "register", "event", "publication", "published_database"]

# Where everything that lies there should be known.
_WATCHED = ("lake", "quarantine", "register", "published")
_NOT_WATCHED = ("lake/.work/", "published/current", "published/.current-")


@dataclass(frozen=True)
class ExpectedFile:
    """One file of the data folder. record: what says so, as a path: itself, or the register file that names it."""

    path: str
    kind: FileKind
    sha256: str
    record: str
    entry: int | None = None
    document: Mapping[str, Any] | None = None


@dataclass
class Expected:
    """The outcome of all entries so far."""

    files: dict[str, ExpectedFile] = field(default_factory=dict)
    readers: str | None = None
    """The publication's file that `published/current` leads to."""
    tables: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """Publication's file -> table -> its number of rows and digest."""
    removed: set[str] = field(default_factory=set)
    leftovers: set[str] = field(default_factory=set)
    rewriting: set[str] = field(default_factory=set)
    """Files of which new bytes were announced, but not yet which."""
    policy: Mapping[str, Any] = field(default_factory=dict)
    """The policy tables by which the newest publication judged."""
    started_at: str | None = None
    found: int = 0
    """Entries about things that were there before the log."""

    @classmethod
    def replay(cls, entries: Iterable[Entry]) -> Expected:
        expected = cls()
        for entry in entries:
            expected.add_if_whole(entry.number, entry.document)
        return expected

    def add_if_whole(self, number: int, entry: Mapping[str, Any]) -> None:
        """Who forges entries need not keep to their form."""
        with suppress(KeyError, TypeError, AttributeError):
            self.add(number, entry)

    def of_kind(self, *kinds: FileKind) -> list[ExpectedFile]:
        return [self.files[path] for path in sorted(self.files) if self.files[path].kind in kinds]

    def add(self, number: int, entry: Mapping[str, Any]) -> None:
        kind = entry["kind"]
        if kind == "started":
            self.started_at, self.found = entry["at"], entry["found"]
        elif kind in ("register", "event", "publication"):
            path, document = entry["path"], entry["document"]
            self._expect(ExpectedFile(path, kind, entry["sha256"], path, number, document))
            if kind == "register":
                self._expect_batch(path, number, document)
            elif kind == "publication":
                database = f"published/{document['file_name']}"
                sha256 = document["file_sha256"]
                self._expect(ExpectedFile(database, "published_database", sha256, path, number))
                self.tables[database] = entry.get("tables", {})
        elif kind == "kept":
            self._expect(ExpectedFile(entry["path"], "source", entry["sha256"], entry["path"], number))
        elif kind == "leftover":
            self.leftovers.update(entry["files"])
        elif kind == "rewriting":
            self.rewriting.add(entry["path"])
        elif kind == "readers":
            self.readers = entry["to"]
        elif kind == "policy":
            self.policy = entry["tables"]
        elif kind == "pruned":
            for path in entry["paths"]:
                self.files.pop(path, None)
                self.tables.pop(path, None)
                self.removed.add(path)

    def _expect(self, file: ExpectedFile) -> None:
        self.files[file.path] = file
        self.removed.discard(file.path)
        self.rewriting.discard(file.path)

    def _expect_batch(self, record: str, number: int, document: Mapping[str, Any]) -> None:
        parts: tuple[tuple[FileKind, str, str], ...] = (
            ("source", "source_path", "source_sha256"),
            ("landed", "landed_path", "landed_sha256"),
            ("quarantine", "quarantine_path", "quarantine_sha256"),
        )
        for kind, place, sha256 in parts:
            path = document.get(place)
            if path is not None and document.get(sha256) is not None:
                self._expect(ExpectedFile(path, kind, document[sha256], record, number, document))


def strangers(data_dir: Path, expected: Expected) -> list[str]:
    """Files in the watched folders that nothing on record names, sorted."""
    known = expected.files.keys() | expected.leftovers | expected.removed
    found = (
        path.relative_to(data_dir).as_posix()
        for folder in _WATCHED
        for path in (data_dir / folder).rglob("*")
        if path.is_symlink() or not path.is_dir()
    )
    return sorted(path for path in found if path not in known and not path.startswith(_NOT_WATCHED))
