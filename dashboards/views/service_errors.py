"""Error attribution: which causes the records show for service errors, and why for each of them.

Belongs here: shares of causes for everybody, single errors with what speaks for and against for those who may see them.
Does not belong here: violations of the rules about errors (compliance), and any verdict of its own: the mart decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.access import Result
from dashboards.charts import service_errors as charts
from dashboards.components import address, frame
from dashboards.components.cards import Figure, ask, chart_card, facts, key_figures, table_card
from dashboards.components.filter_bar import filter_bar
from dashboards.components.page import PageContext
from dashboards.components.rules import dataset_names
from dashboards.escaping import plain
from dashboards.i18n import is_missing

_LIST_COLUMNS = (
    "occurred_at",
    "full_name",
    "employee_id",
    "org_unit_name",
    "category",
    "process_step",
    "grade",
    "loss_amount",
    "currency",
    "cause",
    "confidence",
    "why_not",
    "reported_cause_class",
    "is_reported_cause_confirmed",
    "error_id",
)


def render(page: PageContext) -> None:
    if "error" in page.filters:
        _one(page)
    else:
        _all(page)


def _all(page: PageContext) -> None:
    texts = page.texts
    filter_bar(page, ("from", "to", "org"))
    causes = ask(page, "errors_by_cause")
    if causes is None:
        return
    if causes.is_empty:
        frame.no_data(texts, texts("state.no_errors"))
        return
    losses = ask(page, "error_losses_by_cause")
    _key_figures(page, causes, losses)
    left, right = st.columns(2)
    with left:
        table = causes.frame()
        chart_card(
            page,
            key="causes",
            finding=charts.causes_finding(table, texts),
            figure=lambda: charts.causes_figure(table, texts),
            result=causes,
            unit=texts("unit.errors_by_cause"),
            metric="error_count",
            note=texts("errors.causes_note"),
        )
    with right:
        _losses(page, losses)
    _reports(page)
    categories = page.run("errors_by_category")
    table_card(
        page,
        key="categories",
        title=texts("errors.categories_title"),
        result=categories,
        note=texts("errors.categories_note"),
    )
    if page.allows("error_list"):
        _list(page)
    else:
        st.info(texts("errors.no_rows"))


def _key_figures(page: PageContext, causes: Result, losses: Result | None) -> None:
    texts = page.texts
    totals = ask(page, "error_totals")
    if totals is None:
        return
    total = totals.first()
    by_cause = {row["cause"]: row["error_count"] for row in causes.records()}
    figures = [
        Figure(
            texts("column.error_count"),
            texts.number(total["error_count"]),
            texts("kpi.people", count=texts.number(total["person_count"])),
            page.definition("error_count"),
        ),
        Figure(texts("errors.kpi_gross"), texts.number(total["gross_count"]), texts("errors.kpi_gross_note")),
    ]
    undecidable = by_cause.get(charts.UNDECIDABLE, 0)
    is_hidden = any(count is None for count in by_cause.values())
    figures.append(
        Figure(
            texts("errors.kpi_decided"),
            texts("state.withheld") if is_hidden else texts.percent(1 - undecidable / total["error_count"]),
            None if is_hidden else texts("errors.kpi_decided_note", count=texts.number(undecidable)),
        )
    )
    for currency in _currencies(losses):
        amounts = [row["loss_amount"] for row in losses.records() if row["currency"] == currency] if losses else []
        is_whole = not any(amount is None for amount in amounts)
        figures.append(
            Figure(
                texts("errors.kpi_loss", currency=currency),
                texts.money(sum(amounts), currency) if is_whole else texts("state.withheld"),
            )
        )
    key_figures(figures)


def _currencies(losses: Result | None) -> list[str]:
    return sorted({row["currency"] for row in losses.records() if row["currency"]}) if losses else []


def _losses(page: PageContext, losses: Result | None) -> None:
    """One currency at a time; amounts of different ones are never added."""
    texts = page.texts
    currencies = _currencies(losses)
    if losses is None or not currencies:
        frame.no_data(texts, texts("state.no_error_losses"))
        return
    table = losses.frame()
    for currency in currencies:
        mine = table[table["currency"] == currency]
        chart_card(
            page,
            key=f"error_losses_{currency}",
            finding=charts.losses_finding(mine, currency, texts),
            figure=lambda mine=mine, currency=currency: charts.losses_figure(mine, currency, texts),
            result=losses,
            unit=texts("unit.error_losses", currency=currency),
            note=texts("errors.losses_note"),
        )


def _reports(page: PageContext) -> None:
    """What was reported beside what the records show."""
    texts = page.texts
    reports = page.run("errors_by_report")
    title = texts("errors.reports_partly")
    if not reports.withheld:
        rows = reports.records()
        title = texts(
            "errors.reports_title",
            confirmed=texts.number(sum(row["confirmed_count"] for row in rows)),
            contradicted=texts.number(sum(row["contradicted_count"] for row in rows)),
        )
    table_card(
        page,
        key="reports",
        title=title,
        result=reports,
        note=texts("errors.reports_note"),
        columns=(
            "reported",
            "error_count",
            "confirmed_count",
            "contradicted_count",
            "undecidable_count",
            "person_count",
        ),
        derived={
            "reported": lambda row: (
                texts.term("cause", row["reported_cause_class"])
                if row["reported_cause_class"]
                else texts("errors.not_reported")
            )
        },
        is_whole=True,
    )


def _list(page: PageContext) -> None:
    texts = page.texts
    st.subheader(texts("errors.list_title"), anchor=False)
    filter_bar(page, ("cause", "grade"), key="filters_errors")
    errors = page.run("error_list")
    table_card(
        page,
        key="errors",
        title=texts("errors.list_count", count=texts.number(len(errors.rows))),
        result=errors,
        note=texts("errors.list_note"),
        columns=[
            column for column in _LIST_COLUMNS if page.access.shows(page.viewer, "person_name") or column != "full_name"
        ],
        derived={"why_not": lambda row: _why_not(page, row)},
        on_open=lambda error: _open(page, error["error_id"]),
    )


def _open(page: PageContext, error_id: str) -> None:
    address.choose("error", error_id)
    st.rerun()


def _why_not(page: PageContext, error: Mapping[str, Any]) -> str | None:
    """Why no cause is named, in words; the data that was never delivered by its name."""
    texts = page.texts
    if is_missing(error["undecidable_reason"]):
        return None
    missing = dataset_names(error["missing_datasets"], texts)
    reason = texts.term("undecidable", error["undecidable_reason"])
    return texts("errors.why_not", reason=reason, datasets=missing) if missing else reason


def _one(page: PageContext) -> None:
    texts = page.texts
    st.button(
        texts("errors.back"),
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=lambda: address.choose("error", None),
        key="back_to_errors",
    )
    header = ask(page, "error_header")
    if header is None:
        return
    error = header.first()
    _claim(page, error)
    left, right = st.columns(2)
    with left:
        chart_card(
            page,
            key="weights",
            finding=charts.weights_finding(error, texts),
            figure=lambda: charts.weights_figure(error, texts),
            result=header,
            unit=texts("unit.error_weights"),
        )
    with right:
        _indications(page, error)
    evidence = ask(page, "error_evidence")
    if evidence is not None:
        table_card(
            page,
            key="error_evidence",
            title=texts("errors.evidence_title", count=len(evidence.rows)),
            result=evidence,
            note=texts("errors.evidence_note"),
            columns=("role", "dataset_name", "record_key", "source_file", "source_row", "row_hash"),
            derived={
                "role": lambda row: _role(page, row["role"]),
                "dataset_name": lambda row: texts.term("dataset", row["dataset"]),
            },
            is_whole=len(evidence.rows) <= 20,
        )


def _role(page: PageContext, role: str) -> str:
    """An indication by its words; the error itself and its ticket as in a case."""
    texts = page.texts
    return texts(f"indication.{role}") if texts.has(f"indication.{role}") else texts.term("evidence_role", role)


def _claim(page: PageContext, error: Mapping[str, Any]) -> None:
    texts = page.texts
    with st.container(border=True, key="card_claim"):
        cause = texts.term("cause", error["cause"])
        st.markdown(f"#### {plain(error['error_id'])} · {plain(cause)}", anchors=False)
        reason = _why_not(page, error)
        if reason:
            st.info(texts("errors.undecidable", reason=plain(reason)))
        explanation = texts.pick(error, "explanation")
        if explanation:
            st.text(explanation)
        elif not page.access.shows(page.viewer, "case_text"):
            st.caption(texts("state.hidden_for_role"))
        facts(texts, _facts(page, error))


def _facts(page: PageContext, error: Mapping[str, Any]) -> Sequence[tuple[str, Any]]:
    texts = page.texts
    person = " · ".join(
        dict.fromkeys(str(error[name]) for name in ("full_name", "employee_id", "position_name") if error[name])
    )
    told = [
        (texts("errors.person"), person or texts("label.unidentified")),
        (texts("column.org_unit_name"), error["org_unit_name"] or error["org_unit_id"]),
        (texts("column.occurred_at"), texts.moment(error["occurred_at"])),
        (texts("column.category"), error["category"]),
        (texts("column.process_step"), error["process_step"]),
        (texts("column.grade"), texts.term("error_grade", error["grade"])),
        (texts("column.loss_amount"), texts.money(error["loss_amount"], error["currency"])),
        (texts("column.confidence"), texts.term("confidence", error["confidence"])),
        (texts("column.ticket_id"), error["ticket_id"]),
        (
            texts("column.reported_cause"),
            _compared(
                page, error["reported_cause"], error["reported_cause_class"], error["is_reported_cause_confirmed"]
            ),
        ),
    ]
    if error["case_id"] or error["case_cause_class"]:
        found = _compared(page, error["case_root_cause"], error["case_cause_class"], error["is_case_cause_confirmed"])
        told += [(texts("column.case_id"), error["case_id"]), (texts("column.case_root_cause"), found)]
    return told


def _compared(page: PageContext, words: str | None, cause: str | None, is_confirmed: bool | None) -> str | None:
    """What somebody said, which cause that is, and whether the records say the same."""
    texts = page.texts
    parts = [words, texts.term("cause", cause) if cause else None]
    if cause and not is_missing(is_confirmed):
        parts.append(texts("errors.confirmed" if is_confirmed else "errors.contradicted"))
    return " · ".join(part for part in parts if part) or None


def _indications(page: PageContext, error: Mapping[str, Any]) -> None:
    """What speaks for and against, in words that quote nobody, so that every role may read them."""
    texts = page.texts
    is_decided = error["cause"] != charts.UNDECIDABLE
    with st.container(border=True, key="card_indications", height="stretch"):
        st.markdown(f"#### {texts('errors.indications_title')}", anchors=False)
        title = texts("errors.speaks_for" if is_decided else "errors.points_somewhere")
        _listed(page, title, error["indications_for"])
        if is_decided:
            _listed(page, texts("errors.speaks_against"), error["indications_against"])
        st.caption(texts("errors.indications_note"))


def _listed(page: PageContext, title: str, codes: str | None) -> None:
    texts = page.texts
    with st.container(gap="xxsmall"):
        st.markdown(f"**{title}**")
        if is_missing(codes) or not codes:
            st.text(texts("errors.nothing"))
            return
        for code in str(codes).split(", "):
            st.text(f"• {texts.term('indication', code)}")
