"""Why the access layer answers nothing.

Belongs here: one exception per reason that a page shows differently.
Does not belong here: wording for people; pages have it in both languages.
"""

from __future__ import annotations


class AccessError(Exception):
    """Base of everything that the access layer refuses or cannot do."""


class AccessDenied(AccessError):
    """The viewer's role does not include this."""


class InvalidFilter(AccessError):
    """A filter value that is not on its allow-list."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"filter {name!r} does not allow this value")
        self.name = name
        self.value = value


class NotConfigured(AccessError):
    """Nobody said which role this server's viewers have."""


class NotPublished(AccessError):
    """There is no published file yet."""


class TooFewPeople(AccessError):
    """Fewer people than may be shown to this viewer, or nobody knows how many."""


class NotServed(AccessError):
    """The published file lacks a table or column that the query needs."""


class PolicyError(AccessError):
    """The policy, a query or a published table contradicts another: nothing is served."""
