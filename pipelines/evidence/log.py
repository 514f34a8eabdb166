"""The log: every commit of the data folder, in order, signed, only ever appended to.

Belongs here: the file `<data>/state/log`, its entries and signatures, appending, what a killed process left.
Does not belong here: what the entries mean for the folder (`expected`), checking the folder (`verify`).

The file has two kinds of lines. `+ HASH JSON` is an entry: the JSON text is a leaf of a Merkle tree, HASH its leaf
hash, there so that an altered line can be named. `= SIZE ROOT SIGNATURE` follows every append: the signature of the
checkpoint at that size. What follows the last signature was never signed, counts for nothing, and the next writer cuts
it off.

The log is written ahead: the entry of a register file is signed first, with its whole text, and the file written
afterwards. A process killed between the two leaves its last entries open, and the next writer carries them out; that
they are settled is an entry of its own. So a file that differs from its entry is either in the last, open entries, or
was altered.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.evidence.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    PublicKey,
    SignedCheckpoint,
    SigningKey,
    decoded,
    encoded,
)
from pipelines.evidence.expected import Expected, strangers
from pipelines.evidence.tree import HASH_BYTES, Accumulator, leaf_hash
from pipelines.files import file_sha256, json_text, point_to, sync, write_json
from pipelines.landing.storage import LandingError

_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.05
# Holds a signature and the entry that all is settled.
_LAST_LINES_BYTES = 1024


class LogError(LandingError):
    """The log cannot be written to; the message says why and what to do."""


def log_path(data_dir: Path) -> Path:
    return data_dir / "state" / "log"


def key_path(data_dir: Path) -> Path:
    return data_dir / "state" / "log.key"


@dataclass(frozen=True)
class Entry:
    """One leaf. text: exactly what was hashed."""

    number: int
    text: str
    document: dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """Something in the log's own lines that does not fit. entry: the number of the entry it is about, if known."""

    code: str
    facts: dict[str, Any]


@dataclass
class LogContent:
    """A log as it was read."""

    entries: list[Entry] = field(default_factory=list)
    """The signed ones that are what they were when they were hashed."""
    hashes: list[bytes] = field(default_factory=list)
    """Of every signed entry, as its text is now."""
    faults: list[Fault] = field(default_factory=list)
    public_key: PublicKey | None = None
    signed: SignedCheckpoint | None = None
    """The last one."""
    last_group: int = 0
    """Number of the first entry of the last append."""
    signed_bytes: int = 0
    unsigned_bytes: int = 0
    accumulator: Accumulator = field(default_factory=Accumulator)

    @property
    def size(self) -> int:
        return len(self.hashes)

    @property
    def is_settled(self) -> bool:
        return not self.entries or self.entries[-1].document["kind"] == "settled"

    @property
    def open_entries(self) -> list[Entry]:
        """Of which it is not known that what they announce was done."""
        return [] if self.is_settled else [entry for entry in self.entries if entry.number >= self.last_group]

    def root(self, size: int) -> bytes | None:
        """Of the first `size` entries; null where there are fewer."""
        if size > self.size:
            return None
        tree = Accumulator()
        for hashed in self.hashes[:size]:
            tree.append(hashed)
        return tree.root()


def read_log(data_dir: Path, *, only_last_signature: bool = False) -> LogContent | None:
    """Read and check the log by itself; None where there is none. What does not fit is among its faults.

    The last signature covers all entries; the earlier ones say where a fault lies.
    """
    try:
        raw = log_path(data_dir).read_bytes()
    except FileNotFoundError:
        return None
    return _Reader(raw).read(only_last_signature)


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.content = LogContent()
        self.pending: list[tuple[Entry | None, bytes, list[Fault]]] = []
        self.pending_faults: list[Fault] = []
        self.key: PublicKey | None = None
        self.signatures: list[tuple[SignedCheckpoint | None, dict[str, Any]]] = []

    def read(self, only_last_signature: bool) -> LogContent:
        content = self.content
        place = 0
        for line in self.raw.splitlines(keepends=True):
            place += len(line)
            if line.startswith(b"+ ") and line.endswith(b"\n"):
                self._entry(line[2:-1])
            elif line.startswith(b"= ") and line.endswith(b"\n"):
                self._signature(line[2:-1], place)
            else:
                self.pending_faults.append(Fault("line", {"after": content.size + len(self.pending)}))
        content.unsigned_bytes = len(self.raw) - content.signed_bytes
        for signed, facts in self.signatures[-1:] if only_last_signature else self.signatures:
            if signed is None or self.key is None or not signed.is_signed_by(self.key):
                content.faults.append(Fault("signature", facts))
        if content.signed is None:
            content.faults.append(Fault("unsigned", {}))
        return content

    def _entry(self, line: bytes) -> None:
        hashed, _, text = line.partition(b" ")
        place = self.content.size + len(self.pending)
        actual = leaf_hash(text)
        entry, faults = None, []
        try:
            document = json.loads(text)
            number, first = document["number"], document["first"]
            if not all(isinstance(n, int) for n in (number, first)) or not isinstance(document["kind"], str):
                raise ValueError(text)
        except (ValueError, KeyError, TypeError):
            faults.append(Fault("entry", {"number": place}))
        else:
            if hashed != actual.hex().encode():
                faults.append(Fault("entry", {"number": place}))
            elif number != place:
                faults.append(Fault("sequence", {"number": place, "found": number}))
            elif first != self.content.size:
                faults.append(Fault("signature_missing", {"number": first}))
            else:
                entry = Entry(number, text.decode(), document)
        self.pending.append((entry, actual, faults))

    def _signature(self, line: bytes, end: int) -> None:
        content = self.content
        first = content.size
        for entry, hashed, faults in self.pending:
            content.hashes.append(hashed)
            content.accumulator.append(hashed)
            content.faults += faults
            if entry is not None:
                content.entries.append(entry)
        content.faults += self.pending_faults
        self.pending, self.pending_faults = [], []
        if self.key is None:
            self.key = content.public_key = _key_of(content.entries)
        facts = {"first": first, "last": content.size - 1}
        signed = _signed(line, self.key)
        self.signatures.append((signed, facts))
        if signed is not None:
            checkpoint = signed.checkpoint
            if (checkpoint.size, checkpoint.root) != (content.size, content.accumulator.root()):
                content.faults.append(Fault("root", facts))
            content.signed = signed
        if content.size == first:
            content.faults.append(Fault("signature_twice", {"number": first - 1}))
        else:
            content.last_group = first
        content.signed_bytes = end


