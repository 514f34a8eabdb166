"""Rates by cohort.

Belongs here: rates of tenure bands and other cohorts with their intervals.
Does not belong here: cohorts too small to be shown; the access layer empties them.
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import GREY, INK, MUTED, base_figure, color_of, hover, shortened, text
from dashboards.i18n import Texts, is_missing


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["has_enough_data"].fillna(False).astype(bool) & frame["rate_per_1000"].notna()]


def cohorts_finding(frame: pd.DataFrame, family: str, texts: Texts) -> str:
    """The cohort that stands out, or that none does."""
    name = texts.term("family", family)
    judged = readable(frame)
    if len(judged) < 2:
        return texts("finding.cohorts_none", family=name)
    flagged = judged[judged["is_flagged"].fillna(False).astype(bool) & (judged["rate_ratio"] > 1)]
    if flagged.empty:
        return texts("finding.cohorts_alike", family=name)
    names = [texts.pick(row, "cohort_name") or row["cohort_value"] for _, row in flagged.iterrows()]
    if len(flagged) == 1:
        top = flagged.iloc[0]
        return texts(
            "finding.cohorts_top",
            family=name,
            cohort=names[0],
            ratio=texts.ratio(top["rate_ratio"]),
            interval=texts.interval(top["rate_ratio_low"], top["rate_ratio_high"], open_ended=True),
        )
    rest = judged.drop(index=flagged.index)
    values = {"family": name, "cohorts": texts("format.list_separator").join(names)}
    if rest.empty or not rest["event_count"].sum():
        return texts("finding.cohorts_several", **values)
    ratio = _rate(flagged) / _rate(rest)
    return texts("finding.cohorts_several_ratio", ratio=texts.ratio(ratio), **values)


def _rate(frame: pd.DataFrame) -> float:
    return float(frame["event_count"].sum()) / float(frame["exposure_count"].sum())


def cohorts_figure(frame: pd.DataFrame, family: str, texts: Texts) -> go.Figure:
    shown = frame.sort_values("sort_order", ascending=False)
    figure = base_figure(height=80 + 44 * max(1, len(shown)))
    judged = set(readable(shown).index)
    for index, row in shown.iterrows():
        name = shortened(texts.pick(row, "cohort_name") or row["cohort_value"], 18)
        if is_missing(row["rate_per_1000"]):
            figure.add_scatter(
                x=[0],
                y=[name],
                mode="text",
                text=[text(texts("state.withheld" if row["is_withheld"] else "state.not_enough"))],
                textposition="middle right",
                textfont={"color": MUTED, "size": 12},
                hoverinfo="skip",
                showlegend=False,
            )
            continue
        color = color_of(family) if index in judged else GREY
        unit = texts.term("exposure", row["exposure_unit"])
        figure.add_bar(
            x=[row["rate_per_1000"]],
            y=[name],
            orientation="h",
            marker={"color": color},
            width=0.55,
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [row["rate_high"] - row["rate_per_1000"]],
                "arrayminus": [row["rate_per_1000"] - row["rate_low"]],
                "color": INK,
                "thickness": 1.3,
                "width": 4,
            },
            hovertemplate=hover(
                [
                    f"<b>{text(texts.pick(row, 'cohort_name') or row['cohort_value'])}</b>",
                    f"{texts.rate(row['rate_per_1000'])} {text(texts('unit.per_1000', unit=unit))}"
                    f" ({texts.interval(row['rate_low'], row['rate_high'])})",
                    f"{texts.number(row['event_count'])} / {texts.number(row['exposure_count'])} {text(unit)}",
                    text(texts("hover.people", count=texts.number(row["employee_count"]))),
                    *([] if index in judged else [f"<i>{text(texts('state.not_enough'))}</i>"]),
                ]
            ),
            showlegend=False,
        )
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(showgrid=False, tickfont={"color": INK}, type="category")
    return figure
