"""What stays on record: repetition, order, stamps, withdrawal, crashes, two landings at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.landing import (
    LandingBusyError,
    LandingError,
    active_batches,
    inbox_unchanged,
    land_inbox,
    register_fingerprint,
    storage,
    withdraw_batch,
)
from pipelines.landing.register import record_event
from pipelines.landing.storage import Layout, landing_lock

from .conftest import NOON

PRODUCTS = "product_id,product_name\nP1,a\nP2,b\n"
OTHER = "product_id,product_name\nP1,changed\n"
DIRTY = (
    "order_id,customer_id,ordered_at,list_amount,net_amount,status\n"
    "O1,C1,2026-03-01,1,1,paid\n"
    "O2,C1,2026-03-01,1,1,shipped\n"
)
HOUR = 3600


def landed_files(company):
    return sorted(p.relative_to(company.data).as_posix() for p in (company.data / "lake").rglob("*") if p.is_file())


def test_a_batch_says_everything_about_its_file(company):
    company.deliver("crm/orders.csv", DIRTY)
    report = company.land()
    (batch,) = active_batches(company.data)
    assert report.new_batches == (batch,)
    assert (batch.system, batch.dataset, batch.delivery, batch.profile) == ("crm", "orders", "delta", "canonical")
    assert (batch.read_count, batch.accepted_count, batch.quarantined_count) == (2, 1, 1)
    assert batch.is_balanced
    assert batch.money_totals == {"list_amount": "1.00", "net_amount": "1.00"}
    assert batch.event_time_min == batch.event_time_max == "2026-03-01 00:00:00"
    assert batch.delivered_at == "2026-01-01T12:00:00.000000+00:00"
    assert (company.data / batch.source_path).read_text() == DIRTY
    assert Path(batch.landed_path).name.startswith(batch.source_sha256[:16])
    row = json.loads((company.data / "register" / f"{batch.batch_id}.json").read_text())
    assert row["source_file"] == "crm/orders.csv" and row["status"] == "landed"


def test_every_row_carries_its_provenance(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    (batch,) = active_batches(company.data)
    rows = company.ask(
        "select _system, _dataset, _source_file, _source_sha256, _source_row, _batch_id, _delivered_at, "
        "length(_row_hash) from landed_crm.products order by _source_row"
    )
    stamp = datetime(2026, 1, 1, 12)
    head = ("crm", "products", "crm/products.csv", batch.source_sha256)
    assert rows == [(*head, 2, batch.batch_id, stamp, 64), (*head, 3, batch.batch_id, stamp, 64)]


def test_landing_again_does_nothing(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.deliver("crm/bad.csv", "x")
    assert not inbox_unchanged(company.inbox, company.data)
    first = company.land()
    fingerprint, files = register_fingerprint(company.data), landed_files(company)
    assert first.has_news
    assert inbox_unchanged(company.inbox, company.data)
    second = company.land()
    assert not second.has_news and second.new_batches == ()
    assert [(f.source_file, f.status) for f in second.files] == [(f.source_file, f.status) for f in first.files]
    assert (register_fingerprint(company.data), landed_files(company)) == (fingerprint, files)


@pytest.mark.parametrize("change", ["touch", "new file", "gone", "profile", "manifest", "register", "state"])
def test_a_change_is_noticed(company, change):
    path = company.deliver("crm/products.csv", PRODUCTS)
    company.deliver("crm/bad.csv", "x")
    company.land()
    match change:
        case "touch":
            os.utime(path, (NOON + 5, NOON + 5))
        case "new file":
            company.deliver("crm/products2.csv", OTHER)
        case "gone":
            path.unlink()
        case "profile":
            company.profile("{name: p, version: 1, match: {path: x.csv}, ignore: [{name: all, when: 'true'}]}")
        case "manifest":
            company.deliver("manifest.yml", "crm/products.csv: 2025-01-01")
        case "register":
            next((company.data / "register").glob("*.json")).unlink()
        case "state":
            (company.data / "state/inbox.json").write_text("{half")
    assert not inbox_unchanged(company.inbox, company.data)
    company.land()
    assert inbox_unchanged(company.inbox, company.data)
    assert company.one("select count(*) from landed_crm.products") == (3 if change == "new file" else 2)


def test_the_same_content_under_another_name_changes_nothing(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    fingerprint = register_fingerprint(company.data)
    company.deliver("crm/products_copy.csv", PRODUCTS, NOON + HOUR)
    report = company.land()
    assert [(f.source_file, f.status) for f in report.files] == [
        ("crm/products.csv", "landed"),
        ("crm/products_copy.csv", "duplicate"),
    ]
    assert register_fingerprint(company.data) == fingerprint
    assert company.one("select count(*) from landed_crm.products") == 2


def test_the_earliest_delivery_of_a_content_counts(company):
    company.deliver("crm/orders_b.csv", DIRTY)
    company.land()
    company.deliver("crm/orders_a.csv", DIRTY, NOON - HOUR)
    report = company.land()
    assert {f.source_file: f.status for f in report.files} == {
        "crm/orders_a.csv": "landed",
        "crm/orders_b.csv": "duplicate",
    }
    assert company.ask("select _source_file, _delivered_at, _source_row from landed_crm.orders") == [
        ("crm/orders_a.csv", datetime(2026, 1, 1, 11), 3)
    ]
    assert company.one("select source_file from landed.quarantine") == "crm/orders_a.csv"
    (batch,) = active_batches(company.data)
    assert batch.delivered_at == "2026-01-01T11:00:00.000000+00:00"


def test_the_order_of_deliveries_does_not_matter(new_company):
    deliveries = [
        ("crm/orders_a.csv", DIRTY, NOON + HOUR),
        ("crm/orders_b.csv", DIRTY, NOON),
        ("crm/products.csv", PRODUCTS, NOON),
        ("crm/products_new.csv", OTHER, NOON + HOUR),
    ]
    outcomes = []
    for name, order in (("forward", deliveries), ("backward", deliveries[::-1]), ("at once", deliveries)):
        company = new_company(name)
        for delivery in order:
            company.deliver(*delivery)
            if name != "at once":
                company.land()
        company.land()
        rows = [company.ask(f"select * from landed_crm.{d} order by all") for d in ("orders", "products")]
        outcomes.append((register_fingerprint(company.data), rows, company.ask("from landed.quarantine order by all")))
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_a_manifest_names_the_delivery_stamp(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.deliver("crm/inventory.csv", "product_id,as_of,quantity\nP1,2026-03-01,1\n")
    company.deliver("manifest.yml", "crm/products.csv: 2026-02-01T08:00:00+08:00\n'crm/inv*': 2026-02-02\n")
    company.land()
    assert company.ask("select dataset, delivered_at from landed.batches order by 1") == [
        ("inventory", datetime(2026, 2, 2)),
        ("products", datetime(2026, 2, 1)),
    ]


def test_a_broken_manifest_is_an_error_in_words(company):
    company.deliver("manifest.yml", "crm/products.csv: some day\n")
    with pytest.raises(LandingError, match="manifest"):
        company.land()


def test_a_withdrawn_batch_is_out_and_stays_out(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    (batch,) = active_batches(company.data)
    before = register_fingerprint(company.data)
    withdraw_batch(company.data, batch.batch_id, by="hr.lead", reason="wrong month")
    assert active_batches(company.data) == []
    assert register_fingerprint(company.data) != before
    assert not inbox_unchanged(company.inbox, company.data)
    company.deliver("crm/products_again.csv", PRODUCTS, NOON - HOUR)
    company.land()
    assert company.one("select count(*) from landed_crm.products") == 0
    assert company.ask("select is_active, status from landed.batches") == [(False, "landed")]
    record_event(company.data, batch.batch_id, "reinstated", by="hr.lead", reason="it was right")
    assert company.one("select count(*) from landed_crm.products") == 2


def test_withdrawing_what_does_not_exist_is_an_error(company):
    company.land()
    with pytest.raises(LandingError, match="no batch"):
        withdraw_batch(company.data, "0123", by="x", reason="y")


def test_a_file_set_aside_lands_once_it_can(company):
    company.deliver("vendor.csv", "编号,名称\nP1,a\n")
    company.land()
    assert company.one("select status from landed.batches") == "set_aside"
    before = register_fingerprint(company.data)
    company.profile(
        "{name: own, version: 1, match: {headers: [编号, 名称]}, datasets: "
        "[{dataset: products, columns: {product_id: 编号, product_name: 名称}}]}"
    )
    company.land()
    assert company.ask("select product_id from landed_crm.products") == [("P1",)]
    assert company.ask("select status from landed.files") == [("landed",)]
    assert register_fingerprint(company.data) != before


def test_a_growing_file_waits_for_the_next_run(company, monkeypatch):
    path = company.deliver("crm/products.csv", PRODUCTS)

    grown: list[str] = []
    examine = storage._examine

    def examine_then_grow(found, inbox):
        result = examine(found, inbox)
        if not grown:
            grown.append("yes")
            with path.open("a") as stream:
                stream.write("P3,c\n")
        return result

    monkeypatch.setattr(storage, "_examine", examine_then_grow)
    report = company.land()
    assert [(f.status, f.reason.code) for f in report.files] == [("set_aside", "changing")]
    assert not inbox_unchanged(company.inbox, company.data)
    company.land()
    assert company.one("select count(*) from landed_crm.products") == 3


def test_two_landings_exclude_each_other(company):
    company.deliver("crm/products.csv", PRODUCTS)
    with landing_lock(Layout(company.data)), pytest.raises(LandingBusyError, match=str(os.getpid())):
        company.land()
    company.land()
    assert company.one("select count(*) from landed_crm.products") == 2


def test_progress_names_each_file(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.deliver("crm/orders.csv", DIRTY)
    calls: list[tuple[str, int, int]] = []
    company.land(on_progress=lambda *call: calls.append(call))
    assert calls == [("crm/orders.csv", 0, 2), ("crm/products.csv", 1, 2), ("", 2, 2)]


KILLER = """
import os, signal, sys
from pathlib import Path
from pipelines.landing import land_inbox

