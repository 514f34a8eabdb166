"""docs/glossary.md: every entry is whole, and no word is both the word to use and one to avoid."""

from __future__ import annotations

import re

import pytest

from pipelines.settings import CODE_ROOT

GLOSSARY = CODE_ROOT / "docs" / "glossary.md"
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| 中文 |", "| --- |"))
]


def _words(cell: str) -> set[str]:
    return {re.sub(r"[(（].*", "", part).strip(' “”"') for part in re.split(r"[;/]", cell)} - {""}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_entry_has_both_words_a_meaning_in_both_languages_and_what_to_avoid(row: tuple[str, ...]) -> None:
    zh, en, meaning, avoid = row
    assert re.search("[\u4e00-\u9fff]", zh) and en.isascii()
    assert re.search("[\u4e00-\u9fff]", meaning) and re.search("[A-Za-z]{3}", meaning)
    assert avoid


@pytest.mark.parametrize("language", [0, 1], ids=["zh", "en"])
def test_every_word_has_one_entry(language: int) -> None:
    words = [word for row in ROWS for word in _words(row[language])]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_word_to_avoid_that_is_an_entry_itself_says_what_it_means_there() -> None:
    entries = {word for row in ROWS for cell in row[:2] for word in _words(cell)}
    unexplained = [(row[1], part.strip()) for row in ROWS for part in row[3].split(";") if part.strip(" “”") in entries]
    assert unexplained == []


def test_vocabulary_is_covered() -> None:
    assert len(ROWS) >= 60
