"""Which datasets a file holds, by its path and its headers. Pure: paths and first records in, a decision out.

Belongs here: the canonical names, choosing among profiles, which sheet is whose.
Does not belong here: what a header is (`pipelines.landing.header`), opening files, SQL.

The order: a profile given by the company (by path or header) comes first, then the canonical name
`<system>/<dataset>`, which takes the whole file, then the shipped profiles by their header signature. Profiles claim
sheets, so one workbook may be the matter of several; the one that demands more has a sheet that several fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import PurePosixPath

from pipelines.contract import Contract, Dataset
from pipelines.contract.profile import Profile, SheetMatch
from pipelines.landing.header import Candidate, Columns, candidates, columns_of, header_key
from pipelines.landing.reading.lines import LINE_COLUMN
from pipelines.landing.reading.table import Head, Pick
from pipelines.landing.reasons import Reason, SetAside, file_reason, set_aside
from pipelines.landing.tag import TAG_SHEET, TemplateTag

_TEXTS = ("csv", "tsv", "txt", "json", "jsonl")
_WORKBOOKS = ("xlsx", "xlsm", "xlsb", "xls", "ods", "et", "html", "htm", "mht", "mhtml", "xml")
SUFFIXES = (*_TEXTS, *_WORKBOOKS, "parquet")


@dataclass(frozen=True)
class CanonicalTable:
    """A file that speaks the contract's own names."""

    dataset: Dataset
    picks: tuple[Pick, ...]


@dataclass(frozen=True)
class ProfiledTable:
    """The sheets of a file (or the file) that a profile translates."""

    profile: Profile
    picks: tuple[Pick, ...]
    sheets: tuple[SheetMatch | None, ...] = ()
    """Which entry of `match.sheets` each pick is, where the profile has them."""

    @property
    def labels(self) -> tuple[str | None, ...]:
        """What `_sheet` is for the records of each pick."""
        entries = self.sheets or (None,) * len(self.picks)
        return tuple(
            entry.sheet if pick.head.sheet is None and entry is not None else pick.head.sheet
            for pick, entry in zip(self.picks, entries, strict=True)
        )

    @property
    def demands(self) -> int:
        """How much of a signature the table meets."""
        if not self.sheets:
            return self.profile.match.demands
        return sum(len(entry.headers) for entry in dict.fromkeys(self.sheets) if entry is not None)


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


def column_matches(table: Columns, dataset: Dataset) -> dict[str, list[str]]:
    """contract column -> the names that stand for it, by its name or its Chinese label.

    The last part of a composite name stands for a column that no full name stands for, if it is the only one to do so.
    """
    meaning: dict[str, str] = {}
    for column in dataset.columns:
        if column.label is not None:
            meaning.setdefault(header_key(column.label.zh), column.name)
    meaning.update({header_key(column.name): column.name for column in dataset.columns})
    found: dict[str, list[str]] = {}
    by_leaf: dict[str, list[str]] = {}
    for name, leaf in zip(table.names, table.leaves, strict=True):
        column = meaning.get(header_key(name.rpartition("#")[0] if re.search(r"#\d+$", name) else name))
        if column is not None:
            found.setdefault(column, []).append(name)
        elif (column := meaning.get(header_key(leaf))) is not None:
            by_leaf.setdefault(column, []).append(name)
    return {column: names for column, names in by_leaf.items() if len(names) == 1} | found


