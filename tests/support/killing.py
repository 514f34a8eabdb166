"""Real processes that end by SIGKILL, forked from one that has its libraries already: 8 s less for each.

Belongs here: starting them, and where they stop and die. Does not belong here: what is to hold afterwards.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    _expect_kill(process, target, arguments)


def _expect_kill(process: Any, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    process.join(timeout=_TIMEOUT_SECONDS)
    if process.is_alive():
        process.kill()
    assert process.exitcode == -signal.SIGKILL, f"{target.__name__}{arguments} ended with {process.exitcode}"


def stopped(stops: int, look: Callable[[], None], target: Callable[..., None], *arguments: Any) -> None:
    """As `killed`, and look whenever the process has stopped itself, which it must do so many times before it dies."""
    process = _CONTEXT.Process(target=target, args=arguments)
    process.start()
    assert process.pid is not None
    end = time.monotonic() + _TIMEOUT_SECONDS
    for _ in range(stops):
        while _state(process.pid) != "T" and process.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        assert process.is_alive() and _state(process.pid) == "T", f"{target.__name__}{arguments} did not stop"
        look()
        os.kill(process.pid, signal.SIGCONT)
        while _state(process.pid) == "T":
            time.sleep(0.001)
    _expect_kill(process, target, arguments)


def _state(pid: int) -> str:
    """Of all threads together: T = stopped."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


def send_to_self(sent: signal.Signals) -> None:
    os.kill(os.getpid(), sent)


def die() -> None:
    send_to_self(signal.SIGKILL)


class InterruptingReporter(SilentReporter):
    """Sends its own process a signal a moment after a step has ended, that is, inside the next one."""

    def __init__(self, signals: Mapping[str, signal.Signals]) -> None:
        self.signals = signals

    def finished(self, step: str, seconds: float, detail: str, ok: bool) -> None:
        if step in self.signals:
            threading.Timer(0.05, send_to_self, [self.signals[step]]).start()


def run_and_die(stops: Sequence[str], last: str, inbox: Path, data: Path) -> None:
    """A run that stops inside the step after each of `stops` and dies inside the step after `last`."""
    from pipelines.run import run
    from pipelines.settings import Settings

    signals = {**dict.fromkeys(stops, signal.SIGSTOP), last: signal.SIGKILL}
    run(Settings.load({}, data_dir=data, inbox=inbox), InterruptingReporter(signals))


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
