"""The landing: every file of the inbox becomes Parquet and a register row, or says why not.

Belongs here: the order of steps, what is durable when, counts per file and batch.
Does not belong here: formats (`readers`), meaning (`recognise`, `mapping`), judging (`check`), the register's form.

Durable steps of one file, in this order: the original bytes, the Parquet file, the quarantine file, the register row.
Only the register row counts, so a run killed anywhere leaves nothing half done: the next run repeats the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.contract import Contract, Dataset, load_contract
from pipelines.contract.model import PROVENANCE_COLUMNS
from pipelines.contract.profile import PROFILE_DIR, Profile, ProfileError, load_profiles, read_texts
from pipelines.landing import check, mapping
from pipelines.landing.readers import Loaded, Source, ident, literal, open_source
from pipelines.landing.reasons import Reason, SetAside, file_reason, row_reason
from pipelines.landing.recognise import (
    CanonicalTable,
    ProfiledTable,
    Recognition,
    canonical_dataset,
    column_map,
    header_key,
    profile_of_path,
    recognise,
    suffix_of,
)
from pipelines.landing.register import (
    QUARANTINE_COLUMNS,
    Batch,
    make_batch_id,
    read_batches,
    read_events,
    record_event,
    register_batch,
    utc_now,
)
from pipelines.landing.storage import (
    MANIFEST,
    PROFILES_FOLDER,
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
    write_json,
)

if TYPE_CHECKING:
    import duckdb

# Raise it when the same bytes would land differently than before: every file is then landed anew.
LANDING_VERSION = 1
CANONICAL = "canonical"
MEMORY_LIMIT = "2GB"
# Handing the work of a small file to several threads costs more than it gains.
SMALL_FILE_BYTES = 4 * 1024 * 1024
_PACKED_RATIO = 8
_STATE_VERSION = 1
_PARQUET = "format parquet, compression zstd, compression_level 1"
# What one file leaves in the connection, here and in `readers` and `mapping`.
_WORK_VIEWS = ("source", "facts", "faulty_rows")
_WORK_TABLES = (
    "loaded",
    "broken",
    "records",
    "kept",
    "shaped",
    "parts",
    "mapped",
    "checked",
    "outcomes",
    "faults",
)
_ACCEPTED, _QUARANTINED, _DUPLICATE = 3, 2, 1

Progress = Callable[[str, int, int], None]
Checkpoint = Callable[[str], None]


@dataclass(frozen=True)
class Counts:
    """Source records of one file or batch, each counted once."""

    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0
    ignored: int = 0

    @property
    def is_balanced(self) -> bool:
        return self.read == self.accepted + self.quarantined + self.duplicate + self.ignored


@dataclass(frozen=True)
class FileOutcome:
    """What became of one name in the inbox."""

    source_file: str
    status: str
    """landed, duplicate (the same content is on record from elsewhere), ignored, set_aside"""
    is_new: bool
    sha256: str | None = None
    counts: Counts = Counts()
    batch_ids: tuple[str, ...] = ()
    reason: Reason | None = None


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
    with landing_lock(layout), work_folder(layout) as work:
        run = _Run(
            inbox=inbox,
            layout=layout,
            work=work,
            contract=load_contract(),
            own_profiles=_own_profiles(inbox, profiles),
            shipped_profiles=load_profiles([PROFILE_DIR]),
            manifest=read_manifest(inbox),
            batches={b.batch_id: b for b in read_batches(data_dir) if _is_whole(layout, b)},
            checkpoint=checkpoint or (lambda _: None),
        )
        try:
            return run.land(on_progress or (lambda *_: None), _fingerprint(inbox, profiles))
        finally:
            run.close()


def inbox_unchanged(inbox: Path, data_dir: Path, *, profiles: Sequence[Profile] | None = None) -> bool:
    """Whether a landing would find nothing new. Looks at names, sizes and times only."""
    layout = Layout(data_dir)
    state = _read_state(layout)
    if state is None or not inbox.is_dir() or state["inbox"] != str(inbox.resolve()):
        return False
    if state["fingerprint"] != _fingerprint(inbox, profiles) or state["register"] != _register_names(layout):
        return False
    files, refused = walk_inbox(inbox, data_dir)
    now = {f.relative: f.stamp for f in files} | {r.relative: [] for r in refused}
    known = {name: e["stamp"] for name, e in state["files"].items() if e["is_present"]}
    retry = any(e["is_present"] and e["retry"] for e in state["files"].values())
    return now == known and not retry


def read_manifest(inbox: Path) -> dict[str, str]:
    """`<inbox>/manifest.yml`: path (or glob) -> delivery stamp as UTC text. Raises LandingError when malformed."""
    path = inbox / MANIFEST
    if not path.is_file():
        return {}
    try:
        document = read_texts(path)
        entries = document.get("delivered_at", document) if isinstance(document, dict) else document
        if entries in (None, ""):
            return {}
        return {str(name): parse_stamp(str(stamp)) for name, stamp in entries.items()}
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, AttributeError) as error:
        raise LandingError(f"{path}: every line must be `<path>: <time stamp>` ({error})") from error


def parse_stamp(text: str) -> str:
    """A delivery stamp as UTC text; without an offset it is UTC."""
    stamp = datetime.fromisoformat(text.strip())
    stamp = stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
    return stamp.isoformat(timespec="microseconds")


def _own_profiles(inbox: Path, profiles: Sequence[Profile] | None) -> tuple[Profile, ...]:
    try:
        found = (*(profiles or ()), *load_profiles([inbox / PROFILES_FOLDER]))
    except ProfileError as error:
        raise LandingError(f"profile {inbox / PROFILES_FOLDER}/{error}") from error
    names = [p.name for p in found]
    if len(set(names)) != len(names):
        raise LandingError(f"profile names must be unique: {', '.join(sorted(names))}")
    return found


def _fingerprint(inbox: Path, profiles: Sequence[Profile] | None) -> str:
    """Everything beside the files that decides how they land."""
    digest = hashlib.sha256(f"{LANDING_VERSION}\n".encode())
    for dataset in load_contract():
        digest.update(_dataset_version(dataset).encode())
        # Labels decide how headers are recognised.
        digest.update("|".join(c.label.zh if c.label else "" for c in dataset.columns).encode())
    for profile in profiles or ():
        digest.update(profile.content_hash.encode())
    own = sorted((inbox / PROFILES_FOLDER).glob("*.y*ml"))
    for path in [*sorted(PROFILE_DIR.glob("*.y*ml")), *own, inbox / MANIFEST]:
        if path.is_file():
            digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _dataset_version(dataset: Dataset) -> str:
    """Changes when the same texts would be judged or stored differently."""
    columns = [c.model_dump(exclude={"label", "description", "pii", "event_time"}) for c in dataset.columns]
    text = json.dumps([dataset.system, dataset.name, columns], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _profile_version(profile: Profile | None, datasets: Sequence[Dataset]) -> str:
    declared = f"v{profile.version}" if profile else "c"
    content = profile.content_hash if profile else ""
    parts = f"{LANDING_VERSION}\n{content}\n{[_dataset_version(d) for d in datasets]}"
    return f"{declared}-{hashlib.sha256(parts.encode()).hexdigest()[:8]}"


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


@dataclass
class _Table:
    """A recognised file and the batches that it makes."""

    recognition: Recognition
    datasets: tuple[Dataset, ...]
    profile: Profile | None
    version: str
    batch_ids: tuple[str, ...]


@dataclass
class _Run:
    """One landing under its lock."""

    inbox: Path
    layout: Layout
    work: Path
    contract: Contract
    own_profiles: tuple[Profile, ...]
    shipped_profiles: tuple[Profile, ...]
    manifest: dict[str, str]
    batches: dict[str, Batch]
    checkpoint: Checkpoint
    new_batches: list[Batch] = field(default_factory=list)
    _connections: dict[bool, duckdb.DuckDBPyConnection] = field(default_factory=dict)
    _is_small: bool = True

    # ------------------------------------------------------------------------------------------ the whole inbox

    def land(self, progress: Progress, fingerprint: str) -> LandingReport:
        before = _read_state(self.layout) or {"files": {}, "fingerprint": None}
        known = before["files"]
        same_rules = before["fingerprint"] == fingerprint
        files, refused = walk_inbox(self.inbox, self.layout.data_dir)
        entries = {name: {**entry, "is_present": False} for name, entry in known.items()}
        new: set[str] = set()
        for name in refused:
            entries[name.relative] = _refused_entry(name)
        for done, file in enumerate(files):
            progress(file.relative, done, len(files))
            entry = known.get(file.relative)
            if entry is not None and entry["stamp"] == file.stamp and not entry["retry"]:
                if same_rules and all(i in self.batches for i in entry["batch_ids"]):
                    entries[file.relative] = {**entry, "is_present": True}
                    continue
                kept = self._kept_source(entry["sha256"])
            else:
                kept = None
            new.add(file.relative)
            entries[file.relative] = self._land_or_set_aside(file, kept, entry)
        self._settle_statuses(entries)
        state = {
            "version": _STATE_VERSION,
            "inbox": str(self.inbox.resolve()),
            "fingerprint": fingerprint,
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

    def _settle_statuses(self, entries: dict[str, dict[str, Any]]) -> None:
        """A path is `landed` when its batch names it, else its content is on record from another path."""
        for name, entry in entries.items():
            batches = [self.batches[i] for i in entry["batch_ids"] if i in self.batches]
            if entry["status"] in ("landed", "duplicate") and batches:
                entry["status"] = "landed" if batches[0].source_file == name else "duplicate"

    def _kept_source(self, sha256: str | None) -> tuple[str, Path] | None:
        if sha256 is None:
            return None
        found = sorted(self.layout.sources.glob(f"{sha256}*"))
        return (sha256, found[0]) if found else None

    # ------------------------------------------------------------------------------------------ one file

    def _land_or_set_aside(
        self, file: InboxFile, kept: tuple[str, Path] | None, before: dict[str, Any] | None
    ) -> dict[str, Any]:
        import duckdb

        packed = file.relative.lower().endswith((".gz", ".parquet", ".xlsx"))
        self._is_small = file.size * (_PACKED_RATIO if packed else 1) < SMALL_FILE_BYTES
        _ = self.con  # a connection that cannot be made is no fault of the file
        folder = self.work / "file"
        _empty(folder)
        copy = folder / "source"
        sha256: str | None = None
        try:
            if kept is None:
                sha256 = take_copy(file, copy)
                self.checkpoint("copied")
            else:
                sha256 = kept[0]
                link_or_copy(kept[1], copy)
            return self._land_file(file, sha256, copy, folder, before)
        except SetAside as error:
            return self._set_aside(file, sha256, error.reason)
        except duckdb.Error as error:
            # One file that the engine cannot take must not keep the others from landing.
            self.close()
            return self._set_aside(file, sha256, file_reason("engine", detail=" ".join(str(error).split())[:300]))
        finally:
            self._reset()

    def _set_aside(self, file: InboxFile, sha256: str | None, reason: Reason) -> dict[str, Any]:
        batch_ids: tuple[str, ...] = ()
        if sha256 is not None:
            stamp = self._delivered_at(file, None)
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

    def _land_file(
        self, file: InboxFile, sha256: str, copy: Path, folder: Path, before: dict[str, Any] | None
    ) -> dict[str, Any]:
        on_record = self._canonical_on_record(file, sha256)
        if on_record is not None:
            self._make_current(on_record)
            return self._seen_again(file, sha256, on_record, None)
        path_profile = profile_of_path(file.relative, (*self.own_profiles, *self.shipped_profiles))
        source = open_source(
            copy,
            suffix_of(file.relative),
            folder,
            path_profile.encoding if path_profile else None,
            path_profile.delimiter if path_profile else None,
        )
        recognition = recognise(file.relative, source.heads, self.contract, self.own_profiles, self.shipped_profiles)
        table = self._table(recognition, sha256)
        self._supersede_other_meanings(file, sha256, table)
        if all(i in self.batches for i in table.batch_ids):
            self._make_current(table.batch_ids)
            return self._seen_again(file, sha256, table.batch_ids, table.profile)
        return self._land_table(file, sha256, copy, source, table)

    def _canonical_on_record(self, file: InboxFile, sha256: str) -> tuple[str, ...] | None:
        """Content that landed under its canonical name need not be opened again, unless a profile may claim it."""
        dataset = canonical_dataset(file.relative, self.contract)
        if self.own_profiles or dataset is None:
            return None
        batch_id = make_batch_id(sha256, _full_name(dataset), CANONICAL, _profile_version(None, [dataset]))
        return (batch_id,) if batch_id in self.batches else None

    def _table(self, recognition: Recognition, sha256: str) -> _Table:
        if isinstance(recognition, CanonicalTable):
            profile, datasets = None, (recognition.dataset,)
        else:
            profile = recognition.profile
            datasets = tuple(self.contract.get(t.dataset) for t in profile.datasets)
        version = _profile_version(profile, datasets)
        name = profile.name if profile else CANONICAL
        ids = tuple(make_batch_id(sha256, _full_name(d), name, version) for d in datasets)
        return _Table(recognition, datasets, profile, version, ids or (make_batch_id(sha256, "", name, version),))

    def _supersede_other_meanings(self, file: InboxFile, sha256: str, table: _Table) -> None:
        """A file that now means other datasets than before takes its earlier batches out."""
        wanted = {(d.system, d.name) for d in table.datasets}
        events = {e.batch_id: e.action for e in read_events(self.layout.data_dir)}
        for batch in list(self.batches.values()):
            stale = (
                batch.status == "landed"
                and (batch.source_sha256, batch.source_file) == (sha256, file.relative)
                and (batch.system, batch.dataset) not in wanted
                and events.get(batch.batch_id) != "superseded"
            )
            if stale:
                record_event(
                    self.layout.data_dir,
                    batch.batch_id,
                    "superseded",
                    by="landing",
                    reason=f"{file.relative} now means: {', '.join(d.name for d in table.datasets) or 'no dataset'}",
                )

    def _make_current(self, batch_ids: Sequence[str]) -> None:
        """A reading of a file that was replaced by another and now holds again, as when a profile is taken back."""
        last = {e.batch_id: e.action for e in read_events(self.layout.data_dir)}
        for batch_id in batch_ids:
            batch = self.batches[batch_id]
            if last.get(batch_id) == "superseded":
                reason = f"{batch.source_file} is read this way again"
                record_event(self.layout.data_dir, batch_id, "reinstated", by="landing", reason=reason)
            rivals = [
                b.registered_at
                for b in self.batches.values()
                if (b.source_sha256, b.dataset, b.status) == (batch.source_sha256, batch.dataset, batch.status)
            ]
            if batch.status == "landed" and max(rivals) > batch.registered_at:
                self._register(replace(batch, registered_at=utc_now()))

    def _seen_again(
        self, file: InboxFile, sha256: str, batch_ids: Sequence[str], profile: Profile | None
    ) -> dict[str, Any]:
        """The content is on record. The earliest delivery counts, so that the order of processing does not."""
        stamp = self._delivered_at(file, profile)
        for batch_id in batch_ids:
            batch = self.batches[batch_id]
            if (stamp, file.relative) < (batch.delivered_at, batch.source_file):
                self._restamp(batch, stamp, file.relative)
        batches = [self.batches[i] for i in batch_ids]
        counts = Counts(**batches[0].file_counts)
        status = "ignored" if all(b.status == "ignored" for b in batches) else "duplicate"
        return _entry(file, sha256, status, batch_ids=tuple(batch_ids), counts=counts)

    def _delivered_at(self, file: InboxFile, profile: Profile | None) -> str:
        stamp = profile.delivered_at if profile else None
        if stamp is not None:
            text = _profile_stamp(file.relative, profile)
            if text is not None:
                return text
        for pattern, text in self.manifest.items():
            if file.relative == pattern or fnmatchcase(file.relative, pattern):
                return text
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=file.mtime_ns // 1000)
        return moment.isoformat(timespec="microseconds")

    # ------------------------------------------------------------------------------------------ landing a table

    def _land_table(self, file: InboxFile, sha256: str, copy: Path, source: Source, table: _Table) -> dict[str, Any]:
        loaded = source.load(self.con, table.recognition.picks)
        stamp = self._delivered_at(file, table.profile)
        base = Batch(
            batch_id="",
            status="landed",
            source_file=file.relative,
            source_sha256=sha256,
            source_bytes=file.size,
            delivered_at=stamp,
            registered_at=utc_now(),
            profile=table.profile.name if table.profile else CANONICAL,
            profile_version=table.version,
            source_path=str(self._source_path(file, sha256).relative_to(self.layout.data_dir)),
            encoding=loaded.encoding,
            unread_sheets=list(loaded.unread_sheets),
        )
        if isinstance(table.recognition, CanonicalTable):
            batches = [self._write_canonical(base, table, table.recognition, loaded)]
        else:
            batches = self._write_profiled(base, table, table.recognition, loaded)
        if not self._source_path(file, sha256).exists():
            move_into_place(copy, self._source_path(file, sha256))
        self.checkpoint("source")
        for batch in batches:
            self._put_in_place(batch, batch.landed_path, "landed")
        self.checkpoint("parquet")
        for batch in batches:
            self._put_in_place(batch, batch.quarantine_path, "quarantine")
        self.checkpoint("quarantine")
        for batch in batches:
            self._register(batch)
            self.checkpoint("register")
        counts = Counts(**batches[0].file_counts)
        status = "landed" if table.datasets else "ignored"
        return _entry(file, sha256, status, batch_ids=tuple(b.batch_id for b in batches), counts=counts)

    def _source_path(self, file: InboxFile, sha256: str) -> Path:
        kept = self._kept_source(sha256)
        if kept is not None:
            return kept[1]
        suffix = suffix_of(file.relative)
        packed = ".gz" if file.relative.lower().endswith(".gz") else ""
        return self.layout.sources / f"{sha256}{'.' + suffix if suffix.isalnum() else ''}{packed}"

    def _put_in_place(self, batch: Batch, path: str | None, kind: str) -> None:
        finished = self.work / "file" / f"{batch.batch_id}-{kind}.parquet"
        if path is not None:
            move_into_place(finished, self.layout.data_dir / path)

    def _register(self, batch: Batch) -> None:
        register_batch(self.layout.data_dir, batch)
        self.batches[batch.batch_id] = batch
        self.new_batches.append(batch)

    def _named(self, base: Batch, table: _Table, position: int) -> Batch:
        dataset = table.datasets[position]
        target = table.profile.datasets[position] if table.profile else None
        path = self.layout.lake / dataset.system / dataset.name / f"{base.source_sha256[:16]}-{table.version}.parquet"
        return replace(
            base,
            batch_id=table.batch_ids[position],
            system=dataset.system,
            dataset=dataset.name,
            delivery=(target.delivery if target else None) or dataset.delivery,
            landed_path=str(path.relative_to(self.layout.data_dir)),
        )

    def _write_canonical(self, base: Batch, table: _Table, table_of: CanonicalTable, loaded: Loaded) -> Batch:
        con, dataset = self.con, table_of.dataset
        batch = self._named(base, table, 0)
        tables = [loaded.columns] if not loaded.has_sheets else [pick.names for pick in table_of.picks]
        columns = column_map(tables, dataset)
        mapped = {header_key(name) for names in columns.values() for name in names}
        unknown = [name for name in loaded.columns if header_key(name) not in mapped]
        cells = check.Cells(
            dataset=dataset,
            relation="source",
            expressions={column: f"coalesce({', '.join(map(ident, names))})" for column, names in columns.items()},
            extra=mapping.extra_json(unknown),
            blanks=loaded.blanks,
        )
        out = self._out(batch)
        select = check.checked_sql(cells, con, _constants(batch, loaded.has_sheets), keep=())
        good = self._copy(f"select {_landed_columns(dataset)} from ({select}) where _is_good", out)
        duplicates = self._drop_repeats(dataset, out, good)
        records, broken = loaded.records, loaded.broken
        quarantined = records - good + broken
        if quarantined:
            self._create_faults()
            if good < records:
                self._stage_faults(batch, cells, loaded.columns)
            self._stage_broken(batch)
            batch = self._write_quarantine(batch)
        counts = Counts(records + broken, good - duplicates, quarantined, duplicates, 0)
        return replace(
            self._with_totals(_counted(batch, counts), dataset, out),
            file_counts=asdict(counts),
            unknown_columns=unknown,
        )

    def _write_profiled(self, base: Batch, table: _Table, table_of: ProfiledTable, loaded: Loaded) -> list[Batch]:
        con, profile = self.con, table_of.profile
        title = table_of.picks[0].title
        facts = {"_source_file": literal(base.source_file), "_title": f"{literal(title)}::varchar"}
        mapping.map_records(con, profile, facts)
        con.execute("create temp table outcomes (batch_id varchar, _record bigint, status integer)")
        self._create_faults()
        batches = []
        for position, dataset in enumerate(table.datasets):
            batch = self._named(base, table, position)
            cells = mapping.map_target(con, profile, profile.datasets[position], dataset, loaded.columns)
            cells = replace(cells, blanks=loaded.blanks)
            select = check.checked_sql(cells, con, _constants(batch, loaded.has_sheets), keep=("_target",))
            con.execute(
                f"create or replace temp table checked as select *, case when not _is_good then {_QUARANTINED} "
                "when row_number() over (partition by _row_hash, _is_good order by _target) = 1 "
                f"then {_ACCEPTED} else {_DUPLICATE} end as _outcome from ({select})"
            )
            con.execute(
                f"insert into outcomes select {literal(batch.batch_id)}, parts._record, max(checked._outcome) "
                "from parts join checked using (_target) group by parts._record"
            )
            out = self._out(batch)
            good = f"from checked where _outcome = {_ACCEPTED} order by _target"
            self._copy(f"select {_landed_columns(dataset)} {good}", out)
            self._stage_faults(batch, _faulty(con, cells), loaded.columns)
            batches.append(self._with_totals(batch, dataset, out))
        if batches:
            self._stage_broken(batches[0])
            self._stage_unmapped(batches[0], loaded.columns)
        else:
            batches = [replace(base, batch_id=table.batch_ids[0], status="ignored")]
        unread = mapping.unread_columns(profile, loaded.columns)
        file_counts = asdict(self._count_file())
        return [
            replace(
                self._write_quarantine(self._count(batch, is_first=position == 0)),
                file_counts=file_counts,
                unknown_columns=unread,
            )
            for position, batch in enumerate(batches)
        ]

    def _ignored_by_rule(self) -> dict[str, int]:
        return dict(
            self.con.execute(
                "select _ignored_by, count(*) from records where _ignored_by is not null group by 1 order by 1"
            ).fetchall()
        )

    def _count(self, batch: Batch, is_first: bool) -> Batch:
        """The file's records as this batch sees them. What no dataset took is the first batch's to explain."""
        by_status = dict(
            self.con.execute(
                f"select status, count(*) from outcomes where batch_id = {literal(batch.batch_id)} group by 1"
            ).fetchall()
        )
        by_rule = self._ignored_by_rule()
        quarantined = by_status.get(_QUARANTINED, 0)
        total = self._count_file()
        if is_first and batch.status == "landed":
            (orphans,) = self.con.execute(
                "select count(*) from records where _ignored_by is null "
                "and _record not in (select _record from outcomes)"
            ).fetchone()
            (broken,) = self.con.execute("select count(*) from broken").fetchone()
            quarantined += orphans + broken
        accepted, duplicate = by_status.get(_ACCEPTED, 0), by_status.get(_DUPLICATE, 0)
        elsewhere = total.read - accepted - quarantined - duplicate - sum(by_rule.values())
        if elsewhere:
            by_rule[mapping.OTHER_DATASET] = elsewhere
        counts = Counts(total.read, accepted, quarantined, duplicate, sum(by_rule.values()))
        return replace(_counted(batch, counts), ignored_by_rule=by_rule)

    def _count_file(self) -> Counts:
        """Each source record once, by the best that became of it."""
        (broken,) = self.con.execute("select count(*) from broken").fetchone()
        ranks = dict(
            self.con.execute(
                "with best as (select _record, max(status) as status from outcomes group by _record), "
                f"ranked as (select case when _ignored_by is not null then 0 else coalesce(status, {_QUARANTINED}) end "
                "as rank from records left join best using (_record)) select rank, count(*) from ranked group by 1"
            ).fetchall()
        )
        return Counts(
            read=sum(ranks.values()) + broken,
            accepted=ranks.get(_ACCEPTED, 0),
            quarantined=ranks.get(_QUARANTINED, 0) + broken,
            duplicate=ranks.get(_DUPLICATE, 0),
            ignored=ranks.get(0, 0),
        )

    # ------------------------------------------------------------------------------------------ writing

    def _out(self, batch: Batch) -> Path:
        return self.work / "file" / f"{batch.batch_id}-landed.parquet"

    def _copy(self, select: str, out: Path) -> int:
        (count,) = self.con.execute(f"copy ({select}) to {literal(str(out))} ({_PARQUET})").fetchone()
        return count

    def _drop_repeats(self, dataset: Dataset, out: Path, rows: int) -> int:
        """Take exact repetitions of a row out of the file. Equal keys are rare, so they are looked for first."""
        con, path = self.con, literal(str(out))
        keys = ", ".join(ident(key) for key in dataset.keys)
        (distinct_keys,) = con.execute(f"select count(distinct hash({keys})) from read_parquet({path})").fetchone()
        if rows == distinct_keys:
            return 0
        (distinct_rows,) = con.execute(f"select count(distinct _row_hash) from read_parquet({path})").fetchone()
        if rows == distinct_rows:
            return 0
        once = out.with_suffix(".once")
        kept = self._copy(
            f"select * exclude (_repeat) from (select *, row_number() over (partition by _row_hash "
            f"order by _source_row, _source_file) as _repeat from read_parquet({path})) where _repeat = 1 "
            "order by _source_file, _source_row",
            once,
        )
        os.replace(once, out)
        return rows - kept

    def _with_totals(self, batch: Batch, dataset: Dataset, out: Path) -> Batch:
        money = [c.name for c in dataset.columns if c.type == "money"]
        sums = [f"coalesce(sum({ident(name)}), 0)::decimal(38, 2)::varchar" for name in money]
        event = ident(dataset.event_time.name) if dataset.event_time else "null"
        select = ", ".join(["count(*)", f"min({event})::varchar", f"max({event})::varchar", *sums])
        rows, first, last, *totals = self.con.execute(
            f"select {select} from read_parquet({literal(str(out))})"
        ).fetchone()
        return replace(
            batch,
            landed_count=rows,
            event_time_min=first,
            event_time_max=last,
            money_totals=dict(zip(money, totals, strict=True)),
        )

    def _create_faults(self) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in QUARANTINE_COLUMNS.items())
        self.con.execute(f"create or replace temp table faults ({columns})")

    def _stage_faults(self, batch: Batch, cells: check.Cells | None, columns: Sequence[str]) -> None:
        if cells is None:
            return
        faults = check.faults_sql(cells, self.con, keep=("_record",))
        self.con.execute(
            f"insert into faults select {literal(batch.batch_id)}, {literal(batch.dataset)}, "
            f"{_source_file(batch, 'fault')}, fault._source_row, fault.column_name, fault.value, fault.reason_code, "
            f"fault.reason_zh, fault.reason_en, {mapping.extra_json(columns, 'source')} "
            f"from ({faults}) as fault join source using (_record) order by _record"
        )

    def _stage_broken(self, batch: Batch) -> None:
        for (code,) in self.con.execute("select distinct reason_code from broken order by 1").fetchall():
            reason = row_reason(code)
            self.con.execute(
                f"insert into faults select {literal(batch.batch_id)}, {literal(batch.dataset)}, "
                f"{literal(batch.source_file)}, _source_row, null, raw, {literal(code)}, {literal(reason.zh)}, "
                f"{literal(reason.en)}, to_json(raw)::varchar from broken where reason_code = {literal(code)} "
                "order by _source_row"
            )

    def _stage_unmapped(self, batch: Batch, columns: Sequence[str]) -> None:
        reason = row_reason("unmapped")
        self.con.execute(
            f"insert into faults select {literal(batch.batch_id)}, {literal(batch.dataset)}, "
            f"{_source_file(batch, 'records')}, _source_row, null, null, {literal(reason.code)}, "
            f"{literal(reason.zh)}, {literal(reason.en)}, {mapping.extra_json(columns)} from records "
            "where _ignored_by is null and _record not in (select _record from outcomes) order by _record"
        )

    def _write_quarantine(self, batch: Batch) -> Batch:
        path = self.layout.quarantine / f"{batch.batch_id}.parquet"
        out = self.work / "file" / f"{batch.batch_id}-quarantine.parquet"
        if not self._copy(f"select * from faults where batch_id = {literal(batch.batch_id)}", out):
            return batch
        return replace(batch, quarantine_path=str(path.relative_to(self.layout.data_dir)))

    def _restamp(self, batch: Batch, delivered_at: str, source_file: str) -> None:
        """Write the batch again as of an earlier delivery of the same content."""
        # A killed run may have renamed already, so only what still has the old name changes.
        old, new = literal(batch.source_file), literal(source_file)

        def renamed(column: str) -> str:
            return (
                f"case when {column} = {old} then {new} when starts_with({column}, {old} || '#') "
                f"then {new} || substr({column}, {len(batch.source_file) + 1}) else {column} end as {column}"
            )

        in_landed = [renamed("_source_file"), f"{_utc(delivered_at)} as _delivered_at"]
        in_quarantine = [renamed("source_file")]
        self._rewrite(batch, batch.landed_path, "landed", in_landed)
        self._rewrite(batch, batch.quarantine_path, "quarantine", in_quarantine)
        self.checkpoint("restamp")
        self._register(replace(batch, delivered_at=delivered_at, source_file=source_file, registered_at=utc_now()))

    def _rewrite(self, batch: Batch, path: str | None, kind: str, replacements: Sequence[str]) -> None:
        if path is None:
            return
        old = self.work / "file" / "before.parquet"
        link_or_copy(self.layout.data_dir / path, old)
        self._copy(
            f"select * replace ({', '.join(replacements)}) from read_parquet({literal(str(old))})",
            self.work / "file" / f"{batch.batch_id}-{kind}.parquet",
        )
        old.unlink()
        self._put_in_place(batch, path, kind)

    # ------------------------------------------------------------------------------------------ the engine

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """A connection that reaches no file but the work folder, since profiles bring SQL of their own."""
        if self._is_small not in self._connections:
            self._connections[self._is_small] = self._connect()
        return self._connections[self._is_small]

    def _connect(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        con = duckdb.connect()
        if self._is_small:
            con.execute("set threads = 1")
        con.execute(f"set memory_limit = {literal(MEMORY_LIMIT)}")
        con.execute(f"set temp_directory = {literal(str(self.work / 'spill'))}")
        con.execute("set TimeZone = 'UTC'")
        # The rare spellings stand behind cheap guards, which these would pull apart.
        con.execute("set disabled_optimizers = 'common_subexpressions, filter_pushdown'")
        check.prepare(con)
        con.execute(f"set allowed_directories = [{literal(str(self.work.absolute()) + '/')}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        return con

    def _reset(self) -> None:
        """Forget the file that was worked on."""
        for con in self._connections.values():
            con.execute(";".join(f"drop view if exists {name}" for name in _WORK_VIEWS))
            con.execute(";".join(f"drop table if exists {name}" for name in _WORK_TABLES))

    def close(self) -> None:
        for con in self._connections.values():
            con.close()
        self._connections.clear()


def _is_whole(layout: Layout, batch: Batch) -> bool:
    """A batch whose files are gone is landed anew when its file is seen again."""
    paths = (batch.landed_path, batch.quarantine_path, batch.source_path)
    return all(path is None or (layout.data_dir / path).is_file() for path in paths)


def _full_name(dataset: Dataset) -> str:
    return f"{dataset.system}.{dataset.name}"


def _faulty(con: duckdb.DuckDBPyConnection, cells: check.Cells) -> check.Cells | None:
    """The same cells, only of rows that were judged bad; None when there is none."""
    con.execute(
        f"create or replace temp view faulty_rows as select * from {cells.relation} "
        "where _target in (select _target from checked where not _is_good)"
    )
    (rows,) = con.execute("select count(*) from checked where not _is_good").fetchone()
    return replace(cells, relation="faulty_rows") if rows else None


def _landed_columns(dataset: Dataset) -> str:
    return ", ".join([*(ident(name) for name in dataset.column_names), *PROVENANCE_COLUMNS])


def _constants(batch: Batch, has_sheets: bool) -> dict[str, str]:
    """Provenance that holds for the whole file, as SQL."""
    return {
        "_system": literal(batch.system),
        "_dataset": literal(batch.dataset),
        "_source_file": _source_file(batch, "joined") if has_sheets else literal(batch.source_file),
        "_source_sha256": literal(batch.source_sha256),
        "_batch_id": literal(batch.batch_id),
        "_delivered_at": _utc(batch.delivered_at),
    }


def _source_file(batch: Batch, relation: str) -> str:
    """The path, with the sheet where a file's record numbers are those of several sheets."""
    return f"{literal(batch.source_file)} || coalesce('#' || {relation}._sheet, '')"


