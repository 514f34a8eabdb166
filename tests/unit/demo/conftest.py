"""One small demo company for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines import demo
from tests.unit.demo.delivery import SCALE, SEED, Delivery, load


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    inbox = tmp_path_factory.mktemp("company") / "inbox"
    demo.generate(inbox, scale=SCALE, seed=SEED)
    found = load(inbox, demo.truth_folder(inbox))
    yield found
    found.con.close()
