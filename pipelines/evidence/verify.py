"""Recomputing the data folder from the original files up.

Belongs here: the order of comparing, what is compared with what. Does not belong here: the sentences (`findings`),
writing anything: an auditor's copy may be read-only.

Everything is compared with the log, since whoever alters a file can alter the register beside it; the log with its own
signatures and with a checkpoint that was kept elsewhere. Only where the log itself does not hold, files are compared
with the register as it stands, so that a damaged log does not make every file look altered.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.evidence.checkpoint import PublicKey, SignedCheckpoint
from pipelines.evidence.expected import Expected, ExpectedFile, strangers
from pipelines.evidence.findings import STAGES, Finding, Stage, Words, kind_words
from pipelines.evidence.log import LogContent, found_entries, key_path, log_path, read_log
from pipelines.files import file_sha256
from pipelines.landing.register import Batch
from pipelines.landing.rules import Rules
from pipelines.settings import DataPaths
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

    from pipelines.landing.engine import Engine

Progress = Callable[[str], None]
_SHOWN_FIELDS = 5
_BATCH_FIELDS = frozenset(f.name for f in fields(Batch))
# The delivery stamp of corrected rows depends on when the workbook was first seen.
_NOT_OF_THE_FILE = ("_delivered_at", "file_row_number")


@dataclass(frozen=True)
class Report:
    """The outcome. differences: in the order of their dependence, so the first is the one to look at."""

    differences: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    files: int
    rows: int
    entries: int
    latest: SignedCheckpoint | None = None
    public_key: PublicKey | None = None

    @property
    def first(self) -> Finding | None:
        return self.differences[0] if self.differences else None


def verify(
    paths: DataPaths,
    *,
    checkpoint: SignedCheckpoint | None = None,
    key: PublicKey | None = None,
    is_quick: bool = False,
    inbox: Path | None = None,
    on_progress: Progress | None = None,
) -> Report:
    """Compare the data folder with its log, and the log with a checkpoint kept elsewhere.

    Quick compares hashes only; else every original is read again. `inbox` is where the company's own profiles are.
    """
    verification = _Verification(paths, checkpoint, key, is_quick, inbox, on_progress or (lambda _: None))
    return verification.run()


@dataclass
class _Verification:
    paths: DataPaths
    checkpoint: SignedCheckpoint | None
    key: PublicKey | None
    is_quick: bool
    inbox: Path | None
    progress: Progress
    differences: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    altered: set[str] = field(default_factory=set)
    """Files that are not what is on record."""
    files: int = 0
    rows: int = 0

    @property
    def root(self) -> Path:
        return self.paths.root

    def run(self) -> Report:
        before = _size(log_path(self.root))
        log = read_log(self.root)
        self._check_log(log)
        on_record = Expected.replay(log.entries) if log is not None else Expected()
        holds = log is not None and not any(d.stage == "log" for d in self.differences)
        expected = on_record if holds else self._by_the_register(on_record)
        is_open = log is not None and not log.is_settled
        open_paths = (
            {entry.document["path"] for entry in log.open_entries if "path" in entry.document} if log else set()
        )
        if is_open:
            open_paths |= expected.rewriting

        self._check_files(expected, open_paths)
        if not self.is_quick:
            self._check_rows(expected)
        self._check_register(on_record if log is not None else expected, open_paths)
        self._check_publications(expected, open_paths)
        # Without a log nothing says which archives were kept.
        for path in strangers(self.root, expected) if log is not None else ():
            self._differs_unless(is_open, "stranger", "stranger", path)
        self._add_notes(log, on_record, before)
        order = {stage: number for number, stage in enumerate(STAGES)}
        return Report(
            tuple(sorted(self.differences, key=lambda d: order[d.stage])),  # type: ignore[index]
            tuple(self.notes),
            self.files,
            self.rows,
            log.size if log else 0,
            log.signed if log else None,
            log.public_key if log else None,
        )

    # ------------------------------------------------------------------------------------------------- small parts

    def _differs(self, stage: Stage, code: str, place: str, **facts: Any) -> None:
        self.differences.append(Finding(code, place, facts, stage))

    def _differs_unless(self, is_open: bool, stage: Stage, code: str, place: str, **facts: Any) -> None:
        if is_open:
            self.notes.append(Finding("open", place))
        else:
            self._differs(stage, code, place, **facts)

    def _by_the_register(self, on_record: Expected) -> Expected:
        """What the folder's own records say, completed by the log where they are gone."""
        expected = Expected()
        for document in found_entries(self.root, skip_unreadable=True):
            expected.add_if_whole(-1, document)
        for path, file in on_record.files.items():
            expected.files.setdefault(path, file)
        for path, tables in on_record.tables.items():
            expected.tables[path] = tables
        expected.leftovers = on_record.leftovers
        expected.removed = on_record.removed
        expected.readers = on_record.readers or expected.readers
        return expected

    def _hash(self, path: str) -> str | None:
        """Null where there is no such file, or a link in its place."""
        whole = self.root / path
        try:
            return None if whole.is_symlink() or not whole.is_file() else file_sha256(whole)
        except OSError:
            return None

    # ------------------------------------------------------------------------------------------------- files, rows

    def _check_files(self, expected: Expected, open_paths: set[str]) -> None:
        for kind in ("source", "landed", "quarantine"):
            for file in expected.of_kind(kind):  # type: ignore[arg-type]
                self._check_file(file, "source" if kind == "source" else "landed", open_paths)

    def _check_file(self, file: ExpectedFile, stage: Stage, open_paths: set[str]) -> bool:
        self.files += 1
        self.progress(file.path)
        actual = self._hash(file.path)
        if actual == file.sha256:
            return True
        self.altered.add(file.path)
        facts = {"what": kind_words(file.kind), "record": file.record, "expected": file.sha256, "actual": actual}
        code = "missing" if actual is None else "altered"
        self._differs_unless(file.path in open_paths, stage, code, file.path, **facts)
        return False

    def _check_rows(self, expected: Expected) -> None:
        batches = [
            _as_batch(file.document)
            for file in expected.of_kind("register")
            if file.document is not None and file.document.get("status") == "landed"
        ]
        landed = [b for b in batches if b.landed_path is not None]
        deliveries: dict[tuple[str, str], list[Batch]] = defaultdict(list)
        for batch in landed:
            deliveries[batch.source_sha256, batch.source_file].append(batch)
        with _work_folder() as work, _connection() as con, _reader(work) as reader:
            rules = Rules.load(self.inbox if self.inbox is not None and self.inbox.is_dir() else work, None)
            for _, content in sorted(deliveries.items(), key=lambda item: item[0]):
                self._check_delivery(con, content, lambda c: self._read_again(c, batches, reader, work, rules))
                shutil.rmtree(work / content[0].batch_id, ignore_errors=True)

    def _check_delivery(
        self,
        con: duckdb.DuckDBPyConnection,
        content: Sequence[Batch],
        read: Callable[[Sequence[Batch]], Mapping[str, Path]],
    ) -> None:
        import duckdb

        fresh = read(content)
        for batch in content:
            path = batch.landed_path or ""
            self.progress(path)
            if not (self.root / path).is_file():
                continue
            try:
                is_same_as_original = self._check_batch(con, batch, fresh.get(batch.batch_id))
                self.rows += batch.landed_count
                # Of rows that differ from the original it is known already where.
                if is_same_as_original is not False:
                    self._check_root(con, batch)
            except duckdb.Error as error:
                if path not in self.altered:
                    detail = " ".join(str(error).split())[:200]
                    self._differs("landed", "unreadable", path, what=kind_words("landed"), detail=detail)

    def _read_again(
        self, content: Sequence[Batch], on_record: Iterable[Batch], reader: Engine, work: Path, rules: Rules
    ) -> Mapping[str, Path]:
        from pipelines.landing.land import read_again

        first = content[0]
        if first.source_path is None or self._hash(first.source_path) != first.source_sha256:
            # Nothing can be said of rows by an original that is itself not what it was.
            return {}
        found = read_again(self.root, content, on_record, reader, work, rules)
        if not isinstance(found, dict):
            facts = {"detail": Words(found.zh, found.en)}
            self.notes.append(Finding("not_read_again", first.source_file, facts))
            return {}
        for batch in content:
            if batch.batch_id not in found:
                read_by = f"{batch.profile} {batch.profile_version}"
                detail = Words(f"它是用配置 {read_by} 读取的", f"it was read by profile {read_by}")
                self.notes.append(Finding("not_read_again", batch.landed_path or "", {"detail": detail}))
        return found

    def _check_batch(self, con: duckdb.DuckDBPyConnection, batch: Batch, fresh: Path | None) -> bool | None:
        """Whether the landed rows are those of the original; null where it is not known."""
        landed = self.root / (batch.landed_path or "")
        if fresh is None:
            return None
        if file_sha256(fresh) == file_sha256(landed):
            return True
        ours, theirs = _Rows(con, landed, batch.first_source_row), _Rows(con, fresh, batch.first_source_row)
        difference = _first_difference(con, ours, theirs)
        if difference is None:
            return True
        code, facts = difference
        self._differs("landed", code, batch.landed_path or "", **facts)
        return False

    def _check_root(self, con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        from pipelines.evidence.blocks import batch_root, block_hashes

        if batch.batch_root is None or batch.block_rows is None:
            return
        landed = self.root / (batch.landed_path or "")
        hashes = block_hashes(con, landed, batch.source_file, batch.first_source_row, batch.block_rows)
        if (actual := batch_root(hashes)) != batch.batch_root:
            facts = {"record": f"register/{batch.batch_id}.json", "expected": batch.batch_root, "actual": actual}
            self._differs("blocks", "root", batch.landed_path or "", **facts)

    # ------------------------------------------------------------------------------------------------- records

    def _check_log(self, log: LogContent | None) -> None:
        place = log_path(self.root).relative_to(self.root).as_posix()
        if log is None:
            if self.checkpoint is not None or self.key is not None or key_path(self.root).exists():
                self._differs("log", "log_missing", place)
            return
        seen: set[str] = set()
        for fault in log.faults:
            # Whatever follows the first of its kind follows from it.
            if fault.code not in seen:
                self._differs("log", f"log_{fault.code}", place, **fault.facts)
            seen.add(fault.code)
        own = log.public_key
        if self.key is not None and own != self.key:
            self._differs("log", "log_key", place, expected=self.key, actual=own)
        if self.checkpoint is None:
            return
        given, trusted = self.checkpoint.checkpoint, self.key or own
        if own is not None and given.origin != own.name:
            self._differs("log", "checkpoint_origin", place, expected=given.origin, actual=own.name)
        if trusted is not None and not self.checkpoint.is_signed_by(trusted):
            self._differs("log", "checkpoint_signature", place, key=trusted)
        if given.size > log.size:
            self._differs("log", "checkpoint_size", place, size=log.size, expected=given.size)
        elif log.root(given.size) != given.root:
            self._differs("log", "checkpoint_root", place, expected=given.size)

    def _check_register(self, on_record: Expected, open_paths: set[str]) -> None:
        for file in on_record.of_kind("register", "event"):
            self._check_document(file, "register", open_paths)

    def _check_document(self, file: ExpectedFile, stage: Stage, open_paths: set[str]) -> None:
        self.files += 1
        actual = self._hash(file.path)
        if actual == file.sha256:
            return
        changed = self._changed_fields(file) if actual is not None else None
        is_open, what = file.path in open_paths, kind_words(file.kind)
        if changed:
            facts = {"what": what, "fields": changed, "entry": file.entry}
            self._differs_unless(is_open, stage, "fields", file.path, **facts)
            return
        record = f"state/log #{file.entry}"
        facts = {"what": what, "record": record, "expected": file.sha256, "actual": actual}
        self._differs_unless(is_open, stage, "missing" if actual is None else "altered", file.path, **facts)

    def _changed_fields(self, file: ExpectedFile) -> Words | None:
        """Which fields differ from the committed document; null where it cannot be read or only its writing differs."""
        try:
            document = json.loads((self.root / file.path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(document, dict) or file.document is None:
            return None
        names = [
            name
            for name in sorted(document.keys() | file.document.keys())
            if document.get(name) != file.document.get(name)
        ]
        shown = [(n, _short(document.get(n)), _short(file.document.get(n))) for n in names[:_SHOWN_FIELDS]]
        return names and Words(
            "，".join(f"{name} 现为 {now}，登记时为 {then}" for name, now, then in shown),
            ", ".join(f"{name} is {now}, was committed as {then}" for name, now, then in shown),
        )

    def _check_publications(self, expected: Expected, open_paths: set[str]) -> None:
        for file in expected.of_kind("published_database"):
            self.files += 1
            self.progress(file.path)
            actual = self._hash(file.path)
            if actual is not None and actual != file.sha256:
                self._name_tables(file, expected.tables.get(file.path, {}), actual)
            elif actual is None:
                what = kind_words(file.kind)
                self._differs("publication", "missing", file.path, what=what, record=file.record, expected=file.sha256)
        for file in expected.of_kind("publication"):
            self._check_document(file, "publication", open_paths)
        current = self.paths.current
        actual_reader = os.readlink(current) if current.is_symlink() else None
        if expected.readers is not None and actual_reader != expected.readers:
            place = "published/current"
            self._differs_unless(
                place in open_paths, "readers", "readers", place, expected=expected.readers, actual=actual_reader
            )

    def _name_tables(self, file: ExpectedFile, tables: Mapping[str, Mapping[str, Any]], actual: str) -> None:
        import duckdb

        from pipelines.evidence.tables import table_digests

        facts = {"what": kind_words(file.kind), "record": file.record, "expected": file.sha256, "actual": actual}
        if not tables:
            self._differs("publication", "altered", file.path, **facts)
            return
        try:
            # A copy: the engine would write beside a database that it has to repair.
            with _work_folder() as work:
                copy = work / "publication.duckdb"
                shutil.copyfile(self.root / file.path, copy)
                with duckdb.connect(str(copy), read_only=True) as con:
                    found = table_digests(con)
        except duckdb.Error as error:
            detail = " ".join(str(error).split())[:200]
            self._differs("publication", "unreadable", file.path, what=facts["what"], detail=detail)
            return
        changed = [
            (name, tables.get(name, {}).get("rows"), found.get(name, {}).get("rows"))
            for name in sorted(tables.keys() | found.keys())
            if tables.get(name) != found.get(name)
        ]
        if not changed:
            self._differs("publication", "tables_same", file.path)
            return
        self._differs(
            "publication",
            "tables",
            file.path,
            tables=Words(
                "；".join(f"表 {name} 原有 {then} 行，现有 {now} 行，内容不同" for name, then, now in changed),
                "; ".join(f"table {name} had {then} rows, now has {now}, and differs" for name, then, now in changed),
            ),
        )

    # ------------------------------------------------------------------------------------------------- notes

    def _add_notes(self, log: LogContent | None, on_record: Expected, size_before: int) -> None:
        def note(code: str, **facts: Any) -> None:
            self.notes.append(Finding(code, "", facts))

        if log is None:
            note("no_log")
            return
        if on_record.found and on_record.started_at:
            note("since", at=on_record.started_at[:19] + "Z", count=on_record.found)
        if self.checkpoint is None:
            note("no_checkpoint")
        elif log.size > self.checkpoint.checkpoint.size:
            note("truncation", count=log.size - self.checkpoint.checkpoint.size)
        if log.unsigned_bytes:
            note("unsigned_tail", count=log.unsigned_bytes)
        if _size(log_path(self.root)) != size_before:
            note("grew")


@dataclass(frozen=True)
class _Rows:
    """A landed file's rows, each with its place in the original."""

    con: duckdb.DuckDBPyConnection
    path: Path
    first_source_row: int | None

    @property
    def columns(self) -> list[str]:
        described = self.con.execute(f"describe select * from read_parquet({literal(str(self.path))})").fetchall()
        return [name for name, *_ in described if name not in (*_NOT_OF_THE_FILE, "_source_row")]

    def sql(self, columns: Sequence[str]) -> str:
        row = "_source_row" if self.first_source_row is None else f"file_row_number + {self.first_source_row}"
        listed = ", ".join(f"{ident(name)}::varchar as {ident(name)}" for name in columns)
        return (
            f"select ({row})::bigint as _place, {listed} "
            f"from read_parquet({literal(str(self.path))}, file_row_number = true)"
        )


def _first_difference(
    con: duckdb.DuckDBPyConnection, landed: _Rows, original: _Rows
) -> tuple[str, dict[str, Any]] | None:
    """The first record, by its number, whose rows are not those that the original gives; null where all are."""
    columns = sorted({*landed.columns, *original.columns})
    lacking = [(rows, [c for c in columns if c not in rows.columns]) for rows in (landed, original)]
    if any(missing for _, missing in lacking):
        names = ", ".join(name for _, missing in lacking for name in missing)
        return "row_altered", _row_facts("", 0, names, landed.path.name, 0)
    ours, theirs = landed.sql(columns), original.sql(columns)
    con.execute(f"create or replace temp table too_many as ({ours}) except all ({theirs})")
    con.execute(f"create or replace temp table too_few as ({theirs}) except all ({ours})")
    places = con.execute(
        "with both_sides as (select _source_file, _place, true as is_ours from too_many "
        "union all select _source_file, _place, false from too_few) "
        "select _source_file, _place, bool_or(is_ours), bool_or(not is_ours) from both_sides "
        "group by _source_file, _place order by _place, _source_file limit 1"
    ).fetchall()
    if not places:
        return None
    [(source, place, has_extra, has_missing)] = places
    (count,) = con.execute(
        "select count(*) from "
        "(select _source_file, _place from too_many union select _source_file, _place from too_few)"
    ).fetchone()
    names = ""
    if has_extra and has_missing:
        here = f"where _place = {place} and _source_file = {literal(source)}"
        [mine] = con.execute(f"select * from too_many {here} limit 1").fetchall()
        [right] = con.execute(f"select * from too_few {here} limit 1").fetchall()
        pairs = zip(("_place", *columns), mine, right, strict=True)
        names = ", ".join(name for name, a, b in pairs if a != b)
    code = "row_altered" if has_extra and has_missing else "row_extra" if has_extra else "row_missing"
    return code, _row_facts(source, place, names, source, count)


def _row_facts(source: str, row: int, names: str, shown: str, count: int) -> dict[str, Any]:
    columns = Words(f"的 {names} 不同", f" differs in {names}") if names else Words("", "")
    return {"source": shown or source, "row": row, "columns": columns, "count": count}


def _as_batch(document: Mapping[str, Any]) -> Batch:
    return Batch(**{name: value for name, value in document.items() if name in _BATCH_FIELDS})


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def _work_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hufu-verify-") as folder:
        yield Path(folder)


@contextmanager
def _reader(work: Path) -> Iterator[Engine]:
    """What landing reads files with."""
    from pipelines.landing.engine import Engine

    engine = Engine(work)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set enable_progress_bar = false")
        yield con
