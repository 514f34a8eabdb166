"""Rules: what each one means, and how healthy it is.

Belongs here: the catalogue, and everything about one rule.
Does not belong here: cases, beyond the way to them.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboards.charts import rules as charts
from dashboards.components import address, frame
from dashboards.components.cards import Figure, ask, chart_card, key_figures, table_card
from dashboards.components.filter_bar import filter_bar
from dashboards.components.page import PageContext
from dashboards.components.rules import answer, dataset_names, link_to_cases, precision, rules_table
from dashboards.escaping import plain
from dashboards.i18n import is_missing

CATALOGUE_FILTERS = ("family", "rule", "severity", "verdict", "lifecycle")


def render(page: PageContext) -> None:
    if "rule" in page.filters:
        _entry(page)
    else:
        _catalogue(page)


def _catalogue(page: PageContext) -> None:
    texts = page.texts
    filter_bar(page, CATALOGUE_FILTERS, key="filters_rules")
    result = ask(page, "rule_catalogue")
    if result is None:
        return
    rows = result.records()
    if not rows:
        frame.no_data(texts, texts("rules.none"))
        return
    answers = [row["verdict"] for row in rows]
    decided = [row for row in rows if row["has_enough_data"] and not is_missing(row["precision_share"])]
    weakest = min(decided, key=lambda row: row["precision_share"], default=None)
    names = page.rule_names()
    key_figures(
        [
            Figure(texts("rules.kpi_rules"), texts.number(len(rows))),
            Figure(
                texts("rules.kpi_failed"),
                texts.number(answers.count("FAIL")),
                texts("rules.kpi_period"),
                page.definition("rule_status"),
            ),
            Figure(
                texts("status_of_rule.NO_DATA"),
                texts.number(answers.count("NO_DATA")),
                texts("rules.kpi_no_data"),
            ),
            Figure(
                texts("rules.kpi_decided"),
                texts("quality.kpi_checks_value", passed=len(decided), total=len(rows)),
                texts("rules.kpi_decided_note"),
                page.definition("rule_precision"),
            ),
            Figure(
                texts("rules.kpi_weakest"),
                texts("state.not_enough") if weakest is None else texts.percent(weakest["precision_share"]),
                None if weakest is None else f"{weakest['rule_id']} {names.get(weakest['rule_id'], '')}",
                page.definition("rule_precision"),
            ),
        ]
    )
    rules_table(
        page,
        key="rules",
        title=texts(
            "rules.catalogue_title",
            count=texts.number(len(rows)),
            failed=texts.number(answers.count("FAIL")),
            blind=texts.number(answers.count("NO_DATA")),
        ),
        result=result,
        note=texts("rules.catalogue_note"),
        is_whole=True,
    )


def _entry(page: PageContext) -> None:
    texts = page.texts
    rule_id = page.filters["rule"]
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        filter_bar(page, ("rule",), key="filters_rule")
    with right:
        st.button(
            texts("rules.back"),
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=lambda: address.choose("rule", None),
            key="back_to_rules",
        )
    rule = next(row for row in page.run("rules").records() if row["rule_id"] == rule_id)
    entry = ask(page, "rule_entry")
    health = ask(page, "rule_health")
    if entry is None or health is None:
        return
    now = entry.first()
    _meaning(page, rule, now)
    _key_figures(page, now, health.first())
    _health(page, rule, is_blind=now["verdict"] == "NO_DATA")
    left, right = st.columns(2)
    with left:
        _parameters(page)
    with right:
        _datasets(page, rule)
    _standing(page, rule, health.first())


def _meaning(page: PageContext, rule: dict[str, Any], now: dict[str, Any]) -> None:
    texts = page.texts
    with st.container(border=True, key="card_meaning"):
        st.markdown(f"#### {plain(rule['rule_id'])} · {plain(_finding(page, rule, now))}", anchors=False)
        st.caption(
            " · ".join(
                (
                    texts.term("family", rule["family"]),
                    texts("rules.severity", severity=texts.term("severity", rule["severity"])),
                    texts("rules.points", points=texts.points(rule["points"])),
                    texts.term("nature", rule["nature"]),
                )
            )
        )
        if rule["nature"] != "fault":
            st.info(texts(f"nature_note.{rule['nature']}"))
        for stem in ("rationale", "policy_source", "known_false_positives", "next_steps"):
            value = texts.pick(rule, stem)
            if value:
                with st.container(gap="xxsmall"):
                    st.caption(texts(f"rule.{stem}"))
                    st.text(value)
        link_to_cases(page, rule["rule_id"])


def _finding(page: PageContext, rule: dict[str, Any], now: dict[str, Any]) -> str:
    """The rule's name and its answer for the chosen months, as one sentence."""
    texts = page.texts
    name = texts.pick(rule, "name") or rule["rule_id"]
    verdict = now["verdict"]
    if verdict == "FAIL":
        return texts("rules.answer_FAIL", rule=name, count=texts.number(now["incident_count"]))
    if verdict == "NO_DATA":
        missing = dataset_names(now["missing_datasets"], texts)
        if missing:
            return texts("rules.answer_missing", rule=name, datasets=missing)
    return texts("rules.answer", rule=name, verdict=answer(now, texts))


