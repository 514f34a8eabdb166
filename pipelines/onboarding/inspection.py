"""What a file would become, without landing it.

Belongs here: a landing of one file into a folder that is thrown away, and everything about it that a person asks for.
Does not belong here: how it is shown (`inspection_view`), landing itself.

The real landing code does the work, so what is shown here is what `hufu run` does.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipelines.contract import Contract, Dataset, load_contract
from pipelines.contract.profile import Profile
from pipelines.landing import create_landed_views, land_inbox
from pipelines.landing.corrections import read_original
from pipelines.landing.engine import Engine
from pipelines.landing.header import candidates
from pipelines.landing.land import FileOutcome
from pipelines.landing.reading.opening import open_source
from pipelines.landing.reading.table import Head, Pick
from pipelines.landing.reasons import Reason, SetAside
from pipelines.landing.recognise import CanonicalTable, ProfiledTable, Recognition, suffix_of
from pipelines.landing.register import Batch, active_batches, read_batches, register_batch
from pipelines.landing.rules import Rules
from pipelines.landing.storage import MANIFEST, PROFILES_FOLDER, link_or_copy
from pipelines.landing.tag import RepairTag, TemplateTag, read_tag
from pipelines.onboarding.sources import Feed, feeds
from pipelines.onboarding.suggest import Suggestion, suggest
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

SAMPLE_ROWS = 10
SHOWN_FAULTS = 20
_NEAREST = 3
_ACCOUNT = r"^[a-z][a-z0-9]*:.+"


@dataclass(frozen=True)
class Sample:
    """A few rows with their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class FaultCount:
    """One kind of fault of a batch."""

    column: str | None
    reason: Reason
    count: int


@dataclass(frozen=True)
class BadCell:
    """One fault of one row."""

    source_row: int
    column: str | None
    value: str | None
    reason: Reason


@dataclass(frozen=True)
class DatasetView:
    """What one dataset gets of the file."""

    batch: Batch
    after: Sample
    fault_counts: tuple[FaultCount, ...]
    bad_cells: tuple[BadCell, ...]
    unknown_accounts: tuple[str, ...]
    """Values of the form `system:account` that no identity resolves."""


@dataclass(frozen=True)
class TableView:
    """One table of the file and what it is taken for."""

    recognition: Recognition
    columns: tuple[str, ...]
    feeds: tuple[Feed, ...]
    before: Sample
    datasets: tuple[DatasetView, ...]

    @property
    def picks(self) -> tuple[Pick, ...]:
        return self.recognition.picks

    @property
    def profile(self) -> Profile | None:
        return self.recognition.profile if isinstance(self.recognition, ProfiledTable) else None

    def fate(self, column: str) -> str:
        """read, rules (used by the profile's own rules), extra (kept beside the row)."""
        if any(feed.header == column for feed in self.feeds):
            return "read"
        unknown = {name for view in self.datasets for name in view.batch.unknown_columns}
        return "extra" if column in unknown else "rules"


@dataclass(frozen=True)
class NearProfile:
    """A profile that does not fit, and what it misses."""

    profile: Profile
    found: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class FileView:
    """One file: the inspected one, or a member of the inspected archive."""

    outcome: FileOutcome
    heads: tuple[Head, ...] = ()
    tag: TemplateTag | RepairTag | None = None
    tables: tuple[TableView, ...] = ()
    near_profiles: tuple[NearProfile, ...] = ()
    suggestion: Suggestion | None = None


@dataclass(frozen=True)
class Inspection:
    """All that an inspection found."""

    relative: str
    files: tuple[FileView, ...] = field(default_factory=tuple)

    @property
    def is_recognised(self) -> bool:
        return any(view.tables for view in self.files)


