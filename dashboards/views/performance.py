"""Performance: how groups and people score, compliance beside service.

Belongs here: scorecards; groups too small or with too little work are named as such, never ranked.
Does not belong here: pay.
"""

from __future__ import annotations

import streamlit as st

from dashboards.charts import performance
from dashboards.components import frame
from dashboards.components.cards import Figure, ask, chart_card, key_figures, table_card
from dashboards.components.filter_bar import filter_bar
from dashboards.components.page import PageContext
from dashboards.i18n import is_missing

_PERSON_COLUMNS = (
    "full_name",
    "employee_id",
    "org_unit_name",
    "job_family",
    "overall_score",
    "compliance_score",
    "complaint_rate_pct",
    "first_response_seconds",
    "satisfaction",
    "ticket_count",
    "has_enough_data",
)


def render(page: PageContext) -> None:
    texts = page.texts
    months = ask(page, "scores_by_month")
    if months is None:
        return
    if months.is_empty:
        frame.no_data(texts, texts("state.no_scores"))
        return
    trend = months.frame()
    chosen = page.filters.get("month")
    current = trend[[f"{month:%Y-%m}" == chosen for month in trend["month"]]] if chosen else trend.tail(1)
    if not current.empty:
        _key_figures(page, current.iloc[0])
    left, right = st.columns(2)
    with left:
        chart_card(
            page,
            key="scores",
            finding=performance.scores_finding(trend, texts),
            figure=lambda: performance.scores_figure(trend, texts),
            result=months,
            unit=texts("unit.score"),
            metric="overall_score",
        )
        _bonus(page)
    with right:
        _units(page)
    jobs = page.run("scores_by_job")
    if not jobs.is_empty:
        table_card(page, key="jobs", title=texts("performance.by_job"), result=jobs)
    if page.allows("scorecards"):
        st.subheader(texts("performance.people"), anchor=False)
        filter_bar(page, ("job",), key="filters_people")
        people = page.run("scorecards")
        table_card(
            page,
            key="people",
            title=texts("performance.people_count", count=texts.number(len(people.rows))),
            result=people,
            note=texts("performance.people_note"),
            columns=_PERSON_COLUMNS,
        )


def _key_figures(page: PageContext, row) -> None:
    texts = page.texts

    def shown(column: str, digits: int) -> str:
        if is_missing(row[column]):
            return texts("state.withheld" if row["is_withheld"] else "state.no_data")
        return texts.number(row[column], digits)

    month = texts.month(row["month"])
    key_figures(
        [
            Figure(texts("column.overall_score"), shown("overall_score", 1), month, page.definition("overall_score")),
            Figure(
                texts("column.compliance_score"),
                shown("compliance_score", 1),
                month,
                page.definition("compliance_score"),
            ),
            Figure(
                texts("column.complaint_rate_pct"),
                shown("complaint_rate_pct", 2),
                month,
                page.definition("complaint_rate_pct"),
            ),
            Figure(
                texts("column.first_response_seconds"),
                shown("first_response_seconds", 0),
                month,
                page.definition("first_response_seconds"),
            ),
            Figure(texts("column.satisfaction"), shown("satisfaction", 2), month, page.definition("satisfaction")),
        ]
    )


def _units(page: PageContext) -> None:
    result = page.run("scores_by_unit")
    if result.is_empty:
        frame.no_data(page.texts, page.texts("state.no_units_below"))
        return
    table = result.frame()
    chart_card(
        page,
        key="unit_scores",
        finding=performance.unit_scores_finding(table, page.texts),
        figure=lambda: performance.unit_scores_figure(table, page.texts),
        result=result,
        unit=page.texts("unit.score"),
        metric="overall_score",
    )


def _bonus(page: PageContext) -> None:
    result = ask(page, "bonus_by_month")
    if result is None or result.is_empty:
        return
    table = result.frame()
    chart_card(
        page,
        key="bonus",
        finding=performance.bonus_finding(table, page.texts),
        figure=lambda: performance.bonus_figure(table, page.texts),
        result=result,
        unit=page.texts("unit.people_without_bonus"),
        metric="bonus_earned_share",
    )
