"""One case in time.

Belongs here: the line of events of a case.
Does not belong here: what an event says; the page lists it.
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import GREY, MUTED, VERMILION, base_figure, hover, text
from dashboards.i18n import Texts

# From here on, the year of an event matters and its hour does not.
LONG_DAYS = 60


def timeline_finding(frame: pd.DataFrame, texts: Texts) -> str:
    timed = frame[frame["occurred_at"].notna()]
    deciding = int(frame["is_deciding"].fillna(False).astype(bool).sum())
    if timed.empty:
        return texts("finding.timeline_untimed", count=len(frame))
    span = timed["occurred_at"].max() - timed["occurred_at"].min()
    if not span:
        return texts("finding.timeline_moment", count=len(frame), deciding=deciding)
    return texts("finding.timeline", count=len(frame), deciding=deciding, span=duration(span, texts))


def duration(span: pd.Timedelta, texts: Texts) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return texts("duration.minutes", count=minutes)
    if minutes < 60 * 48:
        return texts("duration.hours", count=minutes // 60)
    return texts("duration.days", count=minutes // (60 * 24))


def timeline_figure(frame: pd.DataFrame, texts: Texts) -> go.Figure:
    """Events on one line; what decided the case is large and numbered, what stands around it small."""
    timed = frame[frame["occurred_at"].notna()]
    figure = base_figure(height=130)
    decides = timed["is_deciding"].fillna(False).astype(bool)
    figure.add_scatter(
        x=[timed["occurred_at"].min(), timed["occurred_at"].max()],
        y=[0, 0],
        mode="lines",
        line={"color": GREY, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    for rows, marker, shows_number in (
        (timed[~decides], {"size": 9, "color": "#FFFFFF", "line": {"color": MUTED, "width": 2}}, False),
        (timed[decides], {"size": 20, "color": VERMILION}, True),
    ):
        figure.add_scatter(
            x=list(rows["occurred_at"]),
            y=[0] * len(rows),
            mode="markers+text" if shows_number else "markers",
            marker=marker,
            text=[str(number) if shows_number else "" for number in rows["event_no"]],
            textfont={"size": 11, "color": "#FFFFFF"},
            textposition="middle center",
            customdata=[
                [
                    f"{row.event_no} · {text(texts.moment(row.occurred_at))}",
                    text(texts.pick(row._asdict(), "summary") or row.dataset),
                ]
                for row in rows.itertuples()
            ],
            hovertemplate=hover(["%{customdata[0]}", "%{customdata[1]}"]),
            showlegend=False,
        )
    figure.update_yaxes(visible=False, range=[-1, 1])
    is_long = timed["occurred_at"].max() - timed["occurred_at"].min() > pd.Timedelta(days=LONG_DAYS)
    figure.update_xaxes(showgrid=False, nticks=4, tickformat="%Y-%m-%d" if is_long else "%m-%d %H:%M")
    return figure


def around_deciding(frame: pd.DataFrame, reach: int) -> list[int]:
    """Numbers of the events that decided the case and of those within `reach` events of one; all when none decided."""
    decides = frame["is_deciding"].fillna(False).astype(bool).to_numpy()
    places = [place for place, yes in enumerate(decides) if yes]
    if not places:
        return list(frame["event_no"])
    return [
        number for place, number in enumerate(frame["event_no"]) if any(abs(place - other) <= reach for other in places)
    ]
