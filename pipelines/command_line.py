"""What the commands of `hufu` have in common.

Belongs here: options and endings that several commands share. Does not belong here: any one command.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from pipelines.onboarding.language import LANGUAGES, language_of

_Command = TypeVar("_Command", bound=Callable[..., Any])

data_option = click.option(
    "--data", "data_dir", type=click.Path(path_type=Path), help="Data folder (default: $HUFU_DATA or ./data)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON line per step or row.")


def language_option(command: _Command) -> _Command:
    """`--language`, by default what the terminal's locale asks for."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=lambda: language_of(os.environ),
        help="Language of texts (default: from LANG).",
    )(command)


def fail(message: str, exit_code: int = 1) -> NoReturn:
    """exit_code: 2 where the command was asked for something that there is not."""
    click.echo(f"error: {message}", err=True)
    sys.exit(exit_code)


def print_json(record: Any) -> None:
    click.echo(json.dumps(record, ensure_ascii=False, default=str))
