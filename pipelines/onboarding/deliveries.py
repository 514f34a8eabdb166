"""Deliveries on record: what counts, what does not and why, and taking one out or back in.

Belongs here: the state of every batch in words, finding a batch by the beginning of its id, withdrawing, reinstating.
Does not belong here: the register itself (`pipelines.landing.register`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipelines.landing.register import (
    Batch,
    BatchEvent,
    current_set_aside,
    delivery_key,
    read_batches,
    read_events,
    record_event,
    select_active,
)
from pipelines.onboarding.language import Language, Words

State = Literal["active", "withdrawn", "superseded", "set_aside", "ignored"]

STATE_WORDS: dict[str, Words] = {
    "active": Words("有效", "active"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "superseded": Words("已被取代", "superseded"),
    "set_aside": Words("未导入", "set aside"),
    "ignored": Words("忽略", "ignored"),
}
ACTION_WORDS: dict[str, Words] = {
    "withdrawn": Words("撤回", "withdrawn"),
    "reinstated": Words("恢复", "reinstated"),
    "superseded": Words("被取代", "superseded"),
}


class NoSuchDelivery(LookupError):
    """No batch, or more than one, begins with the given id; or it is in another state than the action needs."""


@dataclass(frozen=True)
class Delivery:
    """A batch and what became of it."""

    batch: Batch
    state: State

    def as_dict(self) -> dict[str, Any]:
        b = self.batch
        return {
            "batch_id": b.batch_id,
            "state": self.state,
            "dataset": b.dataset,
            "source_file": b.source_file,
            "delivered_at": b.delivered_at,
            "profile": b.profile,
            "evidence": b.profile_evidence,
            "read": b.read_count,
            "accepted": b.accepted_count,
            "quarantined": b.quarantined_count,
            "duplicate": b.duplicate_count,
            "ignored": b.ignored_count,
            "repairs": b.repairs,
            "reason_code": b.reason_code,
            "reason_zh": b.reason_zh,
            "reason_en": b.reason_en,
        }


def list_deliveries(data_dir: Path) -> list[Delivery]:
    """Every batch on record by delivery stamp; of set-aside contents only those that did not land since."""
    batches, events = read_batches(data_dir), read_events(data_dir)
    active = {b.batch_id for b in select_active(batches, events)}
    waiting = {b.batch_id for b in current_set_aside(batches)}
    last = {event.batch_id: event.action for event in events}
    withdrawn = {delivery_key(b) for b in batches if last.get(b.batch_id) == "withdrawn"}

    def state(batch: Batch) -> State | None:
        if batch.status == "set_aside":
            return "set_aside" if batch.batch_id in waiting else None
        if batch.batch_id in active:
            return "active"
        if batch.status == "ignored":
            return "ignored"
        return "withdrawn" if delivery_key(batch) in withdrawn else "superseded"

    return [Delivery(batch, found) for batch in batches if (found := state(batch)) is not None]


def find_delivery(data_dir: Path, prefix: str) -> Delivery:
    """The one delivery whose batch id begins so. Raises NoSuchDelivery."""
    found = [d for d in list_deliveries(data_dir) if d.batch.batch_id.startswith(prefix) and prefix]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NoSuchDelivery(f"no batch begins with {prefix!r}; `hufu batches --all` lists all")
    listed = ", ".join(f"{d.batch.batch_id[:12]} ({d.batch.dataset}, {d.batch.source_file})" for d in found[:5])
    raise NoSuchDelivery(f"{len(found)} batches begin with {prefix!r}: {listed}")


def of_same_file(data_dir: Path, delivery: Delivery) -> list[Delivery]:
    """The other deliveries in the same state that the same content made."""
    sha256, batch_id = delivery.batch.source_sha256, delivery.batch.batch_id
    return [
        d
        for d in list_deliveries(data_dir)
        if d.batch.source_sha256 == sha256 and d.state == delivery.state and d.batch.batch_id != batch_id
    ]


def withdraw(data_dir: Path, deliveries: Sequence[Delivery], *, by: str, reason: str) -> list[BatchEvent]:
    """Take deliveries out of everything that is derived. Raises NoSuchDelivery unless all of them count."""
    for delivery in deliveries:
        if delivery.state != "active":
            raise NoSuchDelivery(_wrong_state(data_dir, delivery, "only an active batch can be withdrawn"))
    return [record_event(data_dir, d.batch.batch_id, "withdrawn", by=by, reason=reason) for d in deliveries]


def reinstate(data_dir: Path, deliveries: Sequence[Delivery], *, by: str, reason: str) -> list[BatchEvent]:
    """Let withdrawn deliveries count again. Raises NoSuchDelivery unless all of them are withdrawn."""
    last = {event.batch_id: event.action for event in read_events(data_dir)}
    events = []
    for delivery in deliveries:
        if delivery.state != "withdrawn":
            raise NoSuchDelivery(_wrong_state(data_dir, delivery, "only a withdrawn batch can be reinstated"))
    for delivery in deliveries:
        # The withdrawal may stand on another reading of the same delivery; that is the one to lift.
        for batch in read_batches(data_dir):
            if last.get(batch.batch_id) == "withdrawn" and delivery_key(batch) == delivery_key(delivery.batch):
                events.append(record_event(data_dir, batch.batch_id, "reinstated", by=by, reason=reason))
    return events


def _wrong_state(data_dir: Path, delivery: Delivery, rule: str) -> str:
    batch = delivery.batch
    events = [e for e in read_events(data_dir) if e.batch_id == batch.batch_id]
    when = f" since {events[-1].at[:19]} by {events[-1].by}: {events[-1].reason}" if events else ""
    return f"batch {batch.batch_id[:12]} ({batch.source_file}) is {delivery.state.replace('_', ' ')}{when}; {rule}"


CONSEQUENCE = {
    "withdraw": Words(
        "下次运行 `hufu run` 时，{file} 中 {dataset} 的 {rows} 行以及由其得出的一切都会消失；"
        "被它覆盖的早先交付重新生效。文件仍留存备查，可用 `hufu batches reinstate {id}` 恢复。",
        "With the next `hufu run` the {rows} rows of {dataset} from {file} and all derived from them are gone; "
        "what it had replaced counts again. The files stay on record; `hufu batches reinstate {id}` brings it back.",
    ),
    "reinstate": Words(
        "下次运行 `hufu run` 时，{file} 中 {dataset} 的 {rows} 行重新计入。",
        "With the next `hufu run` the {rows} rows of {dataset} from {file} count again.",
    ),
}


def consequence(kind: str, delivery: Delivery, language: Language) -> str:
    """What the next run will do because of it."""
    batch = delivery.batch
    return CONSEQUENCE[kind].say(
        language, file=batch.source_file, dataset=batch.dataset, rows=f"{batch.landed_count:,}", id=batch.batch_id[:12]
    )
