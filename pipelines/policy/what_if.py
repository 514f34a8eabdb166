"""Trying a policy out: the warehouse built once more with changed policy tables, compared with what is published.

Belongs here: building it apart from the served one, and the differences. Does not belong here: how they are shown.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipelines.policy.check import Row, check_row
from pipelines.policy.registry import registry
from pipelines.settings import Settings
from pipelines.sql import literal

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from pipelines.publish import Publication

WHAT_IF_FOLDER = "build-what-if"
EXAMPLES = 10
# As `first_policy_day` has it.
FIRST_DAY = "2000-01-01"
# Nobody reads a slot finer than the hour, and a table of 168 slots tells nobody anything.
SLOTS_SHOWN = 10
_SELECTED = "+fct_violations +review_items +employee_scores"
_HITS = """
    select violation_id, rule_id, '{verdict}' as verdict, severity, {points} as points, employee_id, org_unit_id,
        branch_id, occurred_at, subject_id, is_suppressed, explanation_zh, explanation_en
    from {database}.compliance.{mart}
"""


class WhatIfFailed(RuntimeError):
    """The trial cannot be made; the message says why."""


class WhatIfRefused(WhatIfFailed):
    """The trial was asked for with something that there is not, or that can be no value."""


@dataclass(frozen=True)
class Hit:
    """One verdict. change: new, gone or changed."""

    change: str
    violation_id: str
    rule_id: str
    verdict: str
    employee_id: str | None
    org_unit_id: str | None
    occurred_at: datetime
    subject_id: str
    explanation_zh: str
    explanation_en: str


@dataclass(frozen=True)
class RuleChange:
    """How many verdicts a rule has live and in the trial, and how many are new, gone, or otherwise judged.

    Otherwise judged is also what is suppressed in one of the two only.
    """

    rule_id: str
    live: int
    trial: int
    new: int
    gone: int
    changed: int


@dataclass(frozen=True)
class ScoreChange:
    """A person's compliance score of a month, live and in the trial."""

    employee_id: str
    month: date
    live: float
    trial: float
    is_bonus_lost: bool
    is_bonus_won: bool


@dataclass(frozen=True)
class Comparison:
    """The trial against the publication. The breakdowns are of one rule's verdicts: (key, live, trial).

    by_branch: null = no branch. by_slot: the SLOTS_SHOWN with the most verdicts.
    """

    publication_id: str
    is_publication_current: bool
    rules: tuple[RuleChange, ...]
    scores: tuple[ScoreChange, ...]
    by_month: tuple[tuple[str, int, int], ...] = ()
    by_branch: tuple[tuple[str | None, int, int], ...] = ()
    by_slot: tuple[tuple[str, int, int], ...] = ()
    examples: tuple[Hit, ...] = ()


def with_parameter(
    tables: Mapping[str, Sequence[Row]], rule_id: str, parameter: str, value: str
) -> dict[str, tuple[Row, ...]]:
    """The company's tables, with head office's value of one parameter replaced for all times.

    Raises WhatIfRefused for an unknown parameter and for what can be no value of it. Values that units or job families
    set for themselves stay.
    """
    known = registry()[rule_id].parameters
    if parameter not in known:
        named = ", ".join(known) or "none"
        raise WhatIfRefused(f"{rule_id} has no parameter {parameter!r}; it has: {named}")
    cells = {"rule_id": rule_id, "parameter": parameter, "value": value, "valid_from": FIRST_DAY}
    tried, faults = check_row("thresholds", cells, f"{parameter}={value}")
    if faults:
        raise WhatIfRefused("; ".join(fault.en for fault in faults))
    scope = ("country_code", "org_unit_id", "job_family")
    kept = [
        row
        for row in tables.get("thresholds", ())
        if (row["rule_id"], row["parameter"]) != (rule_id, parameter) or any(row[column] for column in scope)
    ]
    return {**tables, "thresholds": (*kept, tried)}