def _utc(stamp: str) -> str:
    moment = datetime.fromisoformat(stamp).astimezone(UTC).replace(tzinfo=None)
    return f"timestamp {literal(moment.isoformat(sep=' ', timespec='microseconds'))}"


def _counted(batch: Batch, counts: Counts) -> Batch:
    return replace(
        batch,
        read_count=counts.read,
        accepted_count=counts.accepted,
        quarantined_count=counts.quarantined,
        duplicate_count=counts.duplicate,
        ignored_count=counts.ignored,
    )


def _profile_stamp(relative: str, profile: Profile) -> str | None:
    """The delivery stamp that the profile names; None when the path does not carry it."""
    rule = profile.delivered_at
    if rule is None:
        return None
    try:
        if rule.at is not None:
            return parse_stamp(rule.at)
        found = re.search(rule.path or "", relative)
        if found is None:
            return None
        stamp = datetime.strptime(found["stamp"], rule.format)
        return stamp.replace(tzinfo=stamp.tzinfo or UTC).astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, IndexError, re.error) as error:
        raise LandingError(f"profile {profile.name}: delivered_at does not fit {relative}: {error}") from error


def _empty(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()


def _refused_entry(name: Refused) -> dict[str, Any]:
    return {
        "stamp": [],
        "sha256": None,
        "status": name.status,
        "counts": asdict(Counts()),
        "batch_ids": [],
        "reason": asdict(name.reason),
        "retry": False,
        "is_present": True,
    }


def _entry(
    file: InboxFile,
    sha256: str | None,
    status: str,
    *,
    batch_ids: Sequence[str] = (),
    counts: Counts | None = None,
    reason: Reason | None = None,
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
        "retry": retry,
        "is_present": True,
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
    )
