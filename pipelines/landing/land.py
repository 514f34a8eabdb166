"""The landing: every file of the inbox becomes Parquet and a register row, or says why not.

Belongs here: the order of steps, what is durable when, what is remembered of the inbox.
Does not belong here: formats (`reading`, `archives`), meaning (`recognise`, `mapping`), judging (`check`), tables
(`write`).

Files are prepared side by side, each in a folder of its own, and committed one after the other in the order of their
names, so that the outcome is that of one after the other. Durable steps of one file, in this order: the original bytes,
the Parquet file, the quarantine file, the register row. Only the register row counts, so a run killed anywhere leaves
nothing half done: the next run repeats the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeGuard

from pipelines.contract import Dataset
from pipelines.contract.profile import Profile
from pipelines.evidence.log import Log, open_log
from pipelines.files import file_sha256, write_json
from pipelines.landing.archives import Member, is_archive, unpack
from pipelines.landing.corrections import CANONICAL, lay_over, moved_stamp, read_corrections, read_original
from pipelines.landing.corrections import stamp as corrected_stamp
from pipelines.landing.engine import Engine
from pipelines.landing.period import Period, periods_of
from pipelines.landing.reading.delimited import wide_cells
from pipelines.landing.reading.opening import open_source
from pipelines.landing.reading.table import Source
from pipelines.landing.reading.workers import Workers
from pipelines.landing.reasons import Reason, SetAside, file_notice, file_reason, set_aside
from pipelines.landing.recognise import (
    CanonicalTable,
    Recognition,
    canonical_dataset,
    profile_of_path,
    recognise,
    recognise_template,
    suffix_of,
    unread_sheets,
)
from pipelines.landing.register import (
    Batch,
    Counts,
    make_batch_id,
    read_batches,
    read_events,
    record_event,
    register_batch,
    utc_now,
)
from pipelines.landing.rules import Rules, RulesOnRecord, fingerprint, profile_version
from pipelines.landing.storage import (
    InboxFile,
    LandingError,
    Layout,
    Refused,
    landing_lock,
    link_or_copy,
    move_into_place,
    take_copy,
    walk_inbox,
    work_folder,
)
from pipelines.landing.tag import RepairedDelivery, RepairTag, TemplateTag, read_tag
from pipelines.landing.write import Table, TableWriter, finished_file, with_root

# Handing the work of a small file to several threads costs more than it gains.
SMALL_FILE_BYTES = 4 * 1024 * 1024
_PACKED_RATIO = 8
_MOST_WORKERS = 4
CORRECTION_UNKNOWN = "correction_unknown"
_STATE_VERSION = 3

Progress = Callable[[str, int, int], None]
Checkpoint = Callable[[str], None]


@dataclass(frozen=True)
class FileOutcome:
    """What became of one name in the inbox."""

    source_file: str
    status: str
    """landed, duplicate (the same content is on record from elsewhere), unpacked (an archive: its members have outcomes
    of their own), ignored, set_aside"""
    is_new: bool
    sha256: str | None = None
    counts: Counts = Counts()
    batch_ids: tuple[str, ...] = ()
    reason: Reason | None = None
    notices: tuple[Reason, ...] = ()
    """What somebody should know about a file that did land."""


@dataclass(frozen=True)
class LandingReport:
    """One landing, file by file."""

    files: tuple[FileOutcome, ...] = ()
    new_batches: tuple[Batch, ...] = ()

    def count(self, status: str) -> int:
        return sum(f.status == status for f in self.files)

    @property
    def set_aside(self) -> tuple[FileOutcome, ...]:
        return tuple(f for f in self.files if f.status == "set_aside")

    @property
    def has_news(self) -> bool:
        return any(f.is_new for f in self.files)

    def as_dict(self) -> dict[str, Any]:
        return {
            "landed": self.count("landed"),
            "duplicate": self.count("duplicate"),
            "ignored": self.count("ignored"),
            "set_aside": self.count("set_aside"),
            "new_batches": [b.batch_id for b in self.new_batches],
            "read": sum(b.read_count for b in self.new_batches),
            "accepted": sum(b.accepted_count for b in self.new_batches),
            "quarantined": sum(b.quarantined_count for b in self.new_batches),
        }


def land_inbox(
    inbox: Path,
    data_dir: Path,
    *,
    profiles: Sequence[Profile] | None = None,
    on_progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> LandingReport:
    """Land everything in the inbox that is not on record yet.

    `on_progress(file, done, total)` is called before each file and once at the end. `checkpoint(name)` is called
    after each durable step. Raises LandingError when the landing as a whole cannot go on.
    """
    layout = Layout(data_dir)
    if not inbox.is_dir():
        raise LandingError(f"the inbox {inbox} is no folder")
    with landing_lock(layout), open_log(data_dir) as log, work_folder(layout) as work, wide_cells():
        run = _Run(
            inbox=inbox,
            layout=layout,
            work=work,
            rules=Rules.load(inbox, profiles),
            batches={b.batch_id: b for b in read_batches(data_dir) if _is_whole(layout, b)},
            checkpoint=checkpoint or (lambda _: None),
            committed_to=log,
        )
        report = run.land(on_progress or (lambda *_: None), fingerprint(inbox, profiles))
        log.settle()
        return report


def inbox_unchanged(inbox: Path, data_dir: Path, *, profiles: Sequence[Profile] | None = None) -> bool:
    """Whether a landing would find nothing new. Looks at names, sizes and times only."""
    layout = Layout(data_dir)
    state = _read_state(layout)
    if state is None or not inbox.is_dir() or state["inbox"] != str(inbox.resolve()):
        return False
    if state["fingerprint"] != fingerprint(inbox, profiles) or state["register"] != _register_names(layout):
        return False
    files, refused = walk_inbox(inbox, data_dir)
    now = {f.relative: f.stamp for f in files} | {r.relative: [] for r in refused}
    known = {name: e["stamp"] for name, e in state["files"].items() if e["is_present"] and e["archive"] is None}
    retry = any(e["is_present"] and e["retry"] for e in state["files"].values())
    return now == known and not retry


def _register_names(layout: Layout) -> str:
    names = sorted(str(p.relative_to(layout.register)) for p in layout.register.rglob("*.json"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _read_state(layout: Layout) -> dict[str, Any] | None:
    """The landing's memory of the inbox. It can be lost or damaged at no cost but time."""
    try:
        state = json.loads(layout.inbox_state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and state.get("version") == _STATE_VERSION else None


@dataclass(frozen=True)
class _Task:
    """A file that has to be looked at."""

    file: InboxFile
    folder: Path
    kept: tuple[str, Path] | None
    """Hash and place of the bytes, where they are kept already."""
    position: int
    """Which of the files to look at it is, or is a member of."""


@dataclass(frozen=True)
class _Prepared:
    """A file as it would land: its tables, and their batches with finished files in the task's folder."""

    sha256: str
    tables: tuple[Table, ...]
    batches: tuple[Batch, ...] | None
    """None where the content was on record already."""


@dataclass(frozen=True)
class _Failed:
    """A file that cannot land."""

    sha256: str | None
    reason: Reason


@dataclass(frozen=True)
class _Noted:
    """An archive that was unpacked, or a name inside one that needs no look."""

    status: str
    sha256: str | None = None
    reason: Reason | None = None


_Outcome = _Prepared | _Failed | _Noted


@dataclass
class _Run:
    """One landing under its lock."""

    inbox: Path
    layout: Layout
    work: Path
    rules: Rules
    batches: dict[str, Batch]
    checkpoint: Checkpoint
    committed_to: Log | None
    """None where nothing is committed."""
    new_batches: list[Batch] = field(default_factory=list)
    _idle_engines: SimpleQueue[Engine] = field(default_factory=SimpleQueue)
    _workers: Workers = field(default_factory=Workers)

    @property
    def log(self) -> Log:
        if self.committed_to is None:
            raise LandingError("a landing that commits nothing has no log")
        return self.committed_to

    # ------------------------------------------------------------------------------------------ the whole inbox

    def land(self, progress: Progress, rules_fingerprint: str) -> LandingReport:
        self._add_missing_roots()
        before = _read_state(self.layout) or {"files": {}, "fingerprint": None}
        same_rules = before["fingerprint"] == rules_fingerprint
        files, refused = walk_inbox(self.inbox, self.layout.data_dir)
        entries = {name: {**entry, "is_present": False} for name, entry in before["files"].items()}
        entries |= {name.relative: _refused_entry(name) for name in refused}
        members = _members_by_archive(before["files"])
        tasks: list[_Task] = []
        for number, file in enumerate(files):
            entry = before["files"].get(file.relative)
            is_known = entry is not None and entry["stamp"] == file.stamp and not entry["retry"]
            names = [file.relative, *members.get(file.relative, ())]
            if is_known and same_rules and all(self._still_holds(before["files"][name]) for name in names):
                entries |= {name: {**before["files"][name], "is_present": True} for name in names}
            else:
                kept = self._kept_source(entry["sha256"]) if is_known else None
                tasks.append(_Task(file, self.work / str(number), kept, len(tasks)))
        if tasks:
            # What was to be corrected may be among them.
            named = {task.file.relative for task in tasks}
            again = [file for file in files if file.relative not in named and _lacks_original(entries[file.relative])]
            tasks += [
                _Task(file, self.work / f"again-{number}", None, len(tasks) + number)
                for number, file in enumerate(again)
            ]
        done = len(files) - len(tasks)
        waiting: list[_Task] = []
        new: set[str] = set()

        def announce(task: _Task) -> None:
            progress(task.file.relative, done + task.position, len(files))

        with closing(self._prepare_all(self._with_members(tasks), announce)) as prepared:
            for task, outcome in prepared:
                if _is_early(outcome):
                    waiting.append(self._later(task, outcome))
                    continue
                new.add(task.file.relative)
                entries[task.file.relative] = self._commit(task, outcome)
                shutil.rmtree(task.folder, ignore_errors=True)
        if waiting:
            with closing(self._prepare_all(((task, None) for task in waiting), announce)) as prepared:
                for task, outcome in prepared:
                    new.add(task.file.relative)
                    entries[task.file.relative] = self._commit(task, outcome)
        self._settle_statuses(entries)
        state = {
            "version": _STATE_VERSION,
            "inbox": str(self.inbox.resolve()),
            "fingerprint": rules_fingerprint,
            "register": _register_names(self.layout),
            "files": entries,
        }
        if state != before:
            write_json(self.layout.inbox_state, state)
        self.checkpoint("state")
        progress("", len(files), len(files))
        present = sorted(name for name, entry in entries.items() if entry["is_present"])
        return LandingReport(
            files=tuple(_outcome(name, entries[name], name in new) for name in present),
            new_batches=tuple(self.new_batches),
        )

    @staticmethod
    def _later(task: _Task, outcome: _Failed) -> _Task:
        """The same file for a second look, from the bytes that were taken."""
        kept = (outcome.sha256 or "", task.folder / "source")
        return replace(task, folder=task.folder.with_name(f"{task.folder.name}-later"), kept=kept)

    def _still_holds(self, entry: dict[str, Any]) -> bool:
        return not entry["retry"] and all(i in self.batches for i in entry["batch_ids"])

    def _with_members(self, tasks: Iterable[_Task]) -> Iterator[tuple[_Task, _Outcome | None]]:
        """The tasks, each archive followed by its members; with what became of them where that is plain already."""
        for task in tasks:
            if not is_archive(task.kept[1] if task.kept else task.file.path):
                yield task, None
                continue
            sha256: str | None = None
            try:
                sha256 = self._take(task)
                folder = task.folder.with_name(f"{task.folder.name}-members")
                members = unpack(task.folder / "source", folder)
            except SetAside as error:
                yield task, _Failed(sha256, error.reason)
                continue
            yield task, _Noted("unpacked", sha256)
            for number, member in enumerate(members):
                yield self._member_task(task, member, number), _known_outcome(member)

    def _member_task(self, archive: _Task, member: Member, number: int) -> _Task:
        file = replace(
            archive.file,
            path=member.path or archive.file.path,
            relative=f"{archive.file.relative}!/{member.name}",
            size=member.path.stat().st_size if member.path else 0,
            archive=archive.file.relative,
        )
        return _Task(file, self.work / f"{archive.folder.name}-{number}", None, archive.position)

    def _prepare_all(
        self, tasks: Iterator[tuple[_Task, _Outcome | None]], announce: Callable[[_Task], None]
    ) -> Generator[tuple[_Task, _Outcome], None, None]:
        """Prepare a few files ahead of the one that is committed; give them out in their order."""
        workers = min(os.cpu_count() or 1, _MOST_WORKERS)
        engines = [Engine(self.work) for _ in range(workers)]
        for engine in engines:
            self._idle_engines.put(engine)
        ahead: deque[tuple[_Task, Future[_Outcome]]] = deque()
        pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="landing")
        try:
            while True:
                while len(ahead) < 2 * workers and (following := next(tasks, None)) is not None:
                    task, outcome = following
                    ahead.append((task, pool.submit(self._prepare, task) if outcome is None else _done(outcome)))
                if not ahead:
                    return
                task, future = ahead.popleft()
                announce(task)
                yield task, future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            for engine in engines:
                engine.close()
            self._idle_engines = SimpleQueue()
            self._workers.close()

    def _add_missing_roots(self) -> None:
        """Batches that landed before landed rows were hashed in blocks get their root now."""
        bare = [b for b in self.batches.values() if b.landed_path is not None and b.batch_root is None]
        if not bare:
            return
        engine = Engine(self.work)
        try:
            for batch in bare:
                landed = self.layout.data_dir / (batch.landed_path or "")
                # What differs from its record gets none: it would make the difference look right.
                if file_sha256(landed) != batch.landed_sha256:
                    continue
                link = self.work / f"{batch.batch_id}-rooted.parquet"
                link_or_copy(landed, link)
                batch = with_root(engine.connection(is_small=True), batch, link)
                if batch.quarantine_path is not None:
                    batch = replace(batch, quarantine_sha256=file_sha256(self.layout.data_dir / batch.quarantine_path))
                register_batch(self.layout.data_dir, batch, self.log)
                self.batches[batch.batch_id] = batch
        finally:
            engine.close()

    def _settle_statuses(self, entries: dict[str, dict[str, Any]]) -> None:
        """A path is `landed` when its batch names it, else its content is on record from another path."""
        for name, entry in entries.items():
            batches = [self.batches[i] for i in entry["batch_ids"] if i in self.batches]
            if entry["status"] in ("landed", "duplicate") and batches:
                entry["status"] = "landed" if batches[0].source_file == name else "duplicate"

    # ------------------------------------------------------------------------------------------ preparing, side by side

    def _prepare(self, task: _Task) -> _Prepared | _Failed:
        """Everything that a file needs before anything of it is durable. Runs beside other files."""
        import duckdb

        engine = self._idle_engines.get()
        sha256: str | None = None
        try:
            sha256 = self._take(task)
            return self._prepare_table(engine, task, sha256, task.folder / "source")
        except SetAside as error:
            return _Failed(sha256, error.reason)
        except duckdb.Error as error:
            # One file that the engine cannot take must not keep the others from landing.
            engine.close()
            return _Failed(sha256, file_reason("engine", detail=" ".join(str(error).split())[:300]))
        finally:
            engine.reset()
            self._idle_engines.put(engine)

    def _take(self, task: _Task) -> str:
        """The bytes as `source` in the task's folder: from now on only they are looked at. Returns their hash."""
        task.folder.mkdir()
        copy = task.folder / "source"
        if task.kept is not None:
            link_or_copy(task.kept[1], copy)
            return task.kept[0]
        if task.file.archive is not None:
            os.replace(task.file.path, copy)
            return file_sha256(copy)
        sha256 = take_copy(task.file, copy)
        self.checkpoint("copied")
        return sha256

    def _prepare_table(self, engine: Engine, task: _Task, sha256: str, copy: Path) -> _Prepared:
        file, rules = task.file, self.rules
        expected = self._canonical_on_record(file, sha256)
        if expected is not None:
            return _Prepared(sha256, (expected,), None)
        path_profile = profile_of_path(file.meaning, rules.own_profiles)
        source = open_source(
            copy,
            suffix_of(file.relative),
            task.folder,
            path_profile.encoding if path_profile else None,
            path_profile.delimiter if path_profile else None,
            self._workers,
        )
        tag = read_tag(source.heads)
        if isinstance(tag, RepairTag):
            return self._prepare_corrections(engine, task, sha256, source, tag)
        if isinstance(tag, TemplateTag):
            found = (recognise_template(tag, source.heads, rules.contract),)
        else:
            found = recognise(file.meaning, source.heads, rules.contract, rules.own_profiles, rules.shipped_profiles)
        tables = tuple(self._table(recognition, sha256, file.relative) for recognition in found)
        if self._is_on_record(tables):
            return _Prepared(sha256, tables, None)
        con = engine.connection(_is_small(file))
        base = Batch(
            batch_id="",
            status="landed",
            source_file=file.relative,
            source_sha256=sha256,
            source_bytes=file.size,
            delivered_at="",
            registered_at=utc_now(),
            source_path=str(self._source_path(file, sha256).relative_to(self.layout.data_dir)),
            unread_sheets=unread_sheets(source.heads, found),
        )
        batches: list[Batch] = []
        file_counts: Counter[str] = Counter()
        for table in tables:
            engine.reset()
            loaded = source.load(con, table.recognition.picks)
            of_table = replace(
                base,
                delivered_at=rules.delivered_at(file, table.profile),
                profile=table.name,
                profile_version=table.version,
                profile_evidence=table.profile.evidence if table.profile else None,
                covers_from=str(table.period.start) if table.period else None,
                covers_to=str(table.period.end) if table.period else None,
                encoding=loaded.encoding,
                repaired_cell_count=loaded.repaired_cells,
                read_with=_beside(table, tables),
            )
            written = TableWriter(con, task.folder).write(of_table, table, loaded)
            file_counts.update(written[0].file_counts)
            batches += written
        return _Prepared(sha256, tables, tuple(replace(b, file_counts=dict(file_counts)) for b in batches))

    def _prepare_corrections(
        self, engine: Engine, task: _Task, sha256: str, source: Source, tag: RepairTag
    ) -> _Prepared:
        """Rows that come back corrected, each as a row of the delivery that it belongs to."""
        file, con = task.file, engine.connection(is_small=True)
        written: list[tuple[Table, list[Batch]]] = []
        for number, corrections in enumerate(read_corrections(con, source, tag)):
            engine.reset()
            first = self._corrected_batch(corrections.delivery)
            folder = task.folder / f"original-{number}"
            folder.mkdir()
            link_or_copy(self.layout.data_dir / (first.source_path or ""), folder / "source")
            original = read_original(con, folder / "source", first, folder, self.rules, self._workers)
            # Corrections of several deliveries in one workbook must not share their batches' ids.
            table = self._table(original.recognition, f"{sha256}\n{first.source_sha256}", first.source_file)
            table = replace(table, corrects=first.source_file)
            loaded = lay_over(con, original, corrections)
            base = Batch(
                batch_id="",
                status="landed",
                source_file=file.relative,
                source_sha256=sha256,
                source_bytes=file.size,
                delivered_at=corrected_stamp(first.delivered_at, self.rules.delivered_at(file, None)),
                registered_at=utc_now(),
                source_path=str(self._source_path(file, sha256).relative_to(self.layout.data_dir)),
                profile=table.name,
                profile_version=table.version,
                profile_evidence=first.profile_evidence,
                covers_from=first.covers_from,
                covers_to=first.covers_to,
                encoding=first.encoding,
                repairs=first.source_sha256,
            )
            written.append((table, TableWriter(con, task.folder).write(base, table, loaded)))
        tables = tuple(table for table, _ in written)
        counts = sum((Counter(batches[0].file_counts) for _, batches in written), Counter())
        return _Prepared(
            sha256,
            tables,
            tuple(
                replace(batch, file_counts=asdict(Counts(**counts)), read_with=_beside(table, tables))
                for table, batches in written
                for batch in batches
            ),
        )

    def _corrected_batch(self, delivery: RepairedDelivery) -> Batch:
        """A batch of the delivery as it is on record. Raises SetAside when none is."""
        wanted = (delivery.source_sha256, delivery.profile, "landed", None)
        found = [b for b in tuple(self.batches.values()) if (b.source_sha256, b.profile, b.status, b.repairs) == wanted]
        if not found:
            raise set_aside(CORRECTION_UNKNOWN, file=delivery.source_file)
        return max(found, key=lambda b: (b.registered_at, b.batch_id))

    def _canonical_on_record(self, file: InboxFile, sha256: str) -> Table | None:
        """Content that landed under its canonical name need not be opened again, unless a profile may claim it."""
        dataset = canonical_dataset(file.meaning, self.rules.contract)
        if self.rules.own_profiles or dataset is None:
            return None
        table = self._table(CanonicalTable(dataset, ()), sha256, file.relative)
        return table if self._is_on_record((table,)) else None

    def _is_on_record(self, tables: Sequence[Table]) -> bool:
        """Whether the content landed by the same profiles, side by side as now."""
        return all(
            i in self.batches and self.batches[i].read_with == _beside(table, tables)
            for table in tables
            for i in table.batch_ids
        )

    def _table(self, recognition: Recognition, sha256: str, relative: str) -> Table:
        periods: tuple[Period | None, ...] = ()
        if isinstance(recognition, CanonicalTable):
            profile, datasets = None, (recognition.dataset,)
        else:
            profile = recognition.profile
            datasets = tuple(self.rules.contract.get(t.dataset) for t in profile.datasets)
            periods = periods_of(recognition, relative)
        version = profile_version(profile, datasets)
        name = profile.name if profile else CANONICAL
        ids = tuple(make_batch_id(sha256, _full_name(d), name, version) for d in datasets)
        ids = ids or (make_batch_id(sha256, "", name, version),)
        return Table(recognition, datasets, profile, name, version, ids, periods)

    # ------------------------------------------------------------------------------------------ committing, in order

    def _commit(self, task: _Task, outcome: _Outcome) -> dict[str, Any]:
        if isinstance(outcome, _Failed):
            return self._set_aside(task.file, outcome.sha256, outcome.reason)
        if isinstance(outcome, _Noted):
            if outcome.sha256 is not None:
                kept = self._keep_source(task, outcome.sha256).relative_to(self.layout.data_dir).as_posix()
                if kept not in self.log.expected.files:
                    # No batch names an archive: its members' do, each with bytes of its own.
                    self.log.record({"kind": "kept", "path": kept, "sha256": outcome.sha256})
            return _entry(task.file, outcome.sha256, outcome.status, reason=outcome.reason)
        tables = outcome.tables
        self._supersede_other_meanings(task.file, outcome.sha256, tables)
        if self._is_on_record(tables):
            self._make_current([i for table in tables for i in table.batch_ids])
            return self._seen_again(task, outcome.sha256, tables)
        if outcome.batches is None:
            missing = ", ".join(i for table in tables for i in table.batch_ids)
            raise LandingError(f"batch {missing} left the register while it was landed")
        return self._land(task, outcome.sha256, tables, outcome.batches)

    def _land(self, task: _Task, sha256: str, tables: Sequence[Table], prepared: Sequence[Batch]) -> dict[str, Any]:
        self._keep_source(task, sha256)
        batches = [batch for batch in prepared if batch.batch_id not in self.batches]
        for batch in batches:
            self._put_in_place(task.folder, batch, "landed", batch.landed_path)
        self.checkpoint("parquet")
        for batch in batches:
            self._put_in_place(task.folder, batch, "quarantine", batch.quarantine_path)
        self.checkpoint("quarantine")
        for batch in batches:
            self._register(batch)
            self.checkpoint("register")
        # What another profile reads of the same file is on record: only what it stands beside has changed.
        for batch in prepared:
            known = self.batches[batch.batch_id]
            if (known.read_with, known.file_counts) != (batch.read_with, batch.file_counts):
                self._register(replace(known, read_with=batch.read_with, file_counts=batch.file_counts))
        self._make_current([batch.batch_id for batch in prepared])
        counts = Counts(**prepared[0].file_counts)
        return _landed_entry(task.file, sha256, tables, "landed", counts)

    def _keep_source(self, task: _Task, sha256: str) -> Path:
        source_path = self._source_path(task.file, sha256)
        if not source_path.exists():
            self.log.begin("landing")
            move_into_place(task.folder / "source", source_path)
        self.checkpoint("source")
        return source_path

    def _set_aside(self, file: InboxFile, sha256: str | None, reason: Reason) -> dict[str, Any]:
        batch_ids: tuple[str, ...] = ()
        if sha256 is not None:
            stamp = self.rules.delivered_at(file, None)
            batch_id = make_batch_id(sha256, "set_aside", reason.code, "")
            batch = Batch(
                batch_id=batch_id,
                status="set_aside",
                source_file=file.relative,
                source_sha256=sha256,
                source_bytes=file.size,
                delivered_at=stamp,
                registered_at=utc_now(),
                reason_code=reason.code,
                reason_zh=reason.zh,
                reason_en=reason.en,
            )
            known = self.batches.get(batch_id)
            if known is None or (stamp, file.relative) < (known.delivered_at, known.source_file):
                self._register(batch)
            batch_ids = (batch_id,)
        retry = sha256 is None or reason.code == "engine"
        return _entry(file, sha256, "set_aside", batch_ids=batch_ids, reason=reason, retry=retry)

    def _supersede_other_meanings(self, file: InboxFile, sha256: str, tables: Sequence[Table]) -> None:
        """A file that now means other datasets than before, or is read otherwise, takes its earlier batches out."""
        wanted = {(d.system, d.name, table.name) for table in tables for d in table.datasets}
        events = {e.batch_id: e.action for e in read_events(self.layout.data_dir)}
        for batch in list(self.batches.values()):
            stale = (
                batch.status == "landed"
                and (batch.source_sha256, batch.source_file) == (sha256, file.relative)
                and (batch.system, batch.dataset, batch.profile) not in wanted
                and events.get(batch.batch_id) != "superseded"
            )
            if stale:
                meant = ", ".join(f"{dataset} ({profile})" for _, dataset, profile in sorted(wanted)) or "no dataset"
                reason = f"{file.relative} now means: {meant}"
                record_event(
                    self.layout.data_dir, batch.batch_id, "superseded", by="landing", reason=reason, log=self.log
                )

    def _make_current(self, batch_ids: Sequence[str]) -> None:
        """A reading of a file that was replaced by another and now holds again, as when a profile is taken back."""
        last = {e.batch_id: e.action for e in read_events(self.layout.data_dir)}
        for batch_id in batch_ids:
            batch = self.batches[batch_id]
            if last.get(batch_id) == "superseded":
                reason = f"{batch.source_file} is read this way again"
                record_event(self.layout.data_dir, batch_id, "reinstated", by="landing", reason=reason, log=self.log)
            rivals = [
                b.registered_at
                for b in self.batches.values()
                if (b.source_sha256, b.dataset, b.status) == (batch.source_sha256, batch.dataset, batch.status)
                and b.batch_id not in batch_ids
            ]
            if batch.status == "landed" and max(rivals, default="") > batch.registered_at:
                self._register(replace(batch, registered_at=utc_now()))

    def _seen_again(self, task: _Task, sha256: str, tables: Sequence[Table]) -> dict[str, Any]:
        """The content is on record. The earliest delivery counts, so that the order of processing does not."""
        file = task.file
        stamps = [self.rules.delivered_at(file, table.profile) for table in tables]
        first = self.batches[tables[0].batch_ids[0]]
        if first.repairs is None and (stamps[0], file.relative) < (first.delivered_at, first.source_file):
            for table, stamp in zip(tables, stamps, strict=True):
                # First what corrects it: whoever is killed in between still knows from the delivery what is to be done.
                for batch, corrected_at in self._corrections_to_move(table, sha256, stamp):
                    self._restamp(task, batch, corrected_at, batch.source_file)
                for batch_id in table.batch_ids:
                    self._restamp(task, self.batches[batch_id], stamp, file.relative)
        counts = Counts(**self.batches[first.batch_id].file_counts)
        return _landed_entry(file, sha256, tables, "duplicate", counts)

    def _corrections_to_move(self, table: Table, sha256: str, stamp: str) -> list[tuple[Batch, str]]:
        """What corrects that delivery, with the stamps that it gets now; what was moved before is left out."""
        if not table.batch_ids:
            return []
        before = self.batches[table.batch_ids[0]].delivered_at
        return [
            (batch, moved_stamp(batch.delivered_at, before, stamp))
            for batch in self.batches.values()
            if (batch.repairs, batch.profile, batch.status) == (sha256, table.name, "landed")
            and batch.delivered_at > before
        ]

    def _restamp(self, task: _Task, batch: Batch, stamp: str, source_file: str) -> None:
        engine = Engine(self.work)
        try:
            writer = TableWriter(engine.connection(is_small=True), task.folder)
            earlier = writer.restamp(batch, self.layout.data_dir, stamp, source_file)
        finally:
            engine.close()
        self._put_in_place(task.folder, batch, "landed", batch.landed_path)
        self._put_in_place(task.folder, batch, "quarantine", batch.quarantine_path)
        self.checkpoint("restamp")
        self._register(replace(earlier, registered_at=utc_now()))

    def _kept_source(self, sha256: str | None) -> tuple[str, Path] | None:
        if sha256 is None:
            return None
        found = sorted(self.layout.sources.glob(f"{sha256}*"))
        return (sha256, found[0]) if found else None

    def _source_path(self, file: InboxFile, sha256: str) -> Path:
        kept = self._kept_source(sha256)
        if kept is not None:
            return kept[1]
        suffix = suffix_of(file.relative)
        packed = ".gz" if file.relative.lower().endswith(".gz") else ""
        return self.layout.sources / f"{sha256}{'.' + suffix if suffix.isalnum() else ''}{packed}"

    def _put_in_place(self, folder: Path, batch: Batch, kind: str, path: str | None) -> None:
        if path is not None:
            self.log.begin("landing")
            if path in self.log.expected.files:
                self.log.record({"kind": "rewriting", "path": path})
            move_into_place(finished_file(folder, batch, kind), self.layout.data_dir / path)

    def _register(self, batch: Batch) -> None:
        if batch.landed_path is not None:
            batch = replace(batch, landed_sha256=file_sha256(self.layout.data_dir / batch.landed_path))
        if batch.quarantine_path is not None:
            batch = replace(batch, quarantine_sha256=file_sha256(self.layout.data_dir / batch.quarantine_path))
        register_batch(self.layout.data_dir, batch, self.log)
        self.batches[batch.batch_id] = batch
        self.new_batches.append(batch)


