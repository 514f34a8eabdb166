"""The reader's language.

Belongs here: choosing between Chinese and English, and texts that exist in both.
Does not belong here: the texts of any one command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def language_of(environment: Mapping[str, str]) -> Language:
    """What the terminal's locale asks for, in the order in which POSIX asks."""
    wanted = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if wanted.casefold().startswith("zh") else "en"


@dataclass(frozen=True)
class Words:
    """One text in both languages; braces are filled with the facts of the case."""

    zh: str
    en: str

    def say(self, language: Language, **facts: object) -> str:
        text = self.zh if language == "zh" else self.en
        return text.format(**facts) if facts else text
