"""The register in words, and decisions about single deliveries."""

from __future__ import annotations

import pytest

from pipelines.landing import active_batches, land_inbox
from pipelines.onboarding.deliveries import (
    NoSuchDelivery,
    consequence,
    find_delivery,
    list_deliveries,
    of_same_file,
    reinstate,
    withdraw,
)

PRODUCTS = "product_id,product_name\nP1,a\nP2,b\n"
TWO = """
name: two
version: 1
match: {headers: [a, b]}
datasets:
  - dataset: products
    columns: {product_id: a, product_name: b}
  - dataset: org_units
    columns: {org_unit_id: a, org_unit_name: b}
"""


def states(company) -> dict[str, str]:
    return {d.batch.source_file: d.state for d in list_deliveries(company.data)}


def test_every_state_is_told(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.deliver("crm/products_2.csv", PRODUCTS + "P3,c\n")
    company.deliver("bad.csv", "x")
    company.land()
    first = find_delivery(company.data, active_batches(company.data)[0].batch_id)
    withdraw(company.data, [first], by="lin", reason="wrong")
    assert states(company) == {
        first.batch.source_file: "withdrawn",
        "bad.csv": "set_aside",
        next(n for n in ("crm/products.csv", "crm/products_2.csv") if n != first.batch.source_file): "active",
    }


def test_a_reading_that_another_replaced_is_superseded(company):
    company.deliver("x.csv", "a,b\n1,2\n")
    company.profile(TWO)
    company.land()
    company.profile(TWO.replace("version: 1", "version: 2"))
    company.land()
    found = sorted((d.batch.dataset, d.state) for d in list_deliveries(company.data))
    assert found == [("org_units", "active"), ("org_units", "superseded")] + [
        ("products", "active"),
        ("products", "superseded"),
    ]


def test_the_beginning_of_an_id_suffices_when_it_is_clear(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.deliver("bad.csv", "x")
    company.land()
    [batch] = active_batches(company.data)
    assert find_delivery(company.data, batch.batch_id[:8]).batch == batch
    for prefix in ("", "zzz"):
        with pytest.raises(NoSuchDelivery, match="begins with"):
            find_delivery(company.data, prefix)


def test_an_unclear_beginning_is_answered_with_what_it_could_be(company):
    for number in range(20):
        company.deliver(f"crm/products_{number}.csv", PRODUCTS + f"P{number + 10},x\n")
    company.land()
    first = [b.batch_id[0] for b in active_batches(company.data)]
    shared = next(letter for letter in first if first.count(letter) > 1)
    with pytest.raises(NoSuchDelivery, match=f"{first.count(shared)} batches begin with"):
        find_delivery(company.data, shared)


def test_withdrawn_and_back(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    delivery = list_deliveries(company.data)[0]
    [event] = withdraw(company.data, [delivery], by="lin", reason="wrong shop")
    assert (event.action, event.by, event.reason) == ("withdrawn", "lin", "wrong shop")
    assert active_batches(company.data) == []
    with pytest.raises(NoSuchDelivery, match="withdrawn since .* by lin: wrong shop"):
        withdraw(company.data, [find_delivery(company.data, delivery.batch.batch_id)], by="x", reason="y")
    reinstate(company.data, [find_delivery(company.data, delivery.batch.batch_id)], by="lin", reason="right after all")
    assert len(active_batches(company.data)) == 1
    with pytest.raises(NoSuchDelivery, match="only a withdrawn"):
        reinstate(company.data, [find_delivery(company.data, delivery.batch.batch_id)], by="x", reason="y")


def test_only_what_counts_can_be_withdrawn_and_nothing_is_done_by_half(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.deliver("bad.csv", "x")
    company.land()
    active, other = sorted(list_deliveries(company.data), key=lambda d: d.state)
    with pytest.raises(NoSuchDelivery, match="only an active"):
        withdraw(company.data, [active, other], by="lin", reason="x")
    assert len(active_batches(company.data)) == 1


def test_a_file_of_several_datasets_can_be_taken_out_as_a_whole(company):
    company.profile(TWO)
    company.deliver("x.csv", "a,b\n1,2\n")
    company.land()
    one = list_deliveries(company.data)[0]
    others = of_same_file(company.data, one)
    assert {d.batch.dataset for d in (one, *others)} == {"products", "org_units"}
    withdraw(company.data, [one, *others], by="lin", reason="x")
    assert active_batches(company.data) == []


def test_a_withdrawal_outlasts_another_reading_and_can_still_be_lifted(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    withdraw(company.data, list_deliveries(company.data), by="lin", reason="x")
    land_inbox(company.inbox, company.data)
    [delivery] = list_deliveries(company.data)
    assert delivery.state == "withdrawn"
    reinstate(company.data, [delivery], by="lin", reason="y")
    assert [d.state for d in list_deliveries(company.data)] == ["active"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["withdraw", "reinstate"])
def test_what_follows_is_said_with_file_rows_and_command(company, kind, language):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    text = consequence(kind, list_deliveries(company.data)[0], language)
    assert "crm/products.csv" in text and "2" in text and "hufu run" in text
