"""A draft profile for a file that nothing recognises yet.

Belongs here: finding the header, choosing the dataset, proposing a source for each column of the contract with the
reasons, what else the file shows. Does not belong here: words (`vocabulary`), values (`values`), the YAML (`draft`).

A proposal is never more than that: a person settles it before the profile is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.contract import Column, Contract, Dataset
from pipelines.contract.profile import Profile
from pipelines.landing.engine import Engine
from pipelines.landing.header import candidates, header_key
from pipelines.landing.reading.opening import open_source
from pipelines.landing.reading.table import Head, Pick, Source
from pipelines.landing.reasons import set_aside
from pipelines.landing.recognise import suffix_of
from pipelines.onboarding.domain_words import word
from pipelines.onboarding.likeness import known_share
from pipelines.onboarding.values import Values
from pipelines.onboarding.vocabulary import Fit, Vocabulary

_PROPOSED_FROM = 0.45
_SURE_FROM = 0.75
_DISTINCT_SHOWN = 20
_MOST_CANDIDATES = 4
# Values that tell what they are, whatever their header says.
_TELLING: dict[str, str] = {"phone": r"^(\+?86[- ]?)?1[3-9]\d{9}$", "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$"}


@dataclass(frozen=True)
class Proposal:
    """Where the values of one contract column may come from."""

    column: Column
    header: str | None = None
    confidence: float = 0.0
    fit: Fit | None = None
    values_fit: float | None = None
    """Share of the values that pass the checks, after `sql` where there is one."""
    sql: str | None = None
    known_values: tuple[tuple[str, str], ...] = ()
    """value of the file -> allowed value."""
    unknown_values: tuple[str, ...] = ()
    """Values of the file that are not allowed and that nothing translates."""
    others: tuple[str, ...] = ()
    """Headers that came near, best first."""

    @property
    def is_sure(self) -> bool:
        return self.confidence >= _SURE_FROM


@dataclass(frozen=True)
class Match:
    """One dataset as the file might be it."""

    dataset: Dataset
    score: float
    proposals: tuple[Proposal, ...]

    @property
    def missing(self) -> tuple[Column, ...]:
        return tuple(p.column for p in self.proposals if p.header is None and p.column.is_mandatory)


@dataclass(frozen=True)
class SourceColumn:
    """A column of the file as a person would look at it."""

    name: str
    filled: int
    distinct: int
    repeated: tuple[str, ...]
    """Values that stand in several rows, the most frequent first."""
    shapes: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """All that a draft is written from."""

    file: str
    sheet: str | None
    header_record: int
    title: str | None
    rows: int
    columns: tuple[SourceColumn, ...]
    best: Match
    others: tuple[tuple[Dataset, float], ...]
    nulls: tuple[str, ...]
    total_rows: dict[str, int]

    @property
    def unmapped(self) -> tuple[SourceColumn, ...]:
        used = {p.header for p in self.best.proposals}
        return tuple(c for c in self.columns if c.name not in used)


def suggest(path: Path, contract: Contract, profiles: Iterable[Profile], dataset: Dataset | None = None) -> Suggestion:
    """Look at the file. Raises SetAside when it cannot be read or holds no header."""
    profiles = tuple(profiles)
    vocabulary = Vocabulary.of(contract, profiles)
    with TemporaryDirectory(prefix="hufu-suggest-") as folder, _engine(Path(folder)) as engine:
        source = open_source(path, suffix_of(path.name), Path(folder), None, None)
        pick = find_header(source)
        con = engine.connection(is_small=True)
        loaded = source.load(con, (pick,))
        # What reads the file itself can be read once only, and this looks at it many times.
        loaded = loaded.reload() if loaded.reload is not None else loaded
        values = Values.of(con, loaded.columns)
        candidates_ = [dataset] if dataset else list(contract)
        matches = [_match(d, vocabulary, values, profiles) for d in candidates_]
        ranked = sorted(matches, key=lambda m: -m.score)
        best = _with_candidates(ranked[0], values)
        return Suggestion(
            file=path.name,
            sheet=pick.head.sheet,
            header_record=pick.header_record,
            title=pick.title,
            rows=loaded.records,
            columns=tuple(
                SourceColumn(
                    n,
                    values.filled[n],
                    values.distinct[n],
                    tuple(values.samples(n, 3, at_least=2)),
                    tuple(values.shapes(n)),
                )
                for n in loaded.columns
            ),
            best=best,
            others=tuple((m.dataset, m.score) for m in ranked[1:4]),
            nulls=values.nulls,
            total_rows=values.total_rows(),
        )


@contextmanager
def _engine(folder: Path) -> Iterator[Engine]:
    engine = Engine(folder)
    try:
        yield engine
    finally:
        engine.close()


def find_header(source: Source) -> Pick:
    """The header whose cells look most like names of columns. Raises SetAside when there is none."""
    best: tuple[float, Pick] | None = None
    for head in source.heads:
        for candidate in candidates(head):
            score = _header_score(candidate.texts, head, candidate.last_record)
            if score > (best[0] if best else 0.0):
                best = (score, candidate.pick(head))
    if best is None:
        raise set_aside("no_header", rows=max((len(h.rows) for h in source.heads), default=0))
    return best[1]


def _header_score(texts: Sequence[str], head: Head, last_record: int) -> float:
    """Known words count; so does that the row below is filled as widely and is not made of the same words."""
    cells = [text for text in texts if text.strip()]
    if len(cells) < 2:
        return 0.0
    known = sum(known_share(cell.rpartition(".")[2] or cell) for cell in cells)
    if head.names_given:
        return known + 1
    below = head.rows[last_record] if last_record < len(head.rows) else ()
    filled = sum(bool(cell.strip()) for cell in below)
    distinct = len({header_key(cell) for cell in cells}) / len(cells)
    return (known / len(cells)) * distinct * (len(cells) + min(filled, len(cells)))


def _match(dataset: Dataset, vocabulary: Vocabulary, values: Values, profiles: Sequence[Profile]) -> Match:
    pairs = []
    for column in dataset.columns:
        for name in values.columns:
            fit = vocabulary.fit(name, dataset, column)
            score = _weighed(name, column, fit, values)
            if score >= _PROPOSED_FROM / 2:
                pairs.append((score, column.name, name, fit))
    pairs.sort(key=lambda p: (-p[0], p[2], p[1]))
    chosen: dict[str, tuple[float, str, Fit]] = {}
    for score, column_name, name, fit in pairs:
        free = column_name not in chosen and name not in {c[1] for c in chosen.values()}
        if score >= _PROPOSED_FROM and free:
            chosen[column_name] = (score, name, fit)
    proposals = tuple(
        _proposal(dataset, column, chosen.get(column.name), pairs, chosen, values, profiles)
        for column in dataset.columns
    )
    needed = [p for p in proposals if p.column.is_mandatory]
    depth = sum(p.confidence for p in needed) / len(needed)
    breadth = sum(p.confidence for p in proposals) / max(1, sum(bool(n) for n in values.filled.values()))
    return Match(dataset, round(0.6 * depth + 0.4 * min(1.0, breadth), 3), proposals)


def _weighed(name: str, column: Column, fit: Fit, values: Values) -> float:
    """The words' score, less where the values speak against it, more where they tell what they are."""
    score = fit.score
    telling = _TELLING.get(column.name)
    if telling and values.share(name, telling) >= 0.8:
        return max(score, 0.7)
    if score < _PROPOSED_FROM / 2:
        return score
    share = values.fit(name, column)
    if share is None or column.domain is not None or column.type == "bool":
        # Allowed values are words of the contract, which no company uses by itself.
        return score
    if column.type == "text" and column.pattern is None:
        is_stamp = values.share(name, r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}") >= 0.8
        return score * 0.5 if is_stamp else score
    if share < 0.9 and (made := values.converted(name, column)) is not None:
        share = max(share, made[1])
    return score * (0.3 + 0.7 * share)


