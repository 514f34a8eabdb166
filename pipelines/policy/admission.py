"""What has to be right before anything is judged: the rules are complete, and the company's own policy has no faults.

Belongs here: the refusal, in words. Does not belong here: what is checked (`completeness`, `check`) and who is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.policy import rule_files
from pipelines.policy.check import Masters, Row, check_settings
from pipelines.settings import Settings


class Refused(ValueError):
    """Nothing may be judged; `sentences` say all that is wrong."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


def refuse_incomplete_rules() -> None:
    """Raises Refused where any rule lacks anything."""
    if incomplete := rule_files.incomplete_rules():
        raise Refused(incomplete)


def own_policy(settings: Settings, language: str, masters: Masters | None = None) -> Mapping[str, tuple[Row, ...]]:
    """The tables that the company keeps itself. Raises Refused where anything is wrong with them."""
    checked = check_settings(settings, masters)
    if checked.faults:
        raise Refused([fault.sentence(language) for fault in checked.faults])
    return checked.tables


def admitted_policy(settings: Settings, language: str, masters: Masters | None = None) -> Mapping[str, tuple[Row, ...]]:
    """The tables to judge by. Raises Refused.

    The rules come first, because checking a table takes the registry for complete.
    """
    refuse_incomplete_rules()
    return own_policy(settings, language, masters)
