"""Compliance: which rules are broken where, by whom, and how each rule stands.

Belongs here: rules, units, and the list of cases for those who may see rows.
Does not belong here: one case (case_file.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboards.charts import branches, trend
from dashboards.charts.theme import color_of
from dashboards.charts.units import units_figure, units_finding, units_height, units_shown
from dashboards.components import address, frame
from dashboards.components.cards import ask, chart_card, table_card
from dashboards.components.filter_bar import filter_bar
from dashboards.components.page import PageContext

CASE_FILTERS = ("rule", "severity", "status", "disposition", "weekday", "hour")
_CASE_COLUMNS = (
    "occurred_at",
    "rule_id",
    "severity",
    "points",
    "full_name",
    "employee_id",
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
    by_unit = page.run("violations_by_unit")
    left, right = st.columns(2)
    with left:
        _trend(page, by_month, months, units_height(by_unit.frame()))
    with right:
        _units(page, by_unit)
    _rules(page)
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


def _rules(page: PageContext) -> None:
    """Every rule with its verdict; a rule without data says which datasets are missing."""
    status = ask(page, "rule_status")
    by_rule = page.run("violations_by_rule")
    rules = page.run("rules")
    texts = page.texts
    verdicts = {row["rule_id"]: row for row in status.records()} if status else {}
    counts = {row["rule_id"]: row for row in by_rule.records()}
    chosen = page.filters.get("family")
    with st.container(border=True, key="card_rules"):
        st.markdown(f"#### {texts('compliance.rules_title')}", help=page.definition("rule_status"), anchors=False)
        rows = []
        for rule in rules.records():
            if chosen and rule["family"] != chosen:
                continue
            count = counts.get(rule["rule_id"], {})
            verdict = verdicts.get(rule["rule_id"], {})
            rows.append(
                {
                    "rule_id": rule["rule_id"],
                    "name": texts.pick(rule, "name"),
                    "verdict": texts.term("status_of_rule", verdict.get("status")),
                    "incident_count": count.get("incident_count"),
                    "points": count.get("points"),
                    "last_occurred_at": count.get("last_occurred_at"),
                    "judged": _share(verdict.get("judged_days"), verdict.get("total_days")),
                    "missing_datasets": verdict.get("missing_datasets"),
                    "severity": texts.term("severity", rule["severity"]),
                }
            )
        if not rows:
            st.caption(texts("state.no_rows"))
            return
        st.dataframe(
            rows,
            hide_index=True,
            key="table_rules",
            height="content",
            placeholder=texts("state.none"),
            column_config={
                "rule_id": texts("column.rule_id"),
                "name": st.column_config.TextColumn(texts("column.name"), width="medium"),
                "verdict": texts("column.verdict"),
                "incident_count": st.column_config.NumberColumn(texts("column.incident_count")),
                "points": st.column_config.NumberColumn(texts("column.points")),
                "last_occurred_at": st.column_config.DatetimeColumn(
                    texts("column.last_occurred_at"), format="YYYY-MM-DD HH:mm"
                ),
                "judged": st.column_config.NumberColumn(texts("column.judged"), format="%.0f%%"),
                "missing_datasets": texts("column.missing_datasets"),
                "severity": texts("column.severity"),
            },
        )


def _share(judged: int | None, total: int | None) -> float | None:
    """Part of the days that could be judged at all."""
    return 100 * judged / total if judged is not None and total else None


def _rates(page: PageContext) -> None:
    rates = ask(page, "rates_by_month")
    if rates is None:
        return
    table = rates.frame()
    families = [
        family
        for family in sorted(set(table["family"]))
        if table.loc[table["family"] == family, "exposure_count"].fillna(0).sum() > 0
    ]
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


def _branches(page: PageContext) -> None:
    compared = ask(page, "branch_comparison")
    if compared is None or compared.is_empty:
        return
    table = compared.frame()
    families = sorted(set(table["family"]))
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
    table_card(
        page,
        key="cases",
        title=texts("compliance.cases_count", count=texts.number(len(cases.rows))),
        result=cases,
        note=texts("compliance.cases_note"),
        columns=columns,
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
                columns=["review_cause" if column == "points" else column for column in columns],
                on_open=lambda case: _open(page, case),
            )


def _open(page: PageContext, case: Mapping[str, Any]) -> None:
    address.choose("case", case["violation_id"])
    st.switch_page(page.links["case_file"], query_params=address.carried({"case": case["violation_id"]}))
