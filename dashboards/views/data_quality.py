"""Data quality: whether the figures can be trusted, and what was left out.

Belongs here: checks, reconciliation, quarantine, freshness, batches, runs.
Does not belong here: figures about the company.
"""

from __future__ import annotations

import streamlit as st

from dashboards.charts import quality
from dashboards.components import address, frame
from dashboards.components.cards import Figure, ask, ask_quietly, chart_card, key_figures, table_card
from dashboards.components.page import PageContext

VIEWS = ("checks", "reconciliation", "quarantine", "freshness", "batches", "runs")


def render(page: PageContext) -> None:
    _key_figures(page)
    view = _view(page)
    {
        "checks": _checks,
        "reconciliation": _reconciliation,
        "quarantine": _quarantine,
        "freshness": _freshness,
        "batches": _batches,
        "runs": _runs,
    }[view](page)


def _view(page: PageContext) -> str:
    texts = page.texts
    chosen = address.chosen().get(address.VIEW)
    current = chosen if chosen in VIEWS else VIEWS[0]
    st.session_state["quality_view"] = current
    st.segmented_control(
        texts("quality.view"),
        VIEWS,
        format_func=lambda view: texts(f"quality.{view}"),
        key="quality_view",
        label_visibility="collapsed",
        required=True,
        on_change=address.bound(address.VIEW, "quality_view", lambda view: None if view == VIEWS[0] else str(view)),
    )
    return current


def _key_figures(page: PageContext) -> None:
    texts = page.texts
    figures = []
    checks = _quietly(page, "checks")
    if checks is not None:
        failed = [row for row in checks if not row["passed"]]
        figures.append(
            Figure(
                texts("quality.kpi_checks"),
                texts(
                    "quality.kpi_checks_value",
                    passed=texts.number(len(checks) - len(failed)),
                    total=texts.number(len(checks)),
                ),
                texts(
                    "quality.kpi_checks_note",
                    count=sum(row["severity"] == "blocking" for row in failed),
                ),
            )
        )
    balance = _quietly(page, "reconciliation")
    if balance is not None:
        whole = sum(bool(row["is_balanced"]) for row in balance)
        figures.append(
            Figure(
                texts("quality.kpi_balanced"),
                texts("quality.kpi_checks_value", passed=whole, total=len(balance)),
                texts("quality.kpi_rows", count=texts.compact(sum(row["read_count"] or 0 for row in balance))),
            )
        )
    quarantine = _quietly(page, "quarantine_summary")
    if quarantine is not None:
        rows = sum(row["row_count"] for row in quarantine)
        figures.append(
            Figure(
                texts("quality.kpi_quarantine"), texts.number(rows), texts("quality.kpi_reasons", count=len(quarantine))
            )
        )
    fresh = _quietly(page, "freshness")
    if fresh is not None:
        delivered = sum(row["last_delivered_at"] is not None for row in fresh)
        figures.append(
            Figure(
                texts("quality.kpi_datasets"),
                texts("quality.kpi_checks_value", passed=delivered, total=len(fresh)),
                texts("quality.kpi_missing", count=len(fresh) - delivered),
            )
        )
    if figures:
        key_figures(figures)
    else:
        frame.no_data(texts, texts("state.not_served"))


def _quietly(page: PageContext, query: str):
    result = ask_quietly(page, query)
    return None if result is None else result.records()


def _checks(page: PageContext) -> None:
    checks = ask(page, "checks")
    if checks is None:
        return
    failed = sum(not row["passed"] for row in checks.records())
    table_card(
        page,
        key="checks",
        title=page.texts(
            "quality.checks_title" if failed else "quality.checks_all", failed=failed, total=len(checks.rows)
        ),
        result=checks,
        columns=[column for column in checks.columns if column != "check_id"],
    )
    if page.allows("failing_keys"):
        keys = page.run("failing_keys")
        if not keys.is_empty:
            table_card(page, key="failing_keys", title=page.texts("quality.failing_keys"), result=keys)


def _reconciliation(page: PageContext) -> None:
    result = ask(page, "reconciliation")
    if result is None:
        return
    table = result.frame()
    if not table.empty:
        chart_card(
            page,
            key="fates",
            finding=quality.fates_finding(table, page.texts),
            figure=lambda: quality.fates_figure(table, page.texts),
            result=result,
            unit=page.texts("unit.rows_not_accepted"),
        )
    table_card(page, key="reconciliation", title=page.texts("quality.reconciliation_title"), result=result)


def _quarantine(page: PageContext) -> None:
    summary = ask(page, "quarantine_summary")
    if summary is None:
        return
    table_card(page, key="quarantine", title=page.texts("quality.quarantine_title"), result=summary)
    if page.allows("quarantine_rows"):
        table_card(
            page, key="quarantine_rows", title=page.texts("quality.quarantine_rows"), result=page.run("quarantine_rows")
        )


def _freshness(page: PageContext) -> None:
    result = ask(page, "freshness")
    if result is not None:
        table_card(
            page,
            key="freshness",
            title=page.texts("quality.freshness_title"),
            result=result,
            note=page.texts("quality.freshness_note"),
        )


def _batches(page: PageContext) -> None:
    result = ask(page, "batches")
    if result is not None:
        table_card(
            page, key="batches", title=page.texts("quality.batches_title", count=len(result.rows)), result=result
        )


def _runs(page: PageContext) -> None:
    result = ask(page, "runs")
    if result is not None:
        table_card(page, key="runs", title=page.texts("quality.runs_title"), result=result)
