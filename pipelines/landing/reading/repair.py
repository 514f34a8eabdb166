"""Chinese text that an exporter stored as GBK bytes and a reader took for Latin-1: `Æ¾Ö¤ºÅÊý` is 凭证号数.

Belongs here: telling such text from other text, and putting it right. Pure.
Does not belong here: bytes whose encoding is merely unknown (`pipelines.landing.text`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
# Two bytes of the area that common characters lie in.
_PAIRS = re.compile("(?:[\xa1-\xf7][\xa1-\xfe])+")
_HIGH = re.compile("[\x80-\u024f\u2010-\u203a\u20ac\u2122\u02c6\u02dc]")


def repaired_head(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...] | None:
    """The head with its texts put right; None unless all of its letters beyond ASCII speak for it."""
    texts = [cell for row in rows for cell in row if _HIGH.search(cell) or _CHINESE.search(cell)]
    if not texts or any(_CHINESE.search(cell) for cell in texts):
        return None
    if not any(_is_pairs(cell) for cell in texts):
        return None
    repaired = tuple(tuple(repaired_text(cell) or cell for cell in row) for row in rows)
    return repaired if any(_CHINESE.search(cell) for row in repaired for cell in row) else None


def repaired_text(text: str) -> str | None:
    """What the text was before it was misread; None where it cannot have been GBK.

    Only for tables whose head has shown that they were misread: a single `Müller` is GBK as well.
    """
    if not _HIGH.search(text):
        return None
    raw = _single_bytes(text)
    if raw is None:
        return None
    try:
        repaired = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return repaired if repaired != text else None


def _is_pairs(text: str) -> bool:
    high = [found.group() for found in re.finditer("[\x80-\uffff]+", text)]
    return bool(high) and all(_PAIRS.fullmatch(run) for run in high) and repaired_text(text) is not None


def _single_bytes(text: str) -> bytes | None:
    """The text's bytes as Latin-1, or as Windows' variant of it; None where it has other characters."""
    raw = bytearray()
    for character in text:
        if character <= "\xff":
            raw.append(ord(character))
            continue
        try:
            raw += character.encode("cp1252")
        except UnicodeEncodeError:
            return None
    return bytes(raw)
