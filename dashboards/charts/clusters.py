"""Hot blocks of the week, as the scan found them.

Belongs here: naming a block, what a manager should make of it, its course over time.
Does not belong here: the grid of single slots (`slots`), deciding what is hot (the mart).
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import MUTED, base_figure, color_of, hover, text
from dashboards.i18n import Texts, is_missing

HOURS, CELLS = 24, 168


def of_family(frame: pd.DataFrame | None, family: str) -> pd.DataFrame:
    """The rows of one rule family; none where the publication has none."""
    if frame is None:
        return pd.DataFrame(columns=["block_no", "block_role", "is_flagged"])
    return frame[frame["family"] == family]


def hottest(frame: pd.DataFrame) -> pd.Series | None:
    """What the scan says of the unit's week: the row of block 0; None where the week was not scanned."""
    first = frame[frame["block_no"] == 0]
    return None if first.empty else first.iloc[0]


def flagged(frame: pd.DataFrame) -> pd.DataFrame:
    """Blocks that stand out beyond chance and trifle, the hottest first."""
    return frame[frame["is_flagged"].fillna(False).astype(bool)].sort_values("block_no")


def cells_of(block: pd.Series) -> set[tuple[int, int]]:
    """(weekday, hour) of a block's slots; hours past midnight are those of the next day."""
    start = HOURS * (int(block["weekday_first"]) - 1) + int(block["hour_first"])
    cells = set()
    for day in range(int(block["weekday_count"])):
        for hour in range(int(block["hour_count"])):
            at = (start + HOURS * day + hour) % CELLS
            cells.add((at // HOURS + 1, at % HOURS))
    return cells


def days_of(block: pd.Series) -> tuple[int, ...]:
    """Weekdays on which a block begins, in the order of the week's circle."""
    first, count = int(block["weekday_first"]), int(block["weekday_count"])
    return tuple((first - 1 + day) % 7 + 1 for day in range(count))


def weekdays_text(days: tuple[int, ...], texts: Texts) -> str:
    if set(days) == {6, 7}:
        return texts("weekday.weekend")
    if set(days) == {1, 2, 3, 4, 5}:
        return texts("weekday.workdays")
    if len(days) == 7:
        return texts("weekday.every_day")
    if len(days) > 2:
        return texts("format.range", first=texts.weekday(days[0]), last=texts.weekday(days[-1]))
    return texts("format.list_separator").join(texts.weekday(day) for day in days)


def block_text(block: pd.Series, texts: Texts) -> str:
    """Weekdays and hours of a block, half-open."""
    days = weekdays_text(days_of(block), texts)
    if int(block["hour_count"]) == HOURS:
        return days
    first, end = int(block["hour_first"]), int(block["hour_first"]) + int(block["hour_count"])
    hours = {"first": f"{first:02d}:00", "last": f"{end if end <= HOURS else end - HOURS:02d}:00"}
    return f"{days} {texts('format.hours_overnight', **hours) if end > HOURS else texts('format.hours', **hours)}"


def cluster_finding(frame: pd.DataFrame, family: str, texts: Texts) -> str:
    """The hot block with its ratio, p-value and count; or that there is none, or nothing can be said."""
    name, top = texts.term("family", family), hottest(frame)
    if top is None or top["scan_state"] == "not_enough_data":
        return texts("finding.slots_none", family=name)
    hot = flagged(frame)
    if hot.empty:
        return texts("finding.slots_even", family=name)
    block = hot.iloc[0]
    return texts(
        "finding.slots_only" if is_missing(block["rate_ratio"]) else "finding.slots_hot",
        family=name,
        block=block_text(block, texts),
        ratio=texts.ratio(block["rate_ratio"]),
        p=texts.p_value_words(block["p_value"]),
        count=texts.number(block["event_count"]),
    )


def manager_sentence(frame: pd.DataFrame, texts: Texts) -> str:
    """What somebody who is no statistician should make of the scan."""
    top = hottest(frame)
    if top is None or top["scan_state"] == "not_enough_data":
        return texts("plain.cluster_thin", count=texts.number(0 if top is None else top["scanned_event_count"]))
    hot = flagged(frame)
    if hot.empty:
        return texts("plain.cluster_even", block=block_text(top, texts))
    block = hot.iloc[0]
    told = [
        texts(
            "plain.cluster_hot",
            block=block_text(block, texts),
            count=texts.number(block["event_count"]),
            expected=texts.rate(block["expected_event_count"]),
            chance=_chance(block["p_value"], texts),
        )
    ]
    near = int(block["near_equal_count"])
    if near:
        told.append(texts("plain.cluster_near", count=texts.number(near), blocks=_near_equal(frame, texts)))
    if float(block["dispersion"]) >= 1.2:
        told.append(texts("plain.cluster_bursts", factor=texts.rate(block["dispersion"])))
    return texts("format.sentence_separator").join(told)


def _chance(p_value: float, texts: Texts) -> str:
    return texts("format.less_than", value=texts.percent(0.001, 1)) if p_value < 0.001 else texts.percent(p_value, 1)


def _near_equal(frame: pd.DataFrame, texts: Texts) -> str:
    near = frame[frame["block_role"] == "near_equal"].sort_values("block_no").head(3)
    return texts("format.list_separator").join(block_text(row, texts) for _, row in near.iterrows())


def trend_finding(trend: pd.DataFrame, block: pd.Series, texts: Texts) -> str:
    """The block's rate in the later half of its periods against the earlier half."""
    half = len(trend) // 2
    name = block_text(block, texts)
    if half == 0:
        return texts("finding.cluster_trend_short", block=name)
    ordered = trend.sort_values("period_start")
    earlier, later = ordered.iloc[-2 * half : -half], ordered.iloc[-half:]
    before, after = (
        1000 * part["event_count"].sum() / part["exposure_count"].sum() if part["exposure_count"].sum() else None
        for part in (earlier, later)
    )
    if before is None or after is None:
        return texts("finding.cluster_trend_short", block=name)
    return texts("finding.cluster_trend", block=name, before=texts.rate(before), after=texts.rate(after))


def trend_figure(trend: pd.DataFrame, family: str, texts: Texts) -> go.Figure:
    """Rate inside the block with its interval, and that of the rest of the week, by periods of four weeks."""
    figure = base_figure(height=300)
    ordered = trend.sort_values("period_start")
    dates = list(ordered["period_start"])
    inside, rest = texts("label.in_block"), texts("label.rest_of_week")
    known = ordered["rate_per_1000"].notna()
    figure.add_scatter(
        x=dates,
        y=[None if is_missing(rate) else float(rate) for rate in ordered["rate_per_1000"]],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": list((ordered["rate_high"] - ordered["rate_per_1000"]).where(known, 0).astype(float)),
            "arrayminus": list((ordered["rate_per_1000"] - ordered["rate_low"]).where(known, 0).astype(float)),
            "thickness": 1.2,
            "width": 3,
        },
        name=text(inside),
        mode="lines+markers",
        line={"color": color_of(family), "width": 2.5},
        customdata=[
            [
                texts.date(row.period_start),
                texts.rate(row.rate_per_1000),
                texts.interval(row.rate_low, row.rate_high),
                texts.number(row.event_count),
                texts.number(row.exposure_count),
            ]
            for row in ordered.itertuples()
        ],
        hovertemplate=hover(
            [
                f"{text(inside)} · %{{customdata[0]}}",
                "<b>%{customdata[1]}</b> (%{customdata[2]})",
                "%{customdata[3]} / %{customdata[4]}",
            ]
        ),
    )
    figure.add_scatter(
        x=dates,
        y=[None if is_missing(rate) else float(rate) for rate in ordered["other_rate_per_1000"]],
        name=text(rest),
        mode="lines",
        line={"color": MUTED, "width": 2, "dash": "dot"},
        customdata=[[texts.date(r.period_start), texts.rate(r.other_rate_per_1000)] for r in ordered.itertuples()],
        hovertemplate=hover([f"{text(rest)} · %{{customdata[0]}}", "<b>%{customdata[1]}</b>"]),
    )
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(rangemode="tozero")
    return figure
