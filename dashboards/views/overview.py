"""Overview: where control is being lost, whether it gets better, and what is at stake.

Belongs here: one screen for an executive.
Does not belong here: lists of cases.
"""

from __future__ import annotations

import streamlit as st

from dashboards.charts import branches, clusters, intervals, risks, slots, trend
from dashboards.charts.theme import shortened_plain
from dashboards.components import frame
from dashboards.components.cards import Figure, ask, ask_quietly, chart_card, key_figures
from dashboards.components.page import PageContext


def render(page: PageContext) -> None:
    texts = page.texts
    totals = ask(page, "violation_totals")
    months = page.period_months()
    if totals is None or not months:
        frame.no_data(texts, texts("state.nothing_judged"))
        return
    by_month = page.run("violations_by_month")
    rates = page.run("rates_by_month")
    compared = page.run("branch_comparison")
    _key_figures(page, totals.first(), by_month.frame(), rates.frame(), compared.frame(), months)
    families = _families_by_weight(rates.frame(), by_month.frame())
    left, right = st.columns(2)
    with left:
        _incidents(page, by_month, months)
    with right:
        _branches(page, compared, families)
    left, right = st.columns(2)
    with left:
        _risks(page)
    with right:
        _hot_slots(page, families)
    for column, family in zip(st.columns(2), families[:2], strict=False):
        with column:
            _rate(page, rates, family)
    _rules(page)


def _key_figures(page: PageContext, totals, by_month, rates, compared, months) -> None:
    texts = page.texts
    change = trend.change_of(by_month, "incident_count", months) if len(by_month) else None
    note = None
    if change is not None and change.share is not None:
        note = texts("kpi.change", change=texts.change(change.share), months=change.months)
    figures = [
        Figure(
            texts("kpi.incidents"),
            texts.number(totals["incident_count"]),
            note or texts("kpi.people", count=texts.number(totals["person_count"])),
            page.definition("incident_count"),
        )
    ]
    for family in _families_by_weight(rates, by_month)[:2]:
        figures.append(_rate_figure(page, rates, family))
    figures.append(_money_figure(page, totals))
    figures.append(_branch_figure(page, compared))
    key_figures(figures)


def _rate_figure(page: PageContext, rates, family: str) -> Figure:
    texts = page.texts
    mine = rates[(rates["family"] == family) & (rates["exposure_count"].fillna(0) > 0)]
    label = texts("kpi.rate", family=texts.term("family", family))
    if mine.empty:
        return Figure(label, texts("state.no_data"), texts("state.no_exposure"), page.definition("violation_rate"))
    if not trend.enough(mine).any():
        return Figure(
            label, texts("state.not_enough"), texts("state.too_little_done"), page.definition("violation_rate")
        )
    events, exposure = int(mine["incident_count"].sum()), int(mine["exposure_count"].sum())
    low, high = intervals.rate_interval(events, exposure)
    unit = texts.term("exposure", mine["exposure_unit"].iloc[0])
    return Figure(
        label,
        texts.rate(1000 * events / exposure),
        texts("kpi.rate_note", unit=unit, interval=texts.interval(low, high)),
        page.definition("violation_rate"),
    )


def _money_figure(page: PageContext, totals) -> Figure:
    """What violations lose: one currency at a time, each euro or yuan once however many rules it broke."""
    texts = page.texts
    label, definition = texts("kpi.hard_loss"), page.definition("hard_loss_amount")
    losses = ask_quietly(page, "losses_by_month")
    table = losses.frame() if losses is not None else None
    if table is None or table.empty:
        return Figure(label, texts("state.no_data"), None, definition)
    sums = table.groupby("currency")[["hard_loss_amount", "amount_at_risk"]].sum(min_count=1)
    lost = sums["hard_loss_amount"].dropna().sort_values(ascending=False)
    value = texts("format.list_separator").join(texts.money(amount, currency) for currency, amount in lost.items())
    at_risk = sums["amount_at_risk"].dropna().sort_values(ascending=False)
    note = texts("format.list_separator").join(texts.money(amount, currency) for currency, amount in at_risk.items())
    return Figure(
        label, value or texts("state.no_data"), texts("kpi.at_risk", amount=note) if note else None, definition
    )


def _branch_figure(page: PageContext, compared) -> Figure:
    texts = page.texts
    label, definition = texts("kpi.branch"), page.definition("rate_ratio")
    judged = branches.comparable(compared)
    if judged.empty:
        return Figure(label, texts("state.not_enough"), None, definition)
    flagged = judged[judged["is_flagged"].fillna(False).astype(bool) & (judged["rate_ratio"] > 1)]
    if flagged.empty:
        return Figure(
            label,
            texts("kpi.branch_none"),
            texts("kpi.branch_count", count=judged["org_unit_id"].nunique()),
            definition,
        )
    worst = flagged.sort_values("rate_ratio", ascending=False).iloc[0]
    return Figure(
        label,
        shortened_plain(worst["org_unit_name"], 16),
        texts(
            "kpi.branch_note",
            family=texts.term("family", worst["family"]),
            ratio=texts.ratio(worst["rate_ratio"]),
            interval=texts.interval(worst["rate_ratio_low"], worst["rate_ratio_high"], open_ended=True),
        ),
        definition,
    )


