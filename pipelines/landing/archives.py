"""Zip archives of the inbox: each member is a delivery of its own.

Belongs here: telling an archive from a workbook (both are zip files), names of members, unpacking within limits.
Does not belong here: what becomes of a member (`land`), gzip, which packs one file (`text`).

Nothing that an archive says of itself is believed: sizes are counted while unpacking, names never become paths of the
file system.
"""

from __future__ import annotations

import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.landing import text
from pipelines.landing.reasons import Reason, SetAside, file_reason, set_aside
from pipelines.landing.storage import CHUNK, LandingError, is_dropping

MAX_MEMBERS = 10_000
MAX_NESTING = 1
_MAX_DIRECTORY_BYTES = 16 * 1024**2
_MAX_NAME_CHARACTERS = 500
_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_LOCAL_HEADER_BYTES = 30
_WORKBOOK_PARTS = ("[content_types].xml", "xl/workbook.xml", "xl/workbook.bin", "mimetype", "meta-inf/manifest.xml")
_PART_NAMES = re.compile(rb"\[Content_Types\]\.xml|xl/|mimetypeapplication/", re.IGNORECASE)
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError, OverflowError)


@dataclass(frozen=True)
class Member:
    """A file inside an archive, or the archive inside it."""

    name: str
    """Its path in the archive; `inner.zip!/file.csv` one level down."""
    path: Path | None = None
    """Its bytes; None where they were not unpacked."""
    reason: Reason | None = None
    """Why it was not."""
    is_ignored: bool = False
    is_archive: bool = False


def is_archive(path: Path) -> bool:
    """Whether the file is a zip archive of files, and not a document that is packed as one. Follows no link."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
            if stream.read(4) not in _MARKS:
                return False
            stream.seek(0)
            beginning = stream.read(64 * 1024)
        with opened_zip(path) as archive:
            names = {info.filename.replace("\\", "/").lower() for info in archive.infolist()}
    except OSError:
        return False
    except SetAside:
        # What it was meant to be can still be seen.
        return _PART_NAMES.search(beginning) is None and not _has_workbook_name(path)
    return not any(name in _WORKBOOK_PARTS or name.startswith("xl/worksheets/") for name in names)


def _has_workbook_name(path: Path) -> bool:
    return path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods")


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip file with its directory read. Raises SetAside where the directory is damaged or absurdly large."""
    try:
        if _directory_bytes(path) > _MAX_DIRECTORY_BYTES:
            raise set_aside("too_many_members", limit=MAX_MEMBERS)
        archive = zipfile.ZipFile(path)
    except (*_DAMAGE, NotImplementedError, UnicodeDecodeError, struct.error) as error:
        raise set_aside("damaged_archive", detail=_said(error)) from error
    with archive:
        yield archive


def _directory_bytes(path: Path) -> int:
    """The size of the archive's directory, as its end record gives it."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 65_557))
        tail = stream.read()
        end = tail.rfind(b"PK\x05\x06")
        if end < 0 or len(tail) - end < 22:
            raise zipfile.BadZipFile("no end of the archive")
        (directory,) = struct.unpack_from("<L", tail, end + 12)
        locator = tail.rfind(b"PK\x06\x07", 0, end)
        if locator >= 0:
            (place,) = struct.unpack_from("<Q", tail, locator + 8)
            stream.seek(min(place, size))
            record = stream.read(56)
            if record.startswith(b"PK\x06\x06") and len(record) == 56:
                (directory,) = struct.unpack_from("<Q", record, 40)
    return directory


def unpack(path: Path, folder: Path, depth: int = 0) -> list[Member]:
    """Unpack the archive's members below `folder`. Raises SetAside where the archive as a whole is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened_zip(path) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise set_aside("too_many_members", limit=MAX_MEMBERS)
        if not any(not info.is_dir() for info in infos):
            raise set_aside("empty_file")
        _refuse_overlaps(infos)
        unpacking = _Unpacking(archive, folder, depth)
        return unpacking.members([info for info in infos if not _is_folder(info)])


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith(("/", "\\"))


