"""Entry point of the dashboards: which pages there are and who is looking.

Belongs here: navigation, language, viewer, and the frame of every page.
Does not belong here: what a page shows (views/), what a viewer may see (access/).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboards.access import (
    AccessDenied,
    AccessLayer,
    Connection,
    NotConfigured,
    NotPublished,
    NotServed,
    PublishedFile,
    TooFewPeople,
    Viewer,
    available_personas,
    read_last_run,
    resolve_viewer,
)
from dashboards.access.filters import FILTERS
from dashboards.components import address, frame
from dashboards.components.filter_bar import filter_bar
from dashboards.components.page import PageContext, valid_filters
from dashboards.escaping import plain
from dashboards.i18n import DEFAULT_LANGUAGE, LANGUAGES, Texts
from dashboards.views import (
    case_file,
    compliance,
    cost,
    data_quality,
    hotspots,
    overview,
    performance,
    rules,
    service_errors,
)
from pipelines.settings import Settings

PERIOD = ("from", "to")


@dataclass(frozen=True)
class PageSpec:
    """One page: `needs` is the query without which it has no point; `filters` go into its address."""

    name: str
    icon: str
    render: Callable[[PageContext], None]
    needs: str
    bar: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()

    @property
    def all_filters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.bar, *self.filters)))


PAGES = (
    PageSpec("overview", "monitoring", overview.render, "rates_by_month", bar=(*PERIOD, "org")),
    PageSpec(
        "compliance",
        "gavel",
        compliance.render,
        "rates_by_month",
        bar=(*PERIOD, "org", "family"),
        filters=("rule", "severity", "status", "disposition", "weekday", "hour"),
    ),
    PageSpec(
        "rules",
        "menu_book",
        rules.render,
        "rule_catalogue",
        bar=(*PERIOD, "org"),
        filters=("family", "rule", "severity", "verdict", "lifecycle"),
    ),
    PageSpec("case_file", "folder_open", case_file.render, "case_header", filters=("case",)),
    PageSpec("hotspots", "calendar_view_week", hotspots.render, "slots", bar=("org", "family")),
    PageSpec("cost", "payments", cost.render, "labour_by_month", bar=(*PERIOD, "org")),
    PageSpec("performance", "speed", performance.render, "scores_by_month", bar=("month", "org"), filters=("job",)),
    PageSpec(
        "service_errors",
        "troubleshoot",
        service_errors.render,
        "errors_by_cause",
        filters=(*PERIOD, "org", "cause", "grade", "error"),
    ),
    PageSpec("data_quality", "fact_check", data_quality.render, "checks", filters=("view",)),
)


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    return Settings.load()


@st.cache_resource(show_spinner=False)
def access_layer() -> AccessLayer:
    paths = settings().paths
    return AccessLayer(PublishedFile(paths.current), pseudonym_key=_pseudonym_key())


def _pseudonym_key() -> str:
    """The operator's key, so that pseudonyms stay the same; else one for this server's life."""
    path = settings().paths.state / "pseudonym.key"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else secrets.token_hex(32)


def main() -> None:
    st.set_page_config(page_title="虎符 Hufu", page_icon=str(frame.ICON), layout="wide")
    st.logo(str(frame.LOGO), size="large", icon_image=str(frame.ICON))
    frame.style()
    chosen = address.follow()
    language = chosen.get(address.LANGUAGE)
    texts = Texts(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        publication = access_layer().publication()
        personas = _personas(publication.is_synthetic)
        viewer = resolve_viewer(
            configured_role=settings().viewer_role,
            configured_org_unit_id=settings().viewer_org_unit_id,
            personas=personas,
            wanted_persona=chosen.get(address.PERSONA),
        )
    except NotPublished:
        _closed(texts, "closed.not_published")
        return
    except (NotConfigured, AccessDenied):
        _closed(texts, "closed.not_configured")
        return
    links = {
        spec.name: st.Page(
            partial(_show, spec, texts, viewer),
            title=texts(f"page.{spec.name}"),
            icon=f":material/{spec.icon}:",
            url_path=spec.name,
            default=spec.name == "overview",
            visibility="visible" if access_layer().allows(viewer, spec.needs) else "hidden",
        )
        for spec in PAGES
    }
    st.session_state["links"] = links
    current = st.navigation(list(links.values()))
    _sidebar(texts, viewer, personas)
    current.run()


def _personas(is_synthetic: bool) -> tuple[str, ...]:
    connection = Connection(st.get_option("server.address"), dict(st.context.headers))
    return available_personas(
        configured_role=settings().viewer_role,
        is_synthetic=is_synthetic,
        connection=connection,
        branch_ids=access_layer().branch_ids(),
    )


def _sidebar(texts: Texts, viewer: Viewer, personas: tuple[str, ...]) -> None:
    with st.sidebar:
        _language_switch(texts)
        if personas:
            names = {row[0]: row[1] for row in access_layer().run(Viewer("executive"), "org_units").rows}
            labels = {persona: _persona_label(texts, persona, names) for persona in personas}
            st.session_state["persona"] = viewer.persona
            st.selectbox(
                texts("label.persona"),
                personas,
                format_func=lambda persona: labels[persona],
                key="persona",
                help=texts("help.persona"),
                on_change=lambda: address.choose_persona(st.session_state["persona"]),
            )
        else:
            st.caption(texts("frame.signed_in", role=texts(f"role.{viewer.role}")))


def _language_switch(texts: Texts) -> None:
    st.session_state["language"] = texts.language
    st.segmented_control(
        texts("label.language"),
        LANGUAGES,
        format_func={"zh": "中文", "en": "English"}.__getitem__,
        key="language",
        label_visibility="collapsed",
        required=True,
        on_change=address.bound(address.LANGUAGE, "language", str),
    )


def _persona_label(texts: Texts, persona: str, names: dict[str, str]) -> str:
    role, _, unit = persona.partition(":")
    return f"{texts(f'role.{role}')} · {names.get(unit, unit)}" if unit else texts(f"role.{role}")


def _show(spec: PageSpec, texts: Texts, viewer: Viewer) -> None:
    """One page inside its frame; what the viewer may not see is refused here and again below."""
    access = access_layer()
    if not access.allows(viewer, spec.needs):
        st.title(texts(f"page.{spec.name}"), anchor=False)
        st.info(texts("closed.denied", role=texts(f"role.{viewer.role}")))
        address.write(())
        return
    quiet = address.persona_just_changed()
    names = tuple(name for name in spec.all_filters if name in FILTERS)
    valid, refused = valid_filters(access, viewer, address.chosen(), names)
    for error in refused:
        address.choose(error.name, None)
    page = PageContext(
        access=access,
        viewer=viewer,
        texts=texts,
        publication=access.publication(),
        filters=valid,
        months=_months(access, viewer),
        units={unit["org_unit_id"]: unit for unit in access.run(viewer, "org_units").records()},
        links=st.session_state["links"],
    )
    frame.header(page, texts(f"page.{spec.name}"), shows_period="from" in spec.all_filters)
    frame.failed_run_banner(texts, read_last_run(settings().paths.last_run), page.publication)
    if not quiet:
        frame.refused_filters(texts, refused, address.unknown())
    if spec.bar:
        filter_bar(page, spec.bar)
    try:
        spec.render(page)
    except NotServed:
        frame.no_data(texts, texts("state.not_served"))
    except TooFewPeople:
        frame.withheld(texts)
    address.write(spec.all_filters)


def _months(access: AccessLayer, viewer: Viewer) -> tuple:
    """Months with data, as far as the viewer's role may know of them."""
    for query in ("months", "months_of_cases"):
        if access.allows(viewer, query):
            try:
                return tuple(row[0] for row in access.run(viewer, query).rows)
            except NotServed:
                return ()
    return ()


def _closed(texts: Texts, key: str) -> None:
    """Nothing can be shown: say why and what to do."""
    _language_switch(texts)
    st.title(texts(f"{key}.title"), anchor=False)
    st.info(plain(texts(f"{key}.text")))
    address.write(())


main()
