"""Violations over time.

Belongs here: incidents by month, rates with their interval, and what changed.
Does not belong here: slots of the week.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.axes import month_axis
from dashboards.charts.theme import PAPER, base_figure, color_of, hover, text
from dashboards.i18n import Texts


@dataclass(frozen=True)
class Change:
    """The later half of a period against the earlier half, months counted evenly."""

    earlier: float
    later: float
    months: int

    @property
    def share(self) -> float | None:
        return None if not self.earlier else self.later / self.earlier - 1


def change_of(frame: pd.DataFrame, value: str, months: list) -> Change | None:
    """None when there are fewer than two months to compare."""
    half = len(months) // 2
    if half == 0:
        return None
    by_month = frame.groupby("month")[value].sum()
    earlier = float(by_month.reindex(months[-2 * half : -half], fill_value=0).sum())
    later = float(by_month.reindex(months[-half:], fill_value=0).sum())
    return Change(earlier, later, half)


def incidents_finding(frame: pd.DataFrame, months: list, texts: Texts) -> str:
    """Whether incidents rise or fall."""
    change = change_of(frame, "incident_count", months)
    if change is None or change.share is None:
        return texts("finding.incidents_total", count=texts.number(frame["incident_count"].sum()))
    values = {
        "share": texts.percent(abs(change.share)),
        "months": change.months,
        "later": texts.number(change.later),
        "earlier": texts.number(change.earlier),
    }
    if abs(change.share) < 0.05:
        return texts("finding.incidents_level", **values)
    return texts("finding.incidents_down" if change.share < 0 else "finding.incidents_up", **values)


def incidents_figure(frame: pd.DataFrame, months: list, texts: Texts, *, height: int = 330) -> go.Figure:
    """Stacked columns of incidents by month and family; months without incidents stay visible as zero."""
    figure = base_figure(height=height)
    labels = [texts.month(month) for month in months]
    for family in sorted(frame["family"].unique()):
        counts = frame[frame["family"] == family].set_index("month")["incident_count"].reindex(months, fill_value=0)
        name = text(texts.term("family", family))
        figure.add_bar(
            x=list(months),
            y=[int(count) for count in counts],
            name=name,
            marker={"color": color_of(family), "line": {"color": PAPER, "width": 1}},
            customdata=labels,
            hovertemplate=hover(["%{customdata}", f"{name}: <b>%{{y}}</b>"]),
        )
    figure.update_layout(barmode="stack", bargap=0.25)
    month_axis(figure, months, texts)
    return figure


def rate_finding(frame: pd.DataFrame, family: str, texts: Texts) -> str:
    """The rate of the last month against that of the months before."""
    rated = frame[frame["exposure_count"].fillna(0) > 0]
    name = texts.term("family", family)
    if rated.empty:
        return texts("finding.rate_none", family=name)
    if not enough(rated).any():
        return texts("finding.rate_thin", family=name)
    events, exposure = rated["incident_count"], rated["exposure_count"]
    half = len(rated) // 2
    if half == 0:
        return texts("finding.rate_only", family=name, rate=texts.rate(1000 * events.sum() / exposure.sum()))
    later = 1000 * events.iloc[-half:].sum() / exposure.iloc[-half:].sum()
    earlier = 1000 * events.iloc[-2 * half : -half].sum() / exposure.iloc[-2 * half : -half].sum()
    values = {"family": name, "later": texts.rate(later), "earlier": texts.rate(earlier), "months": half}
    if earlier and abs(later / earlier - 1) < 0.05:
        return texts("finding.rate_level", **values)
    return texts("finding.rate_down" if later < earlier else "finding.rate_up", **values)


def enough(frame: pd.DataFrame) -> pd.Series:
    """Months in which enough was done to judge a rate."""
    return frame["has_enough_data"].fillna(False).astype(bool)


def rate_figure(frame: pd.DataFrame, family: str, texts: Texts) -> go.Figure:
    """Line of the rate with its interval as a band; months without exposure are gaps, not zeros.

    Months in which too little was done have an open marker.
    """
    figure = base_figure(height=230)
    color = color_of(family)
    unit = texts.term("exposure", frame["exposure_unit"].dropna().iloc[0]) if len(frame) else ""
    months = list(frame["month"])
    for band in _runs(frame):
        figure.add_scatter(
            x=[*band["month"], *band["month"][::-1]],
            y=[*band["rate_high"], *band["rate_low"][::-1]],
            fill="toself",
            fillcolor=color,
            opacity=0.15,
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
    rows = [
        [
            texts.month(row.month),
            texts.rate(row.rate_per_1000),
            texts.interval(row.rate_low, row.rate_high),
            texts.number(row.incident_count),
            texts.number(row.exposure_count),
            "" if judged else f"<br><i>{text(texts('state.not_enough'))}</i>",
        ]
        for row, judged in zip(frame.itertuples(), enough(frame), strict=True)
    ]
    figure.add_scatter(
        x=months,
        y=list(frame["rate_per_1000"]),
        mode="lines+markers",
        line={"color": color, "width": 2.5},
        marker={
            "size": 7,
            "color": [color if judged else "#FFFFFF" for judged in enough(frame)],
            "line": {"color": color, "width": 1.5},
        },
        connectgaps=False,
        customdata=rows,
        hovertemplate=hover(
            [
                "%{customdata[0]}",
                f"<b>%{{customdata[1]}}</b> {text(texts('unit.per_1000', unit=unit))}",
                f"{text(texts('label.interval'))} %{{customdata[2]}}",
                f"%{{customdata[3]}} / %{{customdata[4]}} {text(unit)}%{{customdata[5]}}",
            ]
        ),
        showlegend=False,
    )
    figure.update_yaxes(rangemode="tozero")
    month_axis(figure, months, texts)
    return figure


def _runs(frame: pd.DataFrame):
    """Stretches of months with an interval, so that a band never spans a gap."""
    has_interval = frame["rate_low"].notna() & frame["rate_high"].notna()
    run = (has_interval != has_interval.shift()).cumsum()
    for _, stretch in frame[has_interval].groupby(run[has_interval]):
        yield {column: list(stretch[column]) for column in ("month", "rate_low", "rate_high")}