def inspect(path: Path, relative: str, inbox: Path, data_dir: Path) -> Inspection:
    """Land the file in a temporary folder as if it lay at `relative` in the inbox, and look at what became of it.

    Own profiles and the manifest come from `inbox`, identities and corrected deliveries from `data_dir`; nothing is
    written to either. Raises LandingError as a landing does.
    """
    with TemporaryDirectory(prefix="hufu-inspect-") as folder:
        root = Path(folder)
        own_inbox, own_data = root / "inbox", root / "data"
        target = own_inbox / relative
        target.parent.mkdir(parents=True)
        shutil.copy2(path, target)
        _copy_rules(inbox, own_inbox)
        work = root / "work"
        work.mkdir()
        _bring_corrected_deliveries(target, data_dir, own_data, work)
        report = land_inbox(own_inbox, own_data)
        rules = Rules.load(own_inbox, None)
        accounts = _known_accounts(data_dir) | _known_accounts(own_data)
        engine = Engine(root)
        try:
            files = tuple(
                _file_view(outcome, root, own_data, rules, engine, accounts, number)
                for number, outcome in enumerate(report.files)
            )
        finally:
            engine.close()
    return Inspection(relative, files)


def _copy_rules(inbox: Path, target: Path) -> None:
    for name in (PROFILES_FOLDER, MANIFEST):
        if (inbox / name).is_dir():
            shutil.copytree(inbox / name, target / name)
        elif (inbox / name).is_file():
            shutil.copyfile(inbox / name, target / name)


def _bring_corrected_deliveries(path: Path, data_dir: Path, own_data: Path, work: Path) -> None:
    """A workbook of corrections means nothing without the deliveries that it corrects."""
    try:
        tag = read_tag(open_source(path, suffix_of(path.name), work, None, None).heads)
    except SetAside:
        return
    if not isinstance(tag, RepairTag):
        return
    contents = {delivery.source_sha256 for delivery in tag.deliveries}
    for batch in read_batches(data_dir):
        if batch.source_sha256 not in contents or batch.status != "landed":
            continue
        for relative in filter(None, (batch.source_path, batch.landed_path, batch.quarantine_path)):
            target = own_data / relative
            if not target.exists() and (data_dir / relative).exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                link_or_copy(data_dir / relative, target)
        register_batch(own_data, batch)


def _file_view(
    outcome: FileOutcome,
    root: Path,
    own_data: Path,
    rules: Rules,
    engine: Engine,
    accounts: set[str],
    number: int,
) -> FileView:
    import duckdb

    batches = [b for b in active_batches(own_data) if b.batch_id in outcome.batch_ids]
    work = root / "work" / str(number)
    work.mkdir()
    kept = next((own_data / b.source_path for b in batches if b.source_path), None)
    source_path = kept or root / "inbox" / outcome.source_file
    if not source_path.is_file():
        return FileView(outcome)
    link_or_copy(source_path, work / "source")
    try:
        heads = open_source(work / "source", suffix_of(outcome.source_file), work, None, None).heads
        tag = read_tag(heads)
    except SetAside:
        return FileView(outcome)
    if isinstance(tag, RepairTag):
        return FileView(outcome, heads, tag, _repair_views(batches, own_data))
    tables = []
    with duckdb.connect() as con:
        for name in dict.fromkeys(b.profile for b in batches):
            mine = [b for b in batches if b.profile == name]
            engine.reset()
            loading = engine.connection(is_small=True)
            original = read_original(loading, work / "source", mine[0], work, rules)
            columns = original.loaded.columns
            datasets = _datasets(original.recognition, rules.contract)
            found = tuple(feeds(original.recognition, datasets, columns))
            tables.append(
                TableView(
                    original.recognition,
                    columns,
                    found,
                    _before(loading, columns, found),
                    tuple(_dataset_view(con, own_data, batch, rules.contract, accounts) for batch in mine),
                )
            )
    if tables or outcome.status != "set_aside":
        return FileView(outcome, heads, tag, tuple(tables))
    profiles = (*rules.own_profiles, *rules.shipped_profiles)
    return FileView(
        outcome, heads, tag, (), _near_profiles(heads, profiles), _suggestion(work, outcome, rules, profiles)
    )


def _repair_views(batches: Sequence[Batch], own_data: Path) -> tuple[TableView, ...]:
    """Corrections are shown by what becomes of them; their columns are those of the deliveries that they correct."""
    import duckdb

    contract = load_contract()
    views = []
    with duckdb.connect() as con:
        for batch in batches:
            dataset = contract.get(batch.dataset or "")
            view = _dataset_view(con, own_data, batch, contract, set())
            views.append(TableView(CanonicalTable(dataset, ()), (), (), Sample((), ()), (view,)))
    return tuple(views)


