"""From the table `source` to finished Parquet files: the landed rows, the quarantine, the counts of a batch.

Belongs here: what is written for one file, before anything of it is durable. Does not belong here: where finished
files go (`land`), how values are judged (`check`), how a profile is read (`mapping`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contract import Dataset
from pipelines.contract.model import PROVENANCE_COLUMNS
from pipelines.contract.profile import Profile
from pipelines.evidence.blocks import BLOCK_ROWS, batch_root, block_hashes
from pipelines.landing import check, mapping
from pipelines.landing.corrections import restrict_records, restrict_rows
from pipelines.landing.engine import copy_to
from pipelines.landing.header import tables_of
from pipelines.landing.period import Period, whole_period
from pipelines.landing.reading.table import Loaded
from pipelines.landing.reasons import row_reason
from pipelines.landing.recognise import CanonicalTable, ProfiledTable, Recognition, column_map, header_key
from pipelines.landing.register import QUARANTINE_COLUMNS, Batch, Counts
from pipelines.landing.storage import link_or_copy
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

_ACCEPTED, _QUARANTINED, _DUPLICATE = 3, 2, 1
_NO_MONEY = "0.00"
# Stands for the record number of a row that is not good, until the others are numbered.
_BAD_ROW = -1


@dataclass(frozen=True)
class Table:
    """A recognised file and the batches that it makes."""

    recognition: Recognition
    datasets: tuple[Dataset, ...]
    profile: Profile | None
    name: str
    """Of the profile, or `canonical`."""
    version: str
    batch_ids: tuple[str, ...]
    periods: tuple[Period | None, ...] = ()
    """What each pick says it covers, as far as the profile asks."""
    corrects: str | None = None
    """Path of the delivery whose records are here again, corrected; null for a delivery of its own."""

    @property
    def period(self) -> Period | None:
        return whole_period(self.periods)


def finished_file(folder: Path, batch: Batch, kind: str) -> Path:
    """Where a batch's finished `landed` or `quarantine` file waits to be put in place."""
    return folder / f"{batch.batch_id}-{kind}.parquet"


