"""A process of our own that runs a target, apart from us, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress

from backtrace.config.words import shorten
from backtrace.driver.started import Started, WarmStarter, start_python
from backtrace.driver.supervisor import MOST_BYTES

_PATIENCE = 10.0  # seconds that a supervisor has to end all that its target started
_PAUSE = 0.2
_MOST_LINES = 30
_MOST_CHARACTERS = 400


class SupervisedProcess:
    """Runs `main(request)` of a module, of one line, in a process of its own.

    The file that it prints into is open all the while: nobody can take it away. What it is to do
    is told to the process alone, through its standard input. It begins warm, in a fork of one
    that has imported torch, where a `WarmStarter` is given.
    """

    def __init__(
        self, module: str, request: str, env: Mapping[str, str], warm: WarmStarter | None = None
    ) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        reading, writing = os.pipe()
        self._input = os.fdopen(writing, "wb", buffering=0)
        try:
            self._process = self._start(reading, env, warm)
        finally:
            os.close(reading)
        with suppress(OSError):  # it ended at once: that will be said
            self._input.write(f"{module} {request}\n".encode())

    def _start(self, reading: int, env: Mapping[str, str], warm: WarmStarter | None) -> Started:
        if warm is not None:
            with suppress(OSError):  # it was killed: this one begins by itself
                return warm.start(reading, self._output)
        return start_python(
            "backtrace.driver.supervisor", "", env,
            stdin=reading, stdout=self._output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int:
        """What it ended with; below 0, the signal that killed it."""
        return self._process.returncode or 0

    def describe_end(self) -> str:
        """Say how it ended."""
        code = self.exit_code
        if code >= 0:
            return f"its process ended with exit code {code} before the run was over"
        with suppress(ValueError):
            return f"its process was killed by {signal.Signals(-code).name}"
        return f"its process was killed by signal {-code}"

    def ask_to_end(self) -> None:
        """Have it end all that its target started, without waiting for that.

        A target may have stopped it: it goes on.
        """
        with suppress(OSError):
            self._input.close()
        if hasattr(signal, "SIGCONT") and self.is_running:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self._process.pid, signal.SIGCONT)

    def end(self) -> None:
        """End it: it ends all that its target started when its input is closed."""
        self._wait_for_end(_PATIENCE if hasattr(os, "fork") else 0)
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                os.kill(self._process.pid, signal.SIGTERM)  # Windows ends it at once
        self._process.wait()

    def _wait_for_end(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        self.ask_to_end()
        while self.is_running and time.monotonic() < deadline:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_PAUSE)
            self.ask_to_end()  # again: the target may stop it more than once

    def read_output(self) -> str:
        """Return the last lines of what it wrote."""
        size = self._output.seek(0, os.SEEK_END)
        self._output.seek(max(0, size - MOST_BYTES))
        lines = self._output.read().decode("utf-8", errors="replace").splitlines()[-_MOST_LINES:]
        return "\n".join(shorten(line, _MOST_CHARACTERS) for line in lines)

    def close(self) -> None:
        """Let go of what it wrote."""
        self._output.close()


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
