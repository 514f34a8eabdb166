"""Files and folders: walking the inbox, durable writes, the lock, the landing's own memory of the inbox.

Belongs here: everything that touches the file system and knows nothing of tables.
Does not belong here: formats, the contract, SQL.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.files import file_sha256, sync
from pipelines.landing.reasons import Reason, SetAside, file_reason, set_aside

CHUNK = 4 * 1024 * 1024
PROFILES_FOLDER = "profiles"
MANIFEST = "manifest.yml"
# What the demo generator says it wrote: about the deliveries, not one of them.
DEMO_MANIFEST = "demo-manifest.json"
_DROPPINGS = ("thumbs.db", "desktop.ini", "__macosx")


class LandingError(RuntimeError):
    """The landing as a whole cannot go on; the message says what to do."""


class LandingBusyError(LandingError):
    """Another landing works on the same data directory."""


@dataclass(frozen=True)
class Layout:
    """Where the landing keeps what, below one data directory."""

    data_dir: Path

    @property
    def lake(self) -> Path:
        return self.data_dir / "lake"

    @property
    def sources(self) -> Path:
        return self.lake / "sources"

    @property
    def work(self) -> Path:
        return self.lake / ".work"

    @property
    def quarantine(self) -> Path:
        return self.data_dir / "quarantine"

    @property
    def register(self) -> Path:
        return self.data_dir / "register"

    @property
    def state(self) -> Path:
        return self.data_dir / "state"

    @property
    def inbox_state(self) -> Path:
        return self.state / "inbox.json"


def meaning_of(relative: str) -> str:
    """The path by which a file of an archive is recognised."""
    return re.sub("[^/]+!/", "", relative)


@dataclass(frozen=True)
class InboxFile:
    """A file of the inbox as the directory shows it."""

    path: Path
    relative: str
    size: int
    mtime_ns: int
    ctime_ns: int
    archive: str | None = None
    """The inbox file that it is a member of; `relative` is then `<archive>!/<member>`."""

    @property
    def meaning(self) -> str:
        """The path by which it is recognised: a member counts as if it lay where its archive lies."""
        return meaning_of(self.relative) if self.archive is not None else self.relative

    @property
    def stamp(self) -> list[int]:
        return [self.size, self.mtime_ns, self.ctime_ns]


@dataclass(frozen=True)
class Refused:
    """A name in the inbox that is not even opened."""

    relative: str
    status: str
    reason: Reason


def walk_inbox(inbox: Path, data_dir: Path) -> tuple[list[InboxFile], list[Refused]]:
    """Every name below the inbox, sorted: files to read, and what is refused unread. Links are never followed."""
    files: list[InboxFile] = []
    refused: list[Refused] = []
    own = data_dir.resolve()
    for folder, directories, names in os.walk(inbox, followlinks=False):
        here = Path(folder)
        for name in sorted(directories):
            if (here / name).is_symlink():
                refused.append(Refused(_shown(here / name, inbox), "set_aside", file_reason("symlink")))
            elif name.startswith("."):
                refused.append(Refused(_shown(here / name, inbox), "ignored", file_reason("temporary")))
        directories[:] = sorted(
            name
            for name in directories
            if not (here / name).is_symlink()
            and not name.startswith(".")
            and not (here == inbox and name == PROFILES_FOLDER)
            and (here / name).resolve() != own
        )
        for name in sorted(names):
            if here == inbox and name in (MANIFEST, DEMO_MANIFEST):
                continue
            path = here / name
            outcome = _examine(path, inbox)
            if isinstance(outcome, InboxFile):
                files.append(outcome)
            else:
                refused.append(outcome)
    files.sort(key=lambda f: f.relative)
    refused.sort(key=lambda r: r.relative)
    return files, refused


def _examine(path: Path, inbox: Path) -> InboxFile | Refused:
    shown = _shown(path, inbox)
    try:
        found = path.lstat()
    except OSError as error:
        return Refused(shown, "set_aside", file_reason("unreadable", detail=error.strerror or str(error)))
    if stat.S_ISLNK(found.st_mode):
        return Refused(shown, "set_aside", file_reason("symlink"))
    if not stat.S_ISREG(found.st_mode):
        return Refused(shown, "set_aside", file_reason("not_regular"))
    if is_dropping(path.name):
        return Refused(shown, "ignored", file_reason("temporary"))
    relative = path.relative_to(inbox).as_posix()
    if shown != relative:
        return Refused(shown, "set_aside", file_reason("bad_name"))
    return InboxFile(path, relative, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def is_dropping(name: str) -> bool:
    """Whether systems and editors leave files of that name behind."""
    return name.startswith((".", "~$")) or name.lower() in _DROPPINGS


def _shown(path: Path, inbox: Path) -> str:
    """The path inside the inbox as printable text, whatever bytes its name holds."""
    return os.fsencode(path.relative_to(inbox).as_posix()).decode("utf-8", "backslashreplace")


def take_copy(file: InboxFile, target: Path) -> str:
    """Copy the file's bytes to `target` and return the copy's sha-256. From then on only the copy is looked at.

    Raises SetAside when the file cannot be read or changes meanwhile.
    """
    try:
        with open(os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as source, target.open("wb") as copy:
            before = os.fstat(source.fileno())
            _copy_bytes(source.fileno(), copy.fileno(), file.size)
            after = os.fstat(source.fileno())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LandingError(f"no space left below {target.parent}") from error
        raise set_aside("unreadable", detail=error.strerror or str(error)) from error
    seen = {(s.st_size, s.st_mtime_ns) for s in (before, after)}
    if seen != {(file.size, file.mtime_ns)} or target.stat().st_size != file.size:
        raise set_aside("changing")
    return file_sha256(target)


def _copy_bytes(source: int, target: int, size: int) -> None:
    """At most `size` bytes, inside the kernel where it can."""
    left = size
    while left:
        try:
            done = os.copy_file_range(source, target, left)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            done = os.sendfile(target, source, None, left)
        if done == 0:
            return
        left -= done


def link_or_copy(existing: Path, target: Path) -> None:
    """The same bytes under another name, for reading."""
    try:
        os.link(existing, target)
    except OSError:
        # Not every file system has hard links, nor links across its borders.
        shutil.copyfile(existing, target)


def move_into_place(finished: Path, target: Path) -> None:
    """Make a finished file durable under its final name: whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sync(finished)
    try:
        os.replace(finished, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{target.name}.tmp")
        shutil.copyfile(finished, beside)
        sync(beside)
        os.replace(beside, target)
        finished.unlink()
    sync(target.parent)


@contextmanager
def landing_lock(layout: Layout) -> Iterator[None]:
    """Hold the data directory's landing lock. The kernel frees it when the process ends, however it ends."""
    layout.state.mkdir(parents=True, exist_ok=True)
    with (layout.state / "landing.lock").open("a+") as stream:
        try:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            stream.seek(0)
            holder = stream.read().strip() or "unknown"
            raise LandingBusyError(
                f"another landing (process {holder}) works on {layout.data_dir}; wait until it ends"
            ) from error
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield


@contextmanager
def work_folder(layout: Layout) -> Iterator[Path]:
    """An empty folder on the lake's file system. What a killed run left there is removed first."""
    if layout.work.exists():
        shutil.rmtree(layout.work)
    layout.work.mkdir(parents=True)
    try:
        yield layout.work
    finally:
        shutil.rmtree(layout.work, ignore_errors=True)


__all__ = [
    "CHUNK",
    "InboxFile",
    "LandingBusyError",
    "LandingError",
    "Layout",
    "Refused",
    "SetAside",
    "is_dropping",
    "landing_lock",
    "link_or_copy",
    "move_into_place",
    "take_copy",
    "walk_inbox",
    "work_folder",
]
