"""Whatever is done to a data folder is found, and named where it was done.

A thousand and more mutations, random within each kind, of a folder that was landed and published for real. Each is
verified against the checkpoint that somebody kept, and undone.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.evidence.checkpoint import SigningKey
from pipelines.evidence.findings import Stage
from pipelines.evidence.tree import leaf_hash
from pipelines.files import file_sha256
from pipelines.landing import withdraw_batch
from tests.unit.evidence.conftest import Folder, edit_json

SEED = 20260401
# What was done: the files touched, where it must be found first, and what must be named.
Done = tuple[set[str], Stage, str]
Mutation = Callable[[Folder, random.Random], Done]

PATTERNS: dict[str, Stage] = {
    "lake/sources/*": "source",
    "lake/crm/*/*.parquet": "landed",
    "lake/hr/*/*.parquet": "landed",
    "quarantine/*.parquet": "landed",
    "register/*.json": "register",
    "register/events/*.json": "register",
    "published/*.json": "publication",
    "published/*.duckdb": "publication",
}


# To name the table in an altered database costs most.
OFTEN = (*(pattern for pattern in PATTERNS if not pattern.endswith(".duckdb")), *PATTERNS)


def _any_file(folder: Folder, rng: random.Random, *patterns: str) -> tuple[str, Stage]:
    pattern = rng.choice(patterns or OFTEN)
    return rng.choice(folder.files(pattern)), PATTERNS[pattern]


def _edit(folder: Folder, path: str, change: Callable[[bytearray], None]) -> None:
    content = bytearray(folder.original[path])
    change(content)
    assert content != folder.original[path]
    (folder.data / path).write_bytes(content)


def byte_altered(folder: Folder, rng: random.Random) -> Done:
    path, stage = _any_file(folder, rng)

    def change(content: bytearray) -> None:
        content[rng.randrange(len(content))] ^= rng.randrange(1, 256)

    _edit(folder, path, change)
    return {path}, stage, path


def bytes_deleted(folder: Folder, rng: random.Random) -> Done:
    path, stage = _any_file(folder, rng)

    def change(content: bytearray) -> None:
        at = rng.randrange(len(content))
        del content[at : at + rng.choice([1, 1, 7, 4096])]

    _edit(folder, path, change)
    return {path}, stage, path


def bytes_inserted(folder: Folder, rng: random.Random) -> Done:
    path, stage = _any_file(folder, rng)

    def change(content: bytearray) -> None:
        at = rng.randrange(len(content) + 1)
        content[at:at] = rng.randbytes(rng.choice([1, 1, 9]))

    _edit(folder, path, change)
    return {path}, stage, path


def lines_swapped(folder: Folder, rng: random.Random) -> Done:
    path, stage = _any_file(folder, rng, "lake/sources/*", "register/*.json", "register/events/*.json")
    lines = folder.original[path].splitlines(keepends=True)
    if len(set(lines)) < 2:
        return byte_altered(folder, rng)
    while True:
        first, second = rng.sample(range(len(lines)), 2)
        if lines[first] != lines[second]:
            break
    lines[first], lines[second] = lines[second], lines[first]
    (folder.data / path).write_bytes(b"".join(lines))
    return {path}, stage, path


def file_removed(folder: Folder, rng: random.Random) -> Done:
    path, stage = _any_file(folder, rng)
    (folder.data / path).unlink()
    return {path}, stage, path


def file_copied_over(folder: Folder, rng: random.Random) -> Done:
    pattern = rng.choice([p for p in PATTERNS if len(folder.files(p)) > 1])
    path, other = rng.sample(folder.files(pattern), 2)
    shutil.copyfile(folder.data / other, folder.data / path)
    return {path}, PATTERNS[pattern], path


def files_swapped(folder: Folder, rng: random.Random) -> Done:
    pattern = rng.choice([p for p in PATTERNS if len(folder.files(p)) > 1])
    first, second = sorted(rng.sample(folder.files(pattern), 2))
    (folder.data / first).write_bytes(folder.original[second])
    (folder.data / second).write_bytes(folder.original[first])
    return {first, second}, PATTERNS[pattern], first


def file_added(folder: Folder, rng: random.Random) -> Done:
    place = rng.choice(
        ["lake/sources/", "lake/crm/orders/", "quarantine/", "register/", "register/events/", "published/"]
    )
    path = f"{place}{rng.randbytes(8).hex()}{rng.choice(['.json', '.parquet', '.csv', ''])}"
    model = rng.choice(sorted(folder.original))
    (folder.data / path).write_bytes(folder.original[model] if rng.random() < 0.5 else b'{"a": 1}')
    return {path}, "stranger", path


def register_field_edited(folder: Folder, rng: random.Random) -> Done:
    path, stage = _any_file(folder, rng, "register/*.json", "register/events/*.json", "published/*.json")
    document = json.loads(folder.original[path])
    name = rng.choice(sorted(document))
    value = document[name]
    changed = value + 1 if isinstance(value, int) else f"{value}x" if isinstance(value, str) else "other"
    edit_json(folder.data / path, **{name: changed})
    return {path}, stage, path


def rows_altered(folder: Folder, rng: random.Random) -> Done:
    """A landed file written anew as a sound Parquet file, and the register made to fit it."""
    dataset = rng.choice(["orders", "order_lines", "messages", "employees"])
    batch = folder.batch(dataset)
    path, record = batch["landed_path"], f"register/{batch['batch_id']}.json"
    whole, beside = folder.data / path, folder.data / "altered.parquet"
    rows = batch["landed_count"]
    victim = rng.randrange(rows)
    column = {"orders": "net_amount", "order_lines": "quantity", "messages": "text", "employees": "full_name"}[dataset]
    source = f"read_parquet('{whole}', file_row_number = true)"
    value = f"{column} || '!'" if column in ("text", "full_name") else f"{column} + 1"
    statement = rng.choice(
        [
            f"select * exclude (file_row_number) replace (case file_row_number when {victim} then {value} else "
            f"{column} end as {column}) from {source} order by file_row_number",
            f"select * exclude (file_row_number) from {source} where file_row_number <> {victim} "
            "order by file_row_number",
            f"select * exclude (file_row_number) from {source} order by file_row_number desc",
            f"select * exclude (file_row_number) from (from {source} union all from {source} where file_row_number = "
            f"{victim}) order by file_row_number",
        ]
    )
    with duckdb.connect() as con:
        con.execute(f"copy ({statement}) to '{beside}' (format parquet)")
    os.replace(beside, whole)
    edit_json(folder.data / record, landed_sha256=file_sha256(whole), landed_count=rows - rng.randrange(2))
    return {path, record}, "landed", path


def table_altered(folder: Folder, rng: random.Random) -> Done:
    """A published table changed through the engine, and the sidecar made to fit the file."""
    path = rng.choice(folder.files("published/*.duckdb"))
    sidecar = path.replace(".duckdb", ".json")
    row = rng.randrange(40)
    statement, named = rng.choice(
        [
            (f"update compliance.counts set points = points + 1 where n = {row}", "compliance.counts"),
            (f"delete from compliance.counts where n = {row}", "compliance.counts"),
            (f"insert into compliance.counts values ({row}, 7)", "compliance.counts"),
            ("update compliance.fct_violations set points = 0", "compliance.fct_violations"),
            ("update quality.publication set is_synthetic = true", "quality.publication"),
            ("drop table quality.lineage", "quality.lineage"),
            ("create table compliance.more as select 1 as x", "compliance.more"),
            ("alter table compliance.counts rename column points to score", "compliance.counts"),
            ("create or replace table compliance.counts as from compliance.counts order by n desc", "compliance"),
        ]
    )
    with duckdb.connect(str(folder.data / path)) as con:
        con.execute(statement)
        con.execute("checkpoint")
    edit_json(folder.data / sidecar, file_sha256=file_sha256(folder.data / path))
    return {path, sidecar}, "publication", named if "order by" not in statement else path


def _log_lines(folder: Folder) -> list[bytes]:
    return folder.original["state/log"].splitlines(keepends=True)


def _write_log(folder: Folder, lines: list[bytes]) -> Done:
    content = b"".join(lines)
    assert content != folder.original["state/log"]
    (folder.data / "state/log").write_bytes(content)
    return {"state/log"}, "log", "state/log"


def log_byte_altered(folder: Folder, rng: random.Random) -> Done:
    content = bytearray(folder.original["state/log"])
    content[rng.randrange(len(content))] ^= rng.randrange(1, 256)
    return _write_log(folder, [bytes(content)])


def log_bytes_removed_or_inserted(folder: Folder, rng: random.Random) -> Done:
    content = bytearray(folder.original["state/log"])
    # What is appended after the last signature was never signed: a test of its own.
    at = rng.randrange(len(content) - 1)
    if rng.random() < 0.5:
        del content[at : at + rng.choice([1, 5])]
    else:
        content[at:at] = rng.randbytes(rng.choice([1, 5]))
    return _write_log(folder, [bytes(content)])


def log_line_removed(folder: Folder, rng: random.Random) -> Done:
    lines = _log_lines(folder)
    del lines[rng.randrange(len(lines))]
    return _write_log(folder, lines)


def log_lines_reordered(folder: Folder, rng: random.Random) -> Done:
    lines = _log_lines(folder)
    first, second = rng.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    return _write_log(folder, lines)


def log_line_repeated(folder: Folder, rng: random.Random) -> Done:
    lines = _log_lines(folder)
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return _write_log(folder, lines)


def log_truncated(folder: Folder, rng: random.Random) -> Done:
    content = folder.original["state/log"]
    cut = rng.randrange(len(content))
    if rng.random() < 0.5:
        cut = content.rindex(b"\n", 0, max(cut, content.index(b"\n") + 1)) + 1
    return _write_log(folder, [content[:cut]])


def log_entry_forged(folder: Folder, rng: random.Random) -> Done:
    """The entry's own hash made to fit: only the tree can tell."""
    lines = _log_lines(folder)
    at = rng.choice([n for n, line in enumerate(lines) if line.startswith(b"+ ")])
    document = json.loads(lines[at][67:])
    document["at"] = f"2025-{rng.randrange(1, 13):02d}-01T00:00:00+00:00"
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    lines[at] = b"+ " + leaf_hash(text).hex().encode() + b" " + text + b"\n"
    return _write_log(folder, lines)


