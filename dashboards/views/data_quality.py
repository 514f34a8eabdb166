"""Data quality: whether the figures can be trusted, and what was left out.

Belongs here: checks, reconciliation, quarantine, people whom nobody knows, freshness, batches, runs.
Does not belong here: figures about the company.
"""

from __future__ import annotations

import streamlit as st

from dashboards.access import Result
from dashboards.charts import quality
from dashboards.components import address, frame
from dashboards.components.cards import Figure, ask, ask_quietly, chart_card, key_figures, table_card
from dashboards.components.page import PageContext

VIEWS = ("checks", "reconciliation", "quarantine", "people", "freshness", "batches", "runs")

# Grade of a layout that nobody has seen, see the profile language.
INFERRED = "I"


def render(page: PageContext) -> None:
    _key_figures(page)
    view = _view(page)
    {
        "checks": _checks,
        "reconciliation": _reconciliation,
        "quarantine": _quarantine,
        "people": _people,
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
    people = _quietly(page, "unresolved_summary")
    if people is not None:
        figures.append(
            Figure(
                texts("quality.kpi_people"),
                texts.number(sum(row["new_id_count"] for row in people)),
                texts("quality.kpi_people_rows", count=texts.compact(sum(row["row_count"] for row in people))),
            )
        )
    fresh = _quietly(page, "freshness")
    if fresh is not None:
        delivered = sum(row["last_delivered_at"] is not None for row in fresh)
        overdue = sum(bool(row["is_overdue"]) for row in _quietly(page, "expected_deliveries") or [])
        figures.append(
            Figure(
                texts("quality.kpi_datasets"),
                texts("quality.kpi_checks_value", passed=delivered, total=len(fresh)),
                texts("quality.kpi_overdue", count=overdue)
                if overdue
                else texts("quality.kpi_missing", count=len(fresh) - delivered),
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
    stages = ask(page, "reconciliation_stages")
    if stages is not None:
        table_card(
            page,
            key="stages",
            title=page.texts("quality.stages_title"),
            result=stages,
            note=page.texts("quality.stages_note"),
        )
    table_card(page, key="reconciliation", title=page.texts("quality.reconciliation_title"), result=result)
    if page.allows("reconciliation_money"):
        money = ask(page, "reconciliation_money")
        if money is not None:
            table_card(
                page,
                key="money",
                title=page.texts("quality.money_title"),
                result=money,
                note=page.texts("quality.money_note"),
            )


def _quarantine(page: PageContext) -> None:
    summary = ask(page, "quarantine_summary")
    if summary is None:
        return
    table_card(page, key="quarantine", title=page.texts("quality.quarantine_title"), result=summary)
    if page.allows("quarantine_rows"):
        table_card(
            page, key="quarantine_rows", title=page.texts("quality.quarantine_rows"), result=page.run("quarantine_rows")
        )


def _people(page: PageContext) -> None:
    texts = page.texts
    summary = ask(page, "unresolved_summary")
    if summary is None:
        return
    count = sum(row["new_id_count"] for row in summary.records())
    table_card(
        page,
        key="unresolved_summary",
        title=texts("quality.people_title", count=count) if count else texts("quality.people_all"),
        result=summary,
        note=_what_to_do(page, summary) if count else None,
        columns=[column for column in summary.columns if column != "new_id_count"],
    )
    if count and page.allows("unresolved_people"):
        table_card(
            page,
            key="unresolved_people",
            title=texts("quality.people_rows"),
            result=page.run("unresolved_people"),
        )


def _what_to_do(page: PageContext, summary: Result) -> str:
    """One sentence per reason that occurs: what the reader can deliver to end it."""
    found = {row["unresolved_reason"] for row in summary.records()}
    advice = {
        "no_identity": page.texts("quality.advice_no_identity"),
        "ambiguous_identity": page.texts("quality.advice_ambiguous_identity"),
        "unknown_employee": page.texts("quality.advice_unknown_employee"),
    }
    return " ".join([page.texts("quality.people_note"), *(text for reason, text in advice.items() if reason in found)])


def _freshness(page: PageContext) -> None:
    _deliveries(page)
    result = ask(page, "freshness")
    if result is not None:
        table_card(
            page,
            key="freshness",
            title=page.texts("quality.freshness_title"),
            result=result,
            note=page.texts("quality.freshness_note"),
        )


def _deliveries(page: PageContext) -> None:
    """What is owed in a rhythm, and what of it did not come."""
    texts = page.texts
    expected = ask(page, "expected_deliveries")
    if expected is None:
        return
    if expected.is_empty:
        st.caption(texts("quality.nothing_expected"))
        return
    missing = ask(page, "missing_deliveries")
    if missing is not None:
        count = len(missing.rows)
        table_card(
            page,
            key="missing_deliveries",
            title=texts("quality.missing_title", count=count) if count else texts("quality.missing_none"),
            result=missing,
            note=texts("quality.missing_note") if count else None,
        )
    table_card(page, key="expected_deliveries", title=texts("quality.expected_title"), result=expected)


def _batches(page: PageContext) -> None:
    texts = page.texts
    result = ask(page, "batches")
    if result is not None:
        inferred = sum(row["profile_evidence"] == INFERRED for row in result.records())
        table_card(
            page,
            key="batches",
            title=texts("quality.batches_title", count=len(result.rows)),
            result=result,
            note=texts("quality.inferred_note", count=inferred) if inferred else None,
        )
    files = ask_quietly(page, "files")
    if files is not None and not files.is_empty:
        table_card(
            page,
            key="files",
            title=texts("quality.files_title", count=len(files.rows)),
            result=files,
            columns=[column for column in files.columns if column not in ("status", "read_count", "accepted_count")],
        )
    if page.allows("batch_log"):
        log = ask_quietly(page, "batch_log")
        if log is not None:
            table_card(page, key="batch_log", title=texts("quality.log_title"), result=log)


def _runs(page: PageContext) -> None:
    result = ask(page, "runs")
    if result is not None:
        table_card(page, key="runs", title=page.texts("quality.runs_title"), result=result)
