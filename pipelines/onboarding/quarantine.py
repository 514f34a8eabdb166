"""Rows in quarantine that still wait for somebody, and a workbook to correct them in.

Belongs here: which bad rows are open, what they hold, the workbook. Does not belong here: taking it back
(`pipelines.landing.corrections`).

A row is open unless a workbook of corrections brought it since, or a later delivery brought its key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from pipelines.contract import Dataset, load_contract
from pipelines.landing.corrections import (
    CANONICAL,
    MARK_COLUMN,
    Original,
    Place,
    original_cells,
    read_corrections,
    read_original,
    row_mark,
    shown_text,
)
from pipelines.landing.engine import Engine
from pipelines.landing.reading.opening import open_source
from pipelines.landing.reasons import SetAside
from pipelines.landing.recognise import CanonicalTable
from pipelines.landing.register import Batch, active_batches
from pipelines.landing.rules import Rules
from pipelines.landing.storage import link_or_copy
from pipelines.landing.tag import RepairedDelivery, RepairTag, read_tag
from pipelines.landing.views import create_landed_views
from pipelines.onboarding.language import Language, Words
from pipelines.onboarding.sources import feeds
from pipelines.onboarding.workbook import (
    OPTIONAL,
    REASON,
    WRONG,
    add_guide,
    add_tag,
    save,
    set_widths,
    sheet_name,
    text_cell,
)
from pipelines.sql import ident, insert_rows, literal

if TYPE_CHECKING:
    import duckdb

# Whose record has no cells to correct.
_WITHOUT_CELLS = ("field_count", "quoting", "json", "correction_mark")
_WIDTH_ROWS = 200
MAX_ROWS = 100_000


class TooManyRows(RuntimeError):
    """More rows than a workbook of corrections is for."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a row."""

    batch: Batch
    column: str | None
    value: str | None
    code: str
    zh: str
    en: str
    source_file: str
    source_row: int
    raw: str | None
    row_key: str | None

    def reason(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass
class OpenRow:
    """A record that is not in the data yet."""

    faults: list[Fault]
    corrected: dict[str, str | None] | None = None
    """Its cells as the last workbook of corrections had them."""


@dataclass
class OpenDelivery:
    """The open rows of one file as one profile reads it."""

    batches: tuple[Batch, ...]
    rows: dict[Place, OpenRow] = field(default_factory=dict)
    broken: list[Fault] = field(default_factory=list)
    """Records whose form is broken: they have no cells."""
    corrected_count: int = 0
    """Rows that workbooks of corrections have brought since."""
    settled_count: int = 0
    """Rows whose key a later delivery brought."""

    @property
    def first(self) -> Batch:
        return self.batches[0]

    @property
    def open_count(self) -> int:
        return len(self.rows) + len(self.broken)

    def faults(self) -> Iterator[Fault]:
        for row in self.rows.values():
            yield from row.faults
        yield from self.broken

    def as_dict(self) -> dict[str, Any]:
        reasons = Counter((f.batch.dataset, f.column, f.code) for f in self.faults())
        return {
            "batch_ids": [b.batch_id for b in self.batches],
            "datasets": [b.dataset for b in self.batches],
            "source_file": self.first.source_file,
            "profile": self.first.profile,
            "delivered_at": self.first.delivered_at,
            "open": self.open_count,
            "broken": len(self.broken),
            "corrected": self.corrected_count,
            "settled": self.settled_count,
            "reasons": [
                {"dataset": dataset, "column": column, "reason_code": code, "count": count}
                for (dataset, column, code), count in reasons.most_common()
            ],
        }


# -------------------------------------------------------------------------------------------------------- what is open


def open_deliveries(data_dir: Path, dataset: str | None = None, batch_prefix: str | None = None) -> list[OpenDelivery]:
    """Deliveries that count and have open rows, by delivery stamp. With a filter, only rows with a fault there."""
    import duckdb

    active = active_batches(data_dir)
    with duckdb.connect() as con, _work_engine() as (engine, folder):
        faults = _read_faults(con, data_dir, [b for b in active if b.quarantine_path])
        deliveries: dict[tuple[str, str | None], OpenDelivery] = {}
        for batch in (b for b in active if b.repairs is None):
            key = (batch.source_sha256, batch.profile)
            known = deliveries.setdefault(key, OpenDelivery(()))
            known.batches = (*known.batches, batch)
        for fault in (f for f in faults if f.batch.repairs is None):
            _add(deliveries[fault.batch.source_sha256, fault.batch.profile], fault)
        corrections = [b for b in active if b.repairs is not None]
        for content in dict.fromkeys(b.source_sha256 for b in corrections):
            _apply_corrections(
                deliveries, [b for b in corrections if b.source_sha256 == content], faults, data_dir, engine, folder
            )
        _leave_out_settled(con, data_dir, list(deliveries.values()))
    found = [_filtered(d, dataset, batch_prefix) for d in deliveries.values()]
    return [d for d in found if d.open_count]


def _read_faults(con: duckdb.DuckDBPyConnection, data_dir: Path, batches: Sequence[Batch]) -> list[Fault]:
    found = []
    for batch in batches:
        rows = con.execute(
            "select column_name, value, reason_code, reason_zh, reason_en, source_file, source_row, raw, row_key "
            f"from read_parquet({literal(str(data_dir / (batch.quarantine_path or '')))})"
        ).fetchall()
        found += [Fault(batch, *row) for row in rows]
    return found


def _add(delivery: OpenDelivery, fault: Fault) -> None:
    if fault.code in _WITHOUT_CELLS:
        delivery.broken.append(fault)
    else:
        delivery.rows.setdefault(_place(fault), OpenRow([])).faults.append(fault)


def _place(fault: Fault) -> Place:
    """Sheet and record number; the sheet stands behind the path where records come from several."""
    mark = f"{fault.batch.source_file}#"
    is_sheet = fault.source_file.startswith(mark)
    return (fault.source_file[len(mark) :] if is_sheet else None), fault.source_row


def _apply_corrections(
    deliveries: dict[tuple[str, str | None], OpenDelivery],
    batches: Sequence[Batch],
    faults: Sequence[Fault],
    data_dir: Path,
    engine: Engine,
    folder: Path,
) -> None:
    """Replace the rows that a workbook brought by what is still wrong with them. Later workbooks come later."""
    ids = {b.batch_id for b in batches}
    still_wrong: dict[Place, list[Fault]] = {}
    for fault in (f for f in faults if f.batch.batch_id in ids):
        still_wrong.setdefault(_place(fault), []).append(fault)
    work = folder / f"corrections-{batches[0].source_sha256[:16]}"
    work.mkdir()
    link_or_copy(data_dir / (batches[0].source_path or ""), work / "source")
    source = open_source(work / "source", "xlsx", work, None, None)
    tag = read_tag(source.heads)
    assert isinstance(tag, RepairTag)
    engine.reset()
    for corrections in read_corrections(engine.connection(is_small=True), source, tag):
        delivery = deliveries.get((corrections.delivery.source_sha256, corrections.delivery.profile))
        if delivery is None:
            continue
        for place, row in corrections.rows.items():
            delivery.rows.pop(place, None)
            wrong = still_wrong.get((row.workbook_sheet, row.workbook_row), [])
            if wrong:
                delivery.rows[place] = OpenRow(wrong, dict(row.cells))
            else:
                delivery.corrected_count += 1


def _leave_out_settled(con: duckdb.DuckDBPyConnection, data_dir: Path, deliveries: Sequence[OpenDelivery]) -> None:
    """A key that landed with a later delivery needs no correction of the earlier one."""
    waiting = {f.batch.dataset for d in deliveries for row in d.rows.values() for f in row.faults if f.row_key}
    if not waiting:
        return
    create_landed_views(con, data_dir)
    contract = load_contract()
    latest: dict[tuple[str, str], str] = {}
    for name in sorted(filter(None, waiting)):
        dataset = contract.get(name)
        keys = " || chr(31) || ".join(f"{ident(key)}::varchar" for key in dataset.keys)
        asked = {
            f.row_key for d in deliveries for r in d.rows.values() for f in r.faults if f.batch.dataset == name
        } - {None}
        con.execute("create or replace temp table asked (row_key varchar)")
        insert_rows(con, "asked", [[key] for key in sorted(asked)])
        for key, stamp in con.execute(
            f"select {keys} as row_key, max(_delivered_at)::varchar from landed_{dataset.system}.{ident(name)} "
            f"where {keys} in (select row_key from asked) group by 1"
        ).fetchall():
            latest[name, key] = stamp
    for delivery in deliveries:
        settled = [p for p, row in delivery.rows.items() if all(_is_settled(f, latest) for f in row.faults)]
        for place in settled:
            del delivery.rows[place]
        delivery.settled_count = len(settled)


def _is_settled(fault: Fault, latest: dict[tuple[str, str], str]) -> bool:
    stamp = latest.get((fault.batch.dataset or "", fault.row_key or ""))
    return stamp is not None and stamp > _as_utc_text(fault.batch.delivered_at)


def _as_utc_text(stamp: str) -> str:
    from datetime import UTC, datetime

    return datetime.fromisoformat(stamp).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _filtered(delivery: OpenDelivery, dataset: str | None, prefix: str | None) -> OpenDelivery:
    def is_wanted(fault: Fault) -> bool:
        ids = [b.batch_id for b in delivery.batches] + [fault.batch.batch_id]
        return (dataset is None or fault.batch.dataset == dataset) and (
            prefix is None or any(i.startswith(prefix) for i in ids)
        )

    rows = {place: row for place, row in delivery.rows.items() if any(map(is_wanted, row.faults))}
    return replace(delivery, rows=rows, broken=[f for f in delivery.broken if is_wanted(f)])


@contextmanager
def _work_engine() -> Iterator[tuple[Engine, Path]]:
    with TemporaryDirectory(prefix="hufu-quarantine-") as name:
        engine = Engine(Path(name))
        try:
            yield engine, Path(name)
        finally:
            engine.close()


# --------------------------------------------------------------------------------------------------------- the workbook


@dataclass(frozen=True)
class Exported:
    """What a workbook holds."""

    rows: int
    sheets: tuple[str, ...]
    broken: int
    unreadable: dict[str, str]
    """Files whose rows could not be read again, and why."""


@dataclass
class _Layout:
    """Deliveries whose files have the same columns, for one sheet."""

    name: str
    columns: tuple[str, ...]
    rows: list[_SheetRow] = field(default_factory=list)


@dataclass(frozen=True)
class _SheetRow:
    cells: Sequence[str | None]
    faults: Sequence[Fault]
    wrong: frozenset[str]
    mark: str
    file: str
    place: Place


_HEADINGS = {
    "zh": ("⚠ 有问题的列", "⚠ 原来的值", "⚠ 原因", "⚠ 文件", "⚠ 行号"),
    "en": ("⚠ column", "⚠ value", "⚠ reason", "⚠ file", "⚠ row"),
}
_LEADING = 3
_GUIDE_NAME = Words("先读我", "read me first")
_BROKEN_NAME = Words("无法在此更正", "not correctable here")
_GUIDE = Words(
    "更正表：{rows} 行数据未能导入，原因写在每一行的左侧。\n"
    "1. 在各工作表中改正标红的单元格，直接覆盖原来的内容。所有单元格都是文本，编号前面的 0 不会丢失。\n"
    "2. 不需要或无法改正的行可以整行删除，也可以原样保留：未改好的行会再次进入隔离区。\n"
    "3. 不要改动表头，不要改动隐藏的 _hufu 列和 _hufu 工作表，它们说明每一行属于哪份文件的哪一行。\n"
    "4. 保存为 .xlsx，放进收件箱的任意位置，再运行 `hufu run`。只有改好的行会导入，其余数据不受影响。\n"
    "⚠ 列只供阅读，不会导入。此文件含有原始数据，可能包含个人信息，请妥善保管。",
    "Corrections: {rows} rows could not be taken in; the reason stands at the left of each.\n"
    "1. Correct the red cells, right where they are. All cells are text, so leading zeros stay.\n"
    "2. Rows that you do not need or cannot correct may be deleted or left: what is still wrong is quarantined again.\n"
    "3. Leave the header, the hidden column _hufu and the hidden sheet _hufu as they are: they say which row of which "
    "file each row is.\n"
    "4. Save as .xlsx, put the file anywhere in the inbox and run `hufu run`. Only corrected rows are taken in.\n"
    "The columns with ⚠ are for reading only. This file holds original data, maybe about persons: keep it safe.",
)
_BROKEN_HINT = Words(
    "这些行的格式有误（例如列数与表头不符），无法逐格更正。请在原文件中改正后重新交付该文件。",
    "These rows are malformed (such as a different number of cells than the header has), so there are no cells to "
    "correct. Mend them in the original file and deliver it again.",
)
_BROKEN_HEADINGS = {"zh": ("文件", "行号", "原因", "原文"), "en": ("file", "row", "reason", "text")}


def export(deliveries: Sequence[OpenDelivery], data_dir: Path, inbox: Path, out: Path, language: Language) -> Exported:
    """Write the workbook of all open rows. Raises TooManyRows before anything is written."""
    count = sum(d.open_count for d in deliveries)
    if count > MAX_ROWS:
        raise TooManyRows(f"{count:,} rows are more than a person corrects (the limit is {MAX_ROWS:,})")
    rules = Rules.load(inbox, None)
    layouts: dict[tuple[str, tuple[str, ...]], _Layout] = {}
    tagged: list[RepairedDelivery] = []
    unreadable: dict[str, str] = {}
    broken = [fault for delivery in deliveries for fault in delivery.broken]
    with _work_engine() as (engine, folder):
        for delivery in deliveries:
            if not delivery.rows:
                continue
            engine.reset()
            con = engine.connection(is_small=True)
            work = folder / f"original-{len(tagged)}-{len(unreadable)}"
            work.mkdir()
            try:
                link_or_copy(data_dir / (delivery.first.source_path or ""), work / "source")
                original = read_original(con, work / "source", delivery.first, work, rules)
            except SetAside as error:
                unreadable[delivery.first.source_file] = error.reason.zh if language == "zh" else error.reason.en
                broken += delivery.faults()
                continue
            tagged.append(_tagged(delivery))
            key = (delivery.first.profile or CANONICAL, tuple(original.loaded.columns))
            layout = layouts.setdefault(key, _Layout(_layout_name(original, language), key[1]))
            cells = original_cells(con, original, delivery.rows)
            layout.rows += _sheet_rows(original, cells, delivery, len(tagged))
            broken += [f for place, row in delivery.rows.items() if place not in cells for f in row.faults]
    book = Workbook(write_only=True)
    rows = sum(len(layout.rows) for layout in layouts.values())
    add_guide(book, _GUIDE_NAME.say(language), [[line] for line in _GUIDE.say(language, rows=rows).split("\n")])
    sheets = [_add_layout(book, layout, language) for layout in layouts.values()]
    if broken:
        _add_broken(book, broken, language)
    if sheets:
        add_tag(book, RepairTag(sheets=tuple(sheets), deliveries=tuple(tagged)))
    save(book, out)
    return Exported(rows, tuple(sheets), len(broken), unreadable)


def _tagged(delivery: OpenDelivery) -> RepairedDelivery:
    first = delivery.first
    return RepairedDelivery(
        source_sha256=first.source_sha256,
        source_file=first.source_file,
        delivered_at=first.delivered_at,
        profile=first.profile or CANONICAL,
        datasets=tuple(b.dataset or "" for b in delivery.batches),
        batch_ids=tuple(b.batch_id for b in delivery.batches),
    )


def _layout_name(original: Original, language: Language) -> str:
    recognition = original.recognition
    title = recognition.dataset.title if isinstance(recognition, CanonicalTable) else recognition.profile.title
    if title is None:
        return recognition.profile.name  # type: ignore[union-attr] - a dataset has a title
    return title.zh if language == "zh" else title.en


def _sheet_rows(
    original: Original, cells: Mapping[Place, list[str | None]], delivery: OpenDelivery, number: int
) -> list[_SheetRow]:
    columns = original.loaded.columns
    datasets = _datasets(original)
    read_by: dict[tuple[str, str], set[str]] = {}
    for feed in feeds(original.recognition, datasets, columns):
        read_by.setdefault((feed.dataset, feed.column), set()).add(feed.header)
    found = []
    for place in sorted(delivery.rows.keys() & cells.keys(), key=lambda p: (p[0] or "", p[1])):
        row = delivery.rows[place]
        values = [
            shown_text(value) if row.corrected is None or name not in row.corrected else row.corrected[name]
            for name, value in zip(columns, cells[place], strict=True)
        ]
        wrong = frozenset(
            header for f in row.faults if f.column for header in read_by.get((f.batch.dataset or "", f.column), ())
        )
        found.append(_SheetRow(values, row.faults, wrong, row_mark(number, place), delivery.first.source_file, place))
    return found


def _datasets(original: Original) -> list[Dataset]:
    if isinstance(original.recognition, CanonicalTable):
        return [original.recognition.dataset]
    contract = load_contract()
    return [contract.get(target.dataset) for target in original.recognition.profile.datasets]


def _add_layout(book: Workbook, layout: _Layout, language: Language) -> str:
    sheet = book.create_sheet(sheet_name(layout.name, book.sheetnames))
    headings = _HEADINGS[language]
    texts = [_texts(row, language) for row in layout.rows]
    names = [*headings[:_LEADING], *layout.columns, *headings[_LEADING:], MARK_COLUMN]
    set_widths(sheet, [names, *texts[:_WIDTH_ROWS]])
    sheet.freeze_panes = f"{get_column_letter(_LEADING + 1)}2"
    sheet.column_dimensions[get_column_letter(len(names))].hidden = True
    ours = {0, 1, 2, len(names) - 3, len(names) - 2, len(names) - 1}
    sheet.append(
        [text_cell(sheet, n, colour=REASON if i in ours else OPTIONAL, bold=True) for i, n in enumerate(names)]
    )
    for row, cells in zip(layout.rows, texts, strict=True):
        sheet.append(
            [
                text_cell(sheet, text, colour=_colour(names[i], i in ours, row), grey=i >= len(names) - 3)
                for i, text in enumerate(cells)
            ]
        )
    return sheet.title


def _colour(name: str, is_ours: bool, row: _SheetRow) -> str | None:
    if is_ours:
        return REASON
    return WRONG if name in row.wrong else None


def _texts(row: _SheetRow, language: Language) -> list[str | None]:
    contract = load_contract()
    columns, values, reasons = [], [], []
    for fault in row.faults:
        column = contract.get(fault.batch.dataset or "").column(fault.column) if fault.column else None
        label = column.label.zh if column and column.label and language == "zh" else fault.column
        columns.append(label or "")
        values.append("" if fault.value is None else fault.value)
        reasons.append(fault.reason(language))
    sheet, number = row.place
    file = f"{row.file}#{sheet}" if sheet else row.file
    return ["\n".join(columns), "\n".join(values), "\n".join(reasons), *row.cells, file, str(number), row.mark]


def _add_broken(book: Workbook, faults: Sequence[Fault], language: Language) -> None:
    rows = [[_BROKEN_HINT.say(language)], [""], list(_BROKEN_HEADINGS[language])]
    for fault in faults:
        text = fault.raw if fault.value is None else fault.value
        rows.append([fault.source_file, str(fault.source_row), fault.reason(language), text or ""])
    add_guide(book, _BROKEN_NAME.say(language), rows, bold_rows=(2,))