def _families_by_weight(rates, by_month) -> list[str]:
    """Families with exposure first, the one with most points first."""
    known = set(rates.loc[rates["exposure_count"].fillna(0) > 0, "family"])
    weight = by_month.groupby("family")["points"].sum() if len(by_month) else {}
    return sorted(
        known | set(dict(weight)), key=lambda family: (family not in known, -float(dict(weight).get(family, 0)), family)
    )


def _incidents(page: PageContext, by_month, months) -> None:
    table = by_month.frame()
    chart_card(
        page,
        key="incidents",
        finding=trend.incidents_finding(table, months, page.texts),
        figure=lambda: trend.incidents_figure(table, months, page.texts),
        result=by_month,
        unit=page.texts("unit.incidents_by_month"),
        metric="incident_count",
    )


def _branches(page: PageContext, compared, families: list[str]) -> None:
    table = compared.frame()
    if table.empty:
        frame.not_enough(page.texts, page.texts("state.no_branches"))
        return
    flagged = table[table["is_flagged"].fillna(False).astype(bool)].sort_values("rate_ratio", ascending=False)
    family = (
        flagged["family"].iloc[0]
        if len(flagged)
        else next(f for f in (*families, table["family"].iloc[0]) if f in set(table["family"]))
    )
    mine = table[table["family"] == family]
    chart_card(
        page,
        key="branches",
        finding=branches.branches_finding(mine, family, page.texts),
        figure=lambda: branches.branches_figure(mine, family, page.texts),
        result=compared,
        unit=page.texts(
            "unit.ratio_to_others",
            first=page.texts.date(mine["period_start"].iloc[0]),
            last=page.texts.date(mine["period_end"].iloc[0]),
        ),
        metric="rate_ratio",
    )


def _risks(page: PageContext) -> None:
    result = page.run("violations_by_rule")
    if result.is_empty:
        frame.no_data(page.texts, page.texts("state.no_violations"))
        return
    table, names = result.frame(), page.rule_names()
    chart_card(
        page,
        key="risks",
        finding=risks.risks_finding(table, names, page.texts),
        figure=lambda: risks.risks_figure(table, names, page.texts),
        result=result,
        unit=page.texts("unit.points_by_rule"),
        metric="points",
    )


def _hot_slots(page: PageContext, families: list[str]) -> None:
    result, scans = ask(page, "slots"), ask_quietly(page, "clusters")
    if result is None:
        return
    table = result.frame()
    with_data = [family for family in families if family in set(table["family"])]
    if not with_data:
        frame.not_enough(page.texts, page.texts("state.no_slots"))
        return
    found = None if scans is None else scans.frame()
    hot = [family for family in with_data if not clusters.flagged(clusters.of_family(found, family)).empty]
    family = (hot or with_data)[0]
    mine = table[table["family"] == family]
    chart_card(
        page,
        key="slots",
        finding=clusters.cluster_finding(clusters.of_family(found, family), family, page.texts),
        figure=lambda: slots.weekday_figure(mine, family, page.texts),
        result=result,
        unit=page.texts("unit.per_1000", unit=page.texts.term("exposure", mine["exposure_unit"].iloc[0])),
        metric="violation_rate",
        note=page.texts("note.slots_link"),
    )


def _rate(page: PageContext, rates, family: str) -> None:
    table = rates.frame()
    mine = table[table["family"] == family]
    if mine.empty:
        frame.no_data(page.texts, page.texts("state.no_exposure"))
        return
    chart_card(
        page,
        key=f"rate_{family}",
        finding=trend.rate_finding(mine, family, page.texts),
        figure=lambda: trend.rate_figure(mine, family, page.texts),
        result=rates,
        unit=page.texts("unit.per_1000_interval", unit=page.texts.term("exposure", mine["exposure_unit"].iloc[0])),
        metric="violation_rate",
    )


def _rules(page: PageContext) -> None:
    """How many rules could be judged at all: silence about a rule must not look like obedience."""
    result = ask(page, "rule_status")
    if result is None or result.is_empty:
        return
    counts = result.frame()["status"].value_counts()
    texts = page.texts
    parts = [
        texts("overview.rule_count", status=texts.term("status_of_rule", status), count=int(counts[status]))
        for status in ("FAIL", "NEEDS_REVIEW", "PASS", "NO_DATA", "NOT_APPLICABLE", "NOT_YET_EFFECTIVE")
        if status in counts
    ]
    st.caption(texts("overview.rules", parts=texts("format.list_separator").join(parts)))
