"""The contract's names for people: every column has one in both languages, and no two of a dataset are alike."""

import unicodedata
from collections import Counter

import pytest

from pipelines.contract import load_contract
from pipelines.contract.model import Column, Dataset

DATASETS = list(load_contract())


def _fold(label: str) -> str:
    return unicodedata.normalize("NFKC", label).replace(" ", "").casefold()


def _is_bilingual(column: Column) -> bool:
    if column.label is None:
        return False
    is_chinese = any("\u4e00" <= character <= "\u9fff" for character in column.label.zh)
    return is_chinese and column.label.en.isascii() and column.label.en.strip() == column.label.en != ""


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_every_column_has_a_label_in_both_languages(dataset: Dataset) -> None:
    assert [column.name for column in dataset.columns if not _is_bilingual(column)] == []


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_of_a_dataset_are_unique(dataset: Dataset, language: str) -> None:
    """A reader may match header cells by label, so folding width, case and blanks must not join two of them."""
    labels = Counter(_fold(getattr(column.label, language)) for column in dataset.columns)
    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_label_is_no_other_columns_name(dataset: Dataset) -> None:
    names = {_fold(column.name): column.name for column in dataset.columns}
    for column in dataset.columns:
        assert names.get(_fold(column.label.en), column.name) == column.name


@pytest.mark.parametrize(
    ("dataset", "column", "must_say"),
    [
        ("order_lines", "discount_rate", "0.30 = 3.0折"),
        ("employees", "last_working_date", "whole day still counts"),
        ("messages", "message_type", "Null = text"),
        ("operation_log", "success", "Null = true"),
        ("daily_results", "result", "never trusted over punches"),
        ("customers", "owner_id", "public pool"),
    ],
)
def test_meaning_that_a_name_cannot_carry_is_described(dataset: str, column: str, must_say: str) -> None:
    assert must_say in load_contract().get(dataset).column(column).description
