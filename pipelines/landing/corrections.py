"""Rows that were quarantined and come back corrected: their cells laid over those of the delivery they came from.

Belongs here: which row of a workbook of corrections corrects which record of which delivery, and the tables of that
delivery with the corrected records in their place. Does not belong here: writing such workbooks
(`pipelines.onboarding`), judging or committing the rows (`write`, `land`).

A profile may look at neighbouring records, at the text above the header, at the path. So the delivery's own bytes are
read again, as they lie in the lake; the workbook only says which cells of which records are otherwise. Of the rows that
come out, only those of corrected records count. A cell that the workbook shows as it was is not taken from it: what a
workbook cannot hold unchanged stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.reading.cells import cell_text
from pipelines.landing.reading.opening import open_source
from pipelines.landing.reading.table import Head, Loaded, Pick, Source, create_broken
from pipelines.landing.reasons import set_aside
from pipelines.landing.recognise import (
    CanonicalTable,
    Recognition,
    profile_of_path,
    recognise,
    recognise_template,
    suffix_of,
)
from pipelines.landing.register import Batch
from pipelines.landing.rules import Rules
from pipelines.landing.storage import meaning_of
from pipelines.landing.tag import TAG_SHEET, RepairedDelivery, RepairTag, TemplateTag, read_tag
from pipelines.spreadsheet import workbook_text
from pipelines.sql import ident, insert_rows

if TYPE_CHECKING:
    import duckdb

    from pipelines.landing.reading.workers import Workers

# The column by which a row of the workbook says which record it corrects.
MARK_COLUMN = "_hufu"
CANONICAL = "canonical"
# A character that a workbook's XML spells by its code.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_BAD_MARK = "correction_mark"

# Sheet (null unless the delivery's records come from several) and record number.
Place = tuple[str | None, int]


def row_mark(delivery: int, place: Place) -> str:
    """What stands in the mark column: number of the delivery in the tag, record number, sheet."""
    sheet, row = place
    return f"{delivery}/{row}" if sheet is None else f"{delivery}/{row}/{sheet}"


def _parsed_mark(mark: str | None, deliveries: int) -> tuple[int, Place] | None:
    parts = (mark or "").strip().split("/", 2)
    if len(parts) < 2 or not (parts[0].isdecimal() and parts[1].isdecimal()):
        return None
    number = int(parts[0])
    return (number, (parts[2] if len(parts) == 3 else None, int(parts[1]))) if 1 <= number <= deliveries else None


def shown_text(value: str | None) -> str | None:
    """What comes back of a cell's text when a workbook that shows it is read again."""
    if value is None:
        return None
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).replace("\r\n", "\n").replace("\r", "\n")
    return cell_text(workbook_text(text))


@dataclass(frozen=True)
class CorrectedRow:
    """One row of the workbook."""

    workbook_sheet: str
    workbook_row: int
    cells: Mapping[str, str | None]


@dataclass
class Corrections:
    """What a workbook says about one delivery."""

    delivery: RepairedDelivery
    rows: dict[Place, CorrectedRow] = field(default_factory=dict)
    unplaced: list[CorrectedRow] = field(default_factory=list)
    """Rows that do not say which record they correct, or one that another row corrects, too."""


