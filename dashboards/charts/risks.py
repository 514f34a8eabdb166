"""Which rules weigh most.

Belongs here: rules by points, and how concentrated they are.
Does not belong here: the status of rules.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import INK, base_figure, color_of, hover, shortened, text
from dashboards.i18n import Texts


def risks_finding(frame: pd.DataFrame, names: Mapping[str, str], texts: Texts) -> str:
    top = frame.sort_values("points", ascending=False)
    total = float(top["points"].sum())
    if not total:
        return texts("finding.risks_unweighted", count=texts.number(frame["violation_count"].sum()))
    first = top.iloc[0]
    return texts(
        "finding.risks_top",
        rule=names.get(first["rule_id"], first["rule_id"]),
        share=texts.percent(float(first["points"]) / total),
    )


def risks_figure(frame: pd.DataFrame, names: Mapping[str, str], texts: Texts, *, limit: int = 5) -> go.Figure:
    top = frame.sort_values("points", ascending=False).head(limit).iloc[::-1]
    figure = base_figure(height=60 + 46 * max(1, len(top)))
    figure.add_bar(
        x=[float(points) for points in top["points"]],
        y=list(range(len(top))),
        orientation="h",
        marker={"color": [color_of(family) for family in top["family"]]},
        width=0.36,
        text=[texts.points(points) for points in top["points"]],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            [
                text(names.get(row.rule_id, row.rule_id)),
                text(row.rule_id),
                texts.number(row.incident_count),
            ]
            for row in top.itertuples()
        ],
        hovertemplate=hover(
            [
                "<b>%{customdata[0]}</b> (%{customdata[1]})",
                f"{text(texts('column.points'))}: %{{x}}",
                f"{text(texts('column.incident_count'))}: %{{customdata[2]}}",
            ]
        ),
        showlegend=False,
    )
    # The name stands above its bar: beside it, a phone would have no room for the bar.
    for position, row in enumerate(top.itertuples()):
        figure.add_annotation(
            x=0,
            y=position + 0.38,
            xanchor="left",
            yanchor="middle",
            text=shortened(names.get(row.rule_id, row.rule_id), 44),
            showarrow=False,
            font={"size": 13, "color": INK},
        )
    figure.update_xaxes(visible=False, rangemode="tozero", range=[0, _room(top["points"])])
    figure.update_yaxes(visible=False, range=[-0.5, len(top) - 0.3])
    return figure


def _room(points: pd.Series) -> float:
    return float(points.max() or 1) * 1.12
