"""Evidence packs: they hold alone, and no forged one does."""

from __future__ import annotations

import copy
import json
import random
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.evidence.checkpoint import SigningKey
from pipelines.evidence.pack import PackError, build_pack, check_pack, read_pack, write_pack
from tests.unit.evidence.conftest import VIOLATION, Folder


@pytest.fixture(scope="module")
def pack(built: Folder) -> dict[str, Any]:
    return json.loads(json.dumps(build_pack(built.paths, VIOLATION)))


def test_a_pack_names_every_deciding_row_and_holds_alone(built: Folder, pack: dict[str, Any]) -> None:
    assert built.key is not None
    checked = check_pack(pack, built.key, built.kept)
    assert checked.rows == 3
    places = {(row["dataset"], row["source_file"], row["source_row"]) for row in pack["rows"]}
    assert places == {
        ("messages", "crm/messages.csv", 9),
        ("messages", "crm/messages.csv", 1202),
        ("orders", "crm/orders.csv", 3),
    }
    assert {row["block"].split("/")[1] for row in pack["rows"] if row["dataset"] == "messages"} == {"0", "2"}
    assert "您好 1200" in pack["rows"][1]["content"] or "您好 1200" in pack["rows"][0]["content"]


def _leaves(value: Any, path: tuple = ()) -> Iterator[tuple]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path
    else:
        for key, child in items:
            yield from _leaves(child, (*path, key))


# What a pack says beside its proof. The marts' own words are not proven by a row: see docs/evidence.md.
_SAID = {"violation", "publication", "public_key", "format"}
_SAID_OF_A_ROW = {"role", "record_key", "columns"}


def test_nothing_proven_can_be_altered(built: Folder, pack: dict[str, Any]) -> None:
    assert built.key is not None
    rng = random.Random(7)
    proven = [p for p in _leaves(pack) if p[0] not in _SAID and not (p[0] == "rows" and p[2] in _SAID_OF_A_ROW)]
    refused = 0
    for path in rng.sample(proven, min(len(proven), 120)):
        forged = copy.deepcopy(pack)
        place: Any = forged
        for key in path[:-1]:
            place = place[key]
        value = place[path[-1]]
        if isinstance(value, str):
            at = rng.randrange(len(value)) if value else 0
            place[path[-1]] = value[:at] + chr(ord(value[at]) ^ 1 if value else 65) + value[at + 1 :]
        else:
            place[path[-1]] = value + 1
        with pytest.raises(PackError):
            check_pack(forged, built.key)
        refused += 1
    assert refused > 50


def test_a_proof_has_one_spelling(built: Folder, pack: dict[str, Any]) -> None:
    """Base64 leaves the last bits of 32 bytes unused: a letter may change there and the proof still mean the same."""
    assert built.key is not None
    forged = copy.deepcopy(pack)
    nodes = next(batch["proof"] for batch in forged["batches"].values() if batch["proof"])
    respelled = nodes[0][:42] + chr(ord(nodes[0][42]) + 1) + nodes[0][43:]
    assert b64decode(respelled) == b64decode(nodes[0])
    nodes[0] = respelled
    with pytest.raises(PackError):
        check_pack(forged, built.key)


def test_rows_cannot_be_exchanged_left_without_proof_or_taken_from_another_violation(
    built: Folder, pack: dict[str, Any]
) -> None:
    assert built.key is not None
    first, second = pack["rows"][:2]
    for rows in (
        [{**first, "content": second["content"], "row_hash": second["row_hash"]}],
        [{**first, "block": second["block"]}] if first["block"] != second["block"] else [{**first, "line": 999}],
        [{**first, "violation_id": "v-0002"}],
        [],
    ):
        with pytest.raises(PackError):
            check_pack({**pack, "rows": rows}, built.key)
    for part in ("batches", "blocks", "checkpoint"):
        with pytest.raises(PackError):
            check_pack({name: value for name, value in pack.items() if name != part}, built.key)


def test_another_key_does_not_prove_it(pack: dict[str, Any], tmp_path: Path) -> None:
    other = SigningKey.load_or_make(tmp_path / "key")
    with pytest.raises(PackError, match="not signed by the public key"):
        check_pack(pack, other.public)


