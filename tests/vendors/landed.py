"""What became of a few files that were dropped into an inbox, and the questions that vendor tests ask of it.

Belongs here: delivering bytes under a path, landing them, reading back. Does not belong here: any vendor's layout.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.landing import create_landed_views, land_inbox

EVIDENCE_GRADES = {"A", "B", "C", "D", "I"}


class Landed:
    """An inbox that was landed once."""

    def __init__(self, root: Path, files: Mapping[str, bytes], delivered: str = "2026-03-10T04:00:00+00:00") -> None:
        inbox, self.data = root / "inbox", root / "data"
        moment = datetime.fromisoformat(delivered).astimezone(UTC).timestamp()
        for name, content in files.items():
            path = inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (moment, moment))
        report = land_inbox(inbox, self.data)
        self.outcomes = {outcome.source_file: outcome for outcome in report.files}
        self.connection = duckdb.connect()
        create_landed_views(self.connection, self.data)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, list(values)).fetchall()

    def rows(self, dataset: str, columns: str, file: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Rows that the file delivered, in the order of their columns."""
        of_file = f"split_part(_source_file, '#', 1) = ? and {where}"
        return self.ask(f"select {columns} from landed_{dataset} where {of_file} order by all", file)

    def datasets(self, file: str) -> set[str]:
        """The datasets that have at least one row of the file."""
        rows = self.ask("select dataset from landed.batches where source_file = ? and landed_count > 0", file)
        return {name for (name,) in rows}

    def evidence(self, file: str) -> set[str | None]:
        """How the layouts that took the file are known."""
        grades = self.ask("select profile_evidence from landed.batches where source_file = ?", file)
        return {grade for (grade,) in grades}

    def extra(self, dataset: str, file: str, where: str = "true") -> list[dict[str, Any]]:
        """What the contract has no column for, row by row."""
        return [json.loads(text) if text else {} for (text,) in self.rows(dataset, "_extra", file, where)]

    def quarantined(self, file: str) -> list[tuple[str, int, str | None, str]]:
        """dataset, source row, column, reason code of every fault."""
        return self.ask(
            "select dataset, source_row, column_name, reason_code from landed.quarantine "
            "where split_part(source_file, '#', 1) = ? order by all",
            file,
        )

    def reason(self, file: str) -> str:
        """Why the file was set aside, in both languages."""
        outcome = self.outcomes[file]
        assert outcome.status == "set_aside", f"{file}: {outcome.status}"
        assert outcome.reason is not None and outcome.reason.zh and outcome.reason.en
        return f"{outcome.reason.code} {outcome.reason.zh} {outcome.reason.en}"

    def assert_recognised(self, file: str, *, read: int, quarantined: int = 0, ignored: int | None = None) -> None:
        """A shipped profile took the file, and every record of it is accounted for."""
        outcome = self.outcomes[file]
        assert outcome.status == "landed", f"{file}: {outcome.status} {outcome.reason}"
        counts = outcome.counts
        assert counts.is_balanced, counts
        assert (counts.read, counts.quarantined) == (read, quarantined), (counts, self.quarantined(file))
        if ignored is not None:
            assert counts.ignored == ignored, counts
        batches = self.ask(
            "select profile, profile_evidence, read_count = accepted_count + quarantined_count + duplicate_count "
            "+ ignored_count from landed.batches where source_file = ?",
            file,
        )
        assert batches
        for profile, evidence, is_balanced in batches:
            assert profile != "canonical"
            assert evidence in EVIDENCE_GRADES
            assert is_balanced


def instant(value: datetime, offsets: str | None, column: str) -> datetime:
    """The moment in UTC of a landed time that was written with an offset. Fails where none was."""
    minutes = json.loads(offsets or "{}").get(column)
    assert minutes is not None, f"{column} {value} has no offset"
    return value - timedelta(minutes=minutes)


def minute(value: datetime) -> str:
    """A time as `02-28 18:30`: what the tests compare where the year is plain."""
    return value.strftime("%m-%d %H:%M")


def half_days(starts: datetime, ends: datetime) -> list[str]:
    """The half working days (9 to 12, 13 to 18 o'clock) that a span covers, as `02-28 am`.

    Vendors name halves, and whether one is written down as 0:00 or 9:00 is the reader's choice; to touch a half without
    covering it is wrong under either.
    """
    covered, touched = [], []
    for day in range((ends.date() - starts.date()).days + 1):
        date = starts.date() + timedelta(days=day)
        for name, first, last in (("am", time(9), time(12)), ("pm", time(13), time(18))):
            begin, end = datetime.combine(date, first), datetime.combine(date, last)
            if starts < end and ends > begin:
                touched.append(f"{date:%m-%d} {name}")
            if starts <= begin and ends >= end:
                covered.append(f"{date:%m-%d} {name}")
    assert covered == touched, f"{starts} to {ends} cuts a half day"
    return covered
