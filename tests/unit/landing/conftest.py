"""A small inbox and the questions that every landing test asks."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.landing import LandingReport, create_landed_views, land_inbox

NOON = 1_767_268_800  # 2026-01-01 12:00:00 UTC


class Company:
    """An inbox and a data directory, with short words for what tests do to them."""

    def __init__(self, root: Path) -> None:
        self.inbox = root / "inbox"
        self.data = root / "data"
        self.inbox.mkdir()

    def deliver(self, relative: str, content: str | bytes, at: int = NOON) -> Path:
        path = self.inbox / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.utime(path, (at, at))
        return path

    def profile(self, text: str, name: str = "own") -> None:
        folder = self.inbox / "profiles"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")

    def land(self, **options: Any) -> LandingReport:
        return land_inbox(self.inbox, self.data, **options)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as con:
            create_landed_views(con, self.data)
            return con.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        ((value,),) = self.ask(sql)
        return value


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


@pytest.fixture
def new_company(tmp_path: Path) -> Callable[[str], Company]:
    def make(name: str) -> Company:
        root = tmp_path / name
        root.mkdir()
        return Company(root)

    return make
