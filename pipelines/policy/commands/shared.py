"""How a trial is made and shown by more than one command.

Belongs here: their common options and tables. Does not belong here: any one command.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from pipelines.command_line import fail, print_json
from pipelines.onboarding.terminal import table
from pipelines.policy.admission import Refused, admitted_policy, own_policy
from pipelines.policy.check import Row
from pipelines.policy.masters import published_masters
from pipelines.policy.what_if import SLOTS_SHOWN, Comparison, Hit, WhatIfFailed, WhatIfRefused, try_out
from pipelines.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])
SCORES_SHOWN = 10
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "rule": "规则", "live": "现行", "trial": "试算", "new": "新增", "gone": "消失", "changed": "改判",
        "month": "月份", "branch": "分公司", "slot": "时段(星期 时)", "employee": "员工", "score_live": "现行分",
        "score_trial": "试算分", "bonus": "奖金", "lost": "失去", "won": "获得", "change": "变化", "same": "不变",
        "moment": "时间", "what": "说明", "none": "没有任何变化", "scores": "合规分变化", "no_branch": "(集团)",
        "slots_shown": f"(只列最多的{SLOTS_SHOWN}个时段)",
        "stale": "注意:现有发布早于当前数据、规则或政策,差异中含这些变化;先执行 hufu run 再比较更准确",
    },
    "en": {
        "rule": "rule", "live": "live", "trial": "trial", "new": "new", "gone": "gone", "changed": "judged otherwise",
        "month": "month", "branch": "branch", "slot": "slot (weekday, hour)", "employee": "employee",
        "score_live": "score live", "score_trial": "score in trial", "bonus": "bonus", "lost": "lost", "won": "won",
        "change": "change", "same": "same", "moment": "moment", "what": "what", "none": "nothing changes",
        "scores": "compliance scores that change", "no_branch": "(group)",
        "slots_shown": f"(the {SLOTS_SHOWN} slots with the most)",
        "stale": "note: the publication is older than the data, the rules or the policy, and their changes are in the "
        "difference; `hufu run` first for an exact comparison",
    },
}  # fmt: skip


def policy_option(command: _Command) -> _Command:
    """`--policy`, the folder with the company's own tables."""
    return click.option(
        "--policy",
        "policy_dir",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Folder with the company's own policy tables (default: $HUFU_POLICY or <data>/policy).",
    )(command)


def checked_tables(settings: Settings, language: str, *, to_judge_by: bool = False) -> Mapping[str, Sequence[Row]]:
    """The company's tables; ends the command with every fault where there is one.

    to_judge_by: the rules must be complete as well.
    """
    admitted = admitted_policy if to_judge_by else own_policy
    try:
        return admitted(settings, language, published_masters(settings.paths))
    except Refused as refusal:
        for sentence in refusal.sentences:
            click.echo(sentence, err=True)
        sys.exit(1)


def tried_out(settings: Settings, tables: Mapping[str, Sequence[Row]], rule_id: str | None = None) -> Comparison:
    """What comes of the trial; ends the command where that fails."""

    def show(node: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{node[:70]}", nl=False, err=True)

    try:
        return try_out(settings, tables, rule_id, show)
    except WhatIfFailed as error:
        fail(str(error), 2 if isinstance(error, WhatIfRefused) else 1)
    finally:
        if sys.stderr.isatty():
            click.echo("\r\033[K", nl=False, err=True)


def print_comparison_json(comparison: Comparison) -> None:
    print_json(asdict(comparison))


def show_rules(comparison: Comparison, language: str, *, first: str | None = None) -> None:
    """Verdicts by rule: the rule in question, and every other that the change touches."""
    words = WORDS[language]
    if not comparison.is_publication_current:
        click.echo(words["stale"], err=True)
    touched = [r for r in comparison.rules if r.new or r.gone or r.changed or r.rule_id == first]
    if not touched:
        click.echo(words["none"])
        return
    names = [words[key] for key in ("rule", "live", "trial", "new", "gone", "changed")]
    rows = sorted(touched, key=lambda r: (r.rule_id != first, r.rule_id))
    click.echo(table(names, [[r.rule_id, r.live, r.trial, r.new, r.gone, r.changed] for r in rows]))


def show_counts(title: str, counts: Sequence[tuple[str | None, int, int]], language: str) -> None:
    if counts:
        words = WORDS[language]
        rows = [[words["no_branch"] if key is None else key, live, trial] for key, live, trial in counts]
        click.echo("\n" + table([words[title], words["live"], words["trial"]], rows))
        if title == "slot" and len(counts) == SLOTS_SHOWN:
            click.echo(words["slots_shown"])


def show_examples(examples: Sequence[Hit], language: str) -> None:
    if not examples:
        return
    words = WORDS[language]
    rows = [
        [
            words[hit.change or "same"], hit.rule_id, hit.subject_id, hit.employee_id,
            hit.occurred_at.isoformat(sep=" ", timespec="minutes"),
            hit.explanation_zh if language == "zh" else hit.explanation_en,
        ]
        for hit in examples
    ]  # fmt: skip
    click.echo(
        "\n"
        + table([words["change"], words["rule"], "subject_id", words["employee"], words["moment"], words["what"]], rows)
    )


def show_scores(comparison: Comparison, language: str) -> None:
    if not comparison.scores:
        return
    words = WORDS[language]
    names = [words[key] for key in ("employee", "month", "score_live", "score_trial", "bonus")]
    rows = [
        [
            s.employee_id, f"{s.month:%Y-%m}", f"{s.live:g}", f"{s.trial:g}",
            words["lost"] if s.is_bonus_lost else words["won"] if s.is_bonus_won else "",
        ]
        for s in comparison.scores[:SCORES_SHOWN]
    ]  # fmt: skip
    click.echo(f"\n{words['scores']}: {len(comparison.scores)}")
    click.echo(table(names, rows))