class TableWriter:
    """Writes the batches of one loaded file into its folder."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.con = con
        self.folder = folder

    def write(self, base: Batch, table: Table, loaded: Loaded) -> list[Batch]:
        """The batches with their counts and roots. `base` holds what the batches have in common."""
        return [self._with_root(batch) for batch in self._write(base, table, loaded)]

    def _write(self, base: Batch, table: Table, loaded: Loaded) -> list[Batch]:
        if loaded.reload is not None:
            batch = self._write_single_pass(base, table, loaded)
            if batch is not None:
                return [batch]
            loaded = loaded.reload()
            base = replace(base, encoding=loaded.encoding)
        if isinstance(table.recognition, CanonicalTable):
            return [self._write_canonical(base, table, table.recognition, loaded)]
        return self._write_profiled(base, table, table.recognition, loaded)

    def _with_root(self, batch: Batch) -> Batch:
        return batch if batch.landed_path is None else with_root(self.con, batch, self._out(batch))

    def _named(self, base: Batch, table: Table, position: int) -> Batch:
        dataset = table.datasets[position]
        target = table.profile.datasets[position] if table.profile else None
        return replace(
            base,
            batch_id=table.batch_ids[position],
            system=dataset.system,
            dataset=dataset.name,
            # A few rows that come back are never the whole truth.
            delivery="delta" if table.corrects else (target.delivery if target else None) or dataset.delivery,
            landed_path=f"lake/{dataset.system}/{dataset.name}/{_file_name(base)}-{table.version}.parquet",
        )

    def _write_single_pass(self, base: Batch, table: Table, loaded: Loaded) -> Batch | None:
        """Straight from the file to Parquet. None where it needs more than one look: a profile, a record of several
        lines, a blank line.

        Every line is then a row, in the file's order, so a row's place in the Parquet file is its record number; where
        rows are taken out afterwards, the others get theirs written down.
        """
        import duckdb

        if not isinstance(table.recognition, CanonicalTable):
            return None
        dataset = table.recognition.dataset
        batch = replace(self._named(base, table, 0), first_source_row=loaded.first_source_row)
        cells, unknown = _canonical_cells(table.recognition, loaded)
        out = self._out(batch)
        select = check.checked_sql(cells, self.con, _constants(batch, False), keep=(), is_single_pass=True)
        marked = f"select * replace (case when not _is_good then {_BAD_ROW} end as _source_row) from ({select})"
        try:
            rows = copy_to(self.con, f"select {_landed_columns(dataset)} from ({marked})", out)
        except duckdb.Error:
            return None  # the careful way says exactly what is wrong and where
        if rows != loaded.records:
            return None
        (bad,) = self.con.execute(f"select count(_source_row) from read_parquet({literal(str(out))})").fetchone()
        if bad or self._count_keys(dataset, out) != rows:
            self._number_rows(out, loaded.first_source_row or 0)
            if bad and loaded.reload is not None:
                loaded = loaded.reload()
            return self._finish(replace(batch, first_source_row=None), cells, loaded, unknown, rows - bad)
        counts = Counts(rows, rows, 0, 0, 0)
        batch = self._with_totals(_counted(batch, counts), dataset, out)
        nothing = dict.fromkeys(batch.money_totals, _NO_MONEY)
        return replace(
            batch,
            file_money_totals=batch.money_totals,
            quarantined_money_totals=nothing,
            duplicate_money_totals=nothing,
            file_counts=asdict(counts),
            unknown_columns=unknown,
        )

    def _number_rows(self, out: Path, first_row: int) -> None:
        """Write the record numbers down, and leave the bad rows out."""
        numbered = out.with_suffix(".numbered")
        copy_to(
            self.con,
            f"select * exclude (file_row_number) replace (file_row_number + {first_row} as _source_row) "
            f"from read_parquet({literal(str(out))}, file_row_number = true) where _source_row is null",
            numbered,
        )
        os.replace(numbered, out)

    def _write_canonical(self, base: Batch, table: Table, table_of: CanonicalTable, loaded: Loaded) -> Batch:
        batch = self._named(base, table, 0)
        cells, unknown = _canonical_cells(table_of, loaded)
        select = check.checked_sql(cells, self.con, _constants(batch, loaded.has_sheets), keep=())
        good = copy_to(
            self.con, f"select {_landed_columns(cells.dataset)} from ({select}) where _is_good", self._out(batch)
        )
        return self._finish(batch, cells, loaded, unknown, good)

    def _finish(self, batch: Batch, cells: check.Cells, loaded: Loaded, unknown: list[str], good: int) -> Batch:
        """The batch once its good rows are written: repetitions out, the rest explained, everything counted.

        `source` is read again where rows are missing, so it must hold the file's records then.
        """
        dataset, out = cells.dataset, self._out(batch)
        quarantined = loaded.records - good + loaded.broken
        bad = self._bad_rows(batch, cells) if good < loaded.records else None
        in_file, of_bad = self._file_money(cells), self._money_of_bad(cells, bad)
        with_repeats = self._landed_money(dataset, out)
        duplicates = self._drop_repeats(dataset, out, good)
        if quarantined:
            self._create_faults()
            self._stage_faults(batch, bad, loaded.columns)
            self._stage_broken(batch)
            batch = self._write_quarantine(batch)
        counts = Counts(loaded.records + loaded.broken, good - duplicates, quarantined, duplicates, 0)
        batch = self._with_totals(_counted(batch, counts), dataset, out)
        repeated = {name: _difference(with_repeats[name], kept) for name, kept in batch.money_totals.items()}
        return replace(
            batch,
            file_money_totals=in_file,
            quarantined_money_totals=of_bad,
            duplicate_money_totals=repeated,
            file_counts=asdict(counts),
            unknown_columns=unknown,
        )

    def _write_profiled(self, base: Batch, table: Table, table_of: ProfiledTable, loaded: Loaded) -> list[Batch]:
        con, profile = self.con, table_of.profile
        facts = {
            "_source_file": literal(table.corrects or base.source_file),
            "_delivered_day": f"{_utc(base.delivered_at)}::date",
        }
        names = mapping.map_records(con, table_of, loaded, facts, table.periods)
        has_sheets = loaded.has_sheets or table.corrects is not None
        if table.corrects is not None:
            restrict_records(con)
        con.execute("create temp table outcomes (batch_id varchar, _record bigint, status integer)")
        self._create_faults()
        batches = []
        for position, dataset in enumerate(table.datasets):
            batch = self._named(base, table, position)
            cells = mapping.map_target(con, names, profile.datasets[position], dataset)
            cells = replace(cells, blanks=loaded.blanks)
            if table.corrects is not None:
                restrict_rows(con)
            select = check.checked_sql(cells, con, _constants(batch, has_sheets), keep=("_target",))
            con.execute(
                f"create or replace temp table checked as select *, case when not _is_good then {_QUARANTINED} "
                "when row_number() over (partition by _row_hash, _is_good order by _target) = 1 "
                f"then {_ACCEPTED} else {_DUPLICATE} end as _outcome from ({select})"
            )
            con.execute(
                f"insert into outcomes select {literal(batch.batch_id)}, parts._record, max(checked._outcome) "
                "from parts join checked using (_target) group by parts._record"
            )
            out = self._out(batch)
            good = f"from checked where _outcome = {_ACCEPTED} order by _target"
            copy_to(self.con, f"select {_landed_columns(dataset)} {good}", out)
            bad = _faulty(con, cells)
            self._stage_faults(batch, bad, loaded.columns)
            batch = replace(
                self._with_totals(batch, dataset, out),
                file_money_totals=self._file_money(cells),
                quarantined_money_totals=self._money_of_bad(cells, bad),
                duplicate_money_totals=self._repeated_money(dataset),
            )
            batches.append(batch)
        if batches:
            self._stage_broken(batches[0])
            self._stage_unmapped(batches[0], loaded.columns)
        else:
            batches = [replace(base, batch_id=table.batch_ids[0], status="ignored")]
        unread = mapping.unread_columns(names)
        file_counts = asdict(self._count_file())
        return [
            replace(
                self._write_quarantine(self._count(batch, is_first=position == 0)),
                file_counts=file_counts,
                unknown_columns=unread,
            )
            for position, batch in enumerate(batches)
        ]

    def _ignored_by_rule(self) -> dict[str, int]:
        return dict(
            self.con.execute(
                "select _ignored_by, count(*) from records where _ignored_by is not null group by 1 order by 1"
            ).fetchall()
        )

    def _count(self, batch: Batch, is_first: bool) -> Batch:
        """The file's records as this batch sees them. What no dataset took is the first batch's to explain."""
        by_status = dict(
            self.con.execute(
                f"select status, count(*) from outcomes where batch_id = {literal(batch.batch_id)} group by 1"
            ).fetchall()
        )
        by_rule = self._ignored_by_rule()
        quarantined = by_status.get(_QUARANTINED, 0)
        total = self._count_file()
        if is_first and batch.status == "landed":
            (orphans,) = self.con.execute(
                "select count(*) from records where _ignored_by is null "
                "and _record not in (select _record from outcomes)"
            ).fetchone()
            (broken,) = self.con.execute("select count(*) from broken").fetchone()
            quarantined += orphans + broken
        accepted, duplicate = by_status.get(_ACCEPTED, 0), by_status.get(_DUPLICATE, 0)
        elsewhere = total.read - accepted - quarantined - duplicate - sum(by_rule.values())
        if elsewhere:
            by_rule[mapping.OTHER_DATASET] = elsewhere
        counts = Counts(total.read, accepted, quarantined, duplicate, sum(by_rule.values()))
        return replace(_counted(batch, counts), ignored_by_rule=by_rule)

    def _count_file(self) -> Counts:
        """Each source record once, by the best that became of it."""
        (broken,) = self.con.execute("select count(*) from broken").fetchone()
        ranks = dict(
            self.con.execute(
                "with best as (select _record, max(status) as _best from outcomes group by _record), "
                f"ranked as (select case when _ignored_by is not null then 0 else coalesce(_best, {_QUARANTINED}) end "
                "as rank from records left join best using (_record)) select rank, count(*) from ranked group by 1"
            ).fetchall()
        )
        return Counts(
            read=sum(ranks.values()) + broken,
            accepted=ranks.get(_ACCEPTED, 0),
            quarantined=ranks.get(_QUARANTINED, 0) + broken,
            duplicate=ranks.get(_DUPLICATE, 0),
            ignored=ranks.get(0, 0),
        )

    def _out(self, batch: Batch) -> Path:
        return finished_file(self.folder, batch, "landed")

    def _drop_repeats(self, dataset: Dataset, out: Path, rows: int) -> int:
        """Take exact repetitions of a row out of the file. Equal keys are rare, so they are looked for first."""
        con, path = self.con, literal(str(out))
        if rows == self._count_keys(dataset, out):
            return 0
        (distinct_rows,) = con.execute(f"select count(distinct _row_hash) from read_parquet({path})").fetchone()
        if rows == distinct_rows:
            return 0
        once = out.with_suffix(".once")
        kept = copy_to(
            self.con,
            f"select * exclude (_repeat) from (select *, row_number() over (partition by _row_hash "
            f"order by _source_row, _source_file) as _repeat from read_parquet({path})) where _repeat = 1 "
            "order by _source_file, _source_row",
            once,
        )
        os.replace(once, out)
        return rows - kept

    def _count_keys(self, dataset: Dataset, out: Path) -> int:
        """At most the number of keys in the file, and all of them where no two hash alike."""
        keys = ", ".join(ident(key) for key in dataset.keys)
        (count,) = self.con.execute(
            f"select count(distinct hash({keys})) from read_parquet({literal(str(out))})"
        ).fetchone()
        return count

    def _with_totals(self, batch: Batch, dataset: Dataset, out: Path) -> Batch:
        event = ident(dataset.event_time.name) if dataset.event_time else "null"
        rows, first, last = self.con.execute(
            f"select count(*), min({event})::varchar, max({event})::varchar from read_parquet({literal(str(out))})"
        ).fetchone()
        return replace(
            batch,
            landed_count=rows,
            event_time_min=first,
            event_time_max=last,
            money_totals=self._landed_money(dataset, out),
        )

    def _landed_money(self, dataset: Dataset, out: Path) -> dict[str, str]:
        return self._sums(dataset, f"read_parquet({literal(str(out))})")

    def _repeated_money(self, dataset: Dataset) -> dict[str, str]:
        return self._sums(dataset, f"checked where _outcome = {_DUPLICATE}")

    def _sums(self, dataset: Dataset, relation: str) -> dict[str, str]:
        money = _money_columns(dataset)
        if not money:
            return {}
        sums = ", ".join(check.total(ident(name)) for name in money)
        return dict(zip(money, self.con.execute(f"select {sums} from {relation}").fetchone(), strict=True))

    def _file_money(self, cells: check.Cells) -> dict[str, str]:
        """Totals of all rows of the file, counted apart from what landed."""
        sql = check.money_sql(cells, self.con)
        if sql is None:
            return {}
        return dict(zip(_money_columns(cells.dataset), self.con.execute(sql).fetchone(), strict=True))

    def _money_of_bad(self, cells: check.Cells, bad: check.Cells | None) -> dict[str, str]:
        return dict.fromkeys(_money_columns(cells.dataset), _NO_MONEY) if bad is None else self._file_money(bad)

    def _bad_rows(self, batch: Batch, cells: check.Cells) -> check.Cells:
        """The same cells, only of records that did not land. Before repetitions are taken out of what landed."""
        self.con.execute(
            "create or replace temp table bad_rows as select * from source where not exists (select 1 from "
            f"read_parquet({literal(str(self._out(batch)))}) as landed where landed._source_row = source._source_row "
            f"and landed._source_file = {_source_file(batch, 'source')})"
        )
        return replace(cells, relation="bad_rows")

    def _create_faults(self) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in QUARANTINE_COLUMNS.items())
        self.con.execute(f"create or replace temp table faults ({columns})")

    def _stage_faults(self, batch: Batch, cells: check.Cells | None, columns: Sequence[str]) -> None:
        if cells is None:
            return
        faults = check.faults_sql(cells, self.con, keep=("_record",))
        self.con.execute(
            f"insert into faults select {literal(batch.batch_id)}, {literal(batch.dataset)}, "
            f"{_source_file(batch, 'fault')}, fault._source_row, fault.column_name, fault.value, fault.reason_code, "
            f"fault.reason_zh, fault.reason_en, {mapping.extra_json(columns, 'source')}, "
            f"fault.row_key "
            f"from ({faults}) as fault join source using (_record) order by _record"
        )

    def _stage_broken(self, batch: Batch) -> None:
        for (code,) in self.con.execute("select distinct reason_code from broken order by 1").fetchall():
            reason = row_reason(code)
            self.con.execute(
                f"insert into faults select {literal(batch.batch_id)}, {literal(batch.dataset)}, "
                f"{literal(batch.source_file)}, _source_row, null, raw, {literal(code)}, {literal(reason.zh)}, "
                f"{literal(reason.en)}, to_json(raw)::varchar, null from broken where reason_code = {literal(code)} "
                "order by _source_row"
            )

    def _stage_unmapped(self, batch: Batch, columns: Sequence[str]) -> None:
        reason = row_reason("unmapped")
        self.con.execute(
            f"insert into faults select {literal(batch.batch_id)}, {literal(batch.dataset)}, "
            f"{_source_file(batch, 'records')}, records._source_row, null, null, {literal(reason.code)}, "
            f"{literal(reason.zh)}, {literal(reason.en)}, {mapping.extra_json(columns, 'source')}, null "
            "from records join source using (_record) "
            "where _ignored_by is null and _record not in (select _record from outcomes) order by _record"
        )

    def _write_quarantine(self, batch: Batch) -> Batch:
        out = finished_file(self.folder, batch, "quarantine")
        if not copy_to(self.con, f"select * from faults where batch_id = {literal(batch.batch_id)}", out):
            return batch
        return replace(batch, quarantine_path=f"quarantine/{batch.batch_id}.parquet")

    def restamp(self, batch: Batch, data_dir: Path, delivered_at: str, source_file: str) -> Batch:
        """Write the batch's files again as of an earlier delivery of the same content."""
        # A killed run may have renamed already, so only what still has the old name changes.
        old, new = literal(batch.source_file), literal(source_file)

        def renamed(column: str) -> str:
            return (
                f"case when {column} = {old} then {new} when starts_with({column}, {old} || '#') "
                f"then {new} || substr({column}, {len(batch.source_file) + 1}) else {column} end as {column}"
            )

        in_landed = [renamed("_source_file"), f"{_utc(delivered_at)} as _delivered_at"]
        self._rewrite(batch, data_dir, batch.landed_path, "landed", in_landed)
        self._rewrite(batch, data_dir, batch.quarantine_path, "quarantine", [renamed("source_file")])
        return self._with_root(replace(batch, delivered_at=delivered_at, source_file=source_file))

    def _rewrite(self, batch: Batch, data_dir: Path, path: str | None, kind: str, replacements: Sequence[str]) -> None:
        if path is None:
            return
        before = self.folder / f"before-{kind}.parquet"
        link_or_copy(data_dir / path, before)
        select = f"select * replace ({', '.join(replacements)}) from read_parquet({literal(str(before))})"
        copy_to(self.con, select, finished_file(self.folder, batch, kind))
        before.unlink()


