"""Filters as people set them.

Belongs here: one widget per filter, kept the same as the address.
Does not belong here: which values are allowed; the access layer reads every one of them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from dashboards.access.filters import CAUSES, DISPOSITIONS, GRADES, LIFECYCLES, SEVERITIES, STATUSES, VERDICTS
from dashboards.components import address
from dashboards.components.page import PageContext

ALL = ""


def filter_bar(page: PageContext, names: Sequence[str], *, key: str = "filters") -> None:
    """Widgets for some of the page's filters, in one line where there is room."""
    with st.container(key=key):
        for name in names:
            _WIDGETS[name](page)


def _select(
    page: PageContext, name: str, options: Sequence[str], labels: Mapping[str, str], default: str = ALL
) -> None:
    """A choice among texts; the default is no filter and stays out of the address."""
    key = f"filter_{name}"
    current = page.filters.get(name, default)
    st.session_state[key] = current if current in options else options[0]
    st.selectbox(
        page.texts(f"filter.{name}"),
        list(options),
        format_func=lambda option: labels.get(option, option),
        key=key,
        on_change=address.bound(name, key, lambda picked: None if picked == default else str(picked)),
    )


def _month(page: PageContext, name: str) -> None:
    period = page.period()
    if period is None:
        return
    default = period[0] if name == "from" else period[1]
    options = [f"{month:%Y-%m}" for month in page.months]
    labels = {f"{month:%Y-%m}": page.texts.month(month) for month in page.months}
    _select(page, name, options, labels, default=f"{default:%Y-%m}")


def _org(page: PageContext) -> None:
    allowed = set(page.access.domain(page.viewer, "org_unit_id"))
    top = page.viewer.scope_org_unit_id
    order = _tree_order(page)
    options = [ALL] + [unit for unit in order if unit in allowed and unit != top]
    depth = {unit: int(row["depth"] or 0) for unit, row in page.units.items()}
    shallowest = min((depth[unit] for unit in order), default=0)
    labels = {unit: "\u2003" * max(0, depth[unit] - shallowest - 1) + page.unit_name(unit) for unit in order}
    labels[ALL] = page.unit_name(top) if top else page.texts("label.whole_company")
    _select(page, "org", options, labels)


def _tree_order(page: PageContext) -> list[str]:
    """Units with each one's children behind it; the top itself is the empty choice."""
    children: dict[str | None, list[str]] = {}
    for unit, row in page.units.items():
        parent = row["parent_org_unit_id"]
        children.setdefault(parent if parent in page.units else None, []).append(unit)
    order: list[str] = []

    def walk(parent: str | None) -> None:
        for unit in sorted(children.get(parent, []), key=lambda u: (str(page.units[u]["org_unit_name"]), u)):
            order.append(unit)
            walk(unit)

    walk(None)
    tops = children.get(None, [])
    return [unit for unit in order if not (len(tops) == 1 and unit == tops[0])]


def _family(page: PageContext) -> None:
    families = list(page.access.domain(page.viewer, "family"))
    labels = {family: page.texts.term("family", family) for family in families}
    _select(page, "family", [ALL, *families], {**labels, ALL: page.texts("filter.all")})


def _rule(page: PageContext) -> None:
    names = page.rule_names()
    chosen = page.filters.get("family")
    rules = [rule for rule in names if not chosen or rule.startswith(f"{chosen}-") or rule == page.filters.get("rule")]
    labels = {rule: f"{rule} {names[rule]}" for rule in rules}
    _select(page, "rule", [ALL, *rules], {**labels, ALL: page.texts("filter.all")})


def _job(page: PageContext) -> None:
    jobs = list(page.access.domain(page.viewer, "job_family"))
    labels = {job: page.texts.term("job", job) for job in jobs}
    _select(page, "job", [ALL, *jobs], {**labels, ALL: page.texts("filter.all")})


def _closed(name: str, group: str, options: Sequence[str]):
    def widget(page: PageContext) -> None:
        labels = {option: page.texts.term(group, option) for option in options}
        _select(page, name, [ALL, *options], {**labels, ALL: page.texts("filter.all")})

    return widget


def _weekday(page: PageContext) -> None:
    days = [str(day) for day in range(1, 8)]
    _select(
        page,
        "weekday",
        [ALL, *days],
        {day: page.texts.weekday(int(day)) for day in days} | {ALL: page.texts("filter.all")},
    )


def _hour(page: PageContext) -> None:
    hours = [str(hour) for hour in range(24)]
    _select(
        page,
        "hour",
        [ALL, *hours],
        {hour: page.texts.hour(int(hour)) for hour in hours} | {ALL: page.texts("filter.all")},
    )


def _score_month(page: PageContext) -> None:
    months: list[date] = [row[0] for row in page.run("scorecard_months").rows]
    if not months:
        return
    options = [f"{month:%Y-%m}" for month in reversed(months)]
    labels = {f"{month:%Y-%m}": page.texts.month(month) for month in months}
    _select(page, "month", options, labels, default=options[0])


_WIDGETS = {
    "from": lambda page: _month(page, "from"),
    "to": lambda page: _month(page, "to"),
    "org": _org,
    "family": _family,
    "rule": _rule,
    "job": _job,
    "severity": _closed("severity", "severity", SEVERITIES),
    "status": _closed("status", "status", STATUSES),
    "disposition": _closed("disposition", "disposition", DISPOSITIONS),
    "verdict": _closed("verdict", "status_of_rule", VERDICTS),
    "lifecycle": _closed("lifecycle", "lifecycle", LIFECYCLES),
    "cause": _closed("cause", "cause", CAUSES),
    "grade": _closed("grade", "error_grade", GRADES),
    "weekday": _weekday,
    "hour": _hour,
    "month": _score_month,
}