def try_out(
    settings: Settings,
    tables: Mapping[str, Sequence[Row]],
    rule_id: str | None = None,
    on_node: Callable[[str], None] | None = None,
) -> Comparison:
    """Build the warehouse with the tables and compare it with the publication, which stays as it is.

    rule_id: the rule that is tried; its breakdowns and examples come first. None: the policy is tried as a whole.
    Raises WhatIfFailed, and WhatIfRefused where nothing is published yet.
    """
    from pipelines.publish import current_publication

    publication = current_publication(settings.paths)
    if publication is None:
        raise WhatIfRefused(
            f"nothing is published yet in {settings.paths.root} to compare with; run `hufu run` first, or name the "
            "data folder by --data"
        )
    with _only_trial(settings):
        trial = _build(settings, tables, on_node)
        try:
            return _compare(settings, publication, trial, rule_id)
        finally:
            trial.unlink(missing_ok=True)


@contextmanager
def _only_trial(settings: Settings) -> Iterator[None]:
    """Trials of one data folder are built in one place. The kernel frees the lock when the process ends."""
    folder = settings.paths.root / WHAT_IF_FOLDER
    folder.mkdir(exist_ok=True)
    with (folder / "trial.lock").open("a+") as stream:
        try:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WhatIfFailed("another trial is under way in this data folder; try again when it has ended") from error
        yield


def _build(
    settings: Settings, tables: Mapping[str, Sequence[Row]], on_node: Callable[[str], None] | None = None
) -> Path:
    """The working database of a trial, as far as verdicts and scores need it."""
    from pipelines.warehouse.dbt import DbtFailure, DbtProjectRunner, dbt_args
    from pipelines.warehouse.working import create_working_database

    paths = replace(settings.paths, build_folder=WHAT_IF_FOLDER)
    create_working_database(paths, tables)
    runner = DbtProjectRunner(paths)
    try:
        runner.parse()
    except DbtFailure as failure:
        raise WhatIfFailed(str(failure)) from failure

    def watch(event: object) -> None:
        if on_node and event.info.name == "NodeFinished":  # type: ignore[attr-defined]
            on_node(event.data.node_info.node_name)  # type: ignore[attr-defined]

    chosen = ("--no-write-json", "--select", *_SELECTED.split(), "--exclude-resource-type", "test", "unit_test")
    result = runner.invoke(dbt_args("build", paths, *chosen), callbacks=[watch])
    broken = [r.node.name for r in getattr(result.result, "results", ()) if str(r.status) not in ("success", "skipped")]
    if result.exception or broken or result.result is None:
        raise WhatIfFailed(f"the trial could not be built: {result.exception or ', '.join(broken)}")
    return paths.working_database


def _compare(settings: Settings, publication: Publication, trial: Path, rule_id: str | None) -> Comparison:
    """The trial's verdicts and scores against the publication's."""
    import duckdb

    from pipelines.state import basis_fingerprint, run_fingerprint

    # Where the policy as a whole is tried, it is the difference, and no reason why there is one.
    is_current = (
        publication.basis_fingerprint == basis_fingerprint(settings)
        if rule_id is None
        else publication.fingerprint == run_fingerprint(settings)
    )
    with duckdb.connect() as con:
        for name, path in (("live", settings.paths.published / publication.file_name), ("trial", trial)):
            con.execute(f"attach {literal(str(path))} as {name} (read_only)")
            parts = (
                _HITS.format(verdict="FAIL", points="points", database=name, mart="fct_violations"),
                _HITS.format(verdict="NEEDS_REVIEW", points="0", database=name, mart="review_items"),
            )
            con.execute(f"create view {name}_hits as {' union all '.join(parts)}")
        con.execute(_DIFFERENCE)
        of_rule = "true" if rule_id is None else f"rule_id = {literal(rule_id)}"
        return Comparison(
            publication_id=publication.publication_id,
            is_publication_current=is_current,
            rules=tuple(RuleChange(*row) for row in con.execute(_BY_RULE).fetchall()),
            scores=tuple(ScoreChange(*row) for row in con.execute(_SCORES).fetchall()),
            by_month=_counts(con, "strftime(occurred_at, '%Y-%m')", of_rule, "1"),
            by_branch=_counts(con, "branch_id", of_rule, "greatest(2, 3) desc, 1"),
            by_slot=_counts(
                con, "strftime(occurred_at, '%u %H:00')", of_rule, "greatest(2, 3) desc, 1", limit=SLOTS_SHOWN
            ),
            examples=tuple(Hit(*row) for row in con.execute(_EXAMPLES.format(of_rule=of_rule)).fetchall()),
        )


