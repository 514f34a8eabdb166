"""`hufu rules show`: everything about one rule, in the reader's language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.policy.rule_files import rule_entries

THRESHOLDS = """\
rule_id,parameter,value,country_code,org_unit_id,job_family,valid_from,valid_to
RED-03,window_hours,168,,B04,,2026-01-01,2027-01-01
RED-04,window_hours,48,,,,2026-01-01,
"""
SETTINGS = "rule_id,severity,points,is_enabled,valid_from,valid_to\nRED-03,major,9,false,2026-07-01,\n"


def show(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["rules", "show", *map(str, arguments)])


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    (tmp_path / "thresholds.csv").write_text(THRESHOLDS, encoding="utf-8")
    (tmp_path / "rule_settings.csv").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def test_own_values_stand_marked_beside_the_shipped_ones(policy: Path) -> None:
    lines = show("RED-03", "--language", "en", "--policy", policy).output.splitlines()
    assert lines[0] == "RED-03  Private receipt"
    assert "  window_hours = 72 h (as shipped): Window after the message (stricter: higher)" in lines
    assert "  * window_hours = 168 h (own): B04 from 2026-01-01 until before 2027-01-01" in lines
    assert "  * major, points 9, disabled: everywhere from 2026-07-01" in lines
    assert not any("48" in line for line in lines), "the value of another rule"
    assert "    boundary: that second, one second before, last second, one second late" in lines


def test_the_chinese_page_is_chinese(policy: Path) -> None:
    lines = show("RED-03", "--language", "zh", "--policy", policy).output.splitlines()
    assert lines[0] == "RED-03  私人账户收款"
    assert "  * window_hours = 168 h (本公司):B04 自 2026-01-01 至(不含) 2027-01-01" in lines
    assert "  聊天消息 (messages)、收款 (receipts)" in lines


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rule_id", ["DISC-05", "LAB-01", "POACH-01", "TRAJ-03"])
def test_pages_say_every_text_of_the_entry(rule_id: str, language: str, tmp_path: Path) -> None:
    meta = next(entry.meta for entry in rule_entries() if entry.rule_id == rule_id)
    page = show(rule_id, "--language", language, "--policy", tmp_path).output
    for key in ("name", "rationale", "known_false_positives", "next_steps", "policy_source", "explanation"):
        assert meta[key][language] in page


def test_machines_get_the_entry_and_what_was_added(policy: Path) -> None:
    record = json.loads(show("RED-03", "--json", "--policy", policy).output)
    assert record["thresholds"]["window_hours"]["value"] == 72
    assert [row["value"] for row in record["own_values"]["window_hours"]] == ["168"]
    assert [row["points"] for row in record["own_settings"]] == ["9"]
    assert {case["case"] for case in record["unit_tests"]} == {"hit", "near_miss", "boundary"}


def test_an_unknown_rule_is_an_error() -> None:
    result = show("RED-99")
    assert result.exit_code == 2 and "there is no rule RED-99; `hufu rules list` lists them" in result.output
