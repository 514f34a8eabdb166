"""Hotspots: when, among whom and where violations are denser than what people do explains.

Belongs here: slots of the week, cohorts, branches; always a rate with its exposure and interval.
Does not belong here: counts without exposure.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.access import Result
from dashboards.charts import branches, clusters, cohorts, slots
from dashboards.components import address, frame
from dashboards.components.cards import ask, ask_quietly, chart_card
from dashboards.components.page import PageContext


def render(page: PageContext) -> None:
    result = ask(page, "slots")
    if result is None:
        return
    if result.is_empty:
        frame.no_data(page.texts, page.texts("state.no_slots"))
        return
    table, scans = result.frame(), ask_quietly(page, "clusters")
    found = None if scans is None else scans.frame()
    families, unmeasured = _families(table, page.filters.get("family"))
    for family in families:
        if len(families) > 1:
            st.subheader(page.texts.term("family", family), anchor=False)
        _family(page, result, table[table["family"] == family], clusters.of_family(found, family), family)
    if unmeasured:
        names = page.texts("format.list_separator").join(page.texts.term("family", family) for family in unmeasured)
        st.caption(page.texts("hotspots.unmeasured", families=names))


def _families(table, chosen: str | None) -> tuple[list[str], list[str]]:
    """The families with most events first, and those that nothing measures: of them nothing can be said by slot."""
    events = table.groupby("family")["event_count"].sum()
    order = sorted(events.index, key=lambda family: (-float(events[family] or 0), family))
    measured = set(table.loc[table["exposure_count"].notna(), "family"]) | {chosen}
    return [f for f in order if f in measured], [f for f in order if f not in measured]


def _family(page: PageContext, result: Result, mine: pd.DataFrame, scan: pd.DataFrame, family: str) -> None:
    texts = page.texts
    left, right = st.columns([6, 5])
    with left:
        if not mine["has_enough_data"].fillna(False).astype(bool).any():
            frame.not_enough(texts, texts("state.slots_thin"))
        else:
            hot = clusters.flagged(scan)
            unit = texts.term("exposure", mine["exposure_unit"].iloc[0])
            chart_card(
                page,
                key=f"slots_{family}",
                finding=clusters.cluster_finding(scan, family, texts),
                figure=lambda: slots.slots_figure(
                    mine, texts, block=set() if hot.empty else clusters.cells_of(hot.iloc[0])
                ),
                result=result,
                unit=texts("unit.per_1000", unit=unit),
                metric="hotspot_flag",
                note=clusters.manager_sentence(scan, texts) + texts("format.sentence_separator") + texts("note.slots"),
                more=lambda: _link_to_cases(page, mine, family),
            )
            _course(page, hot, family)
    with right:
        _cohorts(page, family)
        _branches(page, family)


def _course(page: PageContext, hot: pd.DataFrame, family: str) -> None:
    """How the hot block went over time, where there is one."""
    if hot.empty:
        return
    texts, block = page.texts, hot.iloc[0]
    result = ask_quietly(page, "cluster_trend")
    if result is None:
        return
    table = result.frame()
    trend = table[(table["family"] == family) & (table["block_no"] == block["block_no"])]
    chart_card(
        page,
        key=f"course_{family}",
        finding=clusters.trend_finding(trend, block, texts),
        figure=lambda: clusters.trend_figure(trend, family, texts),
        result=result,
        unit=texts("unit.per_1000_interval", unit=texts.term("exposure", block["exposure_unit"])),
        metric="violation_rate",
        note=texts("plain.cluster_trend"),
    )


def _link_to_cases(page: PageContext, mine: pd.DataFrame, family: str) -> None:
    """From the hottest slot to its cases, for those who may see cases."""
    hot = slots.standing_out(mine)
    if hot.empty or not page.allows("case_list"):
        return
    top = hot.sort_values("rate_ratio", ascending=False).iloc[0]
    weekday, hour = int(top["weekday"]), int(top["hour"])
    st.page_link(
        page.links["compliance"],
        label=page.texts("hotspots.open_cases", slot=f"{page.texts.weekday(weekday)} {page.texts.hour(hour)}"),
        icon=":material/arrow_forward:",
        query_params=address.carried({"family": family, "weekday": str(weekday), "hour": str(hour)}),
    )


def _cohorts(page: PageContext, family: str) -> None:
    texts = page.texts
    result = page.run("cohorts", family=family)
    if result.is_empty:
        frame.not_enough(texts, texts("state.no_cohorts"))
        return
    for cohort_type in sorted(set(result.frame()["cohort_type"])):
        table = result.frame()
        mine = table[table["cohort_type"] == cohort_type]
        chart_card(
            page,
            key=f"cohorts_{family}_{cohort_type}",
            finding=cohorts.cohorts_finding(mine, family, texts),
            figure=lambda mine=mine: cohorts.cohorts_figure(mine, family, texts),
            result=result,
            unit=texts(
                "unit.by_cohort",
                cohort=texts.term("cohort_type", cohort_type),
                unit=texts.term("exposure", mine["exposure_unit"].iloc[0]),
            ),
            metric="violation_rate",
        )


def _branches(page: PageContext, family: str) -> None:
    texts = page.texts
    result = page.run("branch_comparison", family=family)
    if result.is_empty:
        return
    table = result.frame()
    chart_card(
        page,
        key=f"branches_{family}",
        finding=branches.branches_finding(table, family, texts),
        figure=lambda: branches.branches_figure(table, family, texts),
        result=result,
        unit=texts(
            "unit.ratio_to_others",
            first=texts.date(table["period_start"].iloc[0]),
            last=texts.date(table["period_end"].iloc[0]),
        ),
        metric="rate_ratio",
    )
