"""The batch register: what landed, from where, when, with which counts. One JSON file per batch is the commit.

Belongs here: the batch row, events on batches (withdrawn, reinstated, superseded), which batches are active.
Does not belong here: reading or judging files, SQL over landed data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipelines.files import write_json
from pipelines.landing.storage import LandingError, Layout

if TYPE_CHECKING:
    from pipelines.evidence.log import Log

# One row per fault: what `<data>/quarantine/<batch_id>.parquet` holds. `row_key` is the row's key as canonical texts
# joined by the unit separator, null where a part of it is missing or wrong.
QUARANTINE_COLUMNS: dict[str, str] = {
    "batch_id": "varchar",
    "dataset": "varchar",
    "source_file": "varchar",
    "source_row": "bigint",
    "column_name": "varchar",
    "value": "varchar",
    "reason_code": "varchar",
    "reason_zh": "varchar",
    "reason_en": "varchar",
    "raw": "varchar",
    "row_key": "varchar",
}

Status = Literal["landed", "ignored", "set_aside"]
Action = Literal["withdrawn", "reinstated", "superseded"]


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
class Batch:
    """One (file content, dataset, profile version), or one file content that was set aside."""

    batch_id: str
    status: Status
    source_file: str
    source_sha256: str
    source_bytes: int
    delivered_at: str
    registered_at: str
    system: str | None = None
    dataset: str | None = None
    profile: str | None = None
    profile_version: str | None = None
    landed_path: str | None = None
    landed_sha256: str | None = None
    source_path: str | None = None
    quarantine_path: str | None = None
    quarantine_sha256: str | None = None
    batch_root: str | None = None
    """Root of the Merkle tree over the blocks of landed rows (see `pipelines.evidence.blocks`)."""
    block_rows: int | None = None
    delivery: str | None = None
    read_count: int = 0
    accepted_count: int = 0
    quarantined_count: int = 0
    duplicate_count: int = 0
    ignored_count: int = 0
    ignored_by_rule: dict[str, int] = field(default_factory=dict)
    file_counts: dict[str, int] = field(default_factory=dict)
    """The same counts for the file as a whole, each record once whatever the number of its datasets."""
    landed_count: int = 0
    first_source_row: int | None = None
    """Record number of the first landed row where the rows' places are their record numbers; the file then has none."""
    money_totals: dict[str, str] = field(default_factory=dict)
    """Of the landed rows."""
    file_money_totals: dict[str, str] = field(default_factory=dict)
    """Of all rows that the file holds for the dataset, as far as their amounts can be read."""
    quarantined_money_totals: dict[str, str] = field(default_factory=dict)
    duplicate_money_totals: dict[str, str] = field(default_factory=dict)
    event_time_min: str | None = None
    event_time_max: str | None = None
    covers_from: str | None = None
    """First and last day that the file says it covers (title or file name); null where it does not say."""
    covers_to: str | None = None
    profile_evidence: str | None = None
    """How the profile's layout is known (see `Profile.evidence`)."""
    encoding: str | None = None
    repaired_cell_count: int = 0
    """Cells that had been decoded wrongly by the exporter and were put right."""
    unknown_columns: list[str] = field(default_factory=list)
    unread_sheets: list[str] = field(default_factory=list)
    read_with: list[str] = field(default_factory=list)
    """The other profiles that read sheets of the same file, side by side with this batch's."""
    repairs: str | None = None
    """The content whose quarantined rows this batch brings back corrected, by its hash."""
    reason_code: str | None = None
    reason_zh: str | None = None
    reason_en: str | None = None

    @property
    def is_balanced(self) -> bool:
        parts = self.accepted_count + self.quarantined_count + self.duplicate_count + self.ignored_count
        return self.read_count == parts

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class BatchEvent:
    """Something decided about a batch after it landed."""

    batch_id: str
    sequence: int
    action: Action
    at: str
    by: str
    reason: str


def make_batch_id(sha256: str, dataset: str, profile: str, profile_version: str) -> str:
    return hashlib.sha256("\n".join((sha256, dataset, profile, profile_version)).encode()).hexdigest()[:20]


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def read_batches(data_dir: Path) -> list[Batch]:
    """Every batch on record, whatever became of it, by delivery stamp."""
    names = {f.name for f in fields(Batch)}
    batches = []
    for path in sorted(Layout(data_dir).register.glob("*.json")):
        document = _read(path)
        batches.append(Batch(**{k: v for k, v in document.items() if k in names}))
    return sorted(batches, key=lambda b: (b.delivered_at, b.source_sha256, b.dataset or "", b.batch_id))


