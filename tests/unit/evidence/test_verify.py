"""Reading the originals again: what hashes alone cannot tell, and how precisely it is said."""

from __future__ import annotations

import hashlib
import json
import os
import random
from pathlib import Path

import duckdb
import pytest

from pipelines.evidence.blocks import BLOCK_ROWS, batch_root, block_hashes, block_text
from pipelines.evidence.log import key_path, log_path, read_log
from pipelines.evidence.tables import table_digests
from pipelines.evidence.tree import leaf_hash, root_of
from pipelines.files import file_sha256
from tests.unit.evidence.conftest import Folder, edit_json


def _rewrite_landed(folder: Folder, dataset: str, select: str) -> str:
    """A landed file replaced, and everything on record made to fit, as its owner can before a checkpoint is kept."""
    batch = folder.batch(dataset)
    path, record = batch["landed_path"], f"register/{batch['batch_id']}.json"
    whole, beside = folder.data / path, folder.data / "altered.parquet"
    source = f"read_parquet('{whole}', file_row_number = true)"
    with duckdb.connect() as con:
        con.execute(f"copy ({select.format(source=source)}) to '{beside}' (format parquet)")
        root = batch_root(block_hashes(con, beside, batch["source_file"], batch["first_source_row"]))
    os.replace(beside, whole)
    edit_json(folder.data / record, landed_sha256=file_sha256(whole), batch_root=root)
    document = json.loads((folder.data / record).read_text(encoding="utf-8"))

    def change(entry: dict) -> dict:
        if entry.get("path") == record:
            return {**entry, "document": document, "sha256": file_sha256(folder.data / record)}
        return entry

    folder.forge(change)
    assert folder.verify(kept=False).differences == (), "the forgery must be consistent with itself"
    return path


@pytest.mark.parametrize(
    ("dataset", "select", "code", "said"),
    [
        (
            "orders",
            "select * exclude (file_row_number) replace (case order_id when 'O2' then net_amount + 1 "
            "else net_amount end as net_amount) from {source} order by file_row_number",
            "row_altered",
            "record 3 of crm/orders.csv differs in net_amount (records that differ: 1)",
        ),
        (
            "orders",
            "select * exclude (file_row_number) replace (case order_id when 'O3' then sha256('x') else _row_hash end "
            "as _row_hash) from {source} order by file_row_number",
            "row_altered",
            "record 4 of crm/orders.csv differs in _row_hash",
        ),
        (
            "order_lines",
            "select * exclude (file_row_number) replace (coalesce(_source_row, file_row_number + 2) as _source_row) "
            "from {source} where order_id <> 'O1' order by file_row_number",
            "row_altered",
            "record 2 of crm/order_lines.csv",
        ),
        (
            "messages",
            "select * exclude (file_row_number) replace (case when message_id >= 'M5' then '' else text end as text) "
            "from {source} order by file_row_number",
            "row_altered",
            "differs in text (records that differ: 555)",
        ),
        (
            "employees",
            "select * exclude (file_row_number) from (from {source} union all from {source} where employee_id = 'E3') "
            "order by file_row_number",
            "row_extra",
            "record 4 of hr/employees.csv",
        ),
    ],
    ids=["cell", "hash", "row gone", "many cells", "row twice"],
)
def test_the_originals_tell_what_a_consistent_forgery_hides(
    folder: Folder, dataset: str, select: str, code: str, said: str
) -> None:
    path = _rewrite_landed(folder, dataset, select)
    first = folder.verify(quick=False, kept=False).first
    assert first is not None and (first.stage, first.place) == ("landed", path)
    if dataset != "order_lines" and dataset != "employees":
        assert first.code == code
    assert said in first.say("en"), first.say("en")
    kept = folder.verify()
    assert kept.first is not None and kept.first.code == "checkpoint_root"


