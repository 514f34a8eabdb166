"""What every page is given.

Belongs here: the viewer, the language, valid filters and the one way to ask for rows.
Does not belong here: drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashboards.access import AccessLayer, InvalidFilter, PublicationInfo, Result, Viewer
from dashboards.escaping import plain
from dashboards.i18n import Texts

MONTHS_BY_DEFAULT = 12


@dataclass(frozen=True)
class PageContext:
    """One run of one page for one viewer."""

    access: AccessLayer
    viewer: Viewer
    texts: Texts
    publication: PublicationInfo
    filters: dict[str, str]
    months: tuple[date, ...]
    units: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)

    def run(self, query: str, **extra: str) -> Result:
        return self.access.run(self.viewer, query, {**self.period_filters(), **self.filters, **extra})

    def allows(self, query: str) -> bool:
        return self.access.allows(self.viewer, query)

    def period(self) -> tuple[date, date] | None:
        """First and last month of the view."""
        if not self.months:
            return None
        chosen = {
            name: date.fromisoformat(f"{self.filters[name]}-01") for name in ("from", "to") if name in self.filters
        }
        last = chosen.get("to", self.months[-1])
        earlier = [month for month in self.months if month <= last]
        first = chosen.get("from", earlier[-MONTHS_BY_DEFAULT:][0] if earlier else last)
        return first, last

    def period_months(self) -> list[date]:
        """Every month of the view, also those in which nothing happened."""
        period = self.period()
        if period is None:
            return []
        months, month = [], period[0]
        while month <= period[1]:
            months.append(month)
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        return months

    def period_filters(self) -> dict[str, str]:
        period = self.period()
        if period is None:
            return {}
        return {"from": f"{period[0]:%Y-%m}", "to": f"{period[1]:%Y-%m}"}

    def definition(self, metric_id: str) -> str | None:
        """Markdown of the published definition of a metric; None when the publication defines none."""
        for metric in self.run("metrics").records():
            if metric["metric_id"] == metric_id:
                name, meaning = self.texts.pick(metric, "name"), self.texts.pick(metric, "definition")
                formula = f"{self.texts('label.formula')} {plain(metric['formula'])}" if metric["formula"] else ""
                return "  \n".join(
                    line for line in (f"**{plain(name or metric_id)}**", plain(meaning or ""), formula) if line
                )
        return None

    def rule_names(self) -> dict[str, str]:
        return {
            rule["rule_id"]: self.texts.pick(rule, "name") or rule["rule_id"] for rule in self.run("rules").records()
        }

    def unit_name(self, org_unit_id: str | None) -> str:
        unit = self.units.get(org_unit_id or "")
        return str(unit["org_unit_name"]) if unit else (org_unit_id or self.texts("label.whole_company"))

    def top_unit_id(self) -> str | None:
        """The unit that the page is about."""
        if "org" in self.filters:
            return self.filters["org"]
        if self.viewer.scope_org_unit_id:
            return self.viewer.scope_org_unit_id
        roots = [unit for unit, row in self.units.items() if not row["parent_org_unit_id"]]
        return roots[0] if len(roots) == 1 else None


def valid_filters(
    access: AccessLayer, viewer: Viewer, chosen: Mapping[str, str], names: tuple[str, ...]
) -> tuple[dict[str, str], list[InvalidFilter]]:
    """The filters of a page that the viewer may use, and those refused."""
    valid: dict[str, str] = {}
    refused: list[InvalidFilter] = []
    for name in names:
        if name not in chosen:
            continue
        try:
            access.read_filters(viewer, {name: chosen[name]})
        except InvalidFilter as error:
            refused.append(error)
        else:
            valid[name] = chosen[name]
    if {"from", "to"} <= set(valid) and valid["from"] > valid["to"]:
        refused.append(InvalidFilter("from", valid.pop("from")))
    return valid, refused