seen = []
def die(name):
    seen.append(name)
    if len(seen) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
land_inbox(Path(sys.argv[1]), Path(sys.argv[2]), checkpoint=die)
"""


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 8, 11])
def test_a_landing_killed_anywhere_is_finished_by_the_next(company, new_company, step):
    for one in (company, reference := new_company("reference")):
        one.deliver("crm/orders.csv", DIRTY)
        one.deliver("crm/products.csv", PRODUCTS)
    reference.land()
    arguments = [sys.executable, "-c", KILLER, str(company.inbox), str(company.data), str(step)]
    killed = subprocess.run(arguments, cwd=Path(__file__).parents[3], timeout=60)
    assert killed.returncode == -signal.SIGKILL
    company.ask("select count(*) from landed_crm.orders")
    company.land()
    assert register_fingerprint(company.data) == register_fingerprint(reference.data)
    assert landed_files(company) == landed_files(reference)
    for table in ("landed_crm.orders", "landed_crm.products", "landed.quarantine"):
        assert company.ask(f"from {table} order by all") == reference.ask(f"from {table} order by all")
    assert inbox_unchanged(company.inbox, company.data)


def test_a_restamp_killed_half_way_is_finished_by_the_next(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    company.deliver("crm/products_first.csv", PRODUCTS, NOON - HOUR)

    class Stop(BaseException):
        pass

    def stop(name: str) -> None:
        if name == "restamp":
            raise Stop

    with pytest.raises(Stop):
        land_inbox(company.inbox, company.data, checkpoint=stop)
    company.land()
    assert company.ask("select distinct _source_file, _delivered_at from landed_crm.products") == [
        ("crm/products_first.csv", datetime(2026, 1, 1, 11))
    ]


def test_files_landed_under_an_earlier_contract_still_read(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    (batch,) = active_batches(company.data)
    path = company.data / batch.landed_path
    with duckdb.connect() as con:
        con.execute(f"copy (select * exclude (season) from '{path}') to '{path}.new' (format parquet)")
    os.replace(f"{path}.new", path)
    assert company.ask("select product_id, season from landed_crm.products order by 1") == [("P1", None), ("P2", None)]
