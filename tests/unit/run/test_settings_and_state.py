"""Where a run finds things, and what decides that there is nothing to do."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from pipelines.progress import JsonReporter, Steps, TextReporter
from pipelines.quickstart import choose_settings
from pipelines.settings import Settings
from pipelines.state import code_fingerprint, ensure_pseudonym_key, write_last_run


def test_arguments_win_over_the_environment_and_that_over_defaults(tmp_path: Path) -> None:
    environment = {"HUFU_DATA": str(tmp_path / "env"), "HUFU_VIEWER_ROLE": "hr"}
    assert Settings.load(environment).paths.root == tmp_path / "env"
    assert Settings.load(environment, data_dir=tmp_path / "arg").paths.root == tmp_path / "arg"
    assert Settings.load(environment).inbox == tmp_path / "env" / "inbox"
    assert Settings.load(environment, inbox=tmp_path / "box").inbox == tmp_path / "box"
    assert Settings.load(environment).viewer_role == "hr"
    assert Settings.load({}).paths.root == Path.cwd() / "data"


def test_the_demo_is_chosen_only_when_the_own_inbox_is_empty(tmp_path: Path) -> None:
    own = Settings.load({}, data_dir=tmp_path)
    assert choose_settings(own)[0].paths.root == tmp_path / "demo"
    (own.inbox / "hr").mkdir(parents=True)
    assert choose_settings(own) == (own, False)


def test_the_note_of_the_last_run_is_replaced_whole(tmp_path: Path) -> None:
    paths = Settings.load({}, data_dir=tmp_path).paths
    write_last_run(paths, "failed", "first")
    write_last_run(paths, "published", "second", publication_id="p1")
    note = json.loads(paths.last_run.read_text(encoding="utf-8"))
    assert (note["status"], note["message"], note["publication_id"]) == ("published", "second", "p1")
    assert [p.name for p in paths.state.iterdir()] == ["last_run.json"]


def test_the_pseudonym_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    paths = Settings.load({}, data_dir=tmp_path).paths
    first = ensure_pseudonym_key(paths).read_text(encoding="utf-8")
    assert len(first) == 64
    assert ensure_pseudonym_key(paths).read_text(encoding="utf-8") == first
    assert (paths.state / "pseudonym.key").stat().st_mode & 0o077 == 0


def test_the_code_fingerprint_is_stable_within_one_state_of_the_code() -> None:
    assert code_fingerprint() == code_fingerprint()


def test_a_failing_step_is_reported_as_failed_with_its_time() -> None:
    stream = io.StringIO()
    steps = Steps(JsonReporter(stream))
    with pytest.raises(ValueError, match="broken"), steps.step("land") as note:
        note.detail = "3 files"
        raise ValueError("broken")
    record = json.loads(stream.getvalue())
    assert (record["step"], record["ok"], record["detail"]) == ("land", False, "3 files")
    assert [t.name for t in steps.times] == ["land"]


def test_plain_output_has_one_line_a_step() -> None:
    stream = io.StringIO()
    steps = Steps(TextReporter(stream))
    with steps.step("land") as note:
        note.advance("orders.csv", 1, 2)
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().split()[:2] == ["ok", "land"]
