"""The process that parses workbooks and markup, so that no file can take the landing down with it.

Belongs here: the worker's own side: its limits, its requests one by one. Started by `workers`.
Does not belong here: file formats (`spreadsheets`, `markup`), when to give up on a worker (`workers`).

One JSON object per line comes in: `{"path", "kind", "folder"}`. One goes out: `{"sheets": [...]}` with the tables
written below the folder, or `{"refused": {"code", "zh", "en"}}`. The process ends when its input does.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from importlib.abc import MetaPathFinder
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from pipelines.landing.reading import markup, spreadsheets
from pipelines.landing.reading.grid import Grid, write_grid
from pipelines.landing.reasons import SetAside, file_reason

OPENERS: dict[str, Callable[[Path], Iterable[Grid]]] = {
    "workbook": spreadsheets.open_workbook,
    "html": markup.open_html,
    "mhtml": markup.open_mhtml,
    "spreadsheetml": markup.open_spreadsheetml,
}


def answer(request: dict[str, Any], memory_bytes: int) -> dict[str, Any]:
    """Parse one file."""
    try:
        grids = OPENERS[request["kind"]](Path(request["path"]))
        sheets = [write_grid(grid, Path(request["folder"]), number).as_dict() for number, grid in enumerate(grids)]
    except SetAside as error:
        return {"refused": asdict(error.reason)}
    except MemoryError:
        return {"refused": asdict(file_reason("too_much_memory", megabytes=memory_bytes // 1024**2))}
    except OSError as error:
        return {"refused": asdict(file_reason("unreadable", detail=error.strerror or str(error)))}
    return {"sheets": sheets}


def limit_resources(memory_bytes: int, file_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _requests() -> SimpleQueue[str]:
    """Lines of the input. A landing that died leaves no worker behind that still writes."""
    lines: SimpleQueue[str] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    Thread(target=read, daemon=True).start()
    return lines


class _WithoutPandas(MetaPathFinder):
    """Arrow looks for pandas with its first array, which takes longer than most files, and has no use for it here."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


def main(memory_bytes: int, file_bytes: int) -> None:
    limit_resources(memory_bytes, file_bytes)
    sys.meta_path.insert(0, _WithoutPandas())
    # Rows are made by the million and hold no cycles; looking for some takes a tenth of the time.
    gc.disable()
    # Whatever a library prints must not get among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines = _requests()
    while True:
        reply = answer(json.loads(lines.get()), memory_bytes)
        answers.write(json.dumps(reply) + "\n")
        answers.flush()
        gc.collect()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
