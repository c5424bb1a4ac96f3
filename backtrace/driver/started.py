"""How processes are started for targets: each by itself, or by one that has imported torch."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from backtrace.driver.shadows import find_shadows
from backtrace.driver.starter import START

_PACKAGE = Path(__file__).resolve().parents[1]
# What `python` puts first into its path (the working directory) may hide modules of others.
_CODE = """\
import sys
if not getattr(sys.flags, "safe_path", False):
    sys.path[0] = {folder!r}
from {module} import main
main({argument})
"""
# Of the environment; of Python's collector, which leaves out what is there before the fork; of
# how modules are found; and of warnings that are errors, as torch's own would be.
_TELLING = re.compile(
    rb"environ|putenv|setenv|\bgc\b|meta_path|path_hooks|sys\.modules|__import__"
    rb"|\b(?:simplefilter|filterwarnings)\(\s*(?:action\s*=\s*)?[\"']error"
)
_PAUSE = 0.01
_PATIENCE = 60.0  # seconds that the starter has to import torch


class Started(Protocol):
    """A process that was started, as `subprocess.Popen` has it."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None:
        """Return what it ended with; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, or raise `subprocess.TimeoutExpired`."""


def start_python(
    module: str, argument: str, env: Mapping[str, str], **options: object
) -> subprocess.Popen[bytes]:
    """Start `main(argument)` of a module of ours in a new interpreter; it is given as source."""
    code = _CODE.format(folder=str(_PACKAGE.parent), module=module, argument=argument)
    known = {**os.environ, **env, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen([sys.executable, "-c", code], env=known, **options)  # type: ignore[call-overload,no-any-return]


def may_begin_warm(script: str) -> bool:
    """Whether a script may begin with torch imported, and what that imports.

    Neither it nor what it imports from its folder says anything of what torch reads when it is
    imported, or that tells what was imported before; and nothing there hides a module that was.
    """
    path = Path(script)
    try:
        text = path.read_bytes()
        beside = [each for each in path.parent.glob("*.py") if each.stem.encode() in text]
        texts = [text, *(each.read_bytes() for each in beside)]
    except OSError:
        return False
    return not any(map(_TELLING.search, texts)) and not find_shadows(path.resolve().parent)


class WarmStarter:
    """Starts supervisors through a process that has imported torch: a start costs no import.

    It imports these modules of ours besides. That process ends with `close`, or with this one.
    Should it be killed, all that it started counts as killed, and `start` raises OSError.
    """

    def __init__(self, env: Mapping[str, str], modules: Sequence[str] = ()) -> None:
        ours, theirs = socket.socketpair()
        self._connection = ours
        with theirs:
            self._process = start_python(
                "backtrace.driver.starter", repr([str(theirs.fileno()), *modules]), env,
                pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._text = b""
        self._codes: dict[int, int] = {}
        self._started: list[int] = []
        self._is_gone = False

    def start(self, standard_input: int, output: IO[bytes]) -> WarmProcess:
        """Start a supervisor with these files.

        Raises:
            OSError: the process that starts them is gone, or does not answer.
        """
        socket.send_fds(self._connection, [START], [standard_input, output.fileno()])
        deadline = time.monotonic() + _PATIENCE
        while not self._started:
            self.look()
            if self._is_gone or time.monotonic() > deadline:
                raise ConnectionError("the process that starts others is gone")
            time.sleep(_PAUSE)
        return WarmProcess(self, self._started.pop())

    def look(self) -> None:
        """Read what was told since the last look."""
        with suppress(BlockingIOError):
            while not self._is_gone:
                found = self._connection.recv(4096, socket.MSG_DONTWAIT)
                self._is_gone = not found
                self._text += found
        *lines, self._text = self._text.split(b"\n")
        for line in lines:
            kind, *numbers = line.split()
            if kind == b"started":
                self._started.append(int(numbers[0]))
            else:
                self._codes[int(numbers[0])] = int(numbers[1])

    def code_of(self, pid: int) -> int | None:
        """Return what a process ended with; None while it runs."""
        self.look()
        return self._codes.get(pid, -int(signal.SIGKILL) if self._is_gone else None)

    def close(self) -> None:
        """End the process; what it started must have ended."""
        self._connection.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._process.kill()
        self._process.wait()


class WarmProcess:
    """A supervisor that a `WarmStarter` started."""

    def __init__(self, starter: WarmStarter, pid: int) -> None:
        self._starter = starter
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return what it ended with; None while it runs."""
        if self.returncode is None:
            self.returncode = self._starter.code_of(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("a target", timeout or 0)
            time.sleep(_PAUSE)
        return code
