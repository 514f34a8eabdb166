"""Where the header of a table may be, and what its columns are called. Pure: first records in, candidates out.

Belongs here: comparing header cells, headers of several rows, merged cells and blanks under groups.
Does not belong here: deciding which candidate it is (`pipelines.landing.recognise`), reading files.

A header of several rows names its columns `group.leaf`. A group's text holds for all cells that it is merged over, or,
where nothing is merged, for the blanks to its right that have a text below.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipelines.landing.reading.table import Head, Pick, clean_name, column_names

MAX_HEADER_ROWS = 3
SEPARATOR = "."
Merge = tuple[int, int, int, int]

# Marks of a required field, at the beginning or end of a cell and of each part of a composite name.
_MARKS_BEFORE = re.compile(r"(^|\.)[*\s]+(?=[^*\s.])")
_MARKS_AFTER = re.compile(
    r"(?<=[^*\s.])(?:\s*\*|\s*[(\[](?:必填|必填项|必输|选填|可选|required|optional)[)\]])+\s*(?=\.|$)"
)
# What stands in records rather than in headers.
_VALUE = re.compile(r"[+-]?[¥￥]?[\d,]*\.?\d+%?|\d{4}\s?[-/.年].*|\d{1,2}:\d{2}.*")
_DAY_NUMBER = re.compile(r"\d{1,2}")


@lru_cache(maxsize=32768)
def header_key(cell: str) -> str:
    """A header cell as it is compared: width, case, blanks and the marks of required fields do not matter."""
    text = unicodedata.normalize("NFKC", cell).replace("\ufeff", "").replace("\u200b", "").strip().casefold()
    text = _MARKS_AFTER.sub("", _MARKS_BEFORE.sub(r"\1", text)).strip()
    if any("\u3400" <= c <= "\u9fff" for c in text):
        return re.sub(r"\s+", "", text)
    return re.sub(r"[\s\-]+", "_", text)


class Columns:
    """The columns of one table, found by the names that people use for them."""

    def __init__(self, names: Sequence[str], texts: Sequence[str], leaves: Sequence[str]) -> None:
        self.names = tuple(names)
        self.leaves = tuple(leaves)[: len(self.names)]
        self._whole: dict[str, int] = {}
        for i, name in enumerate(self.names):
            self._whole.setdefault(header_key(name), i)
        for i, text in enumerate(texts[: len(self.names)]):
            if clean_name(text):
                self._whole.setdefault(header_key(text), i)
        by_leaf: dict[str, list[int]] = {}
        for i, leaf in enumerate(leaves[: len(self.names)]):
            if clean_name(leaf):
                by_leaf.setdefault(header_key(leaf), []).append(i)
        self._leaf = {key: found[0] for key, found in by_leaf.items() if len(found) == 1}

    @classmethod
    def plain(cls, names: Sequence[str]) -> Columns:
        return cls(names, names, names)

    def is_whole(self, wanted: str) -> bool:
        return header_key(wanted) in self._whole

    def find(self, wanted: str) -> str | None:
        """The column of that full name, else the only one whose leaf it is."""
        key = header_key(wanted)
        place = self._whole.get(key, self._leaf.get(key))
        return None if place is None else self.names[place]


@dataclass(frozen=True)
class Candidate:
    """Rows that may be the header of a table."""

    first_record: int
    """1-based; 0 when the format itself names the columns."""
    last_record: int
    """The last record that is no data: label rows are part of the header."""
    texts: tuple[str, ...]
    """The full names, as they stand in the cells."""
    leaves: tuple[str, ...]

    @cached_property
    def columns(self) -> Columns:
        return Columns(column_names(self.texts), self.texts, self.leaves)

    def pick(self, head: Head) -> Pick:
        return Pick(
            head, self.last_record, first_record=self.first_record, header_texts=self.texts, header_leaves=self.leaves
        )


def columns_of(pick: Pick) -> Columns:
    texts = pick.texts
    return Columns(pick.names, texts, pick.header_leaves or texts)


def tables_of(picks: Sequence[Pick], loaded: Sequence[str]) -> list[Columns]:
    """The columns of each pick. Keys of JSON objects may turn up after the head: then what was loaded counts."""
    tables = [columns_of(pick) for pick in picks]
    return [Columns.plain(loaded)] if len(tables) == 1 and len(tables[0].names) < len(loaded) else tables


def candidates(
    head: Head, header_row: int | None = None, header_rows: int | None = None, label_rows: int = 0
) -> Iterator[Candidate]:
    """The headers that a table may have, in the order of their first rows, the likelier depth first.

    Rows and depth can be given; label rows are those right under the header.
    """
    if head.names_given:
        yield Candidate(0, 0, head.rows[0], head.rows[0])
        return
    for top in range(len(head.rows)):
        if (header_row is not None and top + 1 != header_row) or not any(map(clean_name, head.rows[top])):
            continue
        natural = header_rows or _depth(head.rows, head.merges, top)
        for depth in dict.fromkeys((natural, header_rows or 1)):
            if top + depth <= len(head.rows):
                texts, leaves = _joined(head.rows[top : top + depth], _within(head.merges, top, depth))
                yield Candidate(top + 1, top + depth + label_rows, texts, leaves)


def _within(merges: Sequence[Merge], top: int, depth: int) -> list[Merge]:
    """The merges that begin in the header, with rows counted from its first one."""
    last = top + depth - 1
    return [(t - top, left, min(b, last) - top, right) for t, left, b, right in merges if top <= t <= last]


def _depth(rows: Sequence[Sequence[str]], merges: Sequence[Merge], top: int) -> int:
    """How many rows a header that begins here seems to have."""
    below = max((b - top for t, _, b, _ in merges if t == top and b - top < MAX_HEADER_ROWS), default=0)
    if below:
        return below + 1
    depth, upper = 1, [clean_name(cell) for cell in rows[top]]
    while depth < MAX_HEADER_ROWS and top + depth < len(rows):
        lower = [clean_name(cell) for cell in rows[top + depth]]
        extents = {left: right for t, left, b, right in merges if t == b == top + depth - 1 and right > left}
        if not _continues(upper, lower, extents):
            break
        width = max(len(upper), len(lower))
        upper = [
            _at(lower, c) or (_at(upper, c) if not _is_group(upper, lower, extents, c) else "") for c in range(width)
        ]
        depth += 1
    return depth


def _at(row: Sequence[str], position: int) -> str:
    return row[position] if position < len(row) else ""


def _extent(upper: Sequence[str], lower: Sequence[str], extents: dict[int, int], start: int) -> range:
    """The columns that a text of the upper row stands for: those it is merged over, or the blanks to its right."""
    if start in extents:
        return range(start, extents[start] + 1)
    end = start + 1
    while not extents and end < max(len(upper), len(lower)) and not _at(upper, end):
        end += 1
    return range(start, end)


def _is_group(upper: Sequence[str], lower: Sequence[str], extents: dict[int, int], column: int) -> bool:
    return bool(_at(upper, column)) and any(_at(lower, c) for c in _extent(upper, lower, extents, column))


def _continues(upper: Sequence[str], lower: Sequence[str], extents: dict[int, int]) -> bool:
    """Whether the lower row is filled exactly where the upper row has groups, and looks like names."""
    starts = [c for c, text in enumerate(upper) if text]
    covered: set[int] = set()
    groups = singles = 0
    for start in starts:
        extent = _extent(upper, lower, extents, start)
        filled = [c for c in extent if _at(lower, c)]
        if not filled:
            singles += 1
        elif start not in filled or len(filled) < 2 or _are_values([lower[c] for c in filled]):
            return False
        else:
            groups += 1
            covered.update(filled)
    under = {c for c, text in enumerate(lower) if text}
    return bool(groups) and not under - covered and bool(singles or (extents and groups > 1))


def _are_values(cells: Sequence[str]) -> bool:
    """Whether the cells look like those of a record. Days of a month are names, too, where there is a week of them."""
    numbers = [cell for cell in cells if _VALUE.fullmatch(cell)]
    are_days = len(cells) >= 7 and all(_DAY_NUMBER.fullmatch(cell) for cell in numbers)
    return bool(numbers) and not are_days


def _joined(rows: Sequence[Sequence[str]], merges: Sequence[Merge]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Full names and leaves of a header's columns."""
    if len(rows) == 1 and not merges:
        return tuple(rows[0]), tuple(rows[0])
    width = max(len(row) for row in rows)
    levels = [[clean_name(_at(row, c)) for c in range(width)] for row in rows]
    merged: list[set[int]] = [set() for _ in rows]
    for top, left, bottom, right in merges:
        for row in range(top, bottom + 1):
            merged[row].update(range(left, right + 1))
        if bottom < len(rows) - 1:
            # A leaf that is merged over several columns names the first of them only.
            for column in range(left + 1, min(right + 1, width)):
                levels[top][column] = levels[top][left]
    for level in range(len(rows) - 1):
        for column in range(1, width):
            if levels[level][column] or column in merged[level] or column - 1 in merged[level]:
                continue
            is_below = all(any(lower[c] for lower in levels[level + 1 :]) for c in (column - 1, column))
            if is_below and all(upper[column - 1] == upper[column] for upper in levels[:level]):
                levels[level][column] = levels[level][column - 1]
    columns = [[level[c] for level in levels if level[c]] for c in range(width)]
    return tuple(SEPARATOR.join(parts) for parts in columns), tuple(parts[-1] if parts else "" for parts in columns)
