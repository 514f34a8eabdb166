"""Landing a few look-alike files, and the questions that the tests of this folder ask about them.

Belongs here: delivering, landing, reading back what landed. Does not belong here: any vendor's layout.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.landing import Batch, land_inbox
from pipelines.landing.register import read_batches

EVIDENCE_GRADES = set("ABCDI")
MARCH_6_2026 = datetime(2026, 3, 6, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Counted:
    """Source records of one batch: read = accepted + quarantined + duplicate + ignored."""

    read: int
    accepted: int
    quarantined: int = 0
    duplicate: int = 0
    ignored: int = 0


class Landed:
    """An inbox that was landed once."""

    def __init__(self, root: Path, files: Mapping[str, bytes], delivered_at: datetime = MARCH_6_2026) -> None:
        inbox, self.data = root / "inbox", root / "data"
        moment = delivered_at.timestamp()
        for name, content in files.items():
            path = inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (moment, moment))
        self.report = land_inbox(inbox, self.data)
        self.batches = read_batches(self.data)

    def why(self, file: str) -> str:
        """What the landing says of a file: for messages of failing tests, and for files that must not land."""
        for outcome in self.report.files:
            if outcome.source_file == file or outcome.source_file.startswith(file):
                return f"{outcome.status}: {outcome.reason.en if outcome.reason else 'no reason'}"
        return "not looked at"

    def code(self, file: str) -> str | None:
        """The reason's code of a file that was set aside."""
        (outcome,) = [f for f in self.report.files if f.source_file == file]
        assert not self.of(file), f"{file} landed"
        return outcome.reason.code if outcome.reason else None

    def of(self, file: str) -> dict[str, Batch]:
        """The file's batches by dataset; those of the members of an archive are the archive's."""
        found = [b for b in self.batches if b.source_file == file or b.source_file.startswith(f"{file}!/")]
        return {b.dataset: b for b in found if b.dataset is not None and b.status == "landed"}

    def recognised(self, file: str, *datasets: str) -> dict[str, Batch]:
        """The file's batches, after asserting that a profile took it, what it gave, and that all is counted."""
        found = self.of(file)
        assert set(found) == set(datasets), f"{file} gave {sorted(found)}, {self.why(file)}"
        for batch in found.values():
            assert batch.status == "landed", self.why(file)
            assert batch.profile != "canonical"
            assert batch.profile_evidence in EVIDENCE_GRADES
            assert batch.is_balanced
            assert sum(batch.ignored_by_rule.values()) == batch.ignored_count
            whole = batch.file_counts
            assert whole["read"] == sum(whole[k] for k in ("accepted", "quarantined", "duplicate", "ignored"))
            assert batch.read_count == whole["read"]
            _assert_money_adds_up(batch)
        return found

    def batch(self, file: str, dataset: str) -> Batch:
        found = self.of(file)
        assert dataset in found, f"{file} gave {sorted(found)}, {self.why(file)}"
        return found[dataset]

    def counted(self, file: str, dataset: str) -> Counted:
        batch = self.batch(file, dataset)
        return Counted(
            batch.read_count,
            batch.accepted_count,
            batch.quarantined_count,
            batch.duplicate_count,
            batch.ignored_count,
        )

    def rows(
        self, file: str, dataset: str, columns: str, order: str = "_source_row", where: str = "true"
    ) -> list[tuple]:
        """Landed rows of the file. Money comes as text with its cents, so that a lost cent cannot hide."""
        path = self.data / str(self.batch(file, dataset).landed_path)
        return _ask(f"select {columns} from read_parquet('{path}') where {where} order by {order}")

    def faults(self, file: str, dataset: str) -> list[tuple[int, str | None, str | None, str]]:
        """Row, column, value and reason code of every fault."""
        batch = self.batch(file, dataset)
        if batch.quarantine_path is None:
            return []
        return _ask(
            "select source_row, column_name, value, reason_code "
            f"from read_parquet('{self.data / batch.quarantine_path}') order by all"
        )


def _assert_money_adds_up(batch: Batch) -> None:
    assert batch.file_money_totals.keys() == batch.money_totals.keys()
    for name, total in batch.file_money_totals.items():
        parts = (batch.money_totals, batch.quarantined_money_totals, batch.duplicate_money_totals)
        amounts = [Decimal(part.get(name, "0")) for part in parts]
        assert Decimal(total) == sum(amounts), f"{batch.dataset}.{name} of {batch.source_file}"


def _ask(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(sql).fetchall()


def in_cells(rows: Sequence[tuple[Any, ...]]) -> set[str]:
    """Every cell of the rows as text, to ask whether something is there at all."""
    return {str(cell) for row in rows for cell in row if cell is not None}
