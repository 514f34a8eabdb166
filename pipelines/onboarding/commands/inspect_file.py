"""`hufu inspect`.

Belongs here: its arguments, what it prints, its exit codes. Does not belong here: doing the work.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.command_line import data_option, fail, json_option, language_option, print_json
from pipelines.onboarding.commands.shared import (
    inbox_option,
)
from pipelines.onboarding.language import Language
from pipelines.settings import Settings

if TYPE_CHECKING:
    pass


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "relative", help="Path in the inbox to look at it as (default: where it lies, or its name).")
@inbox_option
@data_option
@language_option
@json_option
def inspect(
    file: Path, relative: str | None, inbox: Path | None, data_dir: Path | None, language: Language, as_json: bool
) -> None:
    """What FILE would become: how it is recognised, where its columns go, what would not fit. Takes nothing in."""
    from pipelines.landing import LandingError
    from pipelines.onboarding.inspection import as_record
    from pipelines.onboarding.inspection import inspect as look_at
    from pipelines.onboarding.inspection_view import render

    settings = Settings.load(data_dir=data_dir, inbox=inbox)
    path = file.resolve()
    place = relative or (
        path.relative_to(settings.inbox).as_posix() if path.is_relative_to(settings.inbox) else path.name
    )
    if Path(place).is_absolute() or ".." in Path(place).parts:
        raise click.UsageError("--as is a path inside the inbox, such as hr/employees.csv")
    try:
        inspection = look_at(path, place, settings.inbox, settings.paths.root)
    except LandingError as error:
        fail(str(error))
    if as_json:
        print_json(as_record(inspection))
    else:
        click.echo(render(inspection, str(file), language))
    sys.exit(0 if inspection.is_recognised else 1)
