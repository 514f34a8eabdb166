"""What a person sees while a run goes on.

Belongs here: step names, their state and timing, and how they are shown (terminal, plain lines, JSON lines).
Does not belong here: doing any step.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO


@dataclass(frozen=True)
class StepTime:
    """One finished step. seconds: wall time."""

    name: str
    seconds: float
    detail: str


class Reporter(Protocol):
    """Where progress goes. `done`/`total` count the step's own units (files, models, suites)."""

    def started(self, step: str) -> None: ...
    def advanced(self, step: str, message: str, done: int, total: int) -> None: ...
    def finished(self, step: str, seconds: float, detail: str, ok: bool) -> None: ...
    def noted(self, step: str, lines: Sequence[str]) -> None: ...


@dataclass
class SilentReporter:
    """Shows nothing; for tests and for callers that only want the outcome."""

    def started(self, step: str) -> None:
        return None

    def advanced(self, step: str, message: str, done: int, total: int) -> None:
        return None

    def finished(self, step: str, seconds: float, detail: str, ok: bool) -> None:
        return None

    def noted(self, step: str, lines: Sequence[str]) -> None:
        return None


@dataclass
class TextReporter:
    """One line per step; on a terminal the running step's line also shows how far it is."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    _width: int = 0

    def _rewrite(self, text: str, end: str = "") -> None:
        pad = " " * max(0, self._width - len(text))
        self.stream.write(f"\r{text}{pad}{end}")
        self.stream.flush()
        self._width = 0 if end else len(text)

    def started(self, step: str) -> None:
        if self.stream.isatty():
            self._rewrite(f"  … {step}")

    def advanced(self, step: str, message: str, done: int, total: int) -> None:
        if self.stream.isatty():
            self._rewrite(f"  … {step}  {done}/{total}  {message}"[:110])

    def finished(self, step: str, seconds: float, detail: str, ok: bool) -> None:
        line = f"  {'ok' if ok else 'FAILED':<6} {step:<34} {seconds:7.1f} s   {detail}"
        if self.stream.isatty():
            self._rewrite(line, end="\n")
        else:
            self.stream.write(line + "\n")
            self.stream.flush()

    def noted(self, step: str, lines: Sequence[str]) -> None:
        for line in lines:
            self.stream.write(f"         {line}\n")
        self.stream.flush()


@dataclass
class JsonReporter:
    """One JSON object per finished step on standard output."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)

    def started(self, step: str) -> None:
        return None

    def advanced(self, step: str, message: str, done: int, total: int) -> None:
        return None

    def finished(self, step: str, seconds: float, detail: str, ok: bool) -> None:
        self.emit({"step": step, "ok": ok, "seconds": round(seconds, 3), "detail": detail})

    def noted(self, step: str, lines: Sequence[str]) -> None:
        if lines:
            self.emit({"step": step, "notices": list(lines)})

    def emit(self, record: dict[str, Any]) -> None:
        self.stream.write(json.dumps(record, ensure_ascii=False) + "\n")
        self.stream.flush()


@dataclass
class Steps:
    """Times the steps of one run and passes them on to a reporter."""

    reporter: Reporter
    times: list[StepTime] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[StepNote]:
        """Time one step; whatever the body leaves in the note's `detail` is shown beside it."""
        note = StepNote(self.reporter, name)
        self.reporter.started(name)
        began = time.monotonic()
        ok = False
        try:
            yield note
            ok = note.ok
        finally:
            seconds = time.monotonic() - began
            self.times.append(StepTime(name, seconds, note.detail))
            self.reporter.finished(name, seconds, note.detail, ok)
            self.reporter.noted(name, note.lines)


@dataclass
class StepNote:
    """Handle of a running step."""

    reporter: Reporter
    name: str
    detail: str = ""
    ok: bool = True
    lines: list[str] = field(default_factory=list)
    """What somebody should know beside the step's own line."""

    def advance(self, message: str, done: int, total: int) -> None:
        self.reporter.advanced(self.name, message, done, total)