def read_again(
    data_dir: Path, content: Sequence[Batch], on_record: Iterable[Batch], engine: Engine, work: Path, rules: Rules
) -> dict[str, Path] | Reason:
    """Read kept bytes as a landing would, without committing anything: batch id -> landed file below `work`.

    `content` are the batches of one delivery of those bytes, `on_record` all batches; the engine's work folder is
    `work`. A Reason where the bytes do not land any more.
    """
    first, layout = content[0], Layout(data_dir)
    kept = data_dir / (first.source_path or "")
    archive = first.source_file.partition("!/")[0] if "!/" in first.source_file else None
    file = InboxFile(kept, first.source_file, first.source_bytes, 0, 0, archive)
    run = _Run(
        inbox=work,
        layout=layout,
        work=work,
        rules=RulesOnRecord.of(rules, {batch.profile: batch.delivered_at for batch in content}),
        batches={b.batch_id: b for b in on_record if b.source_sha256 != first.source_sha256},
        checkpoint=lambda _: None,
        committed_to=None,
    )
    folder = work / first.batch_id
    run._idle_engines.put(engine)
    try:
        outcome = run._prepare(_Task(file, folder, (first.source_sha256, kept), 0))
    finally:
        run._workers.close()
    if isinstance(outcome, _Failed):
        return outcome.reason
    batches = [batch for batch in outcome.batches or () if batch.landed_path is not None]
    return {batch.batch_id: finished_file(folder, batch, "landed") for batch in batches}