def log_signed_by_another_key(folder: Folder, rng: random.Random) -> Done:
    other = SigningKey.load_or_make(folder.data / "state" / f"other-{rng.randrange(10**9)}.key")
    cut = rng.randrange(3, len(folder.original))
    folder.forge(lambda entry: entry if rng.random() < 0.9 or cut < 5 else None, other)
    [made] = (folder.data / "state").glob("other-*.key")
    made.unlink()
    return {"state/log"}, "log", "state/log"


def history_rewritten_with_the_key(folder: Folder, rng: random.Random) -> Done:
    """Whoever holds the key makes register, log and signatures fit; only the checkpoint kept elsewhere remembers."""
    record = rng.choice(folder.files("register/*.json"))
    edit_json(folder.data / record, read_count=rng.randrange(10_000, 20_000))
    document = json.loads((folder.data / record).read_text(encoding="utf-8"))

    def change(entry: dict) -> dict:
        if entry.get("path") == record:
            return {**entry, "document": document, "sha256": file_sha256(folder.data / record)}
        return entry

    folder.forge(change)
    return {"state/log", record}, "log", "state/log"


def event_taken_back(folder: Folder, rng: random.Random) -> Done:
    """A decision on a batch removed from the register and, with the key, from the log."""
    [event] = rng.sample(folder.files("register/events/*.json"), 1)
    (folder.data / event).unlink()
    folder.forge(lambda entry: None if entry.get("path") == event else entry)
    return {"state/log", event}, "log", "state/log"