def _key_figures(page: PageContext, now: dict[str, Any], health: dict[str, Any]) -> None:
    texts = page.texts
    enough = bool(health["has_enough_data"]) and not is_missing(health["precision_share"])
    key_figures(
        [
            Figure(
                texts("column.incident_count"),
                texts("state.no_data") if is_missing(now["incident_count"]) else texts.number(now["incident_count"]),
                texts("rules.kpi_last", moment=texts.moment(now["last_occurred_at"]))
                if not is_missing(now["last_occurred_at"])
                else None,
                page.definition("incident_count"),
            ),
            Figure(
                texts("column.precision"),
                texts.percent(health["precision_share"]) if enough else texts("state.not_enough"),
                texts(
                    "rules.kpi_precision",
                    low=texts.percent(health["precision_low"]),
                    high=texts.percent(health["precision_high"]),
                    decided=texts.number(health["decided_count"]),
                )
                if enough
                else precision(health, texts),
                page.definition("rule_precision"),
            ),
            Figure(
                texts("column.coverage"),
                texts("state.not_applicable")
                if is_missing(now["coverage_share"])
                else texts.percent(now["coverage_share"]),
                texts(
                    "rules.kpi_coverage",
                    answered=texts.number(now["judged_days"]),
                    blind=texts.number(now["no_data_days"]),
                ),
                page.definition("rule_coverage"),
            ),
            Figure(
                texts("column.last_event_at"),
                f"{health['last_event_at']:%Y-%m-%d}"
                if not is_missing(health["last_event_at"])
                else texts("state.no_data"),
                texts("rules.kpi_first_day", day=texts.date(health["first_judged_day"]))
                if not is_missing(health["first_judged_day"])
                else texts("rules.kpi_never_judged"),
            ),
            Figure(
                texts("rules.kpi_people"),
                texts("state.no_data")
                if is_missing(health["first_judged_day"])
                else texts.number(health["person_count"]),
                texts("rules.kpi_people_note", review=texts.number(health["review_item_count"])),
            ),
        ]
    )


def _health(page: PageContext, rule: dict[str, Any], *, is_blind: bool) -> None:
    texts = page.texts
    intervals = ask(page, "rule_intervals")
    if intervals is not None and not intervals.is_empty:
        table, idle = charts.applicable(intervals.frame())
        chart_card(
            page,
            key="strip",
            finding=charts.strip_finding(table, texts),
            figure=lambda: charts.strip_figure(table, rule["nature"], texts),
            result=intervals,
            unit=texts("unit.answers_by_day"),
            metric="rule_status",
            note=texts("note.strip_idle", count=idle) if idle else texts("note.strip"),
        )
    found = ask(page, "rule_findings")
    if found is None:
        return
    if found.is_empty:
        if not is_blind:
            st.caption(texts("rules.nothing_found"))
        return
    months = page.period_months()
    table = found.frame()
    chart_card(
        page,
        key="findings",
        finding=charts.findings_finding(table, texts),
        figure=lambda: charts.findings_figure(table, months, texts),
        result=found,
        unit=texts("unit.violations_by_month"),
        metric="violation_count",
        note=texts("note.findings"),
    )


