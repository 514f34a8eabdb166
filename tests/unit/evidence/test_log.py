"""The log: whatever kills its writer, nothing signed is lost and nothing unsigned counts."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import stat
from pathlib import Path

import pytest

from pipelines.evidence import log as log_module
from pipelines.evidence.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    PublicKey,
    SignedCheckpoint,
    SigningKey,
)
from pipelines.evidence.log import LogError, complete_log, key_path, log_path, open_log, read_log
from pipelines.landing import LandingError, active_batches, withdraw_batch
from pipelines.landing.register import read_events, record_event
from pipelines.publish import current_publication, list_publications, rollback
from tests.unit.evidence.conftest import Folder


class Killed(BaseException):
    """Stands for a kill: nothing between the steps gets to run."""


def _entries(data: Path) -> list[str]:
    content = read_log(data)
    assert content is not None and content.faults == []
    return [entry.document["kind"] for entry in content.entries]


def test_every_append_is_signed_and_the_root_grows_with_it(tmp_path: Path) -> None:
    sizes = []
    for number in range(5):
        with open_log(tmp_path) as log:
            log.record({"kind": "readers", "path": "published/current", "to": f"{number}"})
            log.settle()
        content = read_log(tmp_path)
        assert content is not None and content.signed is not None and content.public_key is not None
        assert content.faults == [] and content.is_settled
        assert content.signed.is_signed_by(content.public_key)
        assert content.signed.checkpoint.root == content.root(content.size)
        sizes.append(content.size)
    assert sizes == [4, 6, 8, 10, 12]
    assert _entries(tmp_path)[:4] == ["started", "settled", "readers", "settled"]


def test_a_write_torn_at_any_byte_is_cut_off_and_costs_nothing_that_was_signed(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.settle()
    before = log_path(tmp_path).read_bytes()
    with open_log(tmp_path) as log:
        log.record({"kind": "readers", "path": "published/current", "to": "x"})
        log.settle()
    whole = log_path(tmp_path).read_bytes()
    # Where the first of the two appends is whole, it counts.
    first = before + whole[len(before) :].split(b"= ")[0]
    first = whole[: whole.index(b"\n", len(first)) + 1]
    for length in range(len(before), len(whole)):
        log_path(tmp_path).write_bytes(whole[:length])
        torn = read_log(tmp_path)
        assert torn is not None and torn.faults == [], length
        signed = first if length >= len(first) else before
        assert torn.signed_bytes == len(signed) and torn.unsigned_bytes == length - len(signed)
    log_path(tmp_path).write_bytes(whole[: len(first) - 1])
    with open_log(tmp_path) as log:
        assert log.size == 2
        log.record({"kind": "readers", "path": "published/current", "to": "y"})
        log.settle()
    assert _entries(tmp_path) == ["started", "settled", "readers", "settled"]


def test_a_torn_end_is_a_note_and_no_alarm(folder: Folder) -> None:
    with log_path(folder.data).open("ab") as stream:
        stream.write(b'+ 0123 {"kind": "half')
    report = folder.verify()
    assert report.differences == ()
    assert {note.code for note in report.notes} == {"unsigned_tail"}


def test_nothing_is_added_to_a_log_that_is_not_what_was_signed(folder: Folder) -> None:
    path = log_path(folder.data)
    path.write_bytes(path.read_bytes().replace(b"wrong month", b"right month"))
    before = path.read_bytes()
    with pytest.raises(LogError, match="not what was signed"):
        withdraw_batch(folder.data, active_batches(folder.data)[0].batch_id, by="x", reason="y")
    with pytest.raises(LandingError, match="hufu verify"):
        folder.land()
    assert path.read_bytes() == before


def test_nothing_is_added_with_another_key(folder: Folder) -> None:
    key_path(folder.data).unlink()
    with pytest.raises(LogError), open_log(folder.data):
        pass
    key_path(folder.data).write_text("no key\n")
    with pytest.raises(LogError, match="put the key back"), open_log(folder.data):
        pass


def test_the_key_is_its_owners_only(folder: Folder) -> None:
    assert stat.S_IMODE(key_path(folder.data).stat().st_mode) == 0o600


def _append_many(data: str, name: str) -> None:
    for number in range(10):
        with open_log(Path(data)) as log:
            log.record({"kind": "readers", "path": "published/current", "to": f"{name}-{number}"})
            log.settle()


def test_two_writers_take_turns(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_append_many, args=(str(tmp_path), name)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert _entries(tmp_path).count("readers") == 20


def test_who_waits_too_long_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "_WAIT_SECONDS", 0.2)
    with open_log(tmp_path), pytest.raises(LogError, match="another process"), open_log(tmp_path):
        pass


# ---------------------------------------------------------------------------------------------- killed writers


def _kill_at(monkeypatch: pytest.MonkeyPatch, module: object, name: str, *, when: int = 1) -> None:
    calls = iter(range(1, 1_000))

    def killed(*_: object, **__: object) -> None:
        if next(calls) == when:
            raise Killed
        return real(*_, **__)

    real = getattr(module, name)
    monkeypatch.setattr(module, name, killed)


def test_a_decision_that_was_signed_is_carried_out_by_the_next_writer(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = folder.batch("orders")["batch_id"]
    with monkeypatch.context() as patch:
        _kill_at(patch, log_module, "write_json")
        with pytest.raises(Killed):
            withdraw_batch(folder.data, batch, by="hr.lead", reason="wrong month")
    assert batch in {b.batch_id for b in active_batches(folder.data)}
    report = folder.verify()
    assert report.differences == () and "open" in {note.code for note in report.notes}
    folder.land()
    assert batch not in {b.batch_id for b in active_batches(folder.data)}
    report = folder.verify()
    assert report.differences == () and "open" not in {note.code for note in report.notes}


def test_a_run_that_finds_nothing_new_completes_what_was_announced(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = folder.batch("orders")["batch_id"]
    with monkeypatch.context() as patch:
        _kill_at(patch, log_module, "write_json")
        with pytest.raises(Killed):
            withdraw_batch(folder.data, batch, by="hr.lead", reason="wrong month")
    complete_log(folder.data, settle=False)
    assert batch not in {b.batch_id for b in active_batches(folder.data)}
    size = log_path(folder.data).stat().st_size
    complete_log(folder.data, settle=True)
    assert _entries(folder.data)[-2:] == ["event", "settled"]
    whole = log_path(folder.data).read_bytes()
    assert len(whole) > size
    complete_log(folder.data, settle=True)
    assert log_path(folder.data).read_bytes() == whole
    log_path(folder.data).write_bytes(whole[:-1])
    complete_log(folder.data, settle=True)
    assert _entries(folder.data)[-2:] == ["event", "settled"]


@pytest.mark.parametrize("step", ["copied", "source", "parquet", "quarantine", "register", "state"])
def test_a_landing_killed_after_any_step_raises_no_alarm_before_or_after_the_next(folder: Folder, step: str) -> None:
    (folder.inbox / "crm" / "orders_2.csv").write_text(
        "order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status\n"
        "O8,C1,E1,2026-04-02 14:30:00,10.00,9.00,shipped\nO9,C1,E1,no moment,10.00,9.00,shipped\n",
        encoding="utf-8",
    )

    def kill(name: str) -> None:
        if name == step:
            raise Killed

    with pytest.raises(Killed):
        folder.land(checkpoint=kill)
    assert folder.verify().differences == ()
    folder.land()
    report = folder.verify(quick=step != "register")
    assert report.differences == ()
    assert {note.code for note in report.notes} <= {"truncation"}


def test_what_a_killed_landing_left_is_on_record_when_its_file_never_comes_again(folder: Folder) -> None:
    late = folder.inbox / "crm" / "orders_2.csv"
    late.write_text(
        "order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status\n"
        "O8,C1,E1,2026-04-02 14:30:00,10.00,9.00,shipped\n",
        encoding="utf-8",
    )

    def kill(name: str) -> None:
        if name == "parquet":
            raise Killed

    with pytest.raises(Killed):
        folder.land(checkpoint=kill)
    late.unlink()
    folder.land()
    assert folder.verify().differences == ()
    assert "leftover" in _entries(folder.data)
    # Only what the killed landing left: what comes later is nobody's.
    (folder.data / "lake" / "crm" / "orders" / "later.parquet").write_bytes(b"x")
    assert [d.code for d in folder.verify().differences] == ["stranger"]


def test_a_restamped_delivery_killed_halfway_raises_no_alarm(folder: Folder) -> None:
    os.utime(folder.inbox / "crm" / "orders.csv", (1_600_000_000, 1_600_000_000))

    def kill(name: str) -> None:
        if name == "restamp":
            raise Killed

    with pytest.raises(Killed):
        folder.land(checkpoint=kill)
    assert folder.verify().differences == ()
    folder.land()
    assert folder.verify(quick=False).differences == ()


@pytest.mark.parametrize(
    ("name", "when"),
    [("_discard_leftovers", 1), ("write_quality_schema", 1), ("table_digests", 1), ("file_sha256", 1)]
    + [("write_json", 1), ("point_to", 1), ("_prune", 1)],
)
def test_a_publication_killed_at_any_step_raises_no_alarm_before_or_after_the_next(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, name: str, when: int
) -> None:
    from pipelines.publish import publication

    before = current_publication(folder.paths)
    with monkeypatch.context() as patch:
        _kill_at(patch, publication, name, when=when)
        with pytest.raises(Killed):
            folder.publish(4)
    assert folder.verify().differences == ()
    assert name == "_prune" or current_publication(folder.paths) == before
    folder.publish(5)
    report = folder.verify()
    assert report.differences == () and {note.code for note in report.notes} == {"truncation"}
    assert current_publication(folder.paths) == list_publications(folder.paths)[-1]


def test_going_back_to_an_earlier_publication_is_on_record(folder: Folder) -> None:
    rollback(folder.paths)
    assert folder.verify().differences == ()
    assert _entries(folder.data)[-2:] == ["readers", "settled"]


# ---------------------------------------------------------------------------------------------- older folders


def test_a_folder_without_a_log_is_vouched_for_from_its_first_run_on(folder: Folder) -> None:
    shutil.rmtree(folder.data / "state")
    for path in (folder.data / "register").glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        for name in ("batch_root", "block_rows", "quarantine_sha256"):
            document.pop(name)
        path.write_text(json.dumps(document), encoding="utf-8")
    alone = folder.verify(kept=False)
    assert alone.differences == () and {note.code for note in alone.notes} == {"no_log"}
    folder.land()
    report = folder.verify(quick=False, kept=False)
    assert report.differences == ()
    assert {note.code for note in report.notes} == {"no_checkpoint", "since"}
    assert folder.batch("messages")["batch_root"] is not None
    record_event(folder.data, folder.batch("orders")["batch_id"], "withdrawn", by="x", reason="y")
    assert len(read_events(folder.data)) == 3 and folder.verify(kept=False).differences == ()


def test_a_landed_file_altered_before_the_log_began_gets_no_root(folder: Folder) -> None:
    shutil.rmtree(folder.data / "state")
    batch = folder.batch("orders")
    record = folder.data / "register" / f"{batch['batch_id']}.json"
    record.write_text(json.dumps(batch | {"batch_root": None}), encoding="utf-8")
    with (folder.data / batch["landed_path"]).open("ab") as stream:
        stream.write(b"x")
    folder.land()
    assert folder.batch("orders")["batch_root"] is None
    first = folder.verify(kept=False).first
    assert first is not None and (first.stage, first.place) == ("landed", batch["landed_path"])


# ---------------------------------------------------------------------------------------------- checkpoints


def test_a_checkpoint_survives_mail_and_nothing_else(folder: Folder) -> None:
    assert folder.kept is not None and folder.key is not None
    text = str(folder.kept)
    assert SignedCheckpoint.parse(text) == folder.kept
    assert SignedCheckpoint.parse(text.replace("\n", "\r\n") + "\r\n\r\n") == folder.kept
    assert PublicKey.parse(f" {folder.key}\n") == folder.key
    raw = text.encode()
    taken = 0
    for place in range(len(raw)):
        for flip in (0x01, 0x20):
            altered = raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :]
            try:
                signed = SignedCheckpoint.parse(altered.decode())
            except (BadCheckpoint, UnicodeDecodeError):
                continue
            taken += signed.is_signed_by(folder.key)
    assert taken == 0


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\nx\nAAAA\n\n\u2014 k AAAAAAAA\n", "a\n-1\n" + "A" * 43 + "=\n\n\u2014 k AAAAAAAA\n"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        SignedCheckpoint.parse(text)


def test_another_key_of_the_same_name_does_not_pass(tmp_path: Path) -> None:
    key, other = (SigningKey.load_or_make(tmp_path / name) for name in ("a", "b"))
    signed = key.sign(Checkpoint(key.public.name, 3, bytes(32)))
    assert signed.is_signed_by(key.public)
    assert not signed.is_signed_by(PublicKey(key.public.name, other.public.raw))
    assert not signed.is_signed_by(other.public)
    with pytest.raises(BadCheckpoint):
        PublicKey.parse(str(key.public).replace(key.public.id.hex(), "00000000"))
