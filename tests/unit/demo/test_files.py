"""The exports as files: same seed same bytes, contract columns, quarantine as foretold."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest

from pipelines import demo
from pipelines.contract import load_contract
from tests.unit.demo.delivery import SCALE, SEED, Delivery, data_files, dataset_of


def _fingerprint(inbox: Path) -> dict[str, tuple[str, float]]:
    return {
        path.relative_to(inbox.parent).as_posix().replace(inbox.name, "inbox"): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime if path.is_relative_to(inbox) else 0,
        )
        for root in (inbox, demo.truth_folder(inbox))
        for path in root.rglob("*")
        if path.is_file()
    }


def test_same_seed_gives_the_same_bytes_and_file_times(delivery: Delivery, tmp_path: Path) -> None:
    again = tmp_path / "again"
    demo.generate(again, scale=SCALE, seed=SEED)
    assert _fingerprint(again) == _fingerprint(delivery.inbox)


def test_another_seed_gives_another_company(delivery: Delivery, tmp_path: Path) -> None:
    began = time.process_time()
    report = demo.generate(tmp_path / "other", scale=SCALE, seed=SEED + 1)
    assert time.process_time() - began < 8
    first, other = _fingerprint(delivery.inbox), _fingerprint(report.out)
    assert first.keys() == other.keys()
    same = {name for name in first if first[name] == other[name]}
    assert same <= {"inbox/hr/positions.csv", "inbox/hr/org_units_组织架构.xlsx", "inbox.truth/quarantine.csv"}


def test_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("a\n")
    with pytest.raises(FileExistsError):
        demo.generate(tmp_path, scale=SCALE)
    assert [p.name for p in tmp_path.iterdir()] == ["own.csv"]


def test_every_dataset_is_delivered(delivery: Delivery) -> None:
    delivered = {dataset_of(path, delivery.inbox).name for path in data_files(delivery.inbox)}
    assert delivered == {d.name for d in load_contract()}
    empty = [d.name for d in load_contract() if not delivery.rows(f'select count(*) from "{d.name}"')[0][0]]
    assert empty == []


def test_columns_are_the_contracts(delivery: Delivery) -> None:
    for path in data_files(delivery.inbox):
        dataset = dataset_of(path, delivery.inbox)
        names = delivery.headers[path.relative_to(delivery.inbox).as_posix()]
        assert set(names) <= set(dataset.column_names), path
        assert {c.name for c in dataset.columns if c.is_mandatory} <= set(names), path


def test_rows_break_the_contract_only_where_truth_says_so(delivery: Delivery) -> None:
    foretold = dict(delivery.rows("select file, count(*) from truth_quarantine group by 1"))
    assert len(foretold) >= 5
    found: dict[str, int] = {}
    for dataset in load_contract():
        broken = ["false"]
        for column in dataset.columns:
            cell = f'"{column.name}"'
            if column.is_mandatory:
                broken.append(f"{cell} is null")
            if column.domain:
                broken.append(f"{cell} not in {(*column.domain, '')}")
            if column.pattern:
                broken.append(f"not regexp_matches({cell}, '{column.pattern}')")
            if column.type in {"int", "num", "money"}:
                broken.append(f"({cell} is not null and try_cast({cell} as double) is null)")
            if column.type in {"date", "ts"}:
                readable = f"coalesce(try_cast({cell} as timestamp), try_strptime({cell}, '%Y/%m/%d %H:%M:%S'))"
                broken.append(f"({cell} is not null and {readable} is null)")
            for bound, sign in ((column.min, "<"), (column.max, ">")):
                if bound is not None:
                    broken.append(f"try_cast({cell} as double) {sign} {bound}")
        for file, count in delivery.rows(
            f'select file, count(*) from "text_{dataset.name}" where {" or ".join(broken)} group by 1'
        ):
            found[file] = count
    assert found == foretold


def test_keys_are_unique_within_a_file(delivery: Delivery) -> None:
    for dataset in load_contract():
        keys = ", ".join(f'"{k}"' for k in dataset.keys)
        doubled = delivery.rows(f'select file, {keys} from "text_{dataset.name}" group by all having count(*) > 1')
        assert doubled == [], dataset.name


def test_files_look_like_what_real_systems_export(delivery: Delivery) -> None:
    files = data_files(delivery.inbox)
    raw = {path: path.read_bytes() for path in files}
    assert any(body.startswith(b"\xef\xbb\xbf") for body in raw.values())
    assert any(path.suffix == ".csv" and _is_gb18030(body) for path, body in raw.items())
    assert {".csv", ".tsv", ".xlsx", ".jsonl", ".parquet", ".gz"} <= {path.suffix for path in files}
    assert len([path for path in files if path.name.startswith("messages_20")]) == 12


def _is_gb18030(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return bool(body.decode("gb18030"))
    return False


def test_manifest_names_every_file_with_its_hash(delivery: Delivery) -> None:
    manifest = json.loads((delivery.inbox / "demo-manifest.json").read_text(encoding="utf-8"))
    assert (manifest["product"], manifest["seed"], manifest["scale"]) == ("hufu-demo", SEED, SCALE)
    assert manifest["files"] == {
        path.relative_to(delivery.inbox).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in data_files(delivery.inbox)
    }


def test_truth_lies_outside_the_inbox(delivery: Delivery) -> None:
    assert not delivery.truth.is_relative_to(delivery.inbox)
    assert json.loads((delivery.truth / "world.json").read_text(encoding="utf-8"))["gifts"]["novice_factor"] > 1
