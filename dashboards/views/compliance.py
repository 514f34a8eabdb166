"""Compliance: which rules are broken where, by whom, and how each rule stands.

Belongs here: rules, units, and the list of cases for those who may see rows.
Does not belong here: one case (case_file.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboards.access import Result
from dashboards.charts import branches, trend
from dashboards.charts.theme import color_of
from dashboards.charts.units import units_figure, units_finding, units_height, units_shown
from dashboards.components import address, frame, rules
from dashboards.components.cards import Derived, Figure, ask, chart_card, key_figures, subset, table_card
from dashboards.components.filter_bar import filter_bar
from dashboards.components.page import PageContext
from dashboards.escaping import plain

FAMILIES_DRAWN = 4
CASE_FILTERS = ("rule", "severity", "status", "disposition", "weekday", "hour")
_CASE_COLUMNS = (
    "occurred_at",
    "rule_id",
    "mark",
    "severity",
    "points",
    "review_cause_zh",
    "review_cause_en",
    "full_name",
    "employee_id",
    "person_is",
    "org_unit_name",
    "explanation_zh",
    "explanation_en",
    "amount_at_risk",
    "currency",
    "status",
    "disposition",
    "customer_id",
    "subject_id",
)


def render(page: PageContext) -> None:
    texts = page.texts
    months = page.period_months()
    by_month = ask(page, "violations_by_month")
    if by_month is None or not months:
        frame.no_data(texts, texts("state.nothing_judged"))
        return
    by_nature = _by_nature(page)
    if by_nature:
        _key_figures(page, by_nature)
    by_unit = page.run("violations_by_unit")
    left, right = st.columns(2)
    with left:
        _trend(page, by_month, months, units_height(by_unit.frame()))
    with right:
        _units(page, by_unit)
    if by_nature:
        _rules(page, by_nature)
    _rates(page)
    _branches(page)
    if page.allows("case_list"):
        _cases(page)
    else:
        st.info(texts("compliance.no_cases"))


def _trend(page: PageContext, by_month, months, height: int) -> None:
    if by_month.is_empty:
        frame.no_data(page.texts, page.texts("state.no_violations"))
        return
    table = by_month.frame()
    chart_card(
        page,
        key="trend",
        finding=trend.incidents_finding(table, months, page.texts),
        figure=lambda: trend.incidents_figure(table, months, page.texts, height=height),
        result=by_month,
        unit=page.texts("unit.incidents_by_month"),
        metric="incident_count",
    )


def _units(page: PageContext, result) -> None:
    if result.is_empty:
        frame.no_data(page.texts, page.texts("state.no_units_below"))
        return
    table = result.frame()
    color = color_of(page.filters.get("family", ""))
    quiet = len(table) - len(units_shown(table))
    chart_card(
        page,
        key="units",
        finding=units_finding(table, page.texts),
        figure=lambda: units_figure(table, page.texts, color=color),
        result=result,
        unit=page.texts("unit.incidents"),
        metric="incident_count",
        note=page.texts("note.quiet_units", count=quiet) if quiet else None,
    )


def _by_nature(page: PageContext) -> dict[str, Result]:
    """The rules with their answers, what people are blamed for apart from what nobody is."""
    result = ask(page, "rules_of_family")
    if result is None:
        return {}
    return {nature: subset(result, lambda row, nature=nature: row["nature"] == nature) for nature in rules.NATURES}


def _rules(page: PageContext, by_nature: Mapping[str, Result]) -> None:
    """Every rule with its answer; which ones had no data is said before any of them."""
    texts = page.texts
    blind = [row for mine in by_nature.values() for row in mine.records() if row["verdict"] == "NO_DATA"]
    if blind:
        listed = [
            texts("compliance.no_data_rule", rule=row["rule_id"], datasets=missing)
            if (missing := rules.dataset_names(row["missing_datasets"], texts))
            else row["rule_id"]
            for row in blind
        ]
        st.warning(
            plain(
                texts(
                    "compliance.no_data_rules",
                    count=texts.number(len(blind)),
                    rules=texts("format.list_separator").join(listed),
                )
            )
        )
    for nature, mine in by_nature.items():
        if mine.is_empty:
            continue
        answers = [row["verdict"] for row in mine.records()]
        rules.rules_table(
            page,
            key=f"rules_{nature}",
            title=texts(
                f"nature_title.{nature}",
                count=texts.number(len(answers)),
                failed=texts.number(answers.count("FAIL")),
                blind=texts.number(answers.count("NO_DATA")),
            ),
            result=mine,
            note=texts(f"nature_note.{nature}"),
        )


def _key_figures(page: PageContext, by_nature: Mapping[str, Result]) -> None:
    """Incidents of each kind beside one another, so that none is added to what it is not."""
    texts = page.texts
    figures = []
    for nature, mine in by_nature.items():
        rows = mine.records()
        if not rows:
            continue
        failed = sum(row["verdict"] == "FAIL" for row in rows)
        judged = any(row["verdict"] in ("FAIL", "NEEDS_REVIEW", "PASS") for row in rows)
        figures.append(
            Figure(
                texts(f"nature_kpi.{nature}"),
                texts.number(sum(row["incident_count"] or 0 for row in rows)) if judged else texts("state.no_data"),
                texts("compliance.kpi_of_rules", failed=texts.number(failed), count=texts.number(len(rows))),
                texts(f"nature_note.{nature}"),
            )
        )
    key_figures(figures, key="kpis_nature")


def _rates(page: PageContext) -> None:
    rates = ask(page, "rates_by_month")
    if rates is None:
        return
    table = rates.frame()
    exposed = table[table["exposure_count"].fillna(0) > 0]
    families = _most(exposed, "incident_count")
    _note_on_families(page, exposed)
    for start in range(0, len(families), 2):
        for column, family in zip(st.columns(2), families[start : start + 2], strict=False):
            mine = table[table["family"] == family]
            with column:
                chart_card(
                    page,
                    key=f"rate_{family}",
                    finding=trend.rate_finding(mine, family, page.texts),
                    figure=lambda mine=mine, family=family: trend.rate_figure(mine, family, page.texts),
                    result=rates,
                    unit=page.texts(
                        "unit.per_1000_interval", unit=page.texts.term("exposure", mine["exposure_unit"].iloc[0])
                    ),
                    metric="violation_rate",
                )


def _note_on_families(page: PageContext, table) -> None:
    if table["family"].nunique() > FAMILIES_DRAWN:
        st.caption(page.texts("note.chosen_families", count=FAMILIES_DRAWN))


def _most(table, count: str) -> list[str]:
    """The families with most incidents; drawing them all would bury these."""
    total = table.groupby("family")[count].sum()
    return sorted(total.index, key=lambda family: (-float(total[family] or 0), family))[:FAMILIES_DRAWN]


def _branches(page: PageContext) -> None:
    compared = ask(page, "branch_comparison")
    if compared is None or compared.is_empty:
        return
    table = compared.frame()
    families = _most(table[table["exposure_count"].notna()], "event_count")
    for start in range(0, len(families), 2):
        for column, family in zip(st.columns(2), families[start : start + 2], strict=False):
            mine = table[table["family"] == family]
            with column:
                chart_card(
                    page,
                    key=f"branches_{family}",
                    finding=branches.branches_finding(mine, family, page.texts),
                    figure=lambda mine=mine, family=family: branches.branches_figure(mine, family, page.texts),
                    result=compared,
                    unit=page.texts(
                        "unit.ratio_to_others",
                        first=page.texts.date(mine["period_start"].iloc[0]),
                        last=page.texts.date(mine["period_end"].iloc[0]),
                    ),
                    metric="rate_ratio",
                )


def _cases(page: PageContext) -> None:
    texts = page.texts
    st.subheader(texts("compliance.cases_title"), anchor=False)
    filter_bar(page, CASE_FILTERS, key="filters_cases")
    cases = page.run("case_list")
    columns = [
        column
        for column in _CASE_COLUMNS
        if page.access.shows(page.viewer, "case_text") or not column.startswith("explanation")
    ]
    derived = _case_words(page)
    suppressed = sum(bool(row["is_suppressed"]) for row in cases.records())
    note = texts("compliance.cases_note")
    table_card(
        page,
        key="cases",
        title=texts("compliance.cases_count", count=texts.number(len(cases.rows))),
        result=cases,
        note=f"{note} {texts('compliance.suppressed_note', count=suppressed)}" if suppressed else note,
        columns=columns,
        derived=derived,
        on_open=lambda case: _open(page, case),
    )
    if page.allows("review_list"):
        review = ask(page, "review_list")
        if review is not None and not review.is_empty:
            table_card(
                page,
                key="review",
                title=texts("compliance.review_count", count=texts.number(len(review.rows))),
                result=review,
                note=texts("compliance.review_note"),
                columns=columns,
                derived=derived,
                on_open=lambda case: _open(page, case),
            )


def _case_words(page: PageContext) -> Derived:
    """What a list must say of a case: whether it counts, and what the person named has to do with it."""
    texts = page.texts
    natures = {rule["rule_id"]: rule["nature"] for rule in page.run("rules").records()}

    def person(row: Mapping[str, Any]) -> str | None:
        return texts.term("person", natures.get(row["rule_id"])) if row["employee_id"] else None

    return {
        "mark": lambda row: texts("case.suppressed_mark") if row["is_suppressed"] else None,
        "person_is": person,
    }


def _open(page: PageContext, case: Mapping[str, Any]) -> None:
    address.choose("case", case["violation_id"])
    st.switch_page(page.links["case_file"], query_params=address.carried({"case": case["violation_id"]}))
