"""Who looks.

Belongs here: the viewer, and how it is found from the operator's configuration or, on synthetic data, a persona.
Does not belong here: what a viewer may see (policy.yml).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dashboards.access.errors import AccessDenied, NotConfigured

ROLES = ("executive", "hr", "manager", "analyst", "auditor")
DEFAULT_PERSONA = "hr"

# Any of these says that somebody else's request was passed on to a server that believes itself to be local.
FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True)
class Viewer:
    """A role with its scope. `persona` is set when the role was picked for a demonstration."""

    role: str
    scope_org_unit_id: str | None = None
    persona: str | None = None

    @property
    def cache_key(self) -> tuple[str, str | None]:
        return (self.role, self.scope_org_unit_id)


@dataclass(frozen=True)
class Connection:
    """How the browser reached the server."""

    server_address: str | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_loopback(self) -> bool:
        """True only when the server listens on loopback and the request was addressed to loopback directly."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        if any(name in headers for name in FORWARDING_HEADERS):
            return False
        return is_loopback_name(self.server_address) and is_loopback_name(host_name(headers.get("host")))


def host_name(host: str | None) -> str | None:
    """`Host` header without its port."""
    if not host:
        return None
    if host.startswith("["):
        return host[1:].split("]", 1)[0]
    return host.rsplit(":", 1)[0] if host.count(":") == 1 else host


def is_loopback_name(name: str | None) -> bool:
    if not name:
        return False
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def available_personas(
    *, configured_role: str | None, is_synthetic: bool, connection: Connection, branch_ids: Iterable[str]
) -> tuple[str, ...]:
    """Personas that may be picked; none unless the data is synthetic, the server local and no role configured."""
    if configured_role or not is_synthetic or not connection.is_loopback:
        return ()
    managers = tuple(f"manager:{branch_id}" for branch_id in branch_ids)
    return ("hr", "executive", *managers, "analyst", "auditor")


def resolve_viewer(
    *,
    configured_role: str | None,
    configured_org_unit_id: str | None,
    personas: tuple[str, ...],
    wanted_persona: str | None = None,
) -> Viewer:
    """The operator's configuration wins; a persona counts only if it is on offer; else nobody sees anything."""
    if configured_role:
        if configured_role not in ROLES:
            raise AccessDenied(f"unknown role {configured_role!r}")
        if configured_role == "manager" and not configured_org_unit_id:
            raise AccessDenied("role 'manager' needs an org unit")
        return Viewer(configured_role, configured_org_unit_id)
    if not personas:
        raise NotConfigured("no role configured")
    persona = wanted_persona if wanted_persona in personas else DEFAULT_PERSONA
    role, _, scope = persona.partition(":")
    return Viewer(role, scope or None, persona)
