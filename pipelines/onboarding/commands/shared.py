"""What several of these commands share.

Belongs here: options, checks of file names, how ids are shown. Does not belong here: any one command.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

ID_LENGTH = 12

inbox_option = click.option(
    "--inbox", type=click.Path(path_type=Path), help="Folder whose own profiles count too (default: <data>/inbox)."
)


def new_file(out: Path) -> Path:
    """The path, if nothing is there yet. Raises UsageError."""
    if out.exists():
        raise click.UsageError(f"{out} exists; name another file with --out")
    return out


def new_workbook(out: Path) -> Path:
    """The same for a workbook."""
    if out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{out} must end in .xlsx")
    return new_file(out)


def local_minute(stamp: str) -> str:
    """A UTC stamp as the reader's clock shows it."""
    return datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M")


def is_terminal() -> bool:
    """Whether a person answers."""
    return sys.stdin.isatty()
