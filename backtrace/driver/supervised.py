"""A process of our own that runs a target, apart from us, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from backtrace.config.words import shorten
from backtrace.driver.supervisor import MOST_BYTES

_PACKAGE = Path(__file__).resolve().parents[1]
# What `python` puts first into its path (the working directory) may hide modules of others.
_START = """\
import sys
if not getattr(sys.flags, "safe_path", False):
    sys.path[0] = {folder!r}
from backtrace.driver.supervisor import main
main()
"""
_PATIENCE = 10.0  # seconds that a supervisor has to end all that its target started
_MOST_LINES = 30
_MOST_CHARACTERS = 400


class SupervisedProcess:
    """Runs `main(request)` of a module, of one line, in a process of its own.

    The file that it prints into is open all the while: nobody can take it away. What it is to do
    is told to the process alone, through its standard input.
    """

    def __init__(self, module: str, request: str, env: Mapping[str, str]) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START.format(folder=str(_PACKAGE.parent))],
            stdin=subprocess.PIPE, stdout=self._output, stderr=subprocess.STDOUT,
            env={**os.environ, **env, "PYTHONUNBUFFERED": "1"}, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        with suppress(OSError):  # it ended at once: that will be said
            self._process.stdin.write(f"{module} {request}\n".encode())
            self._process.stdin.flush()

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
        code = self._process.returncode
        if code >= 0:
            return f"its process ended with exit code {code} before the run was over"
        with suppress(ValueError):
            return f"its process was killed by {signal.Signals(-code).name}"
        return f"its process was killed by signal {-code}"

    def ask_to_end(self) -> None:
        """Have it end all that its target started, without waiting for that."""
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()

    def end(self) -> None:
        """End it: it ends all that its target started when its input is closed."""
        self.ask_to_end()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE if hasattr(os, "fork") else 0)
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()

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
