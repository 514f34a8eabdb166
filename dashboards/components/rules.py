"""Rules as people read them.

Belongs here: words for a rule's precision, coverage and missing data, and the table of rules that two pages show.
Does not belong here: all about one rule (views/rules.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboards.access import Result
from dashboards.components import address
from dashboards.components.cards import table_card
from dashboards.components.page import PageContext
from dashboards.i18n import Texts, is_missing

# From what people are blamed for to what nobody is.
NATURES = ("fault", "hint", "duty", "signal")

RULE_COLUMNS = (
    "rule_id",
    "rule_name",
    "family",
    "answer",
    "incident_count",
    "severity",
    "points",
    "precision",
    "coverage",
    "missing",
    "last_event_at",
    "lifecycle",
)


def precision(row: Mapping[str, Any], texts: Texts) -> str:
    """How often cases confirmed the rule, with interval and how many were decided."""
    decided = row["decided_count"]
    if is_missing(decided) or not decided:
        return texts("rules.undecided")
    if not row["has_enough_data"] or is_missing(row["precision_share"]):
        return texts("rules.precision_thin", decided=texts.number(decided))
    return texts(
        "rules.precision",
        share=texts.percent(row["precision_share"]),
        low=texts.percent(row["precision_low"]),
        high=texts.percent(row["precision_high"]),
        decided=texts.number(decided),
    )


def answer(row: Mapping[str, Any], texts: Texts) -> str:
    """The rule's answer; what it found is called a violation only where it is one."""
    if row["verdict"] == "FAIL":
        return texts(f"found.{row['nature']}")
    return texts.term("status_of_rule", row["verdict"])


def dataset_names(codes: str | None, texts: Texts) -> str:
    """Datasets by their names, each once; codes are separated by commas."""
    if is_missing(codes) or not str(codes).strip():
        return ""
    listed = sorted({code.strip() for code in str(codes).split(",")})
    return texts("format.list_separator").join(texts.term("dataset", code) for code in listed)


def rules_table(
    page: PageContext, *, key: str, title: str, result: Result, note: str | None = None, is_whole: bool = False
) -> None:
    """Rules with how they stand; picking one opens its entry. `is_whole`: as tall as its rows."""
    texts = page.texts
    derived: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
        "rule_name": lambda row: texts.pick(row, "name"),
        "answer": lambda row: answer(row, texts),
        "precision": lambda row: precision(row, texts),
        "coverage": lambda row: None if is_missing(row["coverage_share"]) else texts.percent(row["coverage_share"]),
        "missing": lambda row: dataset_names(row["missing_datasets"], texts) or None,
    }
    table_card(
        page,
        key=key,
        title=title,
        result=result,
        note=note,
        columns=RULE_COLUMNS,
        derived=derived,
        is_whole=is_whole,
        on_open=lambda rule: open_rule(page, rule["rule_id"]),
    )


def open_rule(page: PageContext, rule_id: str) -> None:
    """The rule's entry in the catalogue."""
    st.switch_page(page.links["rules"], query_params=_same_view(page, rule_id))


def link_to_rule(page: PageContext, rule_id: str) -> None:
    st.page_link(
        page.links["rules"],
        label=page.texts("rules.open_entry", rule=rule_id),
        icon=":material/arrow_forward:",
        query_params=_same_view(page, rule_id),
    )


def link_to_cases(page: PageContext, rule_id: str) -> None:
    """For those who may see cases, and the page that lists them."""
    if page.allows("case_list") and page.allows("rates_by_month"):
        st.page_link(
            page.links["compliance"],
            label=page.texts("rules.open_cases"),
            icon=":material/arrow_forward:",
            query_params=_same_view(page, rule_id),
        )


def _same_view(page: PageContext, rule_id: str) -> dict[str, str]:
    """The rule in the months and unit that the reader has chosen."""
    kept = {name: page.filters[name] for name in ("from", "to", "org") if name in page.filters}
    return address.carried({**kept, "rule": rule_id})