def with_root(con: duckdb.DuckDBPyConnection, batch: Batch, landed: Path) -> Batch:
    """The batch with the root over the rows of its landed file."""
    hashes = block_hashes(con, landed, batch.source_file, batch.first_source_row)
    return replace(batch, batch_root=batch_root(hashes), block_rows=BLOCK_ROWS)


def _canonical_cells(table_of: CanonicalTable, loaded: Loaded) -> tuple[check.Cells, list[str]]:
    """The cells of a file that speaks the contract's names, and its columns that the contract does not know."""
    columns = column_map(tables_of(table_of.picks, loaded.columns), table_of.dataset)
    mapped = {header_key(name) for names in columns.values() for name in names}
    unknown = [name for name in loaded.columns if header_key(name) not in mapped]
    cells = check.Cells(
        dataset=table_of.dataset,
        relation="source",
        expressions={column: f"coalesce({', '.join(map(ident, names))})" for column, names in columns.items()},
        extra=mapping.extra_json(unknown),
        blanks=loaded.blanks,
        may_be_scientific=loaded.has_plus,
    )
    return cells, unknown


def _faulty(con: duckdb.DuckDBPyConnection, cells: check.Cells) -> check.Cells | None:
    """The same cells, only of rows that were judged bad; None when there is none."""
    con.execute(
        f"create or replace temp view faulty_rows as select * from {cells.relation} "
        "where _target in (select _target from checked where not _is_good)"
    )
    (rows,) = con.execute("select count(*) from checked where not _is_good").fetchone()
    return replace(cells, relation="faulty_rows") if rows else None


