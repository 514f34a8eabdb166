"""Cards: a finding, its picture, and the rows behind it.

Belongs here: key figures, chart cards, table cards, downloads.
Does not belong here: what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboards import exports
from dashboards.access import NotServed, Result, TooFewPeople
from dashboards.charts.theme import CONFIG
from dashboards.components import frame
from dashboards.components.page import PageContext
from dashboards.escaping import plain
from dashboards.i18n import Texts, is_missing

MINIMUM_GROUP = 5

Derived = Mapping[str, Callable[[Mapping[str, Any]], str | None]]

# Columns that hold codes of a closed list, and the group of texts with their words.
CODE_COLUMNS: Mapping[str, str] = {
    "family": "family",
    "severity": "severity",
    "status": "status",
    "disposition": "disposition",
    "exposure_unit": "exposure",
    "cohort_type": "cohort_type",
    "block_role": "block_role",
    "scan_state": "scan_state",
    "layer": "layer",
    "subject_type": "subject",
    "role": "evidence_role",
    "org_unit_type": "org_type",
    "job_family": "job",
    "unresolved_reason": "unresolved",
    "verdict": "status_of_rule",
    "lifecycle": "lifecycle",
    "nature": "nature",
    "need": "need",
    "stricter_is": "stricter_is",
    "finding": "disposition",
    "frequency": "frequency",
    "batch_action": "batch_action",
    "profile_evidence": "evidence_grade",
    "cause": "cause",
    "reported_cause_class": "cause",
    "case_cause_class": "cause",
    "confidence": "confidence",
    "undecidable_reason": "undecidable",
    "grade": "error_grade",
}

# Numbers that name something rather than count it.
PLAIN_NUMBERS = frozenset(
    {"source_row", "event_no", "step_no", "weekday", "hour", "version", "block_no", "weekday_first", "hour_first"}
)


@dataclass(frozen=True)
class Figure:
    """One key figure. `note` is what keeps it honest: interval, comparison, or why there is none."""

    label: str
    value: str
    note: str | None = None
    help: str | None = None


def key_figures(figures: Sequence[Figure], *, key: str = "kpis") -> None:
    """Cards in one line where there is room; the note stands below in full, since it is part of the figure."""
    with st.container(key=key):
        for index, figure in enumerate(figures):
            with st.container(border=True, key=f"kpi_{key}_{index}", height="stretch", gap="xxsmall"):
                st.metric(plain(figure.label), figure.value, help=figure.help)
                if figure.note:
                    st.caption(plain(figure.note))


def facts(texts: Texts, told: Sequence[tuple[str, Any]]) -> None:
    """What is known of one thing: (label, value) side by side, in the order given."""
    with st.container(key="facts"):
        for label, value in told:
            with st.container(gap="xxsmall"):
                st.caption(label)
                st.text(texts("state.none") if is_missing(value) or value == "" else str(value))


def ask(page: PageContext, query: str, **extra: str) -> Result | None:
    """The answer, or None after saying on the page that this publication has none."""
    try:
        return page.run(query, **extra)
    except NotServed:
        frame.no_data(page.texts, page.texts("state.not_served"))
    except TooFewPeople:
        frame.withheld(page.texts)
    return None


def ask_quietly(page: PageContext, query: str) -> Result | None:
    """The answer, or None where a figure beside others says itself that there is none."""
    try:
        return page.run(query)
    except (NotServed, TooFewPeople):
        return None


def subset(result: Result, keep: Callable[[Mapping[str, Any]], bool]) -> Result:
    """Some of the rows, as a result of its own."""
    kept = [index for index, row in enumerate(result.records()) if keep(row)]
    return replace(
        result,
        rows=tuple(result.rows[index] for index in kept),
        withheld_rows=tuple(result.withheld_rows[index] for index in kept),
    )


def chart_card(
    page: PageContext,
    *,
    key: str,
    finding: str,
    figure: Callable[[], go.Figure],
    result: Result,
    unit: str | None = None,
    metric: str | None = None,
    note: str | None = None,
    more: Callable[[], None] | None = None,
) -> None:
    """Title that states the finding, the picture, and one click to the rows behind it."""
    with st.container(border=True, key=f"card_{key}", height="stretch"):
        st.markdown(f"#### {plain(finding)}", help=page.definition(metric) if metric else None, anchors=False)
        if unit:
            st.caption(plain(unit))
        st.plotly_chart(figure(), theme=None, config=CONFIG, key=f"chart_{key}", alt=finding)
        if note:
            st.caption(note)
        if more is not None:
            more()
        frame.withheld_note(page.texts, result.withheld, MINIMUM_GROUP)
        _rows_behind(page, key, result)


def table_card(
    page: PageContext,
    *,
    key: str,
    title: str,
    result: Result,
    help: str | None = None,
    note: str | None = None,
    columns: Sequence[str] | None = None,
    derived: Derived | None = None,
    is_whole: bool = False,
    on_open: Callable[[Mapping[str, Any]], None] | None = None,
) -> None:
    """A table that is the content itself.

    `derived` columns are words made of a row; a file of the table holds what they are made of. `on_open` is called
    with the row that was picked; `is_whole` makes the table as tall as its rows.
    """
    with st.container(border=True, key=f"card_{key}"):
        st.markdown(f"#### {plain(title)}", help=help, anchors=False)
        if note:
            st.caption(note)
        if result.is_empty:
            st.caption(page.texts("state.no_rows"))
            return
        table = display_frame(result, page.texts, columns, derived)
        labels = {name: st.column_config.Column(page.texts(f"column.{name}")) for name in derived or {}}
        settings = {
            "hide_index": True,
            "column_config": {**column_config(result, page.texts), **labels},
            "key": f"table_{key}",
            "height": "content" if is_whole else "auto",
            "placeholder": page.texts("state.none"),
        }
        if on_open is None:
            st.dataframe(table, **settings)
        else:
            event = st.dataframe(table, on_select="rerun", selection_mode="single-row", **settings)
            picked = event.selection.rows
            if picked:
                on_open(dict(zip(result.columns, result.rows[picked[0]], strict=True)))
        frame.withheld_note(page.texts, result.withheld, MINIMUM_GROUP)
        downloads(page, key, result)


@st.fragment
def _rows_behind(page: PageContext, key: str, result: Result) -> None:
    texts = page.texts
    panel = st.expander(texts("label.rows_behind", count=len(result.rows)), key=f"rows_{key}", on_change="rerun")
    if not panel.open:
        return
    with panel:
        if result.is_empty:
            st.caption(texts("state.no_rows"))
            return
        st.dataframe(
            display_frame(result, texts),
            hide_index=True,
            column_config=column_config(result, texts),
            key=f"data_{key}",
            placeholder=texts("state.none"),
        )
        downloads(page, key, result)


def downloads(page: PageContext, key: str, result: Result) -> None:
    """Both files are made only when asked for."""
    texts = page.texts
    labels = {column: texts(f"column.{column}") for column in result.columns}
    about = [
        (texts("label.publication"), result.publication_id),
        (texts("label.as_of"), texts.moment(page.publication.data_as_of)),
        (texts("label.viewer"), texts(f"role.{page.viewer.role}")),
        (texts("label.scope"), page.unit_name(page.viewer.scope_org_unit_id)),
        (texts("label.filters"), ", ".join(f"{name}={value}" for name, value in page.filters.items())),
    ]
    stem = exports.file_stem(result, page.viewer.role)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            texts("label.download_csv"),
            data=lambda: exports.to_csv(result, labels),
            file_name=f"{stem}.csv",
            mime="text/csv",
            key=f"csv_{key}",
            on_click="ignore",
            type="tertiary",
        )
        st.download_button(
            texts("label.download_xlsx"),
            data=lambda: exports.to_xlsx(result, labels, about),
            file_name=f"{stem}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key=f"xlsx_{key}",
            on_click="ignore",
            type="tertiary",
        )


def display_frame(
    result: Result, texts: Texts, columns: Sequence[str] | None = None, derived: Derived | None = None
) -> pd.DataFrame:
    """The rows as people read them: words for codes, nothing where there is nothing."""
    derived = derived or {}
    shown = [column for column in (columns or result.columns) if column in result.columns or column in derived]
    shown = [column for column in shown if not _is_other_language(column, texts.language, result.columns)]
    position = {column: index for index, column in enumerate(result.columns)}
    data: dict[str, list[Any]] = {}
    for column in shown:
        if column in derived:
            data[column] = [derived[column](row) for row in result.records()]
            continue
        values = [row[position[column]] for row in result.rows]
        group = CODE_COLUMNS.get(column)
        data[column] = [_shown(value, group, texts) for value in values]
    return pd.DataFrame(data, columns=shown)


def _shown(value: Any, group: str | None, texts: Texts) -> Any:
    if is_missing(value):
        return None
    if group:
        return texts.term(group, value)
    if isinstance(value, bool):
        return texts("answer.yes" if value else "answer.no")
    if isinstance(value, Decimal):
        return float(value)
    return value


def _is_other_language(column: str, language: str, columns: Sequence[str]) -> bool:
    other = "_en" if language == "zh" else "_zh"
    return column.endswith(other) and column[: -len(other)] + f"_{language}" in columns


def column_config(result: Result, texts: Texts) -> dict[str, Any]:
    """Labels and formats by what the values are."""
    config: dict[str, Any] = {}
    for index, column in enumerate(result.columns):
        label = texts(f"column.{column}")
        sample = next((row[index] for row in result.rows if not is_missing(row[index])), None)
        if column in CODE_COLUMNS or sample is None or isinstance(sample, str | bool):
            config[column] = st.column_config.Column(label)
        elif isinstance(sample, datetime):
            config[column] = st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm")
        elif isinstance(sample, date):
            config[column] = st.column_config.DateColumn(label, format="YYYY-MM" if column == "month" else "YYYY-MM-DD")
        elif column.endswith("_share"):
            config[column] = st.column_config.NumberColumn(label, format="percent")
        elif isinstance(sample, float | Decimal):
            config[column] = st.column_config.NumberColumn(label, format="plain" if column == "points" else "%.2f")
        else:
            config[column] = st.column_config.NumberColumn(
                label, format="%d" if column in PLAIN_NUMBERS else "localized"
            )
    return config