def column_map(tables: Sequence[Columns], dataset: Dataset) -> dict[str, list[str]]:
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
    own_profiles: Iterable[Profile] = (),
    shipped_profiles: Iterable[Profile] = (),
) -> tuple[Recognition, ...]:
    """Decide what the file is: one or more tables. Raises SetAside with the reason when nothing fits.

    `shipped_profiles` are looked at only where neither an own profile nor the name decides.
    """
    repaired = {head.sheet: head for head in heads if head.is_repaired}
    plain = [head for head in heads if not head.is_repaired]
    readings = [_Finder(relative, tuple(plain))]
    if repaired:
        rest = [head for head in plain if head.sheet not in repaired]
        readings.append(_Finder(relative, (*rest, *repaired.values())))
    own_profiles = tuple(own_profiles)
    for reading in readings:
        own = reading.claims(own_profiles, set())
        if own:
            claimed = {pick.head.sheet for table in own for pick in table.picks}
            others = any(head.sheet not in claimed for head in reading.heads)
            return (*own, *(reading.claims(shipped_profiles, claimed) if others else ()))
    failure = readings[0].failure
    if failure is not None:
        raise SetAside(failure)
    dataset = canonical_dataset(relative, contract)
    if dataset is not None:
        outcomes = [_as_canonical(reading.heads, dataset) for reading in readings]
        tables = [outcome for outcome in outcomes if isinstance(outcome, CanonicalTable)]
        if tables:
            return (max(tables, key=_known_columns),)
        failure = next(outcome for outcome in outcomes if isinstance(outcome, Reason))
    for reading in readings:
        shipped = reading.claims(shipped_profiles, set())
        if shipped:
            return tuple(shipped)
    raise SetAside(failure or file_reason("not_recognised"))


def recognise_template(tag: TemplateTag, heads: Sequence[Head], contract: Contract) -> CanonicalTable:
    """A filled template, wherever it lies. Raises SetAside when its sheet or its header is gone."""
    dataset = contract.find(tag.system, tag.dataset)
    if dataset is None:
        raise set_aside("tag", sheet=TAG_SHEET)
    outcome = _as_canonical([head for head in heads if head.sheet == tag.sheet and not head.is_repaired], dataset)
    if not isinstance(outcome, CanonicalTable):
        raise SetAside(outcome)
    return outcome


def unread_sheets(heads: Sequence[Head], tables: Sequence[Recognition]) -> list[str]:
    """Sheets that have cells but no table of the file. What a workbook of our own explains is none."""
    if any(head.sheet == TAG_SHEET for head in heads):
        return []
    read = {pick.head.sheet for table in tables for pick in table.picks}
    filled = [head.sheet for head in heads if head.sheet is not None and any(map(any, head.rows))]
    return [sheet for sheet in dict.fromkeys(filled) if sheet not in read]


def profile_of_path(relative: str, profiles: Iterable[Profile]) -> Profile | None:
    """The first profile whose path pattern names the file: its encoding and delimiter hold before a header is seen."""
    return next((p for p in profiles if p.match.path and _path_fits(relative, p)), None)


def _as_canonical(heads: Sequence[Head], dataset: Dataset) -> CanonicalTable | Reason:
    needed = [c.name for c in dataset.columns if c.key and c.is_mandatory]
    picks = []
    best: set[str] = set()
    for head in (head for head in heads if not head.is_lines):
        # Of the readings of the first row that fits, the one that knows more columns, in doubt that of one row.
        fitting: list[tuple[int, int, Candidate]] = []
        for candidate in candidates(head):
            if fitting and candidate.first_record != fitting[0][2].first_record:
                break
            found = set(column_matches(candidate.columns, dataset))
            if found.issuperset(needed):
                fitting.append((len(found), -candidate.last_record, candidate))
            best = max(best, found & set(needed), key=len)
        if fitting:
            picks.append(max(fitting, key=lambda fit: fit[:2])[2].pick(head))
    if not picks:
        missing = ", ".join(c for c in needed if c not in best)
        rows = max((len(h.rows) for h in heads), default=0)
        return file_reason("missing_columns", dataset=dataset.name, columns=missing, rows=rows)
    return CanonicalTable(dataset, _usable(picks))


def _known_columns(table: CanonicalTable) -> int:
    return max(len(column_matches(columns_of(pick), table.dataset)) for pick in table.picks)


def _usable(picks: Sequence[Pick]) -> tuple[Pick, ...]:
    """All sheets of a workbook, but one reading of a text: the delimiter that gives the most columns."""
    if picks[0].head.delimiter is None:
        return tuple(picks)
    return (max(picks, key=lambda p: len(p.names)),)


