"""JSON documents: lists of objects, answers of APIs that wrap one, and JSON lines under either name."""

from __future__ import annotations

import json

import pytest

from pipelines.landing.reading import json_document as json_document_module

ROWS = [{"product_id": "P1", "product_name": "羽绒服"}, {"product_id": "P2", "product_name": "衬\n衫"}]


def names(company):
    return [n for (n,) in company.ask("select product_name from landed_crm.products order by product_id")]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2, ensure_ascii=False),
        json.dumps(ROWS, indent=2).replace("\n", "\r\n"),
        "\ufeff  " + json.dumps(ROWS),
        json.dumps({"errcode": 0, "tags": ["a", "b"], "items": ROWS, "more": {"x": [1, 2]}}),
        json.dumps({"code": 0, "data": {"items": ROWS, "has_more": False}, "msg": "ok"}),
        "\n".join(json.dumps(row) for row in ROWS),
        "\n".join(json.dumps({**row, "parts": [{"a": 1}]}) for row in ROWS),
    ],
    ids=["list", "pretty", "crlf", "marked", "wrapped", "twice wrapped", "lines", "lines with lists"],
)
def test_a_document_is_read_like_lines(company, monkeypatch, text):
    monkeypatch.setattr(json_document_module, "_CHUNK_CHARACTERS", 7)
    company.deliver("crm/products.json", text)
    company.land()
    assert names(company) == ["羽绒服", "衬\n衫"]
    assert company.ask("select _source_row from landed_crm.products order by 1") == [(1,), (2,)]


def test_numbers_keep_their_spelling_and_odd_elements_are_quarantined(company):
    company.deliver(
        "crm/products.json",
        '[{"product_id": 1234567890123456789, "product_name": "a", "weight": 1.50}, 7, [1], null, "x", {}]',
    )
    company.land()
    assert company.ask("select product_id, _extra from landed_crm.products") == [
        ("1234567890123456789", '{"weight":"1.50"}')
    ]
    faults = company.ask("select source_row, reason_code from landed.quarantine order by 1")
    assert faults == [(2, "json"), (3, "json"), (4, "json"), (5, "json")]


def test_lines_that_hold_lists_stay_lines(company):
    company.deliver("crm/products.jsonl", json.dumps({**ROWS[0], "parts": [{"a": 1}, {"a": 2}]}))
    company.land()
    assert names(company) == ["羽绒服"]


def test_a_list_under_the_name_of_lines_is_read(company):
    company.deliver("crm/products.jsonl", json.dumps(ROWS, ensure_ascii=False).encode("gb18030"))
    company.land()
    assert names(company) == ["羽绒服", "衬\n衫"]


def test_an_empty_list_has_no_header(company):
    company.deliver("crm/products.json", "[]")
    report = company.land()
    assert [f.reason.code for f in report.set_aside if f.reason] == ["missing_columns"]
