"""Branches against one another.

Belongs here: the rate of each branch as a ratio to all the others, with its interval.
Does not belong here: ranking people.
"""

from __future__ import annotations

from math import log10

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import GREY, INK, MUTED, VERMILION, base_figure, color_of, hover, shortened, text
from dashboards.i18n import Texts, is_missing


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """Branches with a ratio that may be read."""
    return frame[frame["has_enough_data"].fillna(False).astype(bool) & frame["rate_ratio"].notna()]


def branches_finding(frame: pd.DataFrame, family: str, texts: Texts) -> str:
    """Which branch stands out, or that none does."""
    name = texts.term("family", family)
    judged = comparable(frame)
    if judged.empty:
        return texts("finding.branches_none", family=name)
    flagged = judged[judged["is_flagged"].fillna(False).astype(bool) & (judged["rate_ratio"] > 1)]
    if flagged.empty:
        return texts("finding.branches_alike", family=name, count=len(judged))
    worst = flagged.sort_values("rate_ratio", ascending=False).iloc[0]
    values = {
        "family": name,
        "branch": worst["org_unit_name"],
        "ratio": texts.ratio(worst["rate_ratio"]),
        "interval": texts.interval(worst["rate_ratio_low"], worst["rate_ratio_high"], open_ended=True),
        "more": len(flagged) - 1,
    }
    return texts("finding.branch_worst" if len(flagged) == 1 else "finding.branches_worst", **values)


def branches_figure(frame: pd.DataFrame, family: str, texts: Texts) -> go.Figure:
    """One line per branch: ratio to the others on a logarithmic axis, interval, and a line where all are equal."""
    shown = frame.sort_values("rate_ratio", ascending=True, na_position="first")
    figure = base_figure(height=90 + 30 * max(1, len(shown)))
    figure.add_vline(x=1, line={"color": MUTED, "width": 1, "dash": "dot"})
    left, right = _reach(shown)
    judged = set(comparable(shown).index)
    names = {index: shortened(row["org_unit_name"] or row["org_unit_id"]) for index, row in shown.iterrows()}
    for index, row in shown.iterrows():
        if is_missing(row["rate_ratio"]):
            continue
        flagged = index in judged and bool(row["is_flagged"])
        color = VERMILION if flagged else (color_of(family) if index in judged else GREY)
        if not flagged and index in judged:
            color = INK
        figure.add_scatter(
            x=[
                left if is_missing(row["rate_ratio_low"]) else max(left, row["rate_ratio_low"]),
                right if is_missing(row["rate_ratio_high"]) else min(right, row["rate_ratio_high"]),
            ],
            y=[names[index]] * 2,
            mode="lines",
            line={"color": color, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=[max(left, row["rate_ratio"])],
            y=[names[index]],
            mode="markers",
            marker={
                "size": 12 if flagged else 9,
                "color": color if index in judged else "#FFFFFF",
                "line": {"color": color, "width": 2},
                "symbol": "diamond" if flagged else "circle",
            },
            hovertemplate=hover(_hover_lines(row, index in judged, texts)),
            showlegend=False,
        )
    withheld = [names[index] for index, row in shown.iterrows() if is_missing(row["rate_ratio"])]
    for name in withheld:
        figure.add_scatter(
            x=[1],
            y=[name],
            mode="text",
            text=[text(texts("state.not_enough"))],
            textfont={"color": MUTED, "size": 12},
            textposition="middle right",
            hoverinfo="skip",
            showlegend=False,
        )
    figure.update_xaxes(
        type="log",
        range=[log10(left), log10(right)],
        tickvals=[0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
        ticktext=_ratio_ticks(texts),
    )
    figure.update_yaxes(
        categoryorder="array", categoryarray=list(names.values()), showgrid=True, tickfont={"color": INK}
    )
    return figure


def _reach(frame: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis: around all ratios; an interval without limit, or from zero, ends there."""
    ratios = [float(value) for value in frame["rate_ratio"].dropna() if value > 0]
    ends = [float(value) for column in ("rate_ratio_low", "rate_ratio_high") for value in frame[column].dropna()]
    inner = [end for end in ends if 0.05 <= end <= 20]
    low, high = min([0.5, *ratios, *inner]), max([2.0, *ratios, *inner])
    return low / 1.15, high * 1.15


def _ratio_ticks(texts: Texts) -> list[str]:
    return [texts("format.ratio", value=value) for value in ("0.1", "0.25", "0.5", "1", "2", "4", "8", "16")]


def _hover_lines(row: pd.Series, judged: bool, texts: Texts) -> list[str]:
    unit = texts.term("exposure", row["exposure_unit"])
    lines = [
        f"<b>{text(row['org_unit_name'] or row['org_unit_id'])}</b>",
        text(texts("hover.ratio", ratio=texts.ratio(row["rate_ratio"])))
        + f" ({text(texts.interval(row['rate_ratio_low'], row['rate_ratio_high'], open_ended=True))})",
        f"{texts.rate(row['rate_per_1000'])} {text(texts('unit.per_1000', unit=unit))}"
        f" ({texts.interval(row['rate_low'], row['rate_high'])})",
        f"{texts.number(row['event_count'])} / {texts.number(row['exposure_count'])} {text(unit)}",
        f"q = {text(texts.p_value(row['q_value']))}",
    ]
    if not judged:
        lines.append(f"<i>{text(texts('state.not_enough'))}</i>")
    return lines
