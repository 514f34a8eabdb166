"""How every figure looks.

Belongs here: colours, fonts, margins, hover, and what all figures share.
Does not belong here: what a figure shows.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

import plotly.graph_objects as go

INK = "#1C2B33"
MUTED = "#5E717B"
GRID = "#E6ECEE"
UNKNOWN = "#DCE3E6"
PAPER = "#FFFFFF"

# Told apart by people with any of the usual colour deficiencies, also in grey.
BLUE = "#2B6CB0"
VERMILION = "#C8502B"
TEAL = "#2F8F83"
AMBER = "#D69E2E"
PURPLE = "#7B5EA7"
GREY = "#A9B6BC"

FAMILY_COLORS = {
    "DISC": BLUE,
    "RED": VERMILION,
    "POACH": TEAL,
    "TRAJ": AMBER,
    "SVC": PURPLE,
    "EXIT": "#5B4B3A",
    "PERM": "#4A6FA5",
    "LAB": "#8C9BA3",
    "CUST": "#B08D57",
}

# Light to dark in one hue: reads the same for everybody and in print.
SEQUENTIAL = [
    [0.0, "#FCFAF8"],
    [0.2, "#F3DCCB"],
    [0.4, "#E9B897"],
    [0.6, "#D98A5F"],
    [0.8, "#BF5730"],
    [1.0, "#8A3216"],
]

FONT = "Source Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif"

# Nothing of the tool bar: a figure is read, its rows are one click below.
CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "responsive": True, "doubleClick": False}


def color_of(family: str) -> str:
    return FAMILY_COLORS.get(family, MUTED)


def text(value: object) -> str:
    """Data in a figure: Plotly reads some HTML, so none of it may come from data."""
    return html.escape(str(value), quote=True)


def shortened_plain(value: object, width: int) -> str:
    """A label cut to a width; a Chinese character is as wide as two Latin letters."""
    label, budget, kept = str(value), width, ""
    for character in label:
        budget -= 2 if ord(character) > 0x2E80 else 1
        if budget < 0:
            return kept.rstrip() + "…"
        kept += character
    return kept


def shortened(value: object, width: int = 14) -> str:
    """A label that leaves room for the figure on a phone; the hover has the whole name."""
    return text(shortened_plain(value, width))


def base_figure(*, height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 12, "t": 8, "b": 8},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"family": FONT, "size": 13, "color": INK},
        hoverlabel={"bgcolor": PAPER, "bordercolor": GRID, "font": {"family": FONT, "size": 13, "color": INK}},
        hovermode="closest",
        dragmode=False,
        legend={"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom", "title": None},
        separators=".,",
    )
    figure.update_xaxes(
        automargin=True,
        fixedrange=True,
        gridcolor=GRID,
        linecolor=GRID,
        tickfont={"color": MUTED},
        ticks="",
        zeroline=False,
    )
    figure.update_yaxes(
        automargin=True,
        fixedrange=True,
        gridcolor=GRID,
        linecolor=GRID,
        tickfont={"color": MUTED},
        ticks="",
        zeroline=False,
    )
    return figure


def hover(lines: Sequence[str]) -> str:
    return "<br>".join(lines) + "<extra></extra>"
