"""Axes that several figures share.

Belongs here: labels of months and of money.
Does not belong here: series.
"""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.charts.theme import GRID
from dashboards.i18n import Texts, is_missing


def month_axis(figure: go.Figure, months: list, texts: Texts) -> None:
    """Few, short labels: the year only where it begins."""
    step = max(1, -(-len(months) // 6))
    shown = months[::-step][::-1]
    figure.update_xaxes(
        tickvals=list(shown),
        ticktext=[_short_month(month, index == 0 or month.month <= step, texts) for index, month in enumerate(shown)],
        showgrid=False,
        linecolor=GRID,
    )


def _short_month(month, with_year: bool, texts: Texts) -> str:
    label = texts("format.month_short", number=month.month, name=texts(f"month.{month.month}"))
    return f"{label}<br>{month.year}" if with_year else label


def money_ticks(top: object, texts: Texts) -> dict:
    """Round ticks in the language's own steps (万 or K)."""
    if is_missing(top) or float(top) <= 0:
        return {}
    limit = float(top)
    size = 10 ** len(str(int(limit))) / 10
    step = next(s for s in (size / 5, size / 2, size, 2 * size, 5 * size) if limit / s <= 5)
    values = [step * number for number in range(int(limit / step) + 2)]
    return {"tickvals": values, "ticktext": [texts.compact(value, trim=True) for value in values]}
