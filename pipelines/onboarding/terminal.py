"""Tables and lines for a terminal.

Belongs here: layout that holds for Chinese as well as for English text. Does not belong here: what is said.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WITHOUT_TERMINAL = 200
_CONTROL = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}


def plain(value: object) -> str:
    """Foreign text as a terminal may show it: nothing in it moves the cursor or changes colours."""
    return "" if value is None else str(value).translate(_CONTROL).expandtabs(2)


def table(
    names: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None, width: int | None = None
) -> str:
    """An aligned table; long cells wrap on a terminal."""
    grid = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(names):
        numeric = bool(rows) and all(isinstance(row[number], int) for row in rows)
        grid.add_column(Text(plain(name)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(f"{cell:,}" if type(cell) is int else plain(cell)) for cell in row))
    is_terminal = sys.stdout.isatty()
    console = Console(
        file=io.StringIO(),
        width=width or (None if is_terminal else _WITHOUT_TERMINAL),
        force_terminal=is_terminal,
        highlight=False,
    )
    console.print(grid)
    lines = console.file.getvalue().rstrip("\n").split("\n")  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in lines)


def shortened(text: object, width: int) -> str:
    """The text in one line of at most `width` terminal columns."""
    line = " ".join(plain(text).split())
    if cell_len(line) <= width:
        return line
    kept, used = [], 0
    for character in line:
        used += cell_len(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"
