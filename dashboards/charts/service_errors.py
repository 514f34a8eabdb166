"""Service errors by cause, and how clearly the records name the cause of one.

Belongs here: counts and losses by cause, the weights of one error.
Does not belong here: which indications there are and what each weighs; the marts and the policy say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboards.access.filters import CAUSES
from dashboards.charts.theme import (
    AMBER,
    BLUE,
    GREY,
    INK,
    MUTED,
    TEAL,
    VERMILION,
    base_figure,
    hover,
    shortened,
    text,
)
from dashboards.i18n import Texts, is_missing

UNDECIDABLE = "undecidable"
_COLORS = dict(zip(CAUSES, (BLUE, TEAL, AMBER, VERMILION, GREY), strict=True))


def causes_finding(frame: pd.DataFrame, texts: Texts) -> str:
    """The most frequent cause of all errors, and how many have none; no share where a part of the whole is withheld."""
    parts = _parts(frame, "error_count")
    if parts.is_hidden:
        return texts("finding.causes_withheld")
    if not parts.is_whole:
        return texts("finding.causes_partly", cause=texts.term("cause", parts.cause), top=texts.number(parts.top))
    total = texts.number(parts.total)
    if parts.cause is None:
        return texts("finding.causes_undecidable", total=total)
    return texts("finding.causes_top", total=total, **_shares(parts, texts))


def losses_finding(frame: pd.DataFrame, currency: str, texts: Texts) -> str:
    """The same of the money of one currency."""
    parts = _parts(frame, "loss_amount")
    if parts.is_hidden:
        return texts("finding.causes_withheld")
    if not parts.is_whole:
        top = texts.money(parts.top, currency)
        return texts("finding.error_losses_partly", cause=texts.term("cause", parts.cause), top=top)
    total = texts.money(parts.total, currency)
    if parts.cause is None:
        return texts("finding.error_losses_undecidable", total=total)
    return texts("finding.error_losses_top", total=total, **_shares(parts, texts))


@dataclass(frozen=True)
class _Parts:
    """A whole by its causes: the largest of them, and whether all of it may be shown."""

    total: float
    decided: float
    cause: str | None
    top: float
    is_whole: bool

    @property
    def is_hidden(self) -> bool:
        return self.cause is None and not self.is_whole


def _parts(frame: pd.DataFrame, measure: str) -> _Parts:
    shown = frame[frame[measure].notna()]
    decided = shown[shown["cause"] != UNDECIDABLE].sort_values(measure, ascending=False, kind="stable")
    return _Parts(
        total=float(shown[measure].sum()),
        decided=float(decided[measure].sum()),
        cause=None if decided.empty else str(decided.iloc[0]["cause"]),
        top=0.0 if decided.empty else float(decided.iloc[0][measure]),
        is_whole=len(shown) == len(frame),
    )


def _shares(parts: _Parts, texts: Texts) -> dict[str, str]:
    return {
        "cause": texts.term("cause", parts.cause),
        "share": texts.percent(parts.top / parts.total),
        "undecidable": texts.percent(1 - parts.decided / parts.total),
    }


def causes_figure(frame: pd.DataFrame, texts: Texts) -> go.Figure:
    return _figure(frame, "error_count", texts.number, texts)


def losses_figure(frame: pd.DataFrame, currency: str, texts: Texts) -> go.Figure:
    return _figure(frame, "loss_amount", lambda value: texts.money(value, currency), texts)


def _figure(frame: pd.DataFrame, measure: str, written: Callable[[Any], str], texts: Texts) -> go.Figure:
    """Every cause with its share, in one order everywhere; what is undecidable is grey and last."""
    rows = {row["cause"]: row for row in frame.to_dict("records")}
    listed = [cause for cause in CAUSES if cause in rows] + sorted(set(rows) - set(CAUSES))
    is_whole = bool(frame[measure].notna().all())
    total = float(frame[measure].sum())

    def label(row: Mapping[str, Any]) -> str:
        if is_missing(row[measure]):
            return ""
        share = f" · {texts.percent(float(row[measure]) / total)}" if is_whole and total else ""
        return f"{written(row[measure])}{share}"

    names = [shortened(texts.term("cause", cause), 18) for cause in listed]
    figure = base_figure(height=60 + 46 * max(3, len(listed)))
    figure.add_bar(
        x=[0 if is_missing(rows[cause][measure]) else float(rows[cause][measure]) for cause in listed],
        y=names,
        orientation="h",
        width=0.6,
        marker={"color": [_COLORS.get(cause, MUTED) for cause in listed]},
        text=[text(label(rows[cause])) for cause in listed],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            [text(texts.term("cause", cause)), text(label(rows[cause])), texts.number(rows[cause]["person_count"])]
            for cause in listed
        ],
        hovertemplate=hover(
            [
                "<b>%{customdata[0]}</b>",
                text(texts(f"column.{measure}")) + ": %{customdata[1]}",
                text(texts("column.person_count")) + ": %{customdata[2]}",
            ]
        ),
        showlegend=False,
    )
    for cause, name in zip(listed, names, strict=True):
        if is_missing(rows[cause][measure]):
            figure.add_annotation(
                x=0,
                xanchor="left",
                y=name,
                text=text(texts("state.withheld")),
                showarrow=False,
                font={"color": MUTED, "size": 12},
            )
    top = frame[measure].max()
    figure.update_xaxes(visible=False, range=[0, float(top) * 1.5 if not is_missing(top) and top else 1])
    figure.update_yaxes(autorange="reversed", showgrid=False, tickfont={"color": INK}, type="category")
    return figure


def weights_finding(error: Mapping[str, Any], texts: Texts) -> str:
    """How clearly the cause leads, or why there is none."""
    if error["cause"] == UNDECIDABLE:
        return texts("finding.weights_undecidable", reason=texts.term("undecidable", error["undecidable_reason"]))
    others = [int(error[f"{cause}_weight"]) for cause in CAUSES[:-1] if cause != error["cause"]]
    return texts(
        "finding.weights",
        cause=texts.term("cause", error["cause"]),
        weight=_signed(error[f"{error['cause']}_weight"]),
        next=_signed(max(others)),
    )


def weights_figure(error: Mapping[str, Any], texts: Texts) -> go.Figure:
    """What speaks for and against each cause, added up: to the right of the line for it, to the left against it."""
    causes = CAUSES[:-1]
    weights = [int(error[f"{cause}_weight"]) for cause in causes]
    figure = base_figure(height=60 + 46 * len(causes))
    figure.add_bar(
        x=weights,
        y=[shortened(texts.term("cause", cause), 18) for cause in causes],
        orientation="h",
        width=0.6,
        marker={"color": [_COLORS[cause] if cause == error["cause"] else GREY for cause in causes]},
        text=[_signed(weight) for weight in weights],
        textposition="outside",
        cliponaxis=False,
        hovertemplate=hover(["<b>%{y}</b>", "%{text}"]),
        showlegend=False,
    )
    reach = 1.35 * max(1, *(abs(weight) for weight in weights))
    figure.update_xaxes(visible=False, range=[-reach, reach])
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    figure.update_yaxes(autorange="reversed", showgrid=False, tickfont={"color": INK}, type="category")
    return figure


def _signed(weight: Any) -> str:
    number = int(weight)
    return f"{number:+d}".replace("-", "−") if number else "0"
