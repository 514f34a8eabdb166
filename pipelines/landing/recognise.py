"""Which dataset a file is, by its path and its header. Pure: paths and header rows in, a decision out.

Belongs here: the canonical names, header matching, choosing among profiles.
Does not belong here: opening files, SQL.

The order: a profile given by the company (by path or header) comes first, then the canonical name
`<system>/<dataset>`, then the shipped profiles by their header signature.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath

from pipelines.contract import Contract, Dataset
from pipelines.contract.profile import Profile
from pipelines.landing.reading.table import Head, Pick
from pipelines.landing.reasons import Reason, SetAside, file_reason, set_aside

SUFFIXES = ("csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "jsonl", "parquet")


@dataclass(frozen=True)
class CanonicalTable:
    """A file that speaks the contract's own names."""

    dataset: Dataset
    picks: tuple[Pick, ...]


@dataclass(frozen=True)
class ProfiledTable:
    """A file that a profile translates."""

    profile: Profile
    picks: tuple[Pick, ...]


Recognition = CanonicalTable | ProfiledTable


def suffix_of(relative: str) -> str:
    """The format named by the path, in lower case, `.gz` looked through; empty when there is none."""
    name = PurePosixPath(relative).name.lower()
    if name.endswith(".gz"):
        name = name[:-3]
    return name.rpartition(".")[2] if "." in name else ""


def canonical_dataset(relative: str, contract: Contract) -> Dataset | None:
    """The dataset that `<system>/<dataset>[anything]` names; the longest dataset name wins."""
    system, _, rest = relative.partition("/")
    if not rest or suffix_of(relative) not in SUFFIXES:
        return None
    rest = rest.casefold()
    named = [d for d in contract if d.system == system.casefold() and rest.startswith(d.name)]
    return max(named, key=lambda d: len(d.name), default=None)


@lru_cache(maxsize=8192)
def header_key(cell: str) -> str:
    """A header cell as it is compared: width, case, blanks and marks do not matter."""
    text = unicodedata.normalize("NFKC", cell).replace("\ufeff", "").replace("\u200b", "").strip().casefold()
    if any("\u3400" <= c <= "\u9fff" for c in text):
        return re.sub(r"\s+", "", text)
    return re.sub(r"[\s\-]+", "_", text)


def column_matches(names: Sequence[str], dataset: Dataset) -> dict[str, list[str]]:
    """contract column -> the names that stand for it, by its name or its Chinese label."""
    meaning: dict[str, str] = {}
    for column in dataset.columns:
        if column.label is not None:
            meaning.setdefault(header_key(column.label.zh), column.name)
    meaning.update({header_key(column.name): column.name for column in dataset.columns})
    found: dict[str, list[str]] = {}
    for name in names:
        column = meaning.get(header_key(name.rpartition("#")[0] if re.search(r"#\d+$", name) else name))
        if column is not None:
            found.setdefault(column, []).append(name)
    return found


def column_map(tables: Sequence[Sequence[str]], dataset: Dataset) -> dict[str, list[str]]:
    """contract column -> the source columns that hold it, one per table (sheet) of the file at most.

    Raises SetAside when several header cells of one table stand for one column.
    """
    result: dict[str, list[str]] = {}
    for table in tables:
        for column, names in column_matches(table, dataset).items():
            if len(names) > 1:
                raise set_aside("ambiguous_header", columns=f"{column} ({', '.join(names)})")
            known = result.setdefault(column, [])
            if names[0].casefold() not in map(str.casefold, known):
                known.append(names[0])
    return result


def recognise(
    relative: str,
    heads: Sequence[Head],
    contract: Contract,
    own_profiles: Sequence[Profile] = (),
    shipped_profiles: Sequence[Profile] = (),
) -> Recognition:
    """Decide what the file is. Raises SetAside with the reason when nothing fits."""
    own = _fitting(relative, heads, own_profiles)
    if own is not None:
        return own
    dataset = canonical_dataset(relative, contract)
    failure: Reason | None = None
    if dataset is not None:
        outcome = _as_canonical(heads, dataset)
        if isinstance(outcome, CanonicalTable):
            return outcome
        failure = outcome
    shipped = _fitting(relative, heads, shipped_profiles)
    if shipped is not None:
        return shipped
    raise SetAside(failure or file_reason("not_recognised"))