def read_corrections(con: duckdb.DuckDBPyConnection, source: Source, tag: RepairTag) -> list[Corrections]:
    """The workbook's rows by delivery; deliveries without a row are left out. Raises SetAside without any mark."""
    picks = [pick for head in source.heads if head.sheet in tag.sheets and (pick := _marked(head)) is not None]
    if not picks:
        raise set_aside("tag", sheet=TAG_SHEET)
    loaded = source.load(con, picks)
    listed = ", ".join(ident(name) for name in loaded.columns)
    found: dict[int, Corrections] = {}
    unplaced: list[CorrectedRow] = []
    rows = con.execute(f"select _sheet, _source_row, {listed} from source order by _record").fetchall()
    for sheet, number, *cells in rows:
        values = dict(zip(loaded.columns, cells, strict=True))
        row = CorrectedRow(sheet or picks[0].head.sheet or "", number, values)
        place = _parsed_mark(values.get(MARK_COLUMN), len(tag.deliveries))
        if place is None:
            unplaced.append(row)
            continue
        corrections = found.setdefault(place[0], Corrections(tag.deliveries[place[0] - 1]))
        if place[1] in corrections.rows:
            corrections.unplaced.append(row)
        else:
            corrections.rows[place[1]] = row
    if not found:
        raise set_aside("tag", sheet=TAG_SHEET)
    ordered = [found[number] for number in sorted(found)]
    # Nobody knows whose they are; they must be accounted for all the same.
    ordered[0].unplaced += unplaced
    return ordered


def _marked(head: Head) -> Pick | None:
    if head.is_repaired:
        return None
    return next((Pick(head, n) for n, row in enumerate(head.rows, start=1) if MARK_COLUMN in row), None)


def stamp(delivered_at: str, seen_at: str) -> str:
    """When corrections count as delivered: with the delivery that they correct, later ones after earlier ones.

    Were it later, a correction of March would replace what April brought. Their age in seconds becomes microseconds.
    """
    first, seen = datetime.fromisoformat(delivered_at), datetime.fromisoformat(seen_at)
    age = max(1, int((seen - first).total_seconds()))
    return (first + timedelta(microseconds=age)).astimezone(UTC).isoformat(timespec="microseconds")


def moved_stamp(corrected_at: str, before: str, after: str) -> str:
    """The stamp of corrections whose delivery turns out to be an earlier one: `after`, no longer `before`."""
    first = datetime.fromisoformat(before)
    age = (datetime.fromisoformat(corrected_at) - first) // timedelta(microseconds=1)
    return stamp(after, (first + timedelta(seconds=age)).isoformat())


@dataclass(frozen=True)
class Original:
    """A delivery read again: `source` holds its records, `_record` numbers them."""

    recognition: Recognition
    loaded: Loaded


def read_original(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    batch: Batch,
    folder: Path,
    rules: Rules,
    workers: Workers | None = None,
) -> Original:
    """Read a delivery's kept bytes into `source`, as the batch's profile (or the contract itself) reads them.

    Raises SetAside when that profile does not read them any more.
    """
    relative = meaning_of(batch.source_file)
    profile = profile_of_path(relative, rules.own_profiles)
    encoding, delimiter = (profile.encoding, profile.delimiter) if profile else (None, None)
    source = open_source(path, suffix_of(batch.source_file), folder, encoding, delimiter, workers)
    tag = read_tag(source.heads)
    if isinstance(tag, TemplateTag):
        found: Iterable[Recognition] = (recognise_template(tag, source.heads, rules.contract),)
    else:
        found = recognise(relative, source.heads, rules.contract, rules.own_profiles, rules.shipped_profiles)
    recognition = next((r for r in found if table_name(r) == batch.profile), None)
    if recognition is None:
        raise set_aside("correction_unknown", file=batch.source_file)
    loaded = source.load(con, recognition.picks)
    # What reads the file itself can be read once only.
    return Original(recognition, loaded if loaded.reload is None else loaded.reload())


def table_name(recognition: Recognition) -> str:
    return CANONICAL if isinstance(recognition, CanonicalTable) else recognition.profile.name