def _path_fits(relative: str, profile: Profile) -> bool:
    return any(fnmatchcase(relative.casefold(), pattern.casefold()) for pattern in profile.match.path)


@dataclass
class _Finder:
    """What profiles find in the heads of one file."""

    relative: str
    heads: tuple[Head, ...]
    failure: Reason | None = None
    """Why a profile that the path names on purpose found nothing; set by `claims` where nothing else did."""
    _candidates: dict[tuple[object, ...], list[Candidate]] = field(default_factory=dict)

    def claims(self, profiles: Iterable[Profile], claimed: set[str | None]) -> list[ProfiledTable]:
        """Tables of the sheets that are not claimed yet. Raises SetAside where two profiles fit a sheet alike."""
        fitting: list[ProfiledTable] = []
        failure: Reason | None = None
        for profile in profiles:
            if profile.match.path and not _path_fits(self.relative, profile):
                continue
            found = self._table(profile)
            if isinstance(found, Reason):
                # A path names the profile on purpose, so what is wrong there is worth saying.
                failure = failure or (found if profile.match.path and not profile.match.demands else None)
            else:
                fitting.append(found)
        tables: list[ProfiledTable] = []
        claimed = set(claimed)
        for _, alike in groupby(sorted(fitting, key=_specificity, reverse=True), key=_specificity):
            rivals = [rest for table in alike if (rest := _unclaimed(table, claimed)) is not None]
            owners: dict[str | None, set[str]] = {}
            for table in rivals:
                for pick in table.picks:
                    owners.setdefault(pick.head.sheet, set()).add(table.profile.name)
            several = sorted({name for names in owners.values() if len(names) > 1 for name in names})
            if several:
                raise set_aside("ambiguous_profile", profiles=", ".join(several))
            tables += rivals
            claimed.update(owners)
        self.failure = failure if not tables else None
        order = {head.sheet: number for number, head in reversed(list(enumerate(self.heads)))}
        return sorted(tables, key=lambda table: min(order[pick.head.sheet] for pick in table.picks))

    def _table(self, profile: Profile) -> ProfiledTable | Reason:
        if profile.match.line is not None:
            return self._lines(profile, profile.match.line)
        if profile.match.first_line is not None:
            return self._headerless(profile, profile.match.first_line)
        if profile.match.sheets:
            return self._several(profile)
        heads = [head for head in self.heads if not head.is_lines]
        if profile.sheet is not None:
            heads = [h for h in heads if h.sheet is not None and fnmatchcase(h.sheet.strip(), profile.sheet)]
            if not heads:
                return file_reason("profile_sheet", profile=profile.name, sheet=profile.sheet)
        wanted = [(name,) for name in profile.match.headers]
        picks, best = [], set[tuple[str, ...]]()
        for head in heads:
            pick, found = self._pick(head, profile, [*wanted, *profile.demanded_reads])
            best = max(best, found, key=len)
            picks += [pick] if pick is not None else []
        if not picks:
            missing = [names for names in dict.fromkeys([*wanted, *profile.demanded_reads]) if names not in best]
            return _lacking(profile, missing)
        return ProfiledTable(profile, _usable(picks))

    def _several(self, profile: Profile) -> ProfiledTable | Reason:
        """One profile over sheets with different headers. A text fits by one entry that is not optional."""
        picks: list[tuple[Pick, SheetMatch]] = []
        missing: list[tuple[str, ...]] = []
        for entry in profile.match.sheets:
            wanted = [(name,) for name in entry.headers]
            taken = {pick.head.sheet for pick, _ in picks}
            fitting, best = [], set[tuple[str, ...]]()
            for head in self.heads:
                is_named = head.sheet is None or fnmatchcase(head.sheet.strip(), entry.sheet)
                if head.is_lines or head.sheet in taken or not is_named or (head.sheet is None and entry.optional):
                    continue
                pick, found = self._pick(head, profile, wanted)
                best = max(best, found, key=len)
                fitting += [pick] if pick is not None else []
            if fitting:
                picks += [(pick, entry) for pick in _usable(fitting)]
            elif not entry.optional:
                missing += [names for names in wanted if names not in best]
        if not picks or (missing and picks[0][0].head.sheet is not None):
            return _lacking(profile, missing)
        columns = [columns_of(pick) for pick, _ in picks]
        present = {entry for _, entry in picks}
        absent = {name for entry in profile.match.sheets if entry not in present for name in entry.headers}
        unread = [
            names
            for names in profile.demanded_reads
            if absent.isdisjoint(names) and not any(c.find(name) for c in columns for name in names)
        ]
        if unread:
            return _lacking(profile, unread)
        return ProfiledTable(profile, tuple(pick for pick, _ in picks), tuple(entry for _, entry in picks))

    def _lines(self, profile: Profile, pattern: str) -> ProfiledTable | Reason:
        for head in self.heads:
            if head.is_lines and any(re.search(pattern, row[0]) for row in head.rows):
                return ProfiledTable(profile, (Pick(head, 0, header_texts=(LINE_COLUMN,)),))
        return _lacking(profile, [(pattern,)])

    def _headerless(self, profile: Profile, pattern: str) -> ProfiledTable | Reason:
        lines = next((head.rows for head in self.heads if head.is_lines), ())
        tables = [h for h in self.heads if h.delimiter is not None and profile.delimiter in (None, h.delimiter)]
        if not lines or not tables or not re.search(pattern, lines[0][0]):
            return _lacking(profile, [(pattern,)])
        width = len(profile.columns)
        head = max(tables, key=lambda h: sum(min(len(row), width) for row in h.rows[1:] if len(row) <= width))
        return ProfiledTable(profile, (Pick(head, 1, header_texts=profile.columns, is_ragged=True),))

    def _pick(
        self, head: Head, profile: Profile, wanted: Sequence[tuple[str, ...]]
    ) -> tuple[Pick | None, set[tuple[str, ...]]]:
        """The header that has one name of each group of `wanted`, else the most groups that any has.

        Full names count for more than leaves: a row that only looks like groups above the header must not win.
        """
        best: set[tuple[str, ...]] = set()
        winner: tuple[int, Candidate] | None = None
        for candidate in self._headers(head, profile):
            columns = candidate.columns
            found = {names for names in wanted if any(columns.find(name) for name in names)}
            if len(found) < len(set(wanted)):
                best = max(best, found, key=len)
                continue
            whole = sum(any(columns.is_whole(name) for name in names) for names in found)
            if winner is None or whole > winner[0]:
                winner = whole, candidate
            if whole == len(found):
                break
        return (winner[1].pick(head), set(wanted)) if winner is not None else (None, best)

    def _headers(self, head: Head, profile: Profile) -> list[Candidate]:
        given = profile.header_row, profile.header_rows, profile.label_rows
        key = (id(head), *given)
        if key not in self._candidates:
            self._candidates[key] = list(candidates(head, *given))
        return self._candidates[key]


def _specificity(table: ProfiledTable) -> tuple[int, int]:
    return (1 if table.profile.match.path else 0, table.demands)


def _unclaimed(table: ProfiledTable, claimed: set[str | None]) -> ProfiledTable | None:
    """What is left of a table; None where too little is."""
    free = [pick.head.sheet not in claimed for pick in table.picks]
    picks = tuple(pick for pick, is_free in zip(table.picks, free, strict=True) if is_free)
    sheets = tuple(entry for entry, is_free in zip(table.sheets, free, strict=False) if is_free)
    lost = set(table.sheets) - set(sheets)
    if not picks or any(entry is not None and not entry.optional for entry in lost):
        return None
    return replace(table, picks=picks, sheets=sheets)


def _lacking(profile: Profile, missing: Sequence[tuple[str, ...]]) -> Reason:
    columns = ", ".join(" / ".join(names) for names in missing)
    return file_reason("profile_header", profile=profile.name, columns=columns)
