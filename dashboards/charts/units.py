"""Units side by side by what happened in them.

Belongs here: incidents of sibling units.
Does not belong here: rates (branches.py).
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import BLUE, INK, MUTED, base_figure, hover, shortened, text
from dashboards.i18n import Texts, is_missing

MANY = 9


def units_finding(frame: pd.DataFrame, texts: Texts) -> str:
    counted = frame[frame["incident_count"].notna()]
    total = float(counted["incident_count"].sum())
    if not total:
        return texts("finding.units_quiet")
    top = counted.sort_values("incident_count", ascending=False).iloc[0]
    return texts(
        "finding.units_top",
        unit=top["org_unit_name"],
        count=texts.number(float(top["incident_count"])),
        share=texts.percent(float(top["incident_count"]) / total),
    )


def units_shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Units with incidents, and those whose count is withheld; many quiet ones would only push the others together."""
    if len(frame) <= MANY:
        return frame
    return frame[frame["incident_count"].isna() | (frame["incident_count"] > 0)]


def units_height(frame: pd.DataFrame) -> int:
    return max(330, 60 + 30 * len(units_shown(frame)))


def units_figure(frame: pd.DataFrame, texts: Texts, *, color: str = BLUE) -> go.Figure:
    shown = units_shown(frame).sort_values("incident_count", na_position="first")
    figure = base_figure(height=units_height(frame))
    names = [shortened(name) for name in shown["org_unit_name"]]
    figure.add_bar(
        x=[0 if is_missing(value) else float(value) for value in shown["incident_count"]],
        y=names,
        orientation="h",
        width=0.6 if len(shown) > 3 else 0.3,
        marker={"color": color or BLUE},
        text=["" if is_missing(value) else texts.number(float(value)) for value in shown["incident_count"]],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            [text(row.org_unit_name), texts.number(row.points), texts.number(row.incident_count)]
            for row in shown.itertuples()
        ],
        hovertemplate=hover(
            [
                "<b>%{customdata[0]}</b>",
                text(texts("column.incident_count")) + ": %{customdata[2]}",
                text(texts("column.points")) + ": %{customdata[1]}",
            ]
        ),
        showlegend=False,
    )
    for position, row in enumerate(shown.itertuples()):
        if is_missing(row.incident_count):
            figure.add_annotation(
                x=0,
                xanchor="left",
                y=names[position],
                text=text(texts("state.withheld")),
                showarrow=False,
                font={"color": MUTED, "size": 12},
            )
    top = shown["incident_count"].max()
    figure.update_xaxes(range=[0, float(top) * 1.15 if not is_missing(top) and top else 1], nticks=5)
    figure.update_yaxes(showgrid=False, tickfont={"color": INK}, type="category")
    return figure
