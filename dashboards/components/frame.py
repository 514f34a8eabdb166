"""The frame around every page.

Belongs here: title, freshness, publication, banners, and the states in which there is nothing to show.
Does not belong here: filters and content.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards.access import InvalidFilter, LastRun, PublicationInfo
from dashboards.components.page import PageContext
from dashboards.escaping import plain
from dashboards.i18n import Texts

STYLE = Path(__file__).with_name("style.css")
ICON = Path(__file__).with_name("icon.png")
LOGO = Path(__file__).with_name("logo.png")


def style() -> None:
    """The style sheet is a file of our own; no data ever enters it."""
    st.html(STYLE)


def header(page: PageContext, title: str, *, shows_period: bool) -> None:
    texts = page.texts
    st.title(title, anchor=False)
    role = texts(f"role.{page.viewer.role}")
    scope = page.unit_name(page.top_unit_id())
    parts = [texts("frame.view_of", scope=plain(scope), role=role)]
    period = page.period()
    if shows_period and period:
        parts.append(f"{texts.month(period[0])} – {texts.month(period[1])}")
    st.caption(" · ".join(parts))
    freshness(texts, page.publication)


def freshness(texts: Texts, publication: PublicationInfo) -> None:
    """On every page: until when the data goes, when it was published, and as what."""
    as_of = texts.moment(publication.data_as_of) if publication.data_as_of else texts("state.no_data")
    parts = [
        texts("frame.as_of", moment=as_of),
        texts("frame.published", moment=texts.instant(publication.published_at)),
        texts("frame.publication", id=plain(publication.publication_id)),
    ]
    if publication.is_synthetic:
        parts.append(texts("frame.synthetic"))
    with st.container(key="freshness"):
        st.caption(" · ".join(parts))


def failed_run_banner(texts: Texts, last_run: LastRun | None, publication: PublicationInfo) -> None:
    if last_run is None or not last_run.failed:
        return
    when = texts.instant(last_run.finished_at) if last_run.finished_at else texts("frame.unknown_time")
    message = texts("frame.run_failed", when=when, since=texts.instant(publication.published_at))
    detail = f"  \n{plain(last_run.message)}" if last_run.message else ""
    st.warning(message + detail)


def refused_filters(texts: Texts, refused: list[InvalidFilter], unknown: list[str]) -> None:
    """A link that asks for what does not exist, or not for this viewer, says so rather than showing something else."""
    names = [f"{error.name}={error.value[:60]}" for error in refused] + [name[:60] for name in unknown]
    if names:
        st.warning(texts("frame.refused_filters", filters=", ".join(plain(name) for name in names)))


def no_data(texts: Texts, reason: str | None = None) -> None:
    """There is nothing to judge by; visibly not a zero."""
    _state(texts("state.no_data"), reason)


def not_enough(texts: Texts, reason: str | None = None) -> None:
    _state(texts("state.not_enough"), reason)


def withheld(texts: Texts) -> None:
    _state(texts("state.withheld"), texts("state.withheld_selection"))


def withheld_note(texts: Texts, count: int, minimum: int) -> None:
    if count:
        st.caption(texts("state.withheld_groups", count=count, k=minimum))


def _state(title: str, reason: str | None) -> None:
    with st.container(border=True):
        st.markdown(f"**{title}**")
        if reason:
            st.caption(reason)
