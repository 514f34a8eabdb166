"""Whether rows arrived whole.

Belongs here: what became of the rows that were read.
Does not belong here: the company's figures.
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import AMBER, GREY, TEAL, VERMILION, base_figure, hover, shortened, text
from dashboards.i18n import Texts

_FATES = (
    ("accepted_count", TEAL),
    ("duplicate_count", GREY),
    ("ignored_count", AMBER),
    ("quarantined_count", VERMILION),
)


def fates_finding(frame: pd.DataFrame, texts: Texts) -> str:
    read = int(frame["read_count"].sum())
    if not read:
        return texts("finding.fates_none")
    unbalanced = int((~frame["is_balanced"].fillna(False).astype(bool)).sum())
    values = {
        "read": texts.number(read),
        "share": texts.percent(frame["accepted_count"].sum() / read, 1),
        "unbalanced": unbalanced,
    }
    return texts("finding.fates_unbalanced" if unbalanced else "finding.fates_balanced", **values)


def fates_figure(frame: pd.DataFrame, texts: Texts) -> go.Figure:
    """What is not accepted, by dataset: the accepted rows would hide it."""
    by_dataset = frame.groupby("dataset")[[column for column, _ in _FATES] + ["read_count"]].sum()
    lost = by_dataset[["duplicate_count", "ignored_count", "quarantined_count"]].sum(axis=1)
    shown = by_dataset[lost > 0].assign(lost=lost).sort_values("lost").tail(12)
    figure = base_figure(height=90 + 30 * max(1, len(shown)))
    for column, color in _FATES[1:]:
        name = text(texts(f"column.{column}"))
        figure.add_bar(
            x=[float(value) for value in shown[column]],
            y=[shortened(dataset, 26) for dataset in shown.index],
            name=name,
            orientation="h",
            marker={"color": color},
            width=0.6,
            customdata=[[text(dataset), texts.number(row["read_count"])] for dataset, row in shown.iterrows()],
            hovertemplate=hover(
                [
                    "<b>%{customdata[0]}</b>",
                    f"{name}: %{{x:,}}",
                    text(texts("column.read_count")) + ": %{customdata[1]}",
                ]
            ),
        )
    figure.update_layout(barmode="stack")
    figure.update_yaxes(showgrid=False, type="category")
    return figure
