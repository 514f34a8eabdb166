"""Which columns of a file feed which columns of the contract.

Belongs here: following a profile's headers and expressions, and the contract's own names, back to the file's columns.
Does not belong here: running any of it (`pipelines.landing.mapping`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.contract import Dataset
from pipelines.contract.profile import ColumnSource, Profile, Target
from pipelines.landing.header import Columns, tables_of
from pipelines.landing.recognise import CanonicalTable, ProfiledTable, Recognition, column_matches
from pipelines.sql import ident

How = Literal["header", "expression"]


@dataclass(frozen=True)
class Feed:
    """A column of the file on its way into a column of the contract."""

    header: str
    dataset: str
    column: str
    how: How


def feeds(recognition: Recognition, datasets: Sequence[Dataset], columns: Sequence[str]) -> list[Feed]:
    """Every column of the file that a dataset reads, in the order of the contract's columns."""
    if isinstance(recognition, CanonicalTable):
        found = [
            Feed(name, dataset.name, column, "header")
            for dataset in datasets
            for table in tables_of(recognition.picks, columns)
            for column, names in column_matches(table, dataset).items()
            for name in names
        ]
        return list(dict.fromkeys(found))
    return [
        feed
        for target, dataset in zip(recognition.profile.datasets, datasets, strict=True)
        for feed in _target_feeds(recognition, target, dataset, columns)
    ]


def _target_feeds(table: ProfiledTable, target: Target, dataset: Dataset, columns: Sequence[str]) -> list[Feed]:
    known = tables_of(table.picks, columns)
    words = _words(table.profile, known, columns)
    exploded = _exploded(table.profile, target, columns, words)
    found = []
    for name, source in target.columns.items():
        for header in _read_directly(source, known):
            found.append(Feed(header, dataset.name, name, "header"))
        if source.sql is not None:
            for header in _mentioned(source.sql, words | exploded, table.profile):
                found.append(Feed(header, dataset.name, name, "expression"))
    return list(dict.fromkeys(found))


def _read_directly(source: ColumnSource, known: Sequence[Columns]) -> list[str]:
    """The header that each sheet of the file has of those that would do."""
    found = []
    for columns in known:
        header = next((h for name in source.headers if (h := columns.find(name)) is not None), None)
        if header is not None:
            found.append(header)
    return list(dict.fromkeys(found))


def _words(profile: Profile, known: Sequence[Columns], columns: Sequence[str]) -> dict[str, list[str]]:
    """Name in the profile's SQL -> the file's columns that it stands for."""
    words = {name: [name] for name in columns}
    for name in profile.known_headers:
        headers = [header for c in known if (header := c.find(name)) is not None]
        if headers:
            words[name] = list(dict.fromkeys(headers))
    return words


def _exploded(
    profile: Profile, target: Target, columns: Sequence[str], words: dict[str, list[str]]
) -> dict[str, list[str]]:
    explode = target.explode
    if explode is None:
        return {}
    if explode.headers is not None:
        return {explode.name: [name for name in columns if re.search(explode.headers, name)]}
    return {explode.name: _mentioned(explode.sql or "", words, profile)}


def _mentioned(sql: str, words: dict[str, list[str]], profile: Profile) -> list[str]:
    """The file's columns that the SQL reads, by itself or through derived values."""
    texts, followed = [sql], set[str]()
    while True:
        new = [n for n in profile.derive if n not in followed and any(_mentions(text, n) for text in texts)]
        if not new:
            break
        followed.update(new)
        texts += [profile.derive[name] for name in new]
    hidden = {name.casefold() for name in profile.derive}
    found = [
        header
        for word, headers in words.items()
        if word.casefold() not in hidden and any(_mentions(text, word) for text in texts)
        for header in headers
    ]
    return list(dict.fromkeys(found))


def _mentions(sql: str, name: str) -> bool:
    if name.casefold() not in sql.casefold():
        return False
    return re.search(rf'(?<![\w"]){re.escape(name)}(?![\w"])|{re.escape(ident(name))}', sql, re.IGNORECASE) is not None