def _proposal(
    dataset: Dataset,
    column: Column,
    chosen: tuple[float, str, Fit] | None,
    pairs: Sequence[tuple[float, str, str, Fit]],
    all_chosen: dict[str, tuple[float, str, Fit]],
    values: Values,
    profiles: Sequence[Profile],
) -> Proposal:
    taken = {c[1] for c in all_chosen.values()}
    others = tuple(n for score, c, n, _ in pairs if c == column.name and n not in taken)[:3]
    if chosen is None:
        return Proposal(column, others=others)
    score, name, fit = chosen
    share, sql = values.fit(name, column), None
    if share is not None and share < 0.9 and column.domain is None:
        made = values.converted(name, column)
        if made is not None and made[1] > share:
            sql, share = made
    known, unknown = _translated(dataset, column, name, values, profiles)
    return Proposal(
        column,
        header=name,
        confidence=round(min(score, 1.0), 2),
        fit=fit,
        values_fit=None if share is None else round(share, 3),
        sql=sql,
        known_values=known,
        unknown_values=unknown,
        others=others,
    )


def _with_candidates(match: Match, values: Values) -> Match:
    """For required columns without a source, also the columns that could be it by their values alone."""
    taken = {p.header for p in match.proposals}
    proposals = []
    for proposal in match.proposals:
        if proposal.header is None and proposal.column.is_mandatory:
            near = [n for n in values.columns if n not in taken and n not in proposal.others]
            could = [n for n in near if _could_be(n, proposal.column, values)]
            proposal = replace(proposal, others=(*proposal.others, *could)[:_MOST_CANDIDATES])
        proposals.append(proposal)
    return replace(match, proposals=tuple(proposals))


def _could_be(name: str, column: Column, values: Values) -> bool:
    """Whether the values alone allow it, for columns whose values tell anything."""
    if not values.filled[name]:
        return False
    if column.domain is not None or column.type == "bool":
        return values.distinct[name] <= _DISTINCT_SHOWN and values.distinct[name] < values.filled[name]
    if column.type == "text" and column.pattern is None:
        return False
    made = values.converted(name, column)
    return max(values.fit(name, column) or 0.0, made[1] if made else 0.0) >= 0.9


def _translated(
    dataset: Dataset, column: Column, name: str, values: Values, profiles: Sequence[Profile]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The values of a column with allowed values: those with a known meaning, and the others."""
    if column.domain is None:
        return (), ()
    meanings: dict[str, str] = {}
    for profile in profiles:
        for target in profile.datasets:
            source = target.columns.get(column.name) if target.dataset == dataset.name else None
            for old, new in (source.map if source and source.map else {}).items():
                if new in column.domain:
                    meanings.setdefault(header_key(old), new)
    for value in column.domain:
        meaning = word(dataset.name, column, value)
        if meaning is not None:
            meanings.setdefault(header_key(meaning), value)
            meanings.setdefault(header_key(meaning).removeprefix("已"), value)
        meanings[header_key(value)] = value
    found = values.samples(name, _DISTINCT_SHOWN)
    allowed = {value.casefold() for value in column.domain}
    known = tuple((v, meanings[header_key(v)]) for v in found if header_key(v) in meanings)
    unknown = tuple(v for v in found if header_key(v) not in meanings)
    return tuple((v, m) for v, m in known if v.casefold() not in allowed), unknown