def readers_switched(folder: Folder, rng: random.Random) -> Done:
    current = folder.paths.current
    target = current.readlink()
    [other] = [Path(p).name for p in folder.files("published/*.duckdb") if Path(p).name != target.name]
    current.unlink()
    if rng.random() < 0.8:
        current.symlink_to(other)
    folder_of_link.append((current, target))
    return set(), "readers", "published/current"


folder_of_link: list[tuple[Path, Path]] = []

# How often each; a thousand and more together. Those that go through the engine cost most.
MUTATIONS: list[tuple[Mutation, int]] = [
    (byte_altered, 210),
    (bytes_deleted, 120),
    (bytes_inserted, 120),
    (lines_swapped, 50),
    (file_removed, 67),
    (file_copied_over, 40),
    (files_swapped, 25),
    (file_added, 50),
    (register_field_edited, 80),
    (rows_altered, 25),
    (table_altered, 18),
    (log_byte_altered, 80),
    (log_bytes_removed_or_inserted, 60),
    (log_line_removed, 30),
    (log_lines_reordered, 30),
    (log_line_repeated, 20),
    (log_truncated, 30),
    (log_entry_forged, 20),
    (log_signed_by_another_key, 10),
    (history_rewritten_with_the_key, 10),
    (event_taken_back, 5),
    (readers_switched, 5),
]


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory, built: Folder) -> Folder:
    root = tmp_path_factory.mktemp("mutations")
    shutil.copytree(built.data, root / "data", symlinks=True)
    return Folder(built.inbox, root / "data", built.kept, built.key, built.original)