def test_a_pack_leads_to_the_checkpoint_that_somebody_kept(folder: Folder, pack: dict[str, Any]) -> None:
    assert folder.kept is not None and folder.key is not None
    (folder.inbox / "crm" / "orders_2.csv").write_text(
        "order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status\n"
        "O8,C1,E1,2026-04-02 14:30:00,10.00,9.00,shipped\n",
        encoding="utf-8",
    )
    folder.land()
    folder.publish(9)
    newest = build_pack(folder.paths, VIOLATION)
    with pytest.raises(PackError, match="not made for the given checkpoint"):
        check_pack(newest, folder.key, folder.kept)
    earlier = build_pack(folder.paths, VIOLATION, folder.kept)
    assert check_pack(earlier, folder.key, folder.kept).size == folder.kept.checkpoint.size
    assert check_pack(newest, folder.key).size > folder.kept.checkpoint.size


def test_no_pack_is_made_of_what_does_not_fit(folder: Folder) -> None:
    with pytest.raises(PackError, match="no violation nobody"):
        build_pack(folder.paths, "nobody")
    landed = folder.data / folder.batch("orders")["landed_path"]
    shutil.copyfile(folder.data / folder.batch("order_lines")["landed_path"], landed)
    with pytest.raises(PackError, match="in no batch"):
        build_pack(folder.paths, VIOLATION)


# ---------------------------------------------------------------------------------------------- the commands


def _hufu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], env={"LANG": "en_US.UTF-8", "LC_ALL": ""})


def test_the_whole_way_on_the_command_line(folder: Folder, tmp_path: Path) -> None:
    kept, key, packs = tmp_path / "checkpoint", tmp_path / "key", tmp_path / "packs"
    assert _hufu("checkpoint", "--data", folder.data, "--out", kept).exit_code == 0
    assert _hufu("checkpoint", "--data", folder.data, "--public-key", "--out", key).exit_code == 0
    assert kept.read_text(encoding="utf-8") == str(folder.kept) == _hufu("checkpoint", "--data", folder.data).output
    whole = _hufu("verify", "--data", folder.data, "--checkpoint", kept, "--key", key)
    assert whole.exit_code == 0 and "0 differ" in whole.output
    made = _hufu("evidence", VIOLATION, "--data", folder.data, "--out", packs)
    assert made.exit_code == 0, made.output
    names = sorted(path.name for path in packs.iterdir())
    assert names == [f"evidence-{VIOLATION}.{end}" for end in ("en.txt", "json", "zh.txt")]
    chinese = (packs / names[2]).read_text(encoding="utf-8")
    assert "crm/orders.csv 第 3 条记录" in chinese and str(folder.kept) in chinese
    assert "record 3 of crm/orders.csv" in (packs / names[0]).read_text(encoding="utf-8")
    shutil.rmtree(folder.data)
    checked = _hufu("evidence", "--check", packs / names[1], "--key", key, "--checkpoint", kept)
    assert checked.exit_code == 0 and "all 3 rows" in checked.output
    assert read_pack(packs / names[1])["violation"]["violation_id"] == VIOLATION


def test_a_difference_ends_with_one_and_names_the_first(folder: Folder) -> None:
    path = folder.batch("orders")["source_path"]
    with (folder.data / path).open("ab") as stream:
        stream.write(b"x")
    (folder.data / "published" / "guest.txt").write_text("x")
    found = _hufu("verify", "--data", folder.data, "--quick")
    assert found.exit_code == 1
    first, second = found.output.splitlines()[:2]
    assert first.startswith("FIRST THAT DIFFERS: The original file") and path in first
    assert second.startswith("ALSO DIFFERS: ") and "guest.txt" in second
    lines = [
        json.loads(line) for line in _hufu("verify", "--data", folder.data, "--quick", "--json").output.splitlines()
    ]
    assert [line["stage"] for line in lines if "stage" in line] == ["source", "stranger"]
    assert lines[-1]["differences"] == 2
    assert _hufu("verify", "--data", folder.data, "--quick", "--language", "zh").output.startswith("首先不符：")


def test_wrong_arguments_are_said_to_be_wrong(folder: Folder, tmp_path: Path) -> None:
    assert _hufu("evidence", "--data", folder.data).exit_code == 2
    made = write_pack(build_pack(folder.paths, VIOLATION), tmp_path / "packs")
    assert _hufu("evidence", "--check", made[0]).exit_code == 2
    (tmp_path / "no-key").write_text("nothing")
    refused = _hufu("evidence", "--check", made[0], "--key", tmp_path / "no-key")
    assert refused.exit_code == 1 and "no public key" in refused.output
    refused = _hufu("verify", "--data", folder.data, "--checkpoint", tmp_path / "no-key")
    assert refused.exit_code == 1 and "no checkpoint" in refused.output
    assert _hufu("checkpoint", "--data", tmp_path / "nowhere").exit_code == 1
