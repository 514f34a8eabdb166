"""Case file: one case, what happened around it, and the source lines that prove it.

Belongs here: a case as a reviewer or the person concerned would want to check it.
Does not belong here: lists of cases beyond choosing one.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboards.charts.case import around_deciding, timeline_figure, timeline_finding
from dashboards.components import address, frame
from dashboards.components.cards import Figure, ask, chart_card, facts, key_figures, table_card
from dashboards.components.page import PageContext
from dashboards.components.rules import link_to_rule
from dashboards.escaping import plain
from dashboards.i18n import is_missing

CHOICES = 300
EVENTS_AROUND = 3


def render(page: PageContext) -> None:
    texts = page.texts
    cases = ask(page, "case_list")
    if cases is None:
        return
    if cases.is_empty:
        frame.no_data(texts, texts("state.no_violations"))
        return
    violation_id = _choose(page, cases.records()[:CHOICES])
    header = page.run("case_header", case=violation_id).first()
    rule = next((row for row in page.run("rules").records() if row["rule_id"] == header["rule_id"]), {})
    _claim(page, header, rule)
    timeline = ask(page, "case_timeline", case=violation_id)
    if timeline is not None:
        _timeline(page, timeline)
    evidence = ask(page, "case_evidence", case=violation_id)
    if evidence is not None:
        table_card(
            page,
            key="evidence",
            title=texts("case.evidence_title", count=len(evidence.rows)),
            result=evidence,
            note=texts("case.evidence_note"),
            columns=("role", "dataset_name", "record_key", "source_file", "source_row", "row_hash"),
            derived={"dataset_name": lambda row: texts.term("dataset", row["dataset"])},
        )
    related = page.run("case_related", case=violation_id)
    if not related.is_empty:
        table_card(
            page,
            key="related",
            title=texts("case.related_title", count=len(related.rows)),
            result=related,
            note=texts("case.related_note"),
            columns=("occurred_at", "rule_id", "subject_id", "points"),
            on_open=lambda case: _open(page, case["violation_id"]),
        )
    _rule(page, rule)


def _open(page: PageContext, violation_id: str) -> None:
    address.choose("case", violation_id)
    st.rerun()


def _choose(page: PageContext, cases: list[dict[str, Any]]) -> str:
    """The case of the link, else the latest; the list holds the latest ones and the linked one."""
    texts, names = page.texts, page.rule_names()
    labels = {case["violation_id"]: _label(page, case, names) for case in cases}
    current = page.filters.get("case", cases[0]["violation_id"])
    if current not in labels:
        labels = {current: _label(page, page.run("case_header", case=current).first(), names), **labels}
    st.session_state["choose_case"] = current
    st.selectbox(
        texts("case.choose"),
        list(labels),
        format_func=lambda violation_id: labels[violation_id],
        key="choose_case",
        on_change=address.bound("case", "choose_case", str),
    )
    address.choose("case", current)
    return current


def _label(page: PageContext, case: dict[str, Any], names: dict[str, str]) -> str:
    who = case["full_name"] or case["employee_id"] or page.texts("label.unidentified")
    return f"{page.texts.moment(case['occurred_at'])} · {names.get(case['rule_id'], case['rule_id'])} · {who}"


def _claim(page: PageContext, header: dict[str, Any], rule: dict[str, Any]) -> None:
    texts = page.texts
    with st.container(border=True, key="card_claim"):
        name = texts.pick(rule, "name") or header["rule_id"]
        st.markdown(f"#### {plain(header['rule_id'])} · {plain(name)}", anchors=False)
        nature = rule.get("nature", "fault")
        if nature != "fault":
            st.info(texts(f"nature_note.{nature}"))
        if header["is_suppressed"]:
            st.warning(plain(_suppression(page, header)))
        review_cause = texts.pick(header, "review_cause")
        if review_cause:
            st.info(texts("case.needs_review", cause=plain(review_cause)))
        explanation = texts.pick(header, "explanation")
        if explanation:
            st.text(explanation)
        elif not page.access.shows(page.viewer, "case_text"):
            st.caption(texts("state.hidden_for_role"))
        told = [
            (texts.term("person", nature), _person(page, header, nature)),
            (texts("column.org_unit_name"), header["org_unit_name"] or header["org_unit_id"]),
            (texts("column.occurred_at"), texts.moment(header["occurred_at"])),
            (
                texts("column.subject_id"),
                f"{texts.term('subject', header['subject_type'])} {header['subject_id'] or ''}",
            ),
            (texts("column.customer_id"), header["customer_id"]),
            (texts("column.status"), texts.term("status", header["status"])),
            (texts("column.disposition"), texts.term("disposition", header["disposition"])),
        ]
        facts(texts, told)
    key_figures(
        [
            Figure(texts("column.severity"), texts.term("severity", header["severity"])),
            Figure(
                texts("column.points"),
                texts("case.not_counted")
                if header["is_suppressed"]
                else texts("state.not_applicable")
                if review_cause
                else texts.points(header["points"]),
            ),
            Figure(
                texts("column.amount_at_risk"),
                texts.money(header["amount_at_risk"], header["currency"])
                if not is_missing(header["amount_at_risk"])
                else texts("state.not_applicable"),
            ),
            Figure(texts("case.related"), texts.number(header["related_count"])),
        ]
    )


def _suppression(page: PageContext, header: dict[str, Any]) -> str:
    texts = page.texts
    hidden = texts("state.hidden_short")
    return texts(
        "case.suppressed",
        until=texts.date(header["suppressed_until"]),
        reason=header["suppression_reason"] or hidden,
        author=header["suppression_author"] or hidden,
    )


def _person(page: PageContext, header: dict[str, Any], nature: str) -> str:
    parts = [
        header["full_name"],
        header["employee_id"] if header["employee_id"] != header["full_name"] else None,
        header["position_name"],
    ]
    nobody = page.texts("label.unidentified" if nature in ("fault", "hint") else "label.no_person")
    return " · ".join(str(part) for part in parts if part) or nobody


def _timeline(page: PageContext, timeline) -> None:
    texts = page.texts
    if timeline.is_empty:
        frame.no_data(texts, texts("case.no_timeline"))
        return
    table = timeline.frame()
    chart_card(
        page,
        key="timeline",
        finding=timeline_finding(table, texts),
        figure=lambda: timeline_figure(table, texts),
        result=timeline,
        unit=texts("case.timeline_unit"),
    )
    with st.container(border=True, key="card_events"):
        st.markdown(f"#### {texts('case.events_title')}", anchors=False)
        if not page.access.shows(page.viewer, "content"):
            st.caption(texts("state.content_hidden"))
        near = set(around_deciding(table, EVENTS_AROUND))
        events = timeline.records()
        if len(near) < len(events) and st.toggle(texts("case.all_events", count=len(events)), key="all_events"):
            near = {event["event_no"] for event in events}
        for event in events:
            if event["event_no"] in near:
                _event(page, event)


def _event(page: PageContext, event: dict[str, Any]) -> None:
    texts = page.texts
    kind = "decisive" if event["is_deciding"] else "around"
    head = [
        f"**{event['event_no']}**",
        plain(texts.moment(event["occurred_at"])),
        plain(texts.term("evidence_role", event["role"])),
    ]
    actor = event["actor_name"] or event["actor_id"]
    if actor:
        head.append(plain(actor))
    if event["is_deciding"]:
        head.append(f"**{texts('case.deciding')}**")
    with st.container(key=f"event_{kind}_{event['event_no']}", gap="xxsmall"):
        st.markdown(" · ".join(head))
        summary = texts.pick(event, "summary")
        if summary:
            st.text(summary)
        if event["content"]:
            with st.container(key=f"quote_{event['event_no']}"):
                st.text(event["content"])
        st.caption(
            texts(
                "case.source",
                dataset=plain(texts.term("dataset", event["dataset"])),
                file=plain(event["source_file"]),
                row=event["source_row"],
            )
        )


def _rule(page: PageContext, rule: dict[str, Any]) -> None:
    texts = page.texts
    if not rule:
        return
    with st.expander(texts("case.about_rule", rule=plain(rule["rule_id"]))):
        for stem in ("rationale", "policy_source", "known_false_positives", "next_steps"):
            value = texts.pick(rule, stem)
            if value:
                st.markdown(f"**{texts(f'rule.{stem}')}**")
                st.text(value)
        link_to_rule(page, rule["rule_id"])
