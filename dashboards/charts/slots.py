"""The week as a grid of slots.

Belongs here: the heatmap of weekday and hour, and which single slots stand out.
Does not belong here: blocks of slots (`clusters`), cohorts, branches.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import plotly.graph_objects as go

from dashboards.charts.theme import INK, MUTED, PAPER, SEQUENTIAL, UNKNOWN, base_figure, color_of, hover, text
from dashboards.i18n import Texts, is_missing


def standing_out(frame: pd.DataFrame) -> pd.DataFrame:
    """Slots that the mart flags above the rest: neither chance nor trifle."""
    return frame[frame["is_flagged"].fillna(False).astype(bool) & (frame["rate_ratio"].fillna(float("inf")) > 1)]


def hours_shown(frame: pd.DataFrame) -> list[int]:
    """From the first to the last hour in which any slot has enough data; all hours when none has."""
    judged = frame[frame["has_enough_data"].fillna(False).astype(bool)]["hour"]
    if judged.empty:
        return list(range(24))
    return list(range(int(judged.min()), int(judged.max()) + 1))


def slots_figure(frame: pd.DataFrame, texts: Texts, block: Collection[tuple[int, int]] = ()) -> go.Figure:
    """Hours down, weekdays across, so that seven columns also fit a phone.

    Colour and number are the rate; a frame marks the slots (weekday, hour) of the hot block; slots without enough data
    are grey.
    """
    hours = hours_shown(frame)
    cells = {(int(row.weekday), int(row.hour)): row for row in frame.itertuples()}
    days = list(range(1, 8))
    rates, numbers, hovers, blank = [], [], [], []
    for hour in hours:
        line = [cells.get((day, hour)) for day in days]
        enough = [_has_enough(cell) for cell in line]
        shown = [ok and not is_missing(cell.rate_per_1000) for cell, ok in zip(line, enough, strict=True)]
        rates.append([float(cell.rate_per_1000) if ok else None for cell, ok in zip(line, shown, strict=True)])
        blank.append([None if ok else 0 for ok in shown])
        numbers.append([_cell_number(cell, ok) for cell, ok in zip(line, shown, strict=True)])
        hovers.append(
            [_cell_hover(day, hour, cell, ok, texts) for day, cell, ok in zip(days, line, shown, strict=True)]
        )
    figure = base_figure(height=90 + 42 * len(hours))
    axis = {"x": [texts.weekday(day) for day in days], "y": [f"{hour:02d}" for hour in hours]}
    figure.add_heatmap(
        **axis,
        z=blank,
        colorscale=[[0, UNKNOWN], [1, UNKNOWN]],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=hovers,
        hovertemplate=hover(["%{customdata}"]),
        hoverongaps=False,
    )
    figure.add_heatmap(
        **axis,
        z=rates,
        colorscale=SEQUENTIAL,
        zmin=0,
        xgap=2,
        ygap=2,
        text=numbers,
        texttemplate="%{text}",
        textfont={"size": 12},
        customdata=hovers,
        hovertemplate=hover(["%{customdata}"]),
        hoverongaps=False,
        showscale=False,
    )
    for day, hour in sorted(block):
        if hour in hours:
            column, line = days.index(day), hours.index(hour)
            figure.add_shape(
                type="rect",
                x0=column - 0.48,
                x1=column + 0.48,
                y0=line - 0.46,
                y1=line + 0.46,
                line={"color": INK, "width": 2},
            )
    figure.update_xaxes(side="top", showgrid=False, tickfont={"color": INK})
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category", tickfont={"color": MUTED})
    figure.update_layout(plot_bgcolor=PAPER)
    return figure


def _has_enough(cell) -> bool:
    return cell is not None and not is_missing(cell.has_enough_data) and bool(cell.has_enough_data)


def _cell_number(cell, shown: bool) -> str:
    if not shown:
        return ""
    rate = float(cell.rate_per_1000)
    if rate == 0:
        return "0"
    return f"{rate:.0f}" if rate >= 10 else (f"{rate:.1f}" if rate >= 0.95 else f"{rate:.2f}".lstrip("0"))


def _cell_hover(day: int, hour: int, cell, shown: bool, texts: Texts) -> str:
    head = f"<b>{text(texts.weekday(day))} {hour:02d}:00–{hour + 1:02d}:00</b>"
    if cell is None or is_missing(cell.exposure_count):
        return f"{head}<br>{text(texts('state.no_data'))}"
    unit = texts.term("exposure", cell.exposure_unit)
    counts = f"{texts.number(cell.event_count)} / {texts.number(cell.exposure_count)} {text(unit)}"
    if not shown:
        return f"{head}<br>{counts}<br><i>{text(texts('state.not_enough'))}</i>"
    return "<br>".join(
        [
            head,
            f"<b>{texts.rate(cell.rate_per_1000)}</b> {text(texts('unit.per_1000', unit=unit))}"
            f" ({texts.interval(cell.rate_low, cell.rate_high)})",
            counts,
            text(texts("hover.ratio_to_rest", ratio=texts.ratio(cell.rate_ratio)))
            + f" ({text(texts.interval(cell.rate_ratio_low, cell.rate_ratio_high, open_ended=True))})",
            f"q = {text(texts.p_value(cell.q_value))}",
        ]
    )


def weekday_figure(frame: pd.DataFrame, family: str, texts: Texts) -> go.Figure:
    """Rate by hour, weekend against working days: the week in two lines."""
    figure = base_figure(height=290)
    for days, label, color, dash in (
        ((6, 7), texts("weekday.weekend"), color_of(family), "solid"),
        ((1, 2, 3, 4, 5), texts("weekday.workdays"), MUTED, "dot"),
    ):
        part = frame[frame["weekday"].isin(days)].groupby("hour")[["event_count", "exposure_count"]].sum()
        # An hour in which next to nothing is done says nothing.
        part = part[part["exposure_count"] >= max(1, 0.01 * part["exposure_count"].max())]
        rates = 1000 * part["event_count"] / part["exposure_count"]
        figure.add_scatter(
            x=[int(hour) for hour in part.index],
            y=[float(rate) for rate in rates],
            name=text(label),
            mode="lines+markers",
            line={"color": color, "width": 2.5, "dash": dash},
            marker={"size": 6},
            customdata=[
                [
                    f"{int(hour):02d}:00–{int(hour) + 1:02d}:00",
                    texts.rate(rate),
                    texts.number(events),
                    texts.number(exposure),
                ]
                for hour, rate, events, exposure in zip(
                    part.index, rates, part["event_count"], part["exposure_count"], strict=True
                )
            ],
            hovertemplate=hover(
                [f"{text(label)} %{{customdata[0]}}", "<b>%{customdata[1]}</b>", "%{customdata[2]} / %{customdata[3]}"]
            ),
        )
    figure.update_xaxes(showgrid=False, dtick=3, ticksuffix=":00")
    figure.update_yaxes(rangemode="tozero")
    return figure
