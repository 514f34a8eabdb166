"""Real processes that end by SIGKILL, forked from one that has its libraries already: 8 s less for each.

Belongs here: starting them, and where they die. Does not belong here: what is to hold afterwards.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pipelines.progress import SilentReporter

# A server that does nothing but fork: it holds no database, thread or lock of the tests.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.libraries"])
_TIMEOUT_SECONDS = 120


def killed(target: Callable[..., None], *arguments: Any) -> None:
    """Run the function in a process of its own, in which it must not come to its end."""
    process = _CONTEXT.Process(target=target, args=arguments)
    process.start()
    process.join(timeout=_TIMEOUT_SECONDS)
    if process.is_alive():
        process.kill()
    assert process.exitcode == -signal.SIGKILL, f"{target.__name__}{arguments} ended with {process.exitcode}"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingReporter(SilentReporter):
    """Dies a moment after a step has ended, that is, inside the next one."""

    def __init__(self, step: str) -> None:
        self.step = step

    def finished(self, step: str, seconds: float, detail: str, ok: bool) -> None:
        if step == self.step:
            threading.Timer(0.05, die).start()


def run_and_die(step: str, inbox: Path, data: Path) -> None:
    """A run that dies inside the step after this one."""
    from pipelines.run import run
    from pipelines.settings import Settings

    run(Settings.load({}, data_dir=data, inbox=inbox), DyingReporter(step))


@contextmanager
def before_durable_writes(call: Callable[[], None]) -> Iterator[None]:
    """Call the function before this process replaces a file or appends to its log."""
    from pipelines.evidence.log import Log

    replace, append = os.replace, Log._append

    def replace_after(*arguments: Any, **options: Any) -> None:
        call()
        replace(*arguments, **options)

    def append_after(log: Log, *arguments: Any) -> None:
        call()
        append(log, *arguments)

    with patch.object(os, "replace", replace_after), patch.object(Log, "_append", append_after):
        yield


def land_and_die(write: int, inbox: Path, data: Path) -> None:
    """A landing that dies before its durable write of that number, from 1 on; or comes to its end."""
    from pipelines.landing import land_inbox

    begun = iter(range(1, write))
    with before_durable_writes(lambda: None if next(begun, None) else die()):
        land_inbox(inbox, data)
