"""The page of labour law: the same as its table, with every limit's source."""

from __future__ import annotations

from pipelines.policy.labour_law import COUNTRIES, PAGE, read_limits, render


def test_the_committed_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(read_limits())


def test_a_limit_that_the_law_does_not_set_is_told_as_such() -> None:
    row = {
        "country_code": "GB",
        "limit_code": "probation",
        "scope": "all",
        "value": "",
        "unit": "month",
        "bound": "at_most",
        "agreement_max": "",
        "valid_from": "1900-01-01",
        "valid_to": "",
        "source_zh": "无",
        "source_en": "none",
        "note_zh": "",
        "note_en": "",
    }
    assert "| 全部 · all | — |  |  |  | 无<br>none |  |" in render([row])


def test_every_row_of_the_table_is_on_the_page() -> None:
    rows = read_limits()
    assert {row["country_code"] for row in rows} == set(COUNTRIES)
    assert render(rows).count("<br>") >= len(rows)