def _datasets(recognition: Recognition, contract: Contract) -> list[Dataset]:
    if isinstance(recognition, CanonicalTable):
        return [recognition.dataset]
    return [contract.get(target.dataset) for target in recognition.profile.datasets]


def _before(con: duckdb.DuckDBPyConnection, columns: Sequence[str], found: Iterable[Feed]) -> Sample:
    """The first records; columns that something reads come first."""
    read = dict.fromkeys(feed.header for feed in found)
    ordered = [*(name for name in columns if name in read), *(name for name in columns if name not in read)]
    listed = "".join(f", {ident(name)}" for name in ordered)
    rows = con.execute(f"select _source_row{listed} from source order by _record limit {SAMPLE_ROWS}").fetchall()
    return Sample(("#", *ordered), tuple(rows))


def _dataset_view(
    con: duckdb.DuckDBPyConnection, own_data: Path, batch: Batch, contract: Contract, accounts: set[str]
) -> DatasetView:
    dataset = contract.get(batch.dataset or "")
    landed = f"read_parquet({literal(str(own_data / (batch.landed_path or '')))}, file_row_number = true)"
    filled = con.execute(
        "select " + ", ".join(f"count({ident(name)})" for name in dataset.column_names) + f" from {landed}"
    ).fetchone()
    shown = [name for name, count in zip(dataset.column_names, filled, strict=True) if count]
    number = f"coalesce(_source_row, file_row_number + {batch.first_source_row or 0})"
    listed = "".join(f", {ident(name)}" for name in shown)
    rows = con.execute(f"select {number}{listed} from {landed} order by file_row_number limit {SAMPLE_ROWS}").fetchall()
    counts, cells = _faults(con, own_data, batch)
    return DatasetView(
        batch,
        Sample(("#", *shown), tuple(rows)),
        counts,
        cells,
        _unknown_accounts(con, landed, dataset, shown, accounts),
    )


def _faults(
    con: duckdb.DuckDBPyConnection, own_data: Path, batch: Batch
) -> tuple[tuple[FaultCount, ...], tuple[BadCell, ...]]:
    if batch.quarantine_path is None:
        return (), ()
    path = f"read_parquet({literal(str(own_data / batch.quarantine_path))})"
    counts = con.execute(
        f"select column_name, reason_code, reason_zh, reason_en, count(*) from {path} group by all "
        "order by count(*) desc, column_name, reason_code"
    ).fetchall()
    cells = con.execute(
        f"select source_row, column_name, coalesce(value, case when column_name is null then raw end), reason_code, "
        f"reason_zh, reason_en from {path} limit {SHOWN_FAULTS}"
    ).fetchall()
    return (
        tuple(FaultCount(column, Reason(*reason), count) for column, *reason, count in counts),
        tuple(BadCell(row, column, value, Reason(*reason)) for row, column, value, *reason in cells),
    )


def _known_accounts(data_dir: Path) -> set[str]:
    """`system:account` of every identity that is on record in the real data folder."""
    import duckdb

    if not (data_dir / "register").is_dir():
        return set()
    with duckdb.connect() as con:
        create_landed_views(con, data_dir)
        rows = con.execute("select distinct system || ':' || account from landed_hr.identities").fetchall()
    return {account for (account,) in rows}


def _unknown_accounts(
    con: duckdb.DuckDBPyConnection, landed: str, dataset: Dataset, shown: Sequence[str], known: set[str]
) -> tuple[str, ...]:
    found: set[str] = set()
    for column in dataset.columns:
        if column.person and column.name in shown:
            rows = con.execute(
                f"select distinct {ident(column.name)} from {landed} "
                f"where regexp_matches({ident(column.name)}, {literal(_ACCOUNT)})"
            ).fetchall()
            found.update(value for (value,) in rows)
    return tuple(sorted(found - known))


# --------------------------------------------------------------------------------------- nothing fits: what is near