def _is_early(outcome: _Outcome) -> TypeGuard[_Failed]:
    """Corrections that came before what they correct."""
    return isinstance(outcome, _Failed) and outcome.reason.code == CORRECTION_UNKNOWN


def _lacks_original(entry: dict[str, Any]) -> bool:
    return entry["reason"] is not None and entry["reason"]["code"] == CORRECTION_UNKNOWN


def _members_by_archive(entries: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for name, entry in entries.items():
        if entry["is_present"] and entry["archive"] is not None:
            members.setdefault(entry["archive"], []).append(name)
    return members


def _known_outcome(member: Member) -> _Noted | None:
    """None where the member's bytes tell what becomes of it."""
    if member.is_archive:
        return _Noted("unpacked")
    if member.reason is not None:
        return _Noted("ignored" if member.is_ignored else "set_aside", reason=member.reason)
    return None


def _done(outcome: _Outcome) -> Future[_Outcome]:
    future: Future[_Outcome] = Future()
    future.set_result(outcome)
    return future


def _beside(table: Table, tables: Sequence[Table]) -> list[str]:
    """The profiles that read other sheets of the same file."""
    return sorted(other.name for other in tables if other is not table)


def _landed_entry(file: InboxFile, sha256: str, tables: Sequence[Table], status: str, counts: Counts) -> dict[str, Any]:
    """What the landing remembers of a path whose tables are on record."""
    inferred = [table.profile for table in tables if table.profile and table.profile.evidence in ("D", "I")]
    return _entry(
        file,
        sha256,
        status if any(table.datasets for table in tables) else "ignored",
        batch_ids=[i for table in tables for i in table.batch_ids],
        counts=counts,
        notices=[file_notice("layout_inferred", profile=profile.name) for profile in inferred],
    )


def _is_small(file: InboxFile) -> bool:
    packed = file.relative.lower().endswith((".gz", ".parquet", ".xlsx"))
    return file.size * (_PACKED_RATIO if packed else 1) < SMALL_FILE_BYTES


def _is_whole(layout: Layout, batch: Batch) -> bool:
    """A batch whose files are gone is landed anew when its file is seen again."""
    paths = (batch.landed_path, batch.quarantine_path, batch.source_path)
    return all(path is None or (layout.data_dir / path).is_file() for path in paths)


def _full_name(dataset: Dataset) -> str:
    return f"{dataset.system}.{dataset.name}"


def _refused_entry(name: Refused) -> dict[str, Any]:
    return {
        "stamp": [],
        "sha256": None,
        "status": name.status,
        "counts": asdict(Counts()),
        "batch_ids": [],
        "reason": asdict(name.reason),
        "notices": [],
        "retry": False,
        "is_present": True,
        "archive": None,
    }


def _entry(
    file: InboxFile,
    sha256: str | None,
    status: str,
    *,
    batch_ids: Sequence[str] = (),
    counts: Counts | None = None,
    reason: Reason | None = None,
    notices: Sequence[Reason] = (),
    retry: bool = False,
) -> dict[str, Any]:
    """What the landing remembers of one path."""
    return {
        "stamp": file.stamp,
        "sha256": sha256,
        "status": status,
        "counts": asdict(counts or Counts()),
        "batch_ids": list(batch_ids),
        "reason": asdict(reason) if reason else None,
        "notices": [asdict(notice) for notice in notices],
        "retry": retry,
        "is_present": True,
        "archive": file.archive,
    }


def _outcome(name: str, entry: dict[str, Any], is_new: bool) -> FileOutcome:
    return FileOutcome(
        source_file=name,
        status=entry["status"],
        is_new=is_new,
        sha256=entry["sha256"],
        counts=Counts(**entry["counts"]),
        batch_ids=tuple(entry["batch_ids"]),
        reason=Reason(**entry["reason"]) if entry["reason"] else None,
        notices=tuple(Reason(**notice) for notice in entry["notices"]),
    )
