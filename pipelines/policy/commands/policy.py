"""`hufu policy`: the tables that a company decides by.

Belongs here: arguments and output. Does not belong here: checks and trials.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from pipelines.command_line import data_option, fail, json_option, language_option, print_json
from pipelines.onboarding.terminal import table
from pipelines.policy.commands.shared import (
    checked_tables,
    policy_option,
    print_comparison_json,
    show_examples,
    show_rules,
    show_scores,
    tried_out,
)
from pipelines.policy.masters import published_masters
from pipelines.settings import Settings

CHECKED = {
    "zh": "{count}张表由本公司维护,未发现问题:{names}",
    "en": "{count} tables are kept by the company, nothing is wrong with them: {names}",
}
NONE_OWN = {"zh": "{folder}中没有政策表,全部按出厂政策", "en": "no policy tables in {folder}: all as shipped"}


@click.group()
def policy() -> None:
    """The company's own policy tables: check them, and see what they would change."""


@policy.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@data_option
@language_option
@json_option
def check(folder: Path | None, data_dir: Path | None, language: str, as_json: bool) -> None:
    """Say what is wrong with the tables of FOLDER (default: <data>/policy)."""
    from pipelines.policy.check import check_settings

    settings = Settings.load(data_dir=data_dir, policy_dir=folder)
    checked = check_settings(settings, published_masters(settings.paths))
    for fault in checked.faults:
        if as_json:
            place = {"file": fault.file, "line": fault.line, "column": fault.column, "value": fault.value}
            print_json({**place, "zh": fault.zh, "en": fault.en})
        else:
            click.echo(fault.sentence(language))
    if as_json:
        print_json({"tables": sorted(checked.tables), "faults": len(checked.faults)})
    elif not checked.faults:
        names = ", ".join(sorted(checked.tables))
        template = CHECKED[language] if checked.tables else NONE_OWN[language]
        click.echo(template.format(count=len(checked.tables), names=names, folder=settings.policy_dir))
    sys.exit(1 if checked.faults else 0)


@policy.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@data_option
@language_option
@json_option
def diff(folder: Path | None, data_dir: Path | None, language: str, as_json: bool) -> None:
    """Build the warehouse with the tables of FOLDER and show what would change in violations and scores."""
    settings = Settings.load(data_dir=data_dir, policy_dir=folder)
    comparison = tried_out(settings, checked_tables(settings, language, to_judge_by=True))
    if as_json:
        print_comparison_json(comparison)
        return
    show_rules(comparison, language)
    show_examples([hit for hit in comparison.examples if hit.change], language)
    show_scores(comparison, language)


@policy.command()
@language_option
def tables(language: str) -> None:
    """List the policy tables and their columns."""
    from pipelines.policy.tables import policy_tables

    rows = [[t.name, ", ".join(t.types), t.description] for t in policy_tables().values()]
    names = ["表名", "列", "内容"] if language == "zh" else ["table", "columns", "what it holds"]
    click.echo(table(names, rows))


@policy.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--table", "names", multiple=True, help="Only this table (may be repeated; default: all).")
@data_option
@policy_option
@language_option
def export(out: Path, names: tuple[str, ...], data_dir: Path | None, policy_dir: Path | None, language: str) -> None:
    """Write the tables in force to OUT as CSV, to begin one's own from."""
    from pipelines.policy.tables import policy_tables

    own = checked_tables(Settings.load(data_dir=data_dir, policy_dir=policy_dir), language)
    unknown = set(names) - set(policy_tables())
    if unknown:
        fail(f"no policy table {', '.join(sorted(unknown))}; `hufu policy tables` lists them", 2)
    out.mkdir(parents=True, exist_ok=True)
    for name in names or policy_tables():
        path = out / f"{name}.csv"
        if path.exists():
            fail(f"{path} exists; move it away or name another folder")
        rows = own[name] if name in own else policy_tables()[name].shipped_rows()
        # With a byte order mark, or a spreadsheet takes the Chinese for something else.
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.DictWriter(handle, policy_tables()[name].types)
            writer.writeheader()
            writer.writerows({column: value or "" for column, value in row.items()} for row in rows)
        click.echo(path)