def _money_columns(dataset: Dataset) -> list[str]:
    return [column.name for column in dataset.columns if column.type == "money"]


def _difference(whole: str, part: str) -> str:
    return str(Decimal(whole) - Decimal(part))


def _landed_columns(dataset: Dataset) -> str:
    return ", ".join([*(ident(name) for name in dataset.column_names), *PROVENANCE_COLUMNS])


def _file_name(batch: Batch) -> str:
    """By content; corrections of several deliveries may lie in one workbook."""
    return f"{batch.source_sha256[:16]}-{batch.repairs[:16]}" if batch.repairs else batch.source_sha256[:16]


def _constants(batch: Batch, has_sheets: bool) -> dict[str, str]:
    """Provenance that holds for the whole file, as SQL."""
    return {
        "_system": literal(batch.system),
        "_dataset": literal(batch.dataset),
        "_source_file": _source_file(batch, "joined") if has_sheets else literal(batch.source_file),
        "_source_sha256": literal(batch.source_sha256),
        "_batch_id": literal(batch.batch_id),
        "_delivered_at": _utc(batch.delivered_at),
    }


def _source_file(batch: Batch, relation: str) -> str:
    """The path, with the sheet where a file's record numbers are those of several sheets."""
    return f"{literal(batch.source_file)} || coalesce('#' || {relation}._sheet, '')"


def _utc(stamp: str) -> str:
    moment = datetime.fromisoformat(stamp).astimezone(UTC).replace(tzinfo=None)
    return f"timestamp {literal(moment.isoformat(sep=' ', timespec='microseconds'))}"


def _counted(batch: Batch, counts: Counts) -> Batch:
    return replace(
        batch,
        read_count=counts.read,
        accepted_count=counts.accepted,
        quarantined_count=counts.quarantined,
        duplicate_count=counts.duplicate,
        ignored_count=counts.ignored,
    )
