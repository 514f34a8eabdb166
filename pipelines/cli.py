"""The `hufu` command.

Belongs here: arguments, messages, exit codes (0 done, 1 checks failed or nothing published, 2 usage).
Does not belong here: doing the work; every command calls one function of another package.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from pipelines.command_line import data_option, fail, json_option, print_json
from pipelines.evidence.commands import COMMANDS as EVIDENCE_COMMANDS
from pipelines.onboarding.commands import COMMANDS as ONBOARDING_COMMANDS
from pipelines.policy.commands import COMMANDS as POLICY_COMMANDS
from pipelines.policy.commands.shared import policy_option
from pipelines.settings import DASHBOARD_APP, DBT_PROJECT_DIR, DEFAULT_PORT, Settings, disable_telemetry


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hufu")
def main() -> None:
    """Hufu: what people did, against what they were allowed, planned or trained to do."""
    disable_telemetry()


@main.command()
@click.option("--inbox", type=click.Path(path_type=Path), help="Folder with the exports (default: <data>/inbox).")
@data_option
@policy_option
@click.option("--target", type=click.Choice(["duckdb", "spark"]), help="Engine that runs the models.")
@json_option
def run(inbox: Path | None, data_dir: Path | None, policy_dir: Path | None, target: str | None, as_json: bool) -> None:
    """Land the inbox, build the warehouse, check it, publish it."""
    from pipelines.progress import JsonReporter, Reporter, TextReporter
    from pipelines.run import run as run_pipeline

    settings = Settings.load(data_dir=data_dir, inbox=inbox, policy_dir=policy_dir, target=target)
    if settings.target == "spark":
        raise click.UsageError("the spark target is not available yet; leave --target out to run on DuckDB")
    reporter: Reporter = JsonReporter() if as_json else TextReporter()
    began = time.monotonic()
    outcome = run_pipeline(settings, reporter)
    seconds = time.monotonic() - began
    if as_json:
        record = {"status": outcome.status, "publication_id": outcome.publication_id, "reasons": outcome.reasons}
        click.echo(json.dumps({**record, "seconds": round(seconds, 3)}, ensure_ascii=False))
    elif outcome.status == "published":
        click.echo(f"published {outcome.publication_id} in {seconds:.1f} s")
    elif outcome.status == "unchanged":
        click.echo(f"nothing new since {outcome.publication_id} ({seconds:.1f} s)")
    else:
        click.echo("nothing was published:", err=True)
        for reason in outcome.reasons:
            click.echo(f"  - {reason}", err=True)
        if outcome.publication_id:
            click.echo(f"readers still see {outcome.publication_id}", err=True)
    sys.exit(outcome.exit_code)


@main.command()
@data_option
@click.option("--port", type=int, default=DEFAULT_PORT, show_default=True)
def serve(data_dir: Path | None, port: int) -> None:
    """Serve the dashboards on this machine."""
    from pipelines.state import ensure_pseudonym_key

    settings = Settings.load(data_dir=data_dir)
    if not settings.paths.current.exists():
        fail(f"nothing is published in {settings.paths.root}; run `hufu run` first")
    ensure_pseudonym_key(settings.paths)
    arguments = [
        "--server.address",
        settings.server_address,
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        "--server.fileWatcherType",
        "none",
        "--browser.gatherUsageStats",
        "false",
    ]
    os.environ["HUFU_DATA"] = str(settings.paths.root)
    click.echo(f"dashboards: http://localhost:{port}", err=True)
    os.chdir(DASHBOARD_APP.parent)
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", str(DASHBOARD_APP), *arguments])


@main.command()
@data_option
@json_option
def status(data_dir: Path | None, as_json: bool) -> None:
    """What is published, since when, and how the last run ended."""
    from dataclasses import asdict

    from pipelines.publish import current_publication, list_publications

    paths = Settings.load(data_dir=data_dir).paths
    current = current_publication(paths)
    last = json.loads(paths.last_run.read_text(encoding="utf-8")) if paths.last_run.exists() else None
    if as_json:
        click.echo(json.dumps({"current": current and asdict(current), "last_run": last}, ensure_ascii=False))
        return
    click.echo(f"data folder   {paths.root}")
    click.echo(f"published     {f'{current.publication_id} at {current.published_at}' if current else 'nothing yet'}")
    click.echo(f"kept          {', '.join(p.publication_id for p in list_publications(paths)) or 'none'}")
    if last:
        click.echo(f"last run      {last['status']} at {last['finished_at']}: {last['message']}")


@main.command()
@data_option
@click.option("--to", help="Publication id (default: the one before the current).")
def rollback(data_dir: Path | None, to: str | None) -> None:
    """Point the dashboards to an earlier publication."""
    from pipelines.landing import LandingError
    from pipelines.publish import rollback as roll_back

    try:
        publication = roll_back(Settings.load(data_dir=data_dir).paths, to)
    except (LookupError, LandingError) as error:
        fail(str(error))
    else:
        click.echo(f"readers now see {publication.publication_id} of {publication.published_at}")


@main.command()
@click.argument("statement")
@data_option
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def sql(statement: str, data_dir: Path | None, style: str) -> None:
    """Ask the published marts a question (read-only)."""
    from pipelines.publish.query import QueryFailed, format_rows, query_published

    try:
        names, rows = query_published(Settings.load(data_dir=data_dir).paths, statement)
    except QueryFailed as error:
        fail(str(error))
    else:
        click.echo(format_rows(names, rows, style))


@main.command()
@click.option("--scale", type=float, default=1.0, show_default=True, help="1 = about 1,000 employees.")
@click.option("--seed", type=int, help="Another company of the same kind.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the exports; the truth goes to OUT.truth.")
@click.option("--evaluate", is_flag=True, help="Score what was published against the truth.")
@click.option("--inbox", type=click.Path(path_type=Path), help="With --evaluate: the exports that were published.")
@data_option
@click.option("--json", "as_json", is_flag=True, help="With --evaluate: a JSON line per rule, one on causes, the sum.")
def demo(
    scale: float,
    seed: int | None,
    out: Path | None,
    evaluate: bool,
    inbox: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Write the demo company's exports, or score rules and causes of errors against what was planted in them.

    The score is information: the exit code is 0 whatever was found.
    """
    from pipelines import demo as company

    if evaluate:
        settings = Settings.load(data_dir=data_dir, inbox=inbox)
        try:
            scores = company.evaluate(settings.inbox, settings.paths.root)
            causes = company.evaluate_causes(settings.inbox, settings.paths.root)
        except FileNotFoundError as error:
            fail(str(error))
        if as_json:
            for score in scores:
                print_json(score.describe())
            if causes:
                print_json({"causes_of_errors": causes.describe()})
            print_json({"overall": company.overall(scores).describe()})
        else:
            if causes:
                click.echo(company.format_causes(causes) + "\n")
            click.echo(company.format_scores(scores))
        return
    if as_json:
        raise click.UsageError("--json goes with --evaluate")
    if out is None:
        raise click.UsageError("--out DIR is needed (or --evaluate)")
    if out.exists() and any(out.iterdir()):
        raise click.UsageError(f"{out} is not empty; name a new folder")
    options: dict[str, Any] = {} if seed is None else {"seed": seed}
    began = time.monotonic()
    company.generate(out, scale=scale, **options)
    click.echo(f"demo company written to {out} in {time.monotonic() - began:.1f} s; truth in {out}.truth")


for command in (*ONBOARDING_COMMANDS, *EVIDENCE_COMMANDS, *POLICY_COMMANDS):
    main.add_command(command)


@main.group()
def contract() -> None:
    """The input contract and what is rendered from it."""


@contract.command()
def render() -> None:
    """Render staging models, sources and documentation from the contract, and the page of labour law from its table."""
    from pipelines.contract.dbt import write
    from pipelines.contract.docs import write as write_docs
    from pipelines.policy.labour_law import write as write_labour_law

    changed = [*write(DBT_PROJECT_DIR), *write_docs(), *write_labour_law()]
    for path in changed:
        click.echo(f"rendered {path}")
    click.echo(f"{len(changed)} files changed")


if __name__ == "__main__":
    main()