def read_events(data_dir: Path) -> list[BatchEvent]:
    """Every event in the order it was recorded."""
    folder = Layout(data_dir).register / "events"
    events = [BatchEvent(**_read(path)) for path in sorted(folder.glob("*.json"))]
    return sorted(events, key=lambda e: (e.batch_id, e.sequence))


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LandingError(f"register file {path} cannot be read: {error}") from error


def register_batch(data_dir: Path, batch: Batch, log: Log | None = None) -> None:
    """Commit a batch: from the moment its file has its name, the batch is on record.

    Without a log only for folders that are thrown away.
    """
    target = Layout(data_dir).register / f"{batch.batch_id}.json"
    if log is None:
        write_json(target, batch.as_dict())
    else:
        log.write("register", target, batch.as_dict())


def active_batches(data_dir: Path) -> list[Batch]:
    """The landed batches that count: the newest profile version per file content and dataset, nothing withdrawn."""
    return select_active(read_batches(data_dir), read_events(data_dir))


def select_active(batches: Iterable[Batch], events: Iterable[BatchEvent]) -> list[Batch]:
    last = {event.batch_id: event.action for event in events}
    landed = [b for b in batches if b.status == "landed" and b.dataset is not None]
    # A withdrawal holds for the delivery as that profile version read it, so that neither an upgrade of the contract
    # nor a second copy of the file brings it back; a corrected profile (a new version) does land it again.
    withdrawn = {delivery_key(b) for b in landed if last.get(b.batch_id) == "withdrawn"}
    read: dict[tuple[str | None, ...], list[Batch]] = {}
    for batch in sorted(landed, key=lambda b: (b.registered_at, b.batch_id)):
        if last.get(batch.batch_id) != "superseded":
            read.setdefault((batch.source_sha256, batch.system, batch.dataset, batch.repairs), []).append(batch)
    active = []
    for readings in read.values():
        # The newest reading of the content: its profile, and those that read other sheets beside it.
        profiles = {readings[-1].profile, *readings[-1].read_with}
        newest = {batch.profile: batch for batch in readings if batch.profile in profiles}
        active += [batch for batch in newest.values() if delivery_key(batch) not in withdrawn]
    # Corrected rows belong to the delivery that they correct and go with it.
    whole = {(b.source_sha256, b.dataset) for b in active if b.repairs is None}
    active = [b for b in active if b.repairs is None or (b.repairs, b.dataset) in whole]
    return sorted(active, key=lambda b: (b.delivered_at, b.source_sha256, b.dataset or "", b.batch_id))


def delivery_key(batch: Batch) -> tuple[str | None, ...]:
    """What a withdrawal takes out: the same for every reading of one content by one version of a profile."""
    declared, _, _ = (batch.profile_version or "").partition("-")
    return batch.source_sha256, batch.dataset, batch.profile, declared, batch.repairs


def current_set_aside(batches: Iterable[Batch]) -> list[Batch]:
    """File contents that are set aside and did not land since."""
    batches = list(batches)
    landed = {b.source_sha256 for b in batches if b.status != "set_aside"}
    return [b for b in batches if b.status == "set_aside" and b.source_sha256 not in landed]


def register_fingerprint(data_dir: Path) -> str:
    """Changes exactly when what the warehouse would be built from changes."""
    batches = read_batches(data_dir)
    counted = [*select_active(batches, read_events(data_dir)), *current_set_aside(batches)]
    digest = hashlib.sha256()
    for batch in sorted(counted, key=lambda b: b.batch_id):
        document = batch.as_dict()
        # None says anything about the rows: two landings of one content may order them differently.
        for name in ("registered_at", "landed_sha256", "quarantine_sha256", "batch_root", "block_rows"):
            del document[name]
        digest.update(json.dumps(document, sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def record_event(
    data_dir: Path, batch_id: str, action: Action, *, by: str, reason: str, log: Log | None = None
) -> BatchEvent:
    """Append an event to a batch on record; `log` where the caller has it open. Raises LandingError."""
    from pipelines.evidence.log import open_log

    folder = Layout(data_dir).register
    if not (folder / f"{batch_id}.json").is_file():
        raise LandingError(f"no batch {batch_id} in the register")
    if log is None:
        with open_log(data_dir) as own:
            event = record_event(data_dir, batch_id, action, by=by, reason=reason, log=own)
            own.settle()
            return event
    sequence = 1 + sum(e.batch_id == batch_id for e in read_events(data_dir))
    event = BatchEvent(batch_id, sequence, action, utc_now(), by, reason)
    log.write("event", folder / "events" / f"{batch_id}-{sequence:04d}-{action}.json", asdict(event))
    return event


def withdraw_batch(data_dir: Path, batch_id: str, *, by: str, reason: str) -> BatchEvent:
    """Take a wrong delivery out: nothing derived from it remains after the next run. The files stay on record."""
    return record_event(data_dir, batch_id, "withdrawn", by=by, reason=reason)
