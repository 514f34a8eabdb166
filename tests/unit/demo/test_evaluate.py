"""Scoring counts against the truth alone: misses, false alarms, doubles and what an appeal took out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.demo import RuleScore, evaluate, evaluate_causes, format_scores, overall
from pipelines.demo.evaluate import COVERED_RULES

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


def _one_right_one_missed_one_wrong(root: Path) -> None:
    _truth(root / "inbox", [
        ("RED-01", "M1", "attempted", "open"), ("RED-01", "M2", "attempted", "open"), ("RED-04", "M3", "n.a.", "open"),
    ])  # fmt: skip
    _publish(root / "data", [("RED-01", "M1", "attempted"), ("RED-01", "M9", "attempted"), ("RED-04", "M3", "n.a.")])


def _command(root: Path, *options: str) -> Result:
    paths = ["--inbox", str(root / "inbox"), "--data", str(root / "data")]
    return CliRunner().invoke(main, ["demo", "--evaluate", *paths, *options])


def test_overall_counts_rules_that_find_all_and_nothing_else(tmp_path: Path) -> None:
    _one_right_one_missed_one_wrong(tmp_path)
    scores = evaluate(tmp_path / "inbox", tmp_path / "data")
    total = overall(scores)
    # DISC-01 is published and has no case here: nothing planted and nothing found is perfect, too.
    assert (total.rules, total.perfect_rules) == (len(COVERED_RULES), 2)
    assert (total.planted, total.true_positives, total.false_alarms) == (3, 2, 1)
    lines = format_scores(scores).splitlines()
    assert lines[-1].startswith(f"overall: 2 of {len(COVERED_RULES)} rules perfect; 2 of 3 planted cases found")
    assert [line.endswith("<") for line in lines if line.startswith(("RED-01", "RED-04"))] == [True, False]


def test_command_ends_well_whatever_the_rules_found(tmp_path: Path) -> None:
    _one_right_one_missed_one_wrong(tmp_path)
    done = _command(tmp_path)
    assert done.exit_code == 0 and "RED-01 false alarm: M9" in done.output


def test_json_has_a_line_per_rule_and_the_overall_one_last(tmp_path: Path) -> None:
    _one_right_one_missed_one_wrong(tmp_path)
    done = _command(tmp_path, "--json")
    assert done.exit_code == 0
    *rules, last = [json.loads(line) for line in done.output.splitlines()]
    red = next(r for r in rules if r["rule_id"] == "RED-01")
    assert (red["misses"], red["false_alarms"], red["precision"]) == (["M2 (why)"], ["M9 (shop_red_packet)"], 0.5)
    assert {r["rule_id"] for r in rules} == {*COVERED_RULES}
    assert last["overall"]["perfect_rules"] == sum(r["is_perfect"] for r in rules if r["has_truth"])


def _causes(root: Path, planted: dict[str, str], found: dict[str, str]) -> None:
    rows = [f"{error},E1,2026-01-01,{cause},some_kind" for error, cause in planted.items()]
    truth = root / "inbox.truth" / "causes.csv"
    truth.write_text("\n".join(["error_id,employee_id,occurred_at,cause,kind", *rows, ""]), encoding="utf-8")
    with duckdb.connect(str((root / "data" / "published" / "current").resolve())) as con:
        con.execute("create schema performance")
        con.execute("create table performance.error_attribution (error_id varchar, cause varchar)")
        con.executemany("insert into performance.error_attribution values (?, ?)", list(found.items()))


def test_causes_are_scored_one_by_one_and_every_miss_is_named(tmp_path: Path) -> None:
    """A wrong cause, a cause where there is none, and an error that was lost are misses; so is one of no error."""
    _one_right_one_missed_one_wrong(tmp_path)
    planted = dict.fromkeys(("A", "B"), "negligence") | dict.fromkeys(("C", "D", "E"), "undecidable")
    found = {"A": "negligence", "B": "knowledge_gap", "C": "undecidable", "D": "negligence", "X": "negligence"}
    _causes(tmp_path, planted, found)
    scores = evaluate_causes(tmp_path / "inbox", tmp_path / "data")
    assert scores is not None and not scores.is_perfect
    assert (scores.precision("negligence"), scores.recall("negligence")) == (0.5, 0.5)
    assert (scores.precision("undecidable"), scores.recall("undecidable")) == (1.0, pytest.approx(1 / 3))
    assert (scores.precision("knowledge_gap"), scores.recall("knowledge_gap")) == (0.0, None)
    assert scores.misses == (
        "B (some_kind): knowledge_gap, not negligence", "D (some_kind): negligence, not undecidable",
        "E (some_kind): not published, not undecidable", "X: negligence, of no error delivered",
    )  # fmt: skip
    done = _command(tmp_path)
    line = next(line for line in done.output.splitlines() if line.startswith("negligence"))
    assert line.split() == ["negligence", "2", "1", ".", ".", "1", ".", ".", "0.500", "0.500"]
    assert "causes: 2 of 5 service errors" in done.output and "misses: 4" in done.output
    *_, causes, last = [json.loads(line) for line in _command(tmp_path, "--json").output.splitlines()]
    assert causes["causes_of_errors"]["causes"]["negligence"]["found_as"] == {"knowledge_gap": 1, "negligence": 1}
    assert "overall" in last


def test_a_truth_without_causes_scores_none(tmp_path: Path) -> None:
    _one_right_one_missed_one_wrong(tmp_path)
    assert evaluate_causes(tmp_path / "inbox", tmp_path / "data") is None


def test_command_says_plainly_that_nothing_is_published(tmp_path: Path) -> None:
    _truth(tmp_path / "inbox", [])
    done = _command(tmp_path)
    assert done.exit_code == 1 and "nothing published" in done.output and "Traceback" not in done.output


def test_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no truth"):
        evaluate(tmp_path / "inbox", tmp_path / "data")
    _truth(tmp_path / "inbox", [])
    with pytest.raises(FileNotFoundError, match="nothing published"):
        evaluate(tmp_path / "inbox", tmp_path / "data")
