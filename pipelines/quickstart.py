"""`make run`: from nothing to dashboards in one command.

Belongs here: choosing between the user's own inbox and the demo company, then running and serving.
Does not belong here: any of the steps.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import click

from pipelines.cli import serve
from pipelines.progress import TextReporter
from pipelines.run import run
from pipelines.settings import DEFAULT_PORT, Settings, disable_telemetry


def choose_settings(own: Settings) -> tuple[Settings, bool]:
    """The user's data folder if its inbox holds anything, else the demo company's own; and whether that is the demo."""
    if own.inbox.is_dir() and any(own.inbox.iterdir()):
        return own, False
    return Settings.load(data_dir=own.paths.root / "demo"), True


def prepare_demo(inbox: Path, scale: float) -> None:
    """Write the demo company's exports unless they are there."""
    from pipelines import demo

    if inbox.is_dir() and any(inbox.iterdir()):
        return
    click.echo(f"the inbox is empty: writing the demo company's exports to {inbox}")
    began = time.monotonic()
    unfinished = inbox.with_name(f".{inbox.name}-unfinished")
    for leftover in (unfinished, unfinished.with_name(unfinished.name + ".truth")):
        shutil.rmtree(leftover, ignore_errors=True)
    demo.generate(unfinished, scale=scale)
    unfinished.with_name(unfinished.name + ".truth").rename(inbox.with_name(inbox.name + ".truth"))
    unfinished.rename(inbox)
    click.echo(f"written in {time.monotonic() - began:.1f} s")


@click.command()
@click.option("--port", type=int, default=DEFAULT_PORT)
@click.option("--scale", type=float, default=1.0, help="Size of the demo company; 1 = about 1,000 employees.")
def main(port: int, scale: float) -> None:
    """Demo or own inbox -> warehouse -> dashboards."""
    disable_telemetry()
    settings, is_demo = choose_settings(Settings.load())
    if is_demo:
        prepare_demo(settings.inbox, scale)
    click.echo(f"inbox {settings.inbox}")
    began = time.monotonic()
    outcome = run(settings, TextReporter())
    click.echo(f"{outcome.status}: {outcome.publication_id} in {time.monotonic() - began:.1f} s")
    for reason in outcome.reasons:
        click.echo(f"  - {reason}", err=True)
    if outcome.publication_id is None:
        sys.exit(1)
    serve.main(["--data", str(settings.paths.root), "--port", str(port)], standalone_mode=True)


if __name__ == "__main__":
    main()
