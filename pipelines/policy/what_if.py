"""Trying a policy out: the warehouse built once more with changed policy tables, compared with what is published.

Belongs here: building it apart from the served one, and the differences. Does not belong here: how they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipelines.policy.check import Row
from pipelines.policy.registry import registry
from pipelines.policy.tables import policy_tables
from pipelines.settings import Settings
from pipelines.sql import literal

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

WHAT_IF_FOLDER = "build-what-if"
EXAMPLES = 10
# Nobody reads a slot finer than the hour, and a table of 168 slots tells nobody anything.
SLOTS_SHOWN = 10
_SELECTED = "+fct_violations +review_items +employee_scores"
_HITS = """
    select violation_id, rule_id, '{verdict}' as verdict, severity, {points} as points, employee_id, org_unit_id,
        branch_id, occurred_at, subject_id, explanation_zh, explanation_en
    from {database}.compliance.{mart}
"""


class WhatIfFailed(RuntimeError):
    """The trial cannot be made; the message says why."""


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
    """How many verdicts a rule has live and in the trial, and how many are new, gone, or otherwise judged."""

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
    """The trial against the publication. The breakdowns are of one rule's verdicts: (key, live, trial)."""

    publication_id: str
    is_publication_current: bool
    rules: tuple[RuleChange, ...]
    scores: tuple[ScoreChange, ...]
    by_month: tuple[tuple[str, int, int], ...] = ()
    by_branch: tuple[tuple[str, int, int], ...] = ()
    by_slot: tuple[tuple[str, int, int], ...] = ()
    examples: tuple[Hit, ...] = ()


def with_parameter(
    tables: Mapping[str, Sequence[Row]], rule_id: str, parameter: str, value: str
) -> dict[str, tuple[Row, ...]]:
    """The company's tables, with head office's value of one parameter replaced for all times.

    Raises WhatIfFailed for an unknown parameter. Values that units or job families set for themselves stay.
    """
    known = registry()[rule_id].parameters
    if parameter not in known:
        named = ", ".join(known) or "none"
        raise WhatIfFailed(f"{rule_id} has no parameter {parameter!r}; it has: {named}")
    columns = policy_tables()["thresholds"].types
    scope = ("country_code", "org_unit_id", "job_family")
    kept = [
        row
        for row in tables.get("thresholds", ())
        if (row["rule_id"], row["parameter"]) != (rule_id, parameter) or any(row[column] for column in scope)
    ]
    tried: Row = {**dict.fromkeys(columns), "rule_id": rule_id, "parameter": parameter, "value": value}
    tried["valid_from"] = date(2000, 1, 1).isoformat()
    return {**tables, "thresholds": (*kept, tried)}


def build_trial(
    settings: Settings, tables: Mapping[str, Sequence[Row]], on_node: Callable[[str], None] | None = None
) -> Path:
    """The working database of a trial, as far as verdicts and scores need it. Raises WhatIfFailed."""
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


def compare(settings: Settings, trial: Path, rule_id: str | None = None) -> Comparison:
    """The trial's verdicts and scores against the current publication's.

    Breakdowns and examples are those of `rule_id`, else of all rules.

    Raises WhatIfFailed when nothing is published to compare with.
    """
    import duckdb

    from pipelines.publish import current_publication
    from pipelines.state import run_fingerprint

    publication = current_publication(settings.paths)
    if publication is None:
        raise WhatIfFailed("nothing is published yet to compare with; run `hufu run` first")
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
            is_publication_current=publication.fingerprint == run_fingerprint(settings),
            rules=tuple(RuleChange(*row) for row in con.execute(_BY_RULE).fetchall()),
            scores=tuple(ScoreChange(*row) for row in con.execute(_SCORES).fetchall()),
            by_month=_counts(con, "strftime(occurred_at, '%Y-%m')", of_rule, "1"),
            by_branch=_counts(con, "coalesce(branch_id, '(group)')", of_rule, "greatest(2, 3) desc, 1"),
            by_slot=_counts(
                con, "strftime(occurred_at, '%u %H:00')", of_rule, "greatest(2, 3) desc, 1", limit=SLOTS_SHOWN
            ),
            examples=tuple(Hit(*row) for row in con.execute(_EXAMPLES.format(of_rule=of_rule)).fetchall()),
        )


def _counts(
    con: duckdb.DuckDBPyConnection, key: str, of_rule: str, order: str, limit: int | None = None
) -> tuple[tuple[str, int, int], ...]:
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
            when live.verdict <> trial.verdict or live.severity <> trial.severity or live.points <> trial.points
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
# Of each change the same number first, so that many new ones do not hide the few that are gone.
_EXAMPLES = f"""
    select change, violation_id, rule_id, verdict, employee_id, org_unit_id, occurred_at, subject_id, explanation_zh,
        explanation_en
    from (
        select *, row_number() over (partition by coalesce(change, 'same') order by occurred_at desc, violation_id) as k
        from difference
        where {{of_rule}}
    )
    order by change is null, k, change
    limit {EXAMPLES}
"""
