"""Worker processes that parse what could take the landing down: started when needed, used for many files, replaced.

Belongs here: asking a worker, its limits, what its death means. Does not belong here: parsing (`worker`).
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryFile
from typing import IO, Any

from pipelines.landing.reading.grid import WrittenSheet
from pipelines.landing.reasons import Reason, SetAside, set_aside
from pipelines.landing.text import MAX_UNPACKED_BYTES

MEMORY_BYTES = 3 * 1024**3
# An honest file takes about 0.1 s per MB, on a busy machine several times that.
SECONDS_PER_FILE = 60.0
SECONDS_PER_MB = 10.0
_MAX_ANSWER_BYTES = 1024**3
# A worker that has grown this much is replaced: not all of it may come back.
_KEEP_BELOW_BYTES = 1024**3
# What Rust, BLAS, Python, C++ and the loader of libraries say when they get no more; the kernel just kills.
_NO_MEMORY = ("memory allocation", "memoryerror", "bad_alloc", "failed to map segment", "cannot allocate memory")
_LAST_WORDS = 4_000
_ROOT = Path(__file__).parents[3]


@dataclass
class Workers:
    """As many workers as are asked at the same time. Close it when done."""

    memory_bytes: int = MEMORY_BYTES
    _idle: SimpleQueue[_Worker] = field(default_factory=SimpleQueue)

    def read_sheets(self, path: Path, kind: str, folder: Path) -> tuple[WrittenSheet, ...]:
        """Parse the file in a worker; its tables are written below `folder`. Raises SetAside, however it fails."""
        try:
            worker = self._idle.get_nowait()
        except Empty:
            worker = _Worker(self.memory_bytes)
        seconds = SECONDS_PER_FILE + SECONDS_PER_MB * path.stat().st_size / 1_000_000
        try:
            reply = worker.ask({"path": str(path), "kind": kind, "folder": str(folder)}, seconds)
        except BaseException:
            worker.stop()
            raise
        if worker.resident_bytes() < _KEEP_BELOW_BYTES:
            self._idle.put(worker)
        else:
            worker.stop()
        if "refused" in reply:
            raise SetAside(Reason(**reply["refused"]))
        return tuple(WrittenSheet.from_dict(sheet) for sheet in reply["sheets"])

    def close(self) -> None:
        while True:
            try:
                self._idle.get_nowait().stop()
            except Empty:
                return


class _Worker:
    def __init__(self, memory_bytes: int) -> None:
        self._complaints: IO[bytes] = TemporaryFile()  # noqa: SIM115 - lives as long as the worker
        self._limit = memory_bytes
        # One thread each, and memory that is asked for when it is needed, not in advance.
        lean = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        python_path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.landing.reading.worker", str(memory_bytes), str(MAX_UNPACKED_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env={**os.environ, **lean, "PYTHONPATH": python_path, "RUST_BACKTRACE": "0"},
        )

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        assert self._process.stdin is not None
        deadline = time.monotonic() + seconds
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._death() from None
        return json.loads(self._line(deadline, seconds))

    def _line(self, deadline: float, seconds: float) -> bytes:
        assert self._process.stdout is not None
        source = self._process.stdout.fileno()
        received = bytearray()
        waiting = select.poll()
        waiting.register(source, select.POLLIN | select.POLLHUP)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.poll(left * 1000):
                raise set_aside("too_slow", seconds=round(seconds))
            chunk = os.read(source, 1024 * 1024)
            if not chunk:
                raise self._death()
            received += chunk
            if chunk.endswith(b"\n"):
                return bytes(received)
            if len(received) > _MAX_ANSWER_BYTES:
                raise set_aside("too_much_memory", megabytes=self._limit // 1024**2)

    def _death(self) -> Exception:
        code = self._process.wait()
        self._complaints.seek(max(0, self._complaints.seek(0, os.SEEK_END) - _LAST_WORDS))
        said = self._complaints.read().decode("utf-8", "replace").strip()
        if code == -signal.SIGKILL or any(words in said.lower() for words in _NO_MEMORY):
            return set_aside("too_much_memory", megabytes=self._limit // 1024**2)
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        detail = (said.splitlines() or [""])[-1][:200]
        return set_aside("reader_crashed", detail=f"{name} {detail}".strip())

    def resident_bytes(self) -> int:
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._complaints):
            if stream is not None:
                stream.close()
