"""How a rule fares over time.

Belongs here: the strip of its answers by unit, and what it found by month.
Does not belong here: rates and comparisons.
"""

from __future__ import annotations

from datetime import date, datetime, time

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.axes import month_axis
from dashboards.charts.theme import (
    AMBER,
    BLUE,
    GREY,
    INK,
    MUTED,
    PAPER,
    PURPLE,
    TEAL,
    UNKNOWN,
    VERMILION,
    base_figure,
    hover,
    shortened,
    text,
)
from dashboards.i18n import Texts, is_missing

# In the order of weight; what gives no answer is hatched or pale, so that it is never taken for a pass.
ANSWER_COLORS = {
    "FAIL": VERMILION,
    "NEEDS_REVIEW": AMBER,
    "PASS": TEAL,
    "NO_DATA": UNKNOWN,
    "NOT_YET_EFFECTIVE": "#E9EEF0",
    "NOT_APPLICABLE": "#F1F4F5",
}
ANSWERED = ("FAIL", "NEEDS_REVIEW", "PASS")

FINDING_COLORS = {
    "substantiated": VERMILION,
    "open": AMBER,
    "overturned": PURPLE,
    "unsubstantiated": BLUE,
    "suppressed": GREY,
}

_DAY_MS = 86_400_000


def applicable(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The rows of units to which the rule ever applies, the busiest first below the top one, and how many others."""
    idle = {
        unit
        for unit, verdicts in frame.groupby("org_unit_id")["verdict"]
        if verdicts.notna().all() and set(verdicts) == {"NOT_APPLICABLE"}
    }
    if len(idle) == frame["org_unit_id"].nunique():
        return frame, 0
    top = frame["org_unit_id"].iloc[0]
    kept = frame[~frame["org_unit_id"].isin(idle)]
    failed = kept.assign(
        failed_days=(pd.to_datetime(kept["valid_to"]) - pd.to_datetime(kept["valid_from"])).dt.days.where(
            kept["verdict"] == "FAIL", 0
        )
    )
    weight = failed.groupby("org_unit_id")["failed_days"].sum()
    order = sorted(weight.index, key=lambda unit: (unit != top, -int(weight[unit]), str(unit)))
    return kept.set_index("org_unit_id").loc[order].reset_index(), len(idle)


def strip_finding(frame: pd.DataFrame, texts: Texts) -> str:
    """What the unit of the page, which is the first one, was answered."""
    top = frame[frame["org_unit_id"] == frame["org_unit_id"].iloc[0]]
    days = _days(top)
    answered = sum(days.get(answer, 0) for answer in ANSWERED)
    blind = days.get("NO_DATA", 0)
    if not answered:
        return texts("finding.strip_blind" if blind else "finding.strip_idle")
    return texts(
        "finding.strip",
        share=texts.percent(answered / (answered + blind)),
        failed=texts.number(days.get("FAIL", 0)),
        answered=texts.number(answered),
    )


def _days(frame: pd.DataFrame) -> dict[str, int]:
    spans = (pd.to_datetime(frame["valid_to"]) - pd.to_datetime(frame["valid_from"])).dt.days
    return {str(answer): int(count) for answer, count in spans.groupby(frame["verdict"]).sum().items()}


def strip_figure(frame: pd.DataFrame, nature: str, texts: Texts) -> go.Figure:
    """One line per unit, coloured by the answer of each day; what the rule found is called by the rule's nature."""
    units = list(dict.fromkeys(frame["org_unit_id"]))
    names = _distinct({unit: frame.loc[frame["org_unit_id"] == unit, "org_unit_name"].iloc[0] for unit in units})
    figure = base_figure(height=110 + 26 * len(units))
    for answer, color in ANSWER_COLORS.items():
        rows = frame[frame["verdict"] == answer]
        if rows.empty:
            continue
        name = text(texts.term("found", nature) if answer == "FAIL" else texts.term("status_of_rule", answer))
        figure.add_bar(
            base=[_moment(day) for day in rows["valid_from"]],
            x=[(row.valid_to - row.valid_from).days * _DAY_MS for row in rows.itertuples()],
            y=[names[unit] for unit in rows["org_unit_id"]],
            orientation="h",
            name=name,
            width=0.62,
            marker={
                "color": color,
                "line": {"width": 0},
                "pattern": {"shape": "/" if answer == "NO_DATA" else "", "fgcolor": GREY, "size": 5, "solidity": 0.25},
            },
            customdata=[_hover_texts(row, texts) for row in rows.itertuples()],
            hovertemplate=hover(["<b>%{customdata[0]}</b>", f"{name}, %{{customdata[1]}}", "%{customdata[2]}"]),
        )
    for unit in units:
        if frame.loc[frame["org_unit_id"] == unit, "verdict"].isna().all():
            figure.add_annotation(
                x=0.01,
                xref="x domain",
                xanchor="left",
                y=names[unit],
                text=text(texts("state.withheld")),
                showarrow=False,
                font={"color": MUTED, "size": 12},
            )
    figure.update_layout(barmode="overlay", bargap=0.2)
    figure.update_xaxes(
        type="date",
        range=[_moment(frame["valid_from"].min()), _moment(frame["valid_to"].max())],
        nticks=5,
        tickformat="%Y-%m",
    )
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(names.values())[::-1],
        range=[-0.6, len(units) - 0.4],
        showgrid=False,
        tickfont={"color": INK},
    )
    return figure


