"""One case in time.

Belongs here: the line of events of a case.
Does not belong here: what an event says; the page lists it.
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import GREY, INK, MUTED, VERMILION, base_figure, hover, text
from dashboards.i18n import Texts, is_missing


def timeline_finding(frame: pd.DataFrame, texts: Texts) -> str:
    timed = frame[frame["occurred_at"].notna()]
    deciding = int(frame["is_deciding"].fillna(False).astype(bool).sum())
    if timed.empty:
        return texts("finding.timeline_untimed", count=len(frame))
    span = timed["occurred_at"].max() - timed["occurred_at"].min()
    return texts("finding.timeline", count=len(frame), deciding=deciding, span=duration(span, texts))


def duration(span: pd.Timedelta, texts: Texts) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return texts("duration.minutes", count=minutes)
    if minutes < 60 * 48:
        return texts("duration.hours", count=minutes // 60)
    return texts("duration.days", count=minutes // (60 * 24))


def timeline_figure(frame: pd.DataFrame, texts: Texts) -> go.Figure:
    """Events on one line; what decided the case is filled."""
    timed = frame[frame["occurred_at"].notna()]
    figure = base_figure(height=130)
    deciding = [not is_missing(value) and bool(value) for value in timed["is_deciding"]]
    figure.add_scatter(
        x=list(timed["occurred_at"]),
        y=[0] * len(timed),
        mode="lines+markers+text",
        line={"color": GREY, "width": 2},
        marker={
            "size": 18,
            "color": [VERMILION if yes else "#FFFFFF" for yes in deciding],
            "line": {"color": [VERMILION if yes else MUTED for yes in deciding], "width": 2},
        },
        text=[str(number) for number in timed["event_no"]],
        textfont={"size": 11, "color": [("#FFFFFF" if yes else INK) for yes in deciding]},
        textposition="middle center",
        customdata=[
            [text(texts.moment(row.occurred_at)), text(texts.pick(row._asdict(), "summary") or row.dataset)]
            for row in timed.itertuples()
        ],
        hovertemplate=hover(["%{customdata[0]}", "%{customdata[1]}"]),
        showlegend=False,
    )
    figure.update_yaxes(visible=False, range=[-1, 1])
    figure.update_xaxes(showgrid=False, nticks=4, tickformat="%m-%d %H:%M")
    return figure
