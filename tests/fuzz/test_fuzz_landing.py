"""A small run of the fuzzing, and proof that it would notice."""

from __future__ import annotations

import pytest

from tests.fuzz import fuzz_landing
from tests.fuzz.fuzz_landing import Broken, fuzz, run_batch


@pytest.mark.timeout(600)
def test_damaged_files_are_all_accounted_for():
    summary, failures = fuzz(80, seed=1)
    assert failures == [], summary
    assert summary.startswith("80 files")


def test_a_batch_that_dies_is_a_failure(tmp_path):
    with pytest.raises(Broken, match="exit code 1 at nothing: .*is no folder"):
        run_batch(tmp_path)


def test_a_batch_that_hangs_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz_landing, "SECONDS_PER_FILE", 0.01)
    (tmp_path / "inbox").mkdir()
    with pytest.raises(Broken, match="no progress"):
        run_batch(tmp_path)
