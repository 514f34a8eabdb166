"""Scoring counts against the truth alone: misses, false alarms, doubles and what an appeal took out."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from pipelines.demo import RuleScore, evaluate, format_scores

COLUMNS = (
    "rule_id", "subject_id", "employee_id", "occurred_at", "story", "note", "expected_status", "expected_disposition"
)  # fmt: skip


def _truth(inbox: Path, rows: list[tuple[str, str, str, str]]) -> None:
    folder = inbox.with_name(inbox.name + ".truth")
    folder.mkdir()
    with (folder / "violations.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for rule, subject, status, disposition in rows:
            writer.writerow([rule, subject, "E1", "2026-01-01", "story", "why", status, disposition])
    (folder / "look_alikes.csv").write_text("rule_id,subject_id,kind,note\nRED-01,M9,shop_red_packet,x\n")


def _publish(data: Path, rows: list[tuple[str, str, str]]) -> None:
    (data / "published").mkdir(parents=True)
    file = data / "published" / "hufu-1.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("create schema compliance")
        con.execute("create table compliance.fct_violations (rule_id varchar, subject_id varchar, status varchar)")
        con.execute("create schema reference")
        rules = ["RED-01", "RED-04", "DISC-01", "SVC-09"]
        con.execute("create table reference.rules as select unnest(?) as rule_id", [rules])
        con.executemany("insert into compliance.fct_violations values (?, ?, ?)", rows)
    (data / "published" / "current").symlink_to(file.name)


def _score(scores: list[RuleScore], rule: str) -> RuleScore:
    return next(s for s in scores if s.rule_id == rule)


def test_counts_hits_misses_false_alarms_and_doubles(tmp_path: Path) -> None:
    _truth(tmp_path / "inbox", [
        ("RED-01", "M1", "completed", "open"), ("RED-01", "M2", "attempted", "open"),
        ("RED-01", "M3", "attempted", "overturned"), ("DISC-01", "O1/1", "n.a.", "open"),
        ("POACH-01", "O2", "n.a.", "open"),
    ])  # fmt: skip
    _publish(tmp_path / "data", [
        ("RED-01", "M1", "attempted"), ("RED-01", "M9", "attempted"), ("RED-01", "M3", "attempted"),
        ("DISC-01", "O1/1", "n.a."), ("DISC-01", "O1/1", "n.a."), ("SVC-09", "E1", "n.a."),
    ])  # fmt: skip
    scores = evaluate(tmp_path / "inbox", tmp_path / "data")
    red, disc, svc = (_score(scores, rule) for rule in ("RED-01", "DISC-01", "SVC-09"))
    assert (red.planted, red.found, red.true_positives) == (2, 2, 1)
    assert (red.precision, red.recall) == (0.5, 0.5)
    assert red.misses == ("M2 (why)",) and red.false_alarms == ("M9 (shop_red_packet)",)
    assert red.status_wrong == ("M1: attempted, not completed",)
    assert (disc.found, disc.true_positives, disc.false_alarms) == (2, 1, ("O1/1 (found twice)",))
    assert not svc.has_truth and svc.precision is None
    assert _score(scores, "RED-04").recall is None
    text = format_scores(scores)
    assert "M9 (shop_red_packet)" in text and "not scored" in text
    assert "no such rule published: " in text and "POACH-01 (1)" in text


def test_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no truth"):
        evaluate(tmp_path / "inbox", tmp_path / "data")
    _truth(tmp_path / "inbox", [])
    with pytest.raises(FileNotFoundError, match="nothing published"):
        evaluate(tmp_path / "inbox", tmp_path / "data")