def _refuse_overlaps(infos: list[zipfile.ZipInfo]) -> None:
    """Members that share bytes are how a small archive unpacks to any size."""
    reached = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < reached:
            raise set_aside("damaged_archive", detail=f"members share bytes: {_printable(info.filename)}")
        reached = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size


class _Unpacking:
    def __init__(self, archive: zipfile.ZipFile, folder: Path, depth: int) -> None:
        self._archive = archive
        self._folder = folder
        self._depth = depth
        self._unpacked_bytes = 0

    def members(self, infos: list[zipfile.ZipInfo]) -> list[Member]:
        named = [(info, *_safe_name(info)) for info in infos]
        uses = Counter(name.casefold() for _, name, _ in named)
        members: dict[str, list[Member]] = {}
        for number, (info, name, refusal) in enumerate(named):
            key = name.casefold()
            if key in members:
                continue
            if refusal is None and uses[key] > 1:
                refusal = file_reason("duplicate_member")
            if refusal is not None:
                members[key] = [Member(name, reason=refusal)]
            elif any(is_dropping(part) for part in name.split("/")):
                members[key] = [Member(name, reason=file_reason("temporary"), is_ignored=True)]
            else:
                members[key] = self._unpacked(info, name, number)
        return [member for found in members.values() for member in found]

    def _unpacked(self, info: zipfile.ZipInfo, name: str, number: int) -> list[Member]:
        target = self._folder / str(number)
        try:
            self._write(info, target)
            if not is_archive(target):
                return [Member(name, target)]
            if self._depth >= MAX_NESTING:
                raise set_aside("nested_archive")
            inside = unpack(target, self._folder / f"{number}-inside", self._depth + 1)
        except SetAside as error:
            return [Member(name, reason=error.reason)]
        members = [
            Member(f"{name}!/{member.name}", member.path, member.reason, member.is_ignored, member.is_archive)
            for member in inside
        ]
        return [Member(name, target, is_archive=True), *members]

    def _write(self, info: zipfile.ZipInfo, target: Path) -> None:
        if info.flag_bits & _ENCRYPTED:
            raise set_aside("password")
        written = 0
        try:
            with self._archive.open(info) as source, target.open("xb") as copy:
                while chunk := source.read(CHUNK):
                    written += len(chunk)
                    self._unpacked_bytes += len(chunk)
                    absurd = written > text.RATIO_MATTERS_FROM_BYTES and written > info.compress_size * text.MAX_RATIO
                    if absurd or self._unpacked_bytes > text.MAX_UNPACKED_BYTES:
                        raise set_aside("bomb", size=written)
                    copy.write(chunk)
            if written != info.file_size:
                raise zipfile.BadZipFile(f"{info.file_size} bytes promised, {written} found")
        except SetAside:
            target.unlink()
            raise
        except NotImplementedError as error:
            raise set_aside("damaged_archive", detail=_said(error)) from error
        except _DAMAGE as error:
            target.unlink(missing_ok=True)
            raise set_aside("truncated", detail=_said(error)) from error
        except OSError as error:
            target.unlink(missing_ok=True)
            if error.errno is None:
                # bz2 has no error of its own.
                raise set_aside("truncated", detail=_said(error)) from error
            raise LandingError(f"{target.parent} cannot be written: {error.strerror}") from error


def _said(error: BaseException) -> str:
    return _printable(" ".join(str(error).split()))[:200] or type(error).__name__


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in name)


def _safe_name(info: zipfile.ZipInfo) -> tuple[str, Reason | None]:
    """The member's path with `/`, fit to be shown, and why it is refused by its name or kind, if it is."""
    name = _decoded_name(info).replace("\\", "/")
    shown = _printable(name)[:_MAX_NAME_CHARACTERS]
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return shown, file_reason("symlink")
    if kind not in (0, stat.S_IFREG):
        return shown, file_reason("not_regular")
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/"):
        return shown, file_reason("unsafe_member")
    if shown != name or not name.strip("/. "):
        return shown or "\ufffd", file_reason("bad_member_name")
    return str(PurePosixPath(name)), None


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """Without the mark of UTF-8, a name is in the code of the machine that packed it: here GBK."""
    name = info.orig_filename
    if info.flag_bits & _UTF8_NAME:
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name