def test_a_thousand_mutations_are_at_hand() -> None:
    assert sum(times for _, times in MUTATIONS) >= 1_000


@pytest.mark.parametrize(("mutation", "times"), MUTATIONS, ids=[m.__name__ for m, _ in MUTATIONS])
def test_every_mutation_is_found_and_named_where_it_was_done(victim: Folder, mutation: Mutation, times: int) -> None:
    rng = random.Random(f"{SEED} {mutation.__name__}")
    where: Counter[str] = Counter()
    for _ in range(times):
        touched, stage, named = mutation(victim, rng)
        report = victim.verify()
        first = report.first
        assert first is not None, f"{mutation.__name__} of {touched} was not found"
        said = f"{first.place} {first.say('en')}"
        assert (first.stage, named in said) == (stage, True), f"{mutation.__name__} of {touched}: {first}"
        assert first.say("zh") != first.say("en")
        where[first.stage] += 1
        victim.restore(touched)
        while folder_of_link:
            link, target = folder_of_link.pop()
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    assert sum(where.values()) == times
    assert victim.verify().differences == ()


def test_nothing_is_found_where_nothing_was_done(built: Folder) -> None:
    quick, full = built.verify(), built.verify(quick=False)
    assert quick.differences == full.differences == ()
    assert [note.code for note in full.notes] == []
    assert full.rows > 1_300 and full.files == quick.files > 20


def test_an_older_copy_of_the_whole_folder_is_found_by_a_later_checkpoint(folder: Folder, tmp_path: Path) -> None:
    shutil.copytree(folder.data, tmp_path / "older", symlinks=True)
    (folder.inbox / "crm" / "more.csv").write_text("order_id\n", encoding="utf-8")
    folder.land()
    folder.publish(4)
    folder.keep_checkpoint()
    assert folder.verify(quick=False).differences == ()
    shutil.rmtree(folder.data)
    shutil.move(tmp_path / "older", folder.data)
    first = folder.verify().first
    assert first is not None and (first.stage, first.code) == ("log", "checkpoint_size")
    # By itself the older copy is sound: that is why a checkpoint has to be kept elsewhere.
    alone = folder.verify(kept=False)
    assert alone.differences == () and "no_checkpoint" in {note.code for note in alone.notes}


def test_legitimate_growth_raises_no_alarm_against_an_earlier_checkpoint(folder: Folder) -> None:
    kept = folder.kept
    for number in range(2):
        (folder.inbox / "crm" / f"orders_{number}.csv").write_text(
            "order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status\n"
            f"N{number},C1,E1,2026-04-0{number + 1} 14:30:00,10.00,9.00,shipped\n",
            encoding="utf-8",
        )
        folder.land()
        folder.publish(10 + number)
        report = folder.verify(quick=False)
        assert report.differences == ()
        assert {note.code for note in report.notes} == {"truncation"}
    assert folder.kept == kept
    assert len(folder.files("published/*.duckdb")) == 2


def test_a_log_begun_anew_does_not_fit_the_kept_checkpoint(folder: Folder) -> None:
    (folder.data / "state" / "log").unlink()
    assert [d.code for d in folder.verify().differences] == ["log_missing"]
    folder.land()
    first = folder.verify().first
    assert first is not None and first.stage == "log" and first.code.startswith("checkpoint_")
    assert "since" in {note.code for note in folder.verify().notes}


def test_two_folders_never_share_a_log(folder: Folder, tmp_path: Path) -> None:
    other = Folder(folder.inbox, tmp_path / "other")
    withdrawn = folder.batch("orders")["batch_id"]
    other.land()
    withdraw_batch(other.data, withdrawn, by="hr.lead", reason="wrong month")
    assert other.verify(kept=False).differences == ()
    first = other.verify(checkpoint=folder.kept, kept=False).first
    assert first is not None and first.code == "checkpoint_origin"