def _key_of(entries: Sequence[Entry]) -> PublicKey | None:
    """Of the log's first entry."""
    try:
        return PublicKey.parse(entries[0].document["public_key"])
    except (IndexError, KeyError, BadCheckpoint):
        return None


def _signed(line: bytes, key: PublicKey | None) -> SignedCheckpoint | None:
    """The checkpoint of a signature line, its signature yet to be checked; None where the line is none."""
    try:
        size, root, signature = line.decode("ascii").split(" ")
        checkpoint = Checkpoint(key.name if key else "", int(size), decoded(root))
        made = decoded(signature)
    except ValueError:
        return None
    if key is None or len(checkpoint.root) != HASH_BYTES or _signature_line(checkpoint, made) != line:
        return None
    return SignedCheckpoint(checkpoint, ((key.name, key.id, made),))


def _signature_line(checkpoint: Checkpoint, signature: bytes) -> bytes:
    return f"{checkpoint.size} {encoded(checkpoint.root)} {encoded(signature)}".encode()


class Log:
    """The log of a data folder, open for writing. Use `open_log`."""

    def __init__(self, data_dir: Path, path: Path, key: SigningKey, content: LogContent) -> None:
        self.data_dir = data_dir
        self._path = path
        self.key = key
        self.was_cut_short = not content.is_settled
        self.expected = Expected.replay(content.entries)
        self._tree = content.accumulator
        self._is_settled = content.is_settled

    @property
    def size(self) -> int:
        return self._tree.size

    def begin(self, what: str) -> None:
        """Say that files will be moved before their entries are signed. The session ends with `settle`."""
        if self._is_settled:
            self._append([{"kind": "begun", "what": what}])

    def record(self, *documents: dict[str, Any]) -> None:
        """Append entries and sign. From then on they are on record, whatever becomes of this process."""
        self._append(documents)

    def write(self, kind: str, target: Path, document: dict[str, Any], **more: Any) -> None:
        """Put a JSON document on record, then write it to its file."""
        self.record(self.announced(kind, target, document, **more))
        write_json(target, document)

    def announced(self, kind: str, target: Path, document: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The entry for a JSON file that is about to be written."""
        sha256 = hashlib.sha256(json_text(document).encode()).hexdigest()
        path = target.relative_to(self.data_dir).as_posix()
        return {"kind": kind, "path": path, "sha256": sha256, "document": document, **more}

    def settle(self) -> None:
        """Say that all that was announced is done. What a killed process left beside it goes on record as well."""
        if self._is_settled:
            return
        if self.was_cut_short:
            left = strangers(self.data_dir, self.expected)
            if left:
                hashes = {path: file_sha256(self.data_dir / path) for path in left}
                self._append([{"kind": "leftover", "files": hashes}])
            self.was_cut_short = False
        self._append([{"kind": "settled"}])

    def _append(self, documents: Sequence[dict[str, Any]]) -> None:
        lines, first = [], self._tree.size
        for document in documents:
            leaf = {**document, "number": self._tree.size, "first": first, "at": _now()}
            text = json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            hashed = leaf_hash(text)
            self._tree.append(hashed)
            self.expected.add(leaf["number"], leaf)
            lines.append(b"+ " + hashed.hex().encode() + b" " + text + b"\n")
        checkpoint = Checkpoint(self.key.public.name, self._tree.size, self._tree.root())
        [(_, _, signature)] = self.key.sign(checkpoint).signatures
        lines.append(b"= " + _signature_line(checkpoint, signature) + b"\n")
        with self._path.open("ab") as stream:
            stream.write(b"".join(lines))
            stream.flush()
            os.fsync(stream.fileno())
        self._is_settled = bool(documents) and documents[-1]["kind"] == "settled"


@contextmanager
def open_log(data_dir: Path) -> Iterator[Log]:
    """The log for writing, one process at a time; begun where there is none, completed where one was cut short.

    Raises LogError where it does not fit its own signatures: appending to it would bury what happened.
    """
    path = log_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _only_writer(path.with_name("log.lock")):
        try:
            key = SigningKey.load_or_make(key_path(data_dir))
        except BadCheckpoint as error:
            raise LogError(f"{error}; put the key back, or begin a new log as docs/evidence.md says") from error
        if not path.exists():
            _start(data_dir, key)
        content = read_log(data_dir, only_last_signature=True)
        assert content is not None
        if content.faults or content.public_key != key.public:
            raise LogError(
                f"{path} is not what was signed, so nothing may be added to it: `hufu verify` says what was altered, "
                "and docs/evidence.md how to go on"
            )
        if content.unsigned_bytes:
            with path.open("r+b") as stream:
                stream.truncate(content.signed_bytes)
                os.fsync(stream.fileno())
        log = Log(data_dir, path, key, content)
        for entry in content.open_entries:
            _carry_out(data_dir, entry.document)
        yield log


def complete_log(data_dir: Path, *, settle: bool) -> None:
    """Carry out what a killed process announced; `settle` where nothing else is left to do. Costs little else.

    Raises LogError.
    """
    if log_path(data_dir).exists() and not _ends_settled(log_path(data_dir)):
        with open_log(data_dir) as log:
            if settle:
                log.settle()


def _ends_settled(path: Path) -> bool:
    """Whether the last lines are that all is settled and its signature."""
    with path.open("rb") as stream:
        stream.seek(max(0, _size_of(stream) - _LAST_LINES_BYTES))
        *_, entry, signature = [b"", b"", *stream.read().splitlines(keepends=True)]
    return signature.startswith(b"= ") and signature.endswith(b"\n") and b'"kind":"settled"' in entry


def _size_of(stream: BinaryIO) -> int:
    return os.fstat(stream.fileno()).st_size


def _carry_out(data_dir: Path, document: dict[str, Any]) -> None:
    """Do what an entry announced, unless it was done."""
    kind = document["kind"]
    if kind in ("register", "event", "publication"):
        target = data_dir / document["path"]
        is_there = target.exists() and file_sha256(target) == document["sha256"]
        # A publication is announced when its database has its name.
        if not is_there and (kind != "publication" or (target.parent / document["document"]["file_name"]).exists()):
            write_json(target, document["document"])
    elif kind == "readers":
        current = data_dir / document["path"]
        if (current.parent / document["to"]).exists():
            point_to(current, document["to"])
    elif kind == "pruned":
        for path in document["paths"]:
            (data_dir / path).unlink(missing_ok=True)


def _start(data_dir: Path, key: SigningKey) -> None:
    """A new log: it takes what stands in the folder as it finds it, and vouches for it from then on."""
    found = found_entries(data_dir)
    beside = log_path(data_dir).with_name(f".log-{os.getpid()}.tmp")
    beside.unlink(missing_ok=True)
    first = {"kind": "started", "public_key": str(key.public), "found": len(found)}
    Log(data_dir, beside, key, LogContent()).record(first, *found, {"kind": "settled"})
    os.replace(beside, log_path(data_dir))
    sync(beside.parent)


def found_entries(data_dir: Path, *, skip_unreadable: bool = False) -> list[dict[str, Any]]:
    """Entries for what a data folder holds, by its own records. Raises LogError for a record that cannot be read."""
    found: list[dict[str, Any]] = []
    for kind, pattern in (
        ("register", "register/*.json"),
        ("event", "register/events/*.json"),
        ("publication", "published/hufu-*.json"),
    ):
        for path in sorted(data_dir.glob(pattern)):
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                if skip_unreadable:
                    continue
                raise LogError(f"{path} cannot be read, so no log can be begun: {error}") from error
            relative = path.relative_to(data_dir).as_posix()
            found.append({"kind": kind, "path": relative, "sha256": file_sha256(path), "document": document})
    current = data_dir / "published" / "current"
    if current.is_symlink():
        found.append({"kind": "readers", "path": "published/current", "to": os.readlink(current)})
    expected = Expected()
    for document in found:
        expected.add(-1, document)
    left = strangers(data_dir, expected)
    if left:
        found.append({"kind": "leftover", "files": {path: file_sha256(data_dir / path) for path in left}})
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


@contextmanager
def _only_writer(lock: Path) -> Iterator[None]:
    with lock.open("a+") as stream:
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise LogError(f"another process writes {lock.with_suffix('')}; try again when it ended") from error
                time.sleep(_POLL_SECONDS)
        yield