def _counts(
    con: duckdb.DuckDBPyConnection, key: str, of_rule: str, order: str, limit: int | None = None
) -> tuple[tuple[Any, int, int], ...]:
    rows = con.execute(f"""
        select {key} as key, count(*) filter (where is_live) as live, count(*) filter (where is_trial) as trial
        from difference
        where {of_rule}
        group by 1
        order by {order.replace("greatest(2, 3)", "greatest(live, trial)")}
        limit {limit or 10_000}
    """).fetchall()
    return tuple(rows)


_DIFFERENCE = """
    create table difference as
    select
        coalesce(live.violation_id, trial.violation_id) as violation_id,
        coalesce(trial.rule_id, live.rule_id) as rule_id,
        coalesce(trial.verdict, live.verdict) as verdict,
        coalesce(trial.employee_id, live.employee_id) as employee_id,
        coalesce(trial.org_unit_id, live.org_unit_id) as org_unit_id,
        coalesce(trial.branch_id, live.branch_id) as branch_id,
        coalesce(trial.occurred_at, live.occurred_at) as occurred_at,
        coalesce(trial.subject_id, live.subject_id) as subject_id,
        coalesce(trial.explanation_zh, live.explanation_zh) as explanation_zh,
        coalesce(trial.explanation_en, live.explanation_en) as explanation_en,
        live.violation_id is not null as is_live,
        trial.violation_id is not null as is_trial,
        case
            when live.violation_id is null then 'new'
            when trial.violation_id is null then 'gone'
            when
                live.verdict <> trial.verdict or live.severity <> trial.severity or live.points <> trial.points
                or live.is_suppressed <> trial.is_suppressed
                then 'changed'
        end as change
    from live_hits as live
    full join trial_hits as trial on live.violation_id = trial.violation_id
"""
_BY_RULE = """
    select
        rule_id,
        count(*) filter (where is_live),
        count(*) filter (where is_trial),
        count(*) filter (where change = 'new'),
        count(*) filter (where change = 'gone'),
        count(*) filter (where change = 'changed')
    from difference
    group by rule_id
    order by rule_id
"""
_SCORES = """
    select
        trial.employee_id,
        trial.month,
        live.compliance_score::double,
        trial.compliance_score::double,
        live.is_bonus_earned and not trial.is_bonus_earned,
        trial.is_bonus_earned and not live.is_bonus_earned
    from trial.compliance.employee_scores as trial
    inner join live.compliance.employee_scores as live
        on trial.employee_id = live.employee_id and trial.month = live.month
    where live.compliance_score <> trial.compliance_score
    order by abs(live.compliance_score - trial.compliance_score) desc, trial.month desc, trial.employee_id
"""
# Of each rule and change the same number first, so that many new ones do not hide the few that are gone.
_EXAMPLES = f"""
    select change, violation_id, rule_id, verdict, employee_id, org_unit_id, occurred_at, subject_id, explanation_zh,
        explanation_en
    from (
        select *, row_number() over (
            partition by rule_id, coalesce(change, 'same') order by occurred_at desc, violation_id
        ) as k
        from difference
        where {{of_rule}}
    )
    order by change is null, k, rule_id, change
    limit {EXAMPLES}
"""
