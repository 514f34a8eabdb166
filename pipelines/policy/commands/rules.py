"""`hufu rules`: the registry, and trying a rule out.

Belongs here: arguments and output. Does not belong here: building and comparing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipelines.command_line import data_option, fail, json_option, language_option, print_json
from pipelines.onboarding.terminal import table
from pipelines.policy.commands.shared import (
    checked_tables,
    policy_option,
    print_comparison_json,
    show_counts,
    show_examples,
    show_rules,
    show_scores,
    tried_out,
)
from pipelines.settings import Settings


@click.group()
def rules() -> None:
    """The rules: what each means, and what another threshold would find."""


@rules.command(name="list")
@language_option
@json_option
def list_rules(language: str, as_json: bool) -> None:
    """List the rules."""
    from dataclasses import asdict

    from pipelines.policy.registry import registry

    if as_json:
        for rule in registry().values():
            print_json(asdict(rule))
        return
    rows = [
        [r.rule_id, r.texts["name"][language], r.severity, f"{r.points:g}", r.status,
         ", ".join(f"{p.name}={p.value} {p.unit}" for p in r.parameters.values())]
        for r in registry().values()
    ]  # fmt: skip
    names = ["规则", "名称", "严重程度", "扣分", "状态", "参数"] if language == "zh" else [
        "rule", "name", "severity", "points", "status", "parameters"
    ]  # fmt: skip
    click.echo(table(names, rows))


@rules.command()
@click.argument("rule_id", metavar="RULE")
@data_option
@policy_option
@language_option
@json_option
def show(rule_id: str, data_dir: Path | None, policy_dir: Path | None, language: str, as_json: bool) -> None:
    """Say everything about RULE: meaning, source, parameters with the company's own values (*), data, test cases."""
    from pipelines.contract import load_contract
    from pipelines.onboarding.terminal import plain
    from pipelines.policy.rule_files import rule_entries, unit_tests
    from pipelines.policy.rule_page import as_record, as_text, rule_page

    entry = next((entry for entry in rule_entries() if entry.rule_id == rule_id), None)
    if entry is None:
        fail(f"there is no rule {rule_id}; `hufu rules list` lists them", 2)
    settings = Settings.load(data_dir=data_dir, policy_dir=policy_dir)
    page = rule_page(entry, checked_tables(settings, language), load_contract(), tuple(unit_tests()))
    if as_json:
        print_json(as_record(page))
        return
    for line in as_text(page, language):
        click.echo(plain(line))


@rules.command()
@click.argument("rule_ids", metavar="[RULE]...", nargs=-1)
def test(rule_ids: tuple[str, ...]) -> None:
    """Run the unit tests of RULE (default: of all rules) on made-up rows; no data folder is needed."""
    from pipelines.policy.registry import registry
    from pipelines.policy.unit_tests import UnitTestsNotRun, run_unit_tests

    unknown = [rule_id for rule_id in rule_ids if rule_id not in registry()]
    if unknown:
        fail(f"there is no rule {', '.join(unknown)}; `hufu rules list` lists them", 2)
    try:
        results = run_unit_tests(rule_ids or tuple(registry()))
    except UnitTestsNotRun as error:
        fail(str(error))
    for result in results:
        click.echo(f"{'ok    ' if result.passed else 'FAILED'} {result.rule_id}  {result.test}")
        if not result.passed:
            click.echo(result.message)
    untested = set(rule_ids or registry()) - {result.rule_id for result in results}
    for rule_id in sorted(untested):
        click.echo(f"FAILED {rule_id}  has no unit test")
    sys.exit(1 if untested or not all(result.passed for result in results) else 0)


@rules.command()
@click.argument("rule_id", metavar="RULE")
@click.option("--set", "changes", multiple=True, metavar="PARAMETER=VALUE", help="Another value of a parameter.")
@data_option
@policy_option
@language_option
@json_option
def preview(
    rule_id: str,
    changes: tuple[str, ...],
    data_dir: Path | None,
    policy_dir: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """Run RULE over all history, with other values of its parameters if asked, against what is published."""
    from pipelines.policy.registry import registry
    from pipelines.policy.what_if import WhatIfRefused, with_parameter

    settings = Settings.load(data_dir=data_dir, policy_dir=policy_dir)
    # First, because the registry is read from the rules.
    tables = checked_tables(settings, language, to_judge_by=True)
    if rule_id not in registry():
        fail(f"there is no rule {rule_id}; `hufu rules list` lists them", 2)
    tried: set[str] = set()
    for change in changes:
        parameter, _, value = (part.strip() for part in change.partition("="))
        if not value:
            raise click.UsageError(f"--set {change}: write PARAMETER=NUMBER, as in --set window_hours=48")
        if parameter in tried:
            raise click.UsageError(f"--set {change}: {parameter} is set twice")
        tried.add(parameter)
        try:
            tables = with_parameter(tables, rule_id, parameter, value)
        except WhatIfRefused as error:
            raise click.UsageError(f"--set {change}: {error}") from None
    comparison = tried_out(settings, tables, rule_id)
    if as_json:
        print_comparison_json(comparison)
        return
    show_rules(comparison, language, first=rule_id)
    show_counts("month", comparison.by_month, language)
    show_counts("branch", comparison.by_branch, language)
    show_counts("slot", comparison.by_slot, language)
    show_examples(comparison.examples, language)
    show_scores(comparison, language)
