"""What was chosen, and the address that says so.

Belongs here: keeping the choices of a session and the address bar the same, so that a link shows the same view.
Does not belong here: which values are allowed (the access layer reads every one of them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from dashboards.access.filters import FILTERS

LANGUAGE = "lang"
PERSONA = "as"
VIEW = "view"
GLOBAL = (LANGUAGE, PERSONA)
KNOWN = (*GLOBAL, VIEW, *FILTERS)

# Choices that mean something only within one viewer's scope.
SCOPED = ("org", "case", "error")

_CHOSEN = "chosen"
_WRITTEN = "written_address"
_UNKNOWN = "unknown_parameters"
_QUIET = "persona_changed"


def follow() -> dict[str, str]:
    """The choices that hold now.

    An address that differs from the one written last was typed, linked to or gone back to: it wins entirely. An empty
    one after that is a click in the navigation: the choices go along.
    """
    address = {name: st.query_params[name] for name in st.query_params}
    written = st.session_state.get(_WRITTEN)
    if written is None or (address and address != written):
        st.session_state[_CHOSEN] = {name: value for name, value in address.items() if name in KNOWN}
        st.session_state[_UNKNOWN] = sorted(set(address) - set(KNOWN))
    else:
        st.session_state[_UNKNOWN] = []
    return st.session_state[_CHOSEN]


def unknown() -> list[str]:
    """Names in the address that no filter has."""
    return st.session_state.get(_UNKNOWN, [])


def chosen() -> dict[str, str]:
    return st.session_state.setdefault(_CHOSEN, {})


def choose(name: str, value: str | None) -> None:
    """Set or clear one choice; the address follows at the end of the run."""
    if value is None:
        chosen().pop(name, None)
    else:
        chosen()[name] = value


def choose_persona(value: str) -> None:
    """Another viewer may not have the same units or cases: these choices are checked again, without complaint."""
    choose(PERSONA, value)
    st.session_state[_QUIET] = True


def persona_just_changed() -> bool:
    return bool(st.session_state.pop(_QUIET, False))


def write(names: Iterable[str]) -> None:
    """Put the choices that matter on this page into the address."""
    wanted = {name: chosen()[name] for name in (*GLOBAL, *names) if name in chosen()}
    if {name: st.query_params[name] for name in st.query_params} != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[_WRITTEN] = wanted


def carried(more: dict[str, str]) -> dict[str, str]:
    """Parameters of a link to another page: language and viewer go along."""
    return {name: chosen()[name] for name in GLOBAL if name in chosen()} | more


def bound(name: str, key: str, read: Callable[[object], str | None]) -> Callable[[], None]:
    """A widget callback that turns the widget's value into a choice."""

    def apply() -> None:
        choose(name, read(st.session_state[key]))

    return apply
