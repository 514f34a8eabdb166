"""Foreign text in Markdown.

Belongs here: making names, messages and other data show as they are wherever Streamlit reads Markdown.
Does not belong here: HTML; nothing in the dashboards builds HTML from data.
"""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&^=:@/\"'])")
_SPACES = re.compile(r"\s+")
_WORD_JOINER = "\u2060"


def plain(text: object) -> str:
    """The text in one line, with nothing in it that Markdown, its directives or its shortcodes would act on."""
    line = _SPACES.sub(" ", str(text)).strip()
    escaped = _SPECIAL.sub(r"\\\1", line)
    # A shortcode such as :smile: is replaced after parsing, when the backslash is gone.
    return escaped.replace("\\:", f"\\:{_WORD_JOINER}")
