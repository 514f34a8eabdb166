"""The hidden sheet by which a workbook that Hufu wrote says what it is, so that its place in the inbox does not matter.

Belongs here: what such a sheet says, as rows to write and as rows that were read. Pure.
Does not belong here: the rest of those workbooks (`pipelines.onboarding`), and what a landing does with them.

The sheet holds a notice in its first row and one JSON document in the second, cut into as many cells as it needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.landing.reading.table import Head
from pipelines.landing.reasons import set_aside

TAG_SHEET = "_hufu"
_NOTICE = "请勿修改或删除此工作表 · Hufu reads this sheet; leave it as it is"
_CELL_CHARACTERS = 30_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TemplateTag(_Strict):
    """An empty table of the contract that somebody filled in."""

    kind: Literal["template"] = "template"
    system: str
    dataset: str
    sheet: str
    """The sheet with the rows; the others explain."""
    contract: str
    """Version of the dataset's columns when the workbook was written."""


class RepairedDelivery(_Strict):
    """A delivery whose bad rows the workbook brings back."""

    source_sha256: str
    source_file: str
    delivered_at: str
    profile: str
    datasets: tuple[str, ...]
    batch_ids: tuple[str, ...]


class RepairTag(_Strict):
    """Rows that were quarantined, for a person to correct."""

    kind: Literal["repair"] = "repair"
    sheets: tuple[str, ...]
    """The sheets with rows; the others explain."""
    deliveries: tuple[RepairedDelivery, ...]
    """In the order by which row marks count them, from 1."""


Tag = TemplateTag | RepairTag


class _Document(_Strict):
    tag: Tag = Field(discriminator="kind")


def tag_rows(tag: Tag) -> list[list[str]]:
    """What to write into the sheet `_hufu`."""
    text = json.dumps(tag.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))
    pieces = [text[start : start + _CELL_CHARACTERS] for start in range(0, len(text), _CELL_CHARACTERS)]
    return [[_NOTICE], pieces]


def read_tag(heads: Iterable[Head]) -> Tag | None:
    """What the workbook says of itself; None for all others. Raises SetAside when the sheet was altered."""
    head = next((h for h in heads if h.sheet == TAG_SHEET), None)
    if head is None:
        return None
    try:
        return parse_tag(head.rows)
    except (ValueError, ValidationError) as error:
        raise set_aside("tag", sheet=TAG_SHEET) from error


def parse_tag(rows: Sequence[Sequence[str | None]]) -> Tag:
    """The tag that the sheet's rows hold. Raises ValueError when they hold none."""
    pieces = rows[1] if len(rows) > 1 else ()
    return _Document.model_validate({"tag": json.loads("".join(piece or "" for piece in pieces))}).tag