def _distinct(names: dict[str, object]) -> dict[str, str]:
    """A label per unit; units of one name must not share a line."""
    labels: dict[str, str] = {}
    for unit, name in names.items():
        label = shortened(unit if is_missing(name) else name, 18)
        labels[unit] = f"{label} ({text(unit)})" if label in labels.values() else label
    return labels


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _hover_texts(row, texts: Texts) -> list[str]:
    last = (pd.Timestamp(row.valid_to) - pd.Timedelta(days=1)).date()
    span = (
        texts.date(row.valid_from) if last == row.valid_from else f"{texts.date(row.valid_from)} – {texts.date(last)}"
    )
    more = ""
    if not is_missing(row.missing_datasets):
        missing = texts("format.list_separator").join(
            texts.term("dataset", code) for code in str(row.missing_datasets).split(", ")
        )
        more = texts("hover.missing", datasets=missing)
    elif not is_missing(row.violation_count) and row.violation_count:
        more = texts("hover.violations", count=texts.number(row.violation_count))
    name = row.org_unit_id if is_missing(row.org_unit_name) else row.org_unit_name
    return [text(name), text(span), text(more)]


def findings_finding(frame: pd.DataFrame, texts: Texts) -> str:
    counts = frame.groupby("finding")["violation_count"].sum()
    parts = [
        texts(
            "finding.found_part", finding=texts.term("disposition", finding), count=texts.number(int(counts[finding]))
        )
        for finding in FINDING_COLORS
        if finding in counts.index
    ]
    return texts(
        "finding.found", count=texts.number(int(counts.sum())), parts=texts("format.list_separator").join(parts)
    )


def findings_figure(frame: pd.DataFrame, months: list, texts: Texts) -> go.Figure:
    """Stacked columns by month; months in which the rule found nothing stay visible as zero."""
    figure = base_figure(height=300)
    labels = [texts.month(month) for month in months]
    for finding, color in FINDING_COLORS.items():
        mine = frame[frame["finding"] == finding]
        if mine.empty:
            continue
        counts = mine.set_index("month")["violation_count"].reindex(months, fill_value=0)
        name = text(texts.term("disposition", finding))
        figure.add_bar(
            x=list(months),
            y=[int(count) for count in counts],
            name=name,
            marker={"color": color, "line": {"color": PAPER, "width": 1}},
            customdata=labels,
            hovertemplate=hover(["%{customdata}", f"{name}: <b>%{{y}}</b>"]),
        )
    figure.update_layout(barmode="stack", bargap=0.25)
    month_axis(figure, months, texts)
    if frame.groupby("month")["violation_count"].sum().max() < 5:
        figure.update_yaxes(dtick=1)
    return figure
