"""Labour cost against budget, and losses.

Belongs here: months of cost and budget, variance by unit, losses by month.
Does not belong here: forecasts.
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.axes import money_ticks, month_axis
from dashboards.charts.theme import (
    AMBER,
    GREY,
    INK,
    MUTED,
    TEAL,
    VERMILION,
    base_figure,
    color_of,
    hover,
    shortened,
    text,
)
from dashboards.i18n import Texts, is_missing

_PARTS = (("base_amount", TEAL), ("variable_amount", AMBER), ("employer_burden_amount", GREY))


def labour_finding(frame: pd.DataFrame, currency: str, texts: Texts) -> str:
    """Spent against planned over the months that have a plan."""
    planned = frame[frame["budget_amount"].notna() & frame["labour_amount"].notna()]
    if planned.empty:
        if frame["labour_amount"].notna().any():
            return texts("finding.labour_unplanned", amount=texts.money(frame["labour_amount"].sum(), currency))
        return texts("finding.labour_none")
    budget = float(planned["budget_amount"].sum())
    variance = float(planned["labour_amount"].sum()) - budget
    share = variance / budget if budget else None
    values = {"amount": texts.money(abs(variance), currency), "share": texts.percent(abs(share or 0), 1)}
    if share is None or abs(share) < 0.005:
        return texts("finding.labour_on_plan", **values)
    return texts("finding.labour_over" if variance > 0 else "finding.labour_under", **values)


def labour_figure(frame: pd.DataFrame, currency: str, texts: Texts, *, height: int = 320) -> go.Figure:
    figure = base_figure(height=height)
    months = list(frame["month"])
    for column, color in _PARTS:
        name = text(texts(f"column.{column}"))
        figure.add_bar(
            x=months,
            y=[None if is_missing(value) else float(value) for value in frame[column]],
            name=name,
            marker={"color": color},
            customdata=[
                [text(texts.month(month)), text(texts.money(value, currency))]
                for month, value in zip(months, frame[column], strict=True)
            ],
            hovertemplate=hover(["%{customdata[0]}", f"{name}: <b>%{{customdata[1]}}</b>"]),
        )
    budget = text(texts("column.budget_amount"))
    figure.add_scatter(
        x=months,
        y=[None if is_missing(value) else float(value) for value in frame["budget_amount"]],
        name=budget,
        mode="lines+markers",
        line={"color": INK, "width": 2, "dash": "dot"},
        marker={"size": 6, "color": INK, "symbol": "line-ew-open"},
        customdata=[
            [text(texts.month(row.month)), text(texts.money(row.budget_amount, currency))] for row in frame.itertuples()
        ],
        hovertemplate=hover(["%{customdata[0]}", f"{budget}: <b>%{{customdata[1]}}</b>"]),
    )
    figure.update_layout(barmode="stack", bargap=0.3)
    figure.update_yaxes(**money_ticks(frame[["labour_amount", "budget_amount"]].max(axis=None), texts))
    month_axis(figure, months, texts)
    return figure


def unit_variance_finding(frame: pd.DataFrame, currency: str, texts: Texts) -> str:
    judged = frame[frame["variance_amount"].notna()]
    over = judged[judged["variance_amount"] > 0]
    if judged.empty:
        return texts("finding.units_unplanned")
    if over.empty:
        return texts("finding.units_within", count=len(judged))
    worst = over.sort_values("variance_amount", ascending=False).iloc[0]
    return texts(
        "finding.units_over",
        count=len(over),
        of=len(judged),
        unit=worst["org_unit_name"],
        amount=texts.money(worst["variance_amount"], currency),
    )


def unit_variance_height(frame: pd.DataFrame) -> int:
    return max(320, 60 + 30 * len(frame))


def unit_variance_figure(frame: pd.DataFrame, currency: str, texts: Texts) -> go.Figure:
    """Over and under budget, as a share of the budget."""
    shown = frame.assign(
        share=[
            None
            if is_missing(row.variance_amount) or not row.budget_amount
            else float(row.variance_amount / row.budget_amount)
            for row in frame.itertuples()
        ]
    )
    shown = shown.assign(share=shown["share"].astype(float)).sort_values("share", na_position="first")
    figure = base_figure(height=unit_variance_height(frame))
    figure.add_bar(
        x=[0 if is_missing(share) else share for share in shown["share"]],
        y=[shortened(name) for name in shown["org_unit_name"]],
        orientation="h",
        width=0.55 if len(shown) > 3 else 0.25,
        marker={"color": [VERMILION if not is_missing(s) and s > 0 else TEAL for s in shown["share"]]},
        text=[texts.change(share, 1) for share in shown["share"]],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            [
                text(row.org_unit_name),
                text(texts.money(row.labour_amount, currency)),
                text(texts.money(row.budget_amount, currency)),
            ]
            for row in shown.itertuples()
        ],
        hovertemplate=hover(
            [
                "<b>%{customdata[0]}</b>",
                f"{text(texts('column.labour_amount'))}: %{{customdata[1]}}",
                f"{text(texts('column.budget_amount'))}: %{{customdata[2]}}",
            ]
        ),
        showlegend=False,
    )
    widest = shown["share"].abs().max()
    reach = 1.4 * float(widest) if not is_missing(widest) and widest else 0.01
    figure.update_xaxes(visible=False, range=[-reach, reach])
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    figure.update_yaxes(showgrid=False, tickfont={"color": INK}, type="category")
    return figure


def losses_finding(frame: pd.DataFrame, currency: str, texts: Texts) -> str:
    hard = frame["hard_loss_amount"].dropna()
    if hard.empty:
        return texts("finding.losses_at_risk", amount=texts.money(frame["amount_at_risk"].sum(), currency))
    by_family = frame.groupby("family")["hard_loss_amount"].sum().sort_values(ascending=False)
    total = float(hard.sum())
    if not total:
        return texts("finding.losses_none")
    return texts(
        "finding.losses_top",
        amount=texts.money(total, currency),
        family=texts.term("family", by_family.index[0]),
        share=texts.percent(float(by_family.iloc[0]) / total),
    )


def losses_figure(frame: pd.DataFrame, months: list, currency: str, texts: Texts) -> go.Figure:
    figure = base_figure(height=280)
    lost = frame.groupby("family")["hard_loss_amount"].sum()
    for family in sorted(lost[lost > 0].index):
        mine = frame[frame["family"] == family].groupby("month")["hard_loss_amount"].sum().reindex(months, fill_value=0)
        name = text(texts.term("family", family))
        figure.add_bar(
            x=months,
            y=[float(value) for value in mine],
            name=name,
            marker={"color": color_of(family)},
            customdata=[
                [text(texts.month(month)), text(texts.money(value, currency))]
                for month, value in zip(months, mine, strict=True)
            ],
            hovertemplate=hover(["%{customdata[0]}", f"{name}: <b>%{{customdata[1]}}</b>"]),
        )
    figure.update_layout(barmode="stack", bargap=0.3)
    figure.update_yaxes(**money_ticks(frame.groupby("month")["hard_loss_amount"].sum().max(), texts))
    month_axis(figure, months, texts)
    return figure
