"""Scores of groups and people.

Belongs here: mean scores by group and month, and where people stand without ranking small groups.
Does not belong here: violations.
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.axes import month_axis
from dashboards.charts.theme import BLUE, GREY, INK, MUTED, TEAL, VERMILION, base_figure, hover, shortened, text
from dashboards.i18n import Texts, is_missing

# Scores of fewer people say more about them than about their unit.
SMALLEST_COMPARED = 5


def scores_finding(frame: pd.DataFrame, texts: Texts) -> str:
    rated = frame[frame["overall_score"].notna()]
    if rated.empty:
        return texts("finding.scores_none")
    last, first = rated.iloc[-1], rated.iloc[0]
    values = {
        "score": texts.number(last["overall_score"], 1),
        "change": texts.number(abs(last["overall_score"] - first["overall_score"]), 1),
        "month": texts.month(last["month"]),
    }
    difference = float(last["overall_score"] - first["overall_score"])
    if len(rated) == 1 or abs(difference) < 0.5:
        return texts("finding.scores_level", **values)
    return texts("finding.scores_up" if difference > 0 else "finding.scores_down", **values)


def scores_figure(frame: pd.DataFrame, texts: Texts) -> go.Figure:
    figure = base_figure(height=280)
    for column, color, dash in (("overall_score", BLUE, "solid"), ("compliance_score", TEAL, "dot")):
        name = text(texts(f"column.{column}"))
        figure.add_scatter(
            x=list(frame["month"]),
            y=[None if is_missing(value) else float(value) for value in frame[column]],
            name=name,
            mode="lines+markers",
            line={"color": color, "width": 2.5, "dash": dash},
            connectgaps=False,
            customdata=[[text(texts.month(row.month)), texts.number(row.employee_count)] for row in frame.itertuples()],
            hovertemplate=hover(
                [
                    "%{customdata[0]}",
                    f"{name}: <b>%{{y:.1f}}</b>",
                    text(texts("column.employee_count")) + ": %{customdata[1]}",
                ]
            ),
        )
    month_axis(figure, list(frame["month"]), texts)
    return figure


def comparable(frame: pd.DataFrame) -> pd.Series:
    """Units large enough to be set against one another, whoever looks."""
    return frame["overall_score"].notna() & (frame["employee_count"].fillna(0) >= SMALLEST_COMPARED)


def unit_scores_finding(frame: pd.DataFrame, texts: Texts) -> str:
    rated = frame[comparable(frame)].sort_values("overall_score")
    if len(rated) < 2:
        return texts("finding.unit_scores_none")
    return texts(
        "finding.unit_scores_gap",
        low=rated.iloc[0]["org_unit_name"],
        high=rated.iloc[-1]["org_unit_name"],
        gap=texts.number(rated.iloc[-1]["overall_score"] - rated.iloc[0]["overall_score"], 1),
    )


def unit_scores_height(frame: pd.DataFrame) -> int:
    return max(280, 60 + 30 * len(frame))


def unit_scores_figure(frame: pd.DataFrame, texts: Texts) -> go.Figure:
    """Units by score; those too small to be compared stand below the others, unfilled."""
    shown = frame.assign(compared=comparable(frame)).sort_values(["compared", "overall_score"], na_position="first")
    figure = base_figure(height=unit_scores_height(frame))
    names = [shortened(name) for name in shown["org_unit_name"]]
    figure.add_scatter(
        x=[None if is_missing(value) else float(value) for value in shown["overall_score"]],
        y=names,
        mode="markers+text",
        marker={
            "size": 11,
            "color": [BLUE if compared else "#FFFFFF" for compared in shown["compared"]],
            "line": {"color": [BLUE if compared else GREY for compared in shown["compared"]], "width": 2},
        },
        text=["" if is_missing(value) else f"{float(value):.1f}" for value in shown["overall_score"]],
        textposition="middle right",
        cliponaxis=False,
        customdata=[[text(row.org_unit_name), texts.number(row.employee_count)] for row in shown.itertuples()],
        hovertemplate=hover(
            [
                "<b>%{customdata[0]}</b>",
                text(texts("column.overall_score")) + ": %{x:.1f}",
                text(texts("column.employee_count")) + ": %{customdata[1]}",
            ]
        ),
        showlegend=False,
    )
    for position, row in enumerate(shown.itertuples()):
        if is_missing(row.overall_score):
            figure.add_annotation(
                x=0,
                xref="paper",
                xanchor="left",
                y=names[position],
                text=text(texts("state.withheld" if row.is_withheld else "state.not_enough")),
                showarrow=False,
                font={"color": MUTED, "size": 12},
            )
    scored = shown["overall_score"].dropna()
    if len(scored):
        spread = max(1.0, float(scored.max() - scored.min()))
        figure.update_xaxes(range=[float(scored.min()) - 0.1 * spread, float(scored.max()) + 0.25 * spread], nticks=5)
    figure.update_yaxes(tickfont={"color": INK}, type="category")
    return figure


def bonus_finding(frame: pd.DataFrame, texts: Texts) -> str:
    rated = frame[frame["bonus_count"].notna() & (frame["employee_count"] > 0)]
    if rated.empty:
        return texts("finding.bonus_none")
    last = rated.iloc[-1]
    return texts(
        "finding.bonus_share",
        share=texts.percent(last["bonus_count"] / last["employee_count"], 1),
        month=texts.month(last["month"]),
    )


def bonus_figure(frame: pd.DataFrame, texts: Texts) -> go.Figure:
    """People below the bonus line: the small part, so that a change of a few people is seen."""
    figure = base_figure(height=240)
    missed = [
        None if is_missing(row.bonus_count) else int(row.employee_count - row.bonus_count) for row in frame.itertuples()
    ]
    figure.add_bar(
        x=list(frame["month"]),
        y=missed,
        marker={"color": VERMILION},
        customdata=[[text(texts.month(row.month)), texts.number(row.employee_count)] for row in frame.itertuples()],
        hovertemplate=hover(
            ["%{customdata[0]}", text(texts("label.without_bonus")) + ": <b>%{y}</b> / %{customdata[1]}"]
        ),
        showlegend=False,
    )
    most = max((count for count in missed if count is not None), default=0)
    figure.update_yaxes(range=[0, max(1.0, most * 1.1)], **({"dtick": 1} if most < 6 else {"nticks": 5}))
    month_axis(figure, list(frame["month"]), texts)
    return figure