def _parameters(page: PageContext) -> None:
    texts = page.texts
    result = ask(page, "rule_parameters")
    if result is None:
        return
    if result.is_empty:
        with st.container(border=True, key="card_parameters"):
            st.markdown(f"#### {texts('rules.parameters_none')}", anchors=False)
        return
    changed = sum(bool(row["is_changed"]) for row in result.records())
    table_card(
        page,
        key="parameters",
        title=texts("rules.parameters_changed" if changed else "rules.parameters", count=texts.number(changed)),
        result=result,
        note=texts("rules.parameters_note"),
        columns=("label_zh", "label_en", "parameter_value", "registered", "stricter_is", "local_value_count"),
        derived={
            "parameter_value": lambda row: _value(page, row["value"], row["unit"]),
            "registered": lambda row: _value(page, row["registered_value"], row["unit"]),
        },
    )


def _value(page: PageContext, value: Any, unit: str | None) -> str:
    number = f"{float(value):,.6f}".rstrip("0").rstrip(".")
    return f"{number} {page.texts.term('parameter_unit', unit)}" if unit else number


def _datasets(page: PageContext, rule: dict[str, Any]) -> None:
    texts = page.texts
    result = ask(page, "rule_datasets")
    if result is None:
        return
    missing = ", ".join(
        row["dataset"] for row in result.records() if row["need"] == "required" and not row["is_delivered"]
    )
    table_card(
        page,
        key="datasets",
        title=texts("rules.datasets_missing", datasets=dataset_names(missing, texts))
        if missing
        else texts("rules.datasets"),
        result=result,
        note=texts("rules.datasets_note"),
        columns=("dataset_name", "need", "is_delivered", "last_event_at", "last_delivered_at"),
        derived={"dataset_name": lambda row: texts.term("dataset", row["dataset"])},
    )


def _standing(page: PageContext, rule: dict[str, Any], health: dict[str, Any]) -> None:
    """Version, life cycle, when it was in force, and what policy suppresses."""
    texts = page.texts
    with st.container(border=True, key="card_standing"):
        st.markdown(f"#### {texts('rules.standing')}", anchors=False)
        lines = [
            texts("rules.version", version=rule["version"], lifecycle=texts.term("lifecycle", rule["lifecycle"])),
            texts(f"lifecycle_note.{rule['lifecycle']}"),
            *_periods(page),
            texts("rules.suppressions", count=texts.number(rule["suppression_count"])),
        ]
        if health["suppressed_count"]:
            lines.append(texts("rules.suppressed", count=texts.number(health["suppressed_count"])))
        with st.container(gap="xxsmall"):
            for line in lines:
                st.text(line)


def _periods(page: PageContext) -> list[str]:
    texts = page.texts
    result = ask(page, "rule_periods")
    if result is None or result.is_empty:
        return []
    periods = result.records()
    if len(periods) == 1:
        return [texts("rules.always_on" if periods[0]["is_enabled"] else "rules.always_off")]
    return [_period(page, period, is_first=index == 0) for index, period in enumerate(periods)]


def _period(page: PageContext, period: dict[str, Any], *, is_first: bool) -> str:
    texts = page.texts
    span = texts(
        "rules.period",
        start=texts("rules.from_the_start") if is_first else texts.date(period["valid_from"]),
        end=texts("rules.until_further_notice") if is_missing(period["valid_to"]) else texts.date(period["valid_to"]),
    )
    if not period["is_enabled"]:
        return texts("rules.period_off", period=span)
    return texts(
        "rules.period_on",
        period=span,
        severity=texts.term("severity", period["severity"]),
        points=texts.points(period["points"]),
    )