def test_a_forged_root_is_found_by_hashing_the_rows(folder: Folder) -> None:
    batch = folder.batch("messages")
    record = f"register/{batch['batch_id']}.json"
    edit_json(folder.data / record, batch_root="0" * 64)
    document = json.loads((folder.data / record).read_text(encoding="utf-8"))
    folder.forge(
        lambda e: (
            {**e, "document": document, "sha256": file_sha256(folder.data / record)} if e.get("path") == record else e
        )
    )
    assert folder.verify(kept=False).differences == ()
    first = folder.verify(quick=False, kept=False).first
    assert first is not None and (first.stage, first.place) == ("blocks", batch["landed_path"])


def test_an_edited_record_is_named_with_its_field_and_both_values(folder: Folder) -> None:
    batch = folder.batch("orders")
    path = f"register/{batch['batch_id']}.json"
    edit_json(folder.data / path, accepted_count=2)
    first = folder.verify(quick=False).first
    assert first is not None
    assert f"{path} was altered: accepted_count is 2, was committed as 3" in first.say("en")
    assert "accepted_count 现为 2，登记时为 3" in first.say("zh")


def test_the_first_difference_is_where_the_others_come_from(folder: Folder) -> None:
    batch = folder.batch("orders")
    for path in (batch["source_path"], batch["landed_path"], f"register/{batch['batch_id']}.json"):
        with (folder.data / path).open("ab") as stream:
            stream.write(b" ")
    (folder.data / "published" / "guest.txt").write_text("x")
    stages = [d.stage for d in folder.verify(quick=False).differences]
    assert stages == ["source", "landed", "register", "stranger"]


def test_what_another_profile_read_is_compared_by_its_hash_and_said_so(folder: Folder) -> None:
    """As after an upgrade of the contract: the batch stays, its version is another."""
    batch = folder.batch("orders")
    old, new = f"register/{batch['batch_id']}.json", "register/0123456789abcdef0123.json"
    document = batch | {"batch_id": "0123456789abcdef0123", "profile_version": "c-00000000"}
    (folder.data / old).unlink()
    (folder.data / new).write_text(json.dumps(document), encoding="utf-8")

    def change(entry: dict) -> dict:
        if entry.get("path") == old:
            return {**entry, "path": new, "document": document, "sha256": file_sha256(folder.data / new)}
        return entry

    folder.forge(change)
    report = folder.verify(quick=False, kept=False)
    assert report.differences == ()
    [note] = [n for n in report.notes if n.code == "not_read_again"]
    assert "cannot be re-read with this version" in note.say("en") and "c-00000000" in note.say("en")


def test_a_copy_that_cannot_be_written_to_is_verified_all_the_same(folder: Folder) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.data.rglob("*")}
    for path in [*folder.data.rglob("*"), folder.data]:
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert folder.verify(quick=False).differences == ()
    finally:
        for path in [folder.data, *folder.data.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() else 0o644)
    assert {path: path.stat().st_mtime_ns for path in folder.data.rglob("*")} == before


def test_without_a_checkpoint_it_is_said_what_that_means(folder: Folder) -> None:
    [note] = folder.verify(kept=False).notes
    assert note.code == "no_checkpoint" and "could have rewritten everything" in note.say("en")
    assert "改写了一切" in note.say("zh")


def test_corrected_rows_and_archives_are_read_again(folder: Folder) -> None:
    """The archive's own bytes are on record, and its member is read as a member."""
    log = read_log(folder.data)
    assert log is not None
    assert [e.document["path"][-4:] for e in log.entries if e.document["kind"] == "kept"] == [".zip"]
    assert folder.batch("org_units")["source_file"] == "units.zip!/hr/org_units.csv"
    report = folder.verify(quick=False)
    assert report.notes == () and report.differences == ()


def test_the_policy_that_judged_is_on_record_once(folder: Folder) -> None:
    log = read_log(folder.data)
    assert log is not None
    [policy] = [e.document for e in log.entries if e.document["kind"] == "policy"]
    assert policy["tables"] == {"thresholds": [["name", "value"], ["a", "1"], ["b", "2"]]}