def lay_over(con: duckdb.DuckDBPyConnection, original: Original, corrections: Corrections) -> Loaded:
    """Make `source` the delivery with its records corrected, and `focus` the corrected ones with their new places.

    For the contract's own tables `source` is then the corrected records alone; for a profile it stays whole.
    """
    columns = original.loaded.columns
    records = _records(con, columns, corrections.rows)
    lost = [row for place, row in corrections.rows.items() if place not in records]
    patched, focus = [], []
    for place, (record, before) in records.items():
        row = corrections.rows[place]
        after = [_corrected(old, name, row.cells) for name, old in zip(columns, before, strict=True)]
        patched.append([record, place[1], place[0], *after])
        focus.append([record, row.workbook_row, row.workbook_sheet])
    described = "".join(f", {ident(name)} varchar" for name in columns)
    con.execute("create or replace temp table originals as select * from source")
    con.execute(f"create or replace temp table patches (_record bigint, _source_row bigint, _sheet varchar{described})")
    insert_rows(con, "patches", patched)
    con.execute("create or replace temp table focus (_record bigint, _source_row bigint, _sheet varchar)")
    insert_rows(con, "focus", focus)
    listed = ", ".join(ident(name) for name in columns)
    if isinstance(original.recognition, CanonicalTable):
        sql = f"select _record, focus._source_row, focus._sheet, {listed} from patches join focus using (_record)"
    else:
        sql = (
            f"select _record, _source_row, _sheet, {listed} from originals "
            "where _record not in (select _record from focus) "
            f"union all select _record, _source_row, _sheet, {listed} from patches"
        )
    con.execute(f"create or replace temp view source as {sql}")
    unplaced = [*corrections.unplaced, *lost]
    create_broken(con, [(row.workbook_row, _BAD_MARK, _as_text(row)) for row in unplaced])
    has_sheets = True if isinstance(original.recognition, CanonicalTable) else original.loaded.has_sheets
    return replace(original.loaded, records=len(focus), broken=len(unplaced), has_sheets=has_sheets)


def _records(
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], places: Iterable[Place]
) -> dict[Place, tuple[int, list[str | None]]]:
    """The delivery's records at those places: their number and cells."""
    con.execute("create or replace temp table places (_sheet varchar, _source_row bigint)")
    insert_rows(con, "places", [list(place) for place in places])
    listed = "".join(f", source.{ident(name)}" for name in columns)
    rows = con.execute(
        f"select source._sheet, source._source_row, _record{listed} from source join places "
        "on source._source_row = places._source_row and source._sheet is not distinct from places._sheet "
        "order by _record"
    ).fetchall()
    con.execute("drop table places")
    return {(sheet, row): (record, cells) for sheet, row, record, *cells in rows}


def original_cells(
    con: duckdb.DuckDBPyConnection, original: Original, places: Iterable[Place]
) -> dict[Place, list[str | None]]:
    """The cells of the records at those places, in the order of `original.loaded.columns`."""
    return {place: cells for place, (_, cells) in _records(con, original.loaded.columns, places).items()}


def _corrected(before: str | None, name: str, cells: Mapping[str, str | None]) -> str | None:
    """The workbook's cell where it differs from what the workbook showed; a column that it lacks is as it was."""
    if name not in cells:
        return before
    after = cells[name] or None
    return before if after == shown_text(before) else after


def _as_text(row: CorrectedRow) -> str:
    return f"{row.workbook_sheet}: " + " | ".join(value or "" for value in row.cells.values())


def restrict_records(con: duckdb.DuckDBPyConnection) -> None:
    """Of a profile's records keep the corrected ones, as they stand in the workbook. `kept` stays whole."""
    con.execute("delete from records where _record not in (select _record from focus)")
    con.execute(
        "update records set _source_row = focus._source_row, _sheet = focus._sheet "
        "from focus where focus._record = records._record"
    )


def restrict_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Of a profile's rows keep those that a corrected record is part of."""
    con.execute("delete from parts where _record not in (select _record from focus)")
    con.execute("delete from mapped where _target not in (select _target from parts)")
    con.execute(
        "update mapped set _source_row = place._source_row, _sheet = place._sheet from ("
        "select _target, min_by(focus._source_row, _record) as _source_row, min_by(focus._sheet, _record) as _sheet "
        "from parts join focus using (_record) group by _target) as place where place._target = mapped._target"
    )