def _near_profiles(heads: Sequence[Head], profiles: Iterable[Profile]) -> tuple[NearProfile, ...]:
    """Profiles by the share of their headers that some header of the file has."""
    tables = [candidate.columns for head in heads if not head.is_lines for candidate in candidates(head)]
    near = []
    for profile in profiles:
        wanted = [(name,) for name in profile.match.headers] + list(profile.demanded_reads)
        for entry in profile.match.sheets:
            wanted += [(name,) for name in entry.headers]
        wanted = list(dict.fromkeys(wanted))
        best: list[tuple[str, ...]] = []
        for columns in tables:
            found = [names for names in wanted if any(columns.find(name) for name in names)]
            best = max(best, found, key=len)
        if len(best) >= 2:
            missing = tuple(" / ".join(names) for names in wanted if names not in best)
            near.append(NearProfile(profile, len(best), missing))
    near.sort(key=lambda n: (-n.found / (n.found + len(n.missing)), -n.found, n.profile.name))
    return tuple(near[:_NEAREST])


def _suggestion(work: Path, outcome: FileOutcome, rules: Rules, profiles: Sequence[Profile]) -> Suggestion | None:
    named = work / re.sub(r"[^\w.\u3400-\u9fff-]", "_", Path(outcome.source_file).name)
    link_or_copy(work / "source", named)
    try:
        return suggest(named, rules.contract, profiles)
    except SetAside:
        return None


def as_record(inspection: Inspection) -> dict[str, Any]:
    """For machines: everything that is shown, as plain values."""
    return {
        "path": inspection.relative,
        "is_recognised": inspection.is_recognised,
        "files": [_file_record(view) for view in inspection.files],
    }


def _file_record(view: FileView) -> dict[str, Any]:
    outcome = view.outcome
    return {
        "source_file": outcome.source_file,
        "status": outcome.status,
        "counts": asdict(outcome.counts),
        "reason": asdict(outcome.reason) if outcome.reason else None,
        "notices": [asdict(notice) for notice in outcome.notices],
        "workbook": view.tag.kind if view.tag else None,
        "tables": [_table_record(table) for table in view.tables],
        "near_profiles": [
            {"name": n.profile.name, "found": n.found, "missing": list(n.missing)} for n in view.near_profiles
        ],
        "nearest_dataset": None
        if view.suggestion is None
        else {
            "dataset": view.suggestion.best.dataset.name,
            "score": view.suggestion.best.score,
            "missing": [c.name for c in view.suggestion.best.missing],
        },
    }


def _table_record(table: TableView) -> dict[str, Any]:
    profile = table.profile
    return {
        "profile": profile.name if profile else None,
        "evidence": profile.evidence if profile else None,
        "note": profile.note.model_dump() if profile and profile.note else None,
        "sheets": [pick.head.sheet for pick in table.picks],
        "header_records": [pick.header_record for pick in table.picks],
        "titles": [pick.title for pick in table.picks],
        "columns": {
            name: {
                "fate": table.fate(name),
                "feeds": [f"{f.dataset}.{f.column}" for f in table.feeds if f.header == name],
            }
            for name in table.columns
        },
        "before": {"columns": list(table.before.columns), "rows": [list(row) for row in table.before.rows]},
        "datasets": [_dataset_record(view) for view in table.datasets],
    }


def _dataset_record(view: DatasetView) -> dict[str, Any]:
    b = view.batch
    return {
        "dataset": b.dataset,
        "delivery": b.delivery,
        "delivered_at": b.delivered_at,
        "covers": [b.covers_from, b.covers_to],
        "encoding": b.encoding,
        "read": b.read_count,
        "accepted": b.accepted_count,
        "quarantined": b.quarantined_count,
        "duplicate": b.duplicate_count,
        "ignored": b.ignored_count,
        "ignored_by_rule": b.ignored_by_rule,
        "rows": b.landed_count,
        "after": {"columns": list(view.after.columns), "rows": [list(row) for row in view.after.rows]},
        "faults": [{"column": f.column, "reason": asdict(f.reason), "count": f.count} for f in view.fault_counts],
        "bad_cells": [
            {"source_row": c.source_row, "column": c.column, "value": c.value, "reason": asdict(c.reason)}
            for c in view.bad_cells
        ],
        "unknown_accounts": list(view.unknown_accounts),
    }