def test_a_folder_that_holds_nothing_is_no_alarm_and_a_lost_log_is_one(folder: Folder, tmp_path: Path) -> None:
    empty = Folder(folder.inbox, tmp_path / "empty")
    assert empty.verify(kept=False).differences == ()
    log_path(folder.data).unlink()
    assert key_path(folder.data).exists()
    assert [d.code for d in folder.verify(kept=False).differences] == ["log_missing"]


# ---------------------------------------------------------------------------------------------- blocks and tables


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("rows", [0, 1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 50_000])
def test_blocks_are_those_of_the_definition_whoever_reads_them(tmp_path: Path, rows: int, threads: int) -> None:
    path = tmp_path / "landed.parquet"
    with duckdb.connect() as con:
        con.execute(
            "copy (select 'a.xlsx' || if(i % 3 = 0, '#2', '') as _source_file, i * 2 + 5 as _source_row, "
            f"sha256(i::varchar) as _row_hash from range({rows}) as t(i)) to '{path}' "
            "(format parquet, row_group_size 2048)"
        )
        con.execute(f"set threads = {threads}")
        lines = [
            f"{i * 2 + 5}\t{hashlib.sha256(str(i).encode()).hexdigest()}" + ("\ta.xlsx#2" if i % 3 == 0 else "")
            for i in range(rows)
        ]
        texts = ["\n".join(lines[at : at + BLOCK_ROWS]) for at in range(0, rows, BLOCK_ROWS)]
        expected = [hashlib.sha256(text.encode()).digest() for text in texts]
        assert block_hashes(con, path, "a.xlsx", None) == expected
        assert batch_root(expected) == root_of(leaf_hash(hashed) for hashed in expected).hex()
        for number in {0, len(texts) - 1} if texts else ():
            assert block_text(con, path, "a.xlsx", None, number) == texts[number]


def test_rows_that_stand_at_their_places_are_numbered_by_them(tmp_path: Path) -> None:
    path = tmp_path / "landed.parquet"
    with duckdb.connect() as con:
        con.execute(
            "copy (select 'a.csv' as _source_file, null::bigint as _source_row, sha256(i::varchar) as _row_hash "
            f"from range(3) as t(i)) to '{path}' (format parquet)"
        )
        assert [line.split("\t")[0] for line in block_text(con, path, "a.csv", 2, 0).split("\n")] == ["2", "3", "4"]


def test_a_tables_digest_is_of_its_rows_and_not_of_their_order() -> None:
    def digest(statement: str) -> dict:
        with duckdb.connect() as con:
            con.execute(f"create table t as {statement}")
            return table_digests(con)["main.t"]

    rows = "select i as n, if(i % 7 = 0, null, i::varchar) as s from range(500) as t(i)"
    whole = digest(rows)
    assert whole["rows"] == 500
    assert digest(f"{rows} order by hash(i)") == whole
    rng = random.Random(1)
    others = [
        f"select * from ({rows}) where n <> {rng.randrange(500)}",
        f"select * from ({rows}) union all select * from ({rows}) where n = {rng.randrange(500)}",
        f"select n, coalesce(s, '') as s from ({rows})",
        f"select n, coalesce(s, '-') as s from ({rows})",
        f"select n::integer as n, s from ({rows})",
        f"select n as m, s from ({rows})",
        f"select n, if(n = {rng.randrange(1, 7)}, s || ' ', s) as s from ({rows})",
    ]
    digests = [digest(other)["sha256"] for other in others]
    assert len({whole["sha256"], *digests}) == len(others) + 1
    # Where one cell ends and the next begins counts.
    assert digest("select 'a' as x, 'bc' as y")["sha256"] != digest("select 'ab' as x, 'c' as y")["sha256"]
    assert digest("select '1:a' as x, 'b' as y")["sha256"] != digest("select '1' as x, ':a1:b' as y")["sha256"]
