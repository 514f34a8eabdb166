"""Trials of a policy: what they are asked with, and what they refuse before anything is built."""

from __future__ import annotations

import fcntl
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.policy.what_if import FIRST_DAY, WHAT_IF_FOLDER, WhatIfFailed, WhatIfRefused, _only_trial, with_parameter
from pipelines.settings import DBT_PROJECT_DIR, Settings


def preview(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["rules", "preview", *arguments, "--data", str(data)])


def test_the_first_day_is_that_of_the_models() -> None:
    macro = (DBT_PROJECT_DIR / "macros" / "rules" / "registry.sql").read_text(encoding="utf-8")
    body = macro.partition("macro first_policy_day()")[2].partition("endmacro")[0]
    assert re.findall(r"\d{4}-\d\d-\d\d", body) == [FIRST_DAY]


def test_a_tried_value_takes_the_place_of_head_offices_and_leaves_those_of_units() -> None:
    own = {column: None for column in ("country_code", "org_unit_id", "job_family", "valid_to")}
    head = {**own, "rule_id": "RED-03", "parameter": "window_hours", "value": "48", "valid_from": "2026-01-01"}
    branch = {**head, "org_unit_id": "B04", "value": "96"}
    other = {**head, "rule_id": "RED-04"}
    rows = with_parameter({"thresholds": (head, branch, other), "roles": ()}, "RED-03", "window_hours", "24")[
        "thresholds"
    ]
    assert rows[:2] == (branch, other)
    assert rows[2] == {**head, "value": "24", "valid_from": FIRST_DAY}


@pytest.mark.parametrize("value", ["abc", "nan", "inf", "-1", "1e20", "1_0", "0.1234567"])
def test_what_can_be_no_value_is_refused(value: str) -> None:
    with pytest.raises(WhatIfRefused):
        with_parameter({}, "RED-03", "window_hours", value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("RED-99",), "there is no rule RED-99"),
        (("RED-03", "--set", "window=4"), "RED-03 has no parameter 'window'; it has: window_hours"),
        (("RED-03", "--set", "window_hours=many"), "'many' must be a number"),
        (("RED-03", "--set", "window_hours"), "write PARAMETER=NUMBER"),
        (("RED-03", "--set", "window_hours=1", "--set", "window_hours=2"), "is set twice"),
        (("RED-03",), "nothing is published yet"),
    ],
)
def test_a_preview_of_what_there_is_not_ends_with_2_and_leaves_no_trace(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = preview(tmp_path / "data", *arguments)
    assert (result.exit_code, words in result.output) == (2, True), result.output
    assert not (tmp_path / "data").exists()


def test_two_trials_at_once_do_not_read_each_others_results(tmp_path: Path) -> None:
    settings = Settings.load({}, data_dir=tmp_path)
    (tmp_path / WHAT_IF_FOLDER).mkdir()
    with (tmp_path / WHAT_IF_FOLDER / "trial.lock").open("a+") as held:
        fcntl.flock(held.fileno(), fcntl.LOCK_EX)
        with pytest.raises(WhatIfFailed, match="another trial is under way"), _only_trial(settings):
            pass
    with _only_trial(settings):
        pass


def test_an_exported_table_is_the_companys_even_where_it_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "policy").mkdir()
    header = "suppression_id,rule_id,employee_id,customer_id,reason,author,valid_from,valid_to"
    (tmp_path / "policy" / "suppressions.csv").write_text(header + "\n", encoding="utf-8")
    arguments = ["--table", "suppressions", "--table", "roles", "--policy", str(tmp_path / "policy")]
    result = CliRunner().invoke(main, ["policy", "export", str(tmp_path / "out"), *arguments])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "suppressions.csv").read_text(encoding="utf-8-sig").split() == [header]
    exported = CliRunner().invoke(main, ["policy", "check", str(tmp_path / "out")])
    assert exported.exit_code == 0, exported.output