def profile_of_path(relative: str, profiles: Sequence[Profile]) -> Profile | None:
    """The first profile whose path pattern names the file: its encoding and delimiter hold before a header is seen."""
    return next((p for p in profiles if p.match.path and _path_fits(relative, p)), None)


def _as_canonical(heads: Sequence[Head], dataset: Dataset) -> CanonicalTable | Reason:
    needed = [c.name for c in dataset.columns if c.key and c.is_mandatory]
    picks = []
    best: set[str] = set()
    for head in heads:
        for number, row in enumerate(head.rows, start=1):
            found = set(column_matches(row, dataset))
            if found.issuperset(needed):
                picks.append(Pick(head, 0 if head.names_given else number))
                break
            best = max(best, found & set(needed), key=len)
    if not picks:
        missing = ", ".join(c for c in needed if c not in best)
        rows = max((len(h.rows) for h in heads), default=0)
        return file_reason("missing_columns", dataset=dataset.name, columns=missing, rows=rows)
    return CanonicalTable(dataset, _usable(picks))


def _usable(picks: Sequence[Pick]) -> tuple[Pick, ...]:
    """All sheets of a workbook, but one reading of a text: the delimiter that gives the most columns."""
    if picks[0].head.delimiter is None:
        return tuple(picks)
    return (max(picks, key=lambda p: len(p.names)),)


def _path_fits(relative: str, profile: Profile) -> bool:
    return any(fnmatchcase(relative.casefold(), pattern.casefold()) for pattern in profile.match.path)


def _fitting(relative: str, heads: Sequence[Head], profiles: Sequence[Profile]) -> ProfiledTable | None:
    found: list[ProfiledTable] = []
    failure: Reason | None = None
    for profile in profiles:
        if profile.match.path and not _path_fits(relative, profile):
            continue
        picks = _profile_picks(heads, profile)
        if isinstance(picks, Reason):
            # A path names the profile on purpose, so what is wrong there is worth saying.
            failure = failure or (picks if profile.match.path and not profile.match.headers else None)
        elif picks:
            found.append(ProfiledTable(profile, picks))
    if len(found) > 1:
        # The more a signature demands, the more specific it is.
        most = max(_specificity(f.profile) for f in found)
        found = [f for f in found if _specificity(f.profile) == most]
    if len(found) > 1:
        raise set_aside("ambiguous_profile", profiles=", ".join(sorted(f.profile.name for f in found)))
    if not found and failure is not None:
        raise SetAside(failure)
    return found[0] if found else None


def _specificity(profile: Profile) -> tuple[int, int]:
    return (1 if profile.match.path else 0, len(profile.match.headers))


def _profile_picks(heads: Sequence[Head], profile: Profile) -> tuple[Pick, ...] | Reason:
    candidates = heads
    if profile.sheet is not None:
        candidates = [h for h in heads if h.sheet is not None and fnmatchcase(h.sheet.strip(), profile.sheet)]
        if not candidates:
            return file_reason("profile_sheet", profile=profile.name, sheet=profile.sheet)
    needed = [*profile.match.headers, *(names[0] for names in profile.demanded_reads)]
    wanted = {header_key(name): name for name in needed}
    picks = []
    best: set[str] = set()
    for head in candidates:
        for number, row in enumerate(head.rows, start=1):
            if profile.header_row is not None and number != profile.header_row and not head.names_given:
                continue
            found = {header_key(cell) for cell in row}
            if found.issuperset(wanted):
                picks.append(Pick(head, 0 if head.names_given else number))
                break
            best = max(best, found & set(wanted), key=len)
    if not picks:
        missing = ", ".join(name for key, name in wanted.items() if key not in best)
        return file_reason("profile_header", profile=profile.name, columns=missing)
    return _usable(picks)
