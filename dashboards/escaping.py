"""Foreign text in Markdown.

Belongs here: making names, messages and other data show as they are wherever Streamlit reads Markdown.
Does not belong here: HTML; nothing in the dashboards builds HTML from data.
"""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&^=:@/\"'])")
_SPACES = re.compile(r"\s+")
# A shortcode such as :smile: or a directive such as :red[x] is replaced after parsing, when backslashes are gone.
_SHORTCODE = re.compile(r":(?=[^\s:]+:|\w+\[)")
_WORD_JOINER = "\u2060"


def plain(text: object) -> str:
    """The text in one line, with nothing in it that Markdown, its directives or its shortcodes would act on."""
    line = _SPACES.sub(" ", str(text)).strip()
    return _SPECIAL.sub(r"\\\1", _SHORTCODE.sub(f":{_WORD_JOINER}", line))
