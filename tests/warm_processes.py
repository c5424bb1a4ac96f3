"""Processes that cost no import of torch: forks of one that has imported it, as `Popen`s.

They are processes in every other way: with a pid, files, a folder, an environment and an end of
their own; what they start themselves, such as torchrun its ranks, is forked as well. What is
about the start of Python, or about what is imported, uses real ones.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from zlib import crc32

# What Python, torch or a locale reads when a process begins.
_READ_AT_START = ("PYTHON", "OMP_", "MKL_", "LC_", "LANG", "TORCH", "LD_", "GLIBC")
# And what can be put right in a fork, or is read when a process group is made.
_READ_LATER = (
    *("PYTHONUNBUFFERED", "PYTHONPATH", "PYTHONBREAKPOINT"),
    *("TORCHELASTIC_", "TORCH_NCCL_", "TORCHINDUCTOR_"),  # the last, torch sets by itself
)
_STARTED = subprocess.Popen
_PATIENCE = 5  # seconds for the other workers to end


def _at_start(env: dict[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in env.items()
        if name.startswith(_READ_AT_START) and not name.startswith(_READ_LATER)
    }


def _connect(ours: socket.socket, address: str) -> None:
    for _ in range(100):
        with suppress(ConnectionRefusedError):  # it is bound, and does not listen yet
            return ours.connect(address)
        time.sleep(0.01)
    return ours.connect(address)


@cache
def _server() -> tuple[socket.socket, dict[str, str]]:
    """Return the way to the process that is forked, and what it began with.

    The workers of a run share one: whoever needs it first starts it. It ends when the last of
    those that can ask it is gone.
    """
    env = _at_start(dict(os.environ))
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"process {os.getpid()}")
    address = f"\0backtrace {run} {crc32(repr(sorted(env.items())).encode())}"
    ours = socket.socket(socket.AF_UNIX)
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            listener.bind(address)
        except OSError:  # another worker is starting it
            _connect(ours, address)
            atexit.register(ours.close)
            return ours, env
        listener.listen()
        process = _STARTED(
            [sys.executable, str(Path(__file__).with_name("warm_server.py")),
             str(listener.fileno())],
            pass_fds=[listener.fileno()], start_new_session=True, cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    ours.connect(address)

    def end() -> None:
        ours.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        process.kill()  # it may be importing still; what it started is not touched
        process.wait()

    atexit.register(end)
    return ours, env


def go_on_in(connection: socket.socket) -> None:
    """Have what this fork starts be forked too, asked for on `connection`."""
    global _server  # noqa: PLW0603 - of this fork alone
    found = connection, _at_start(dict(os.environ))
    _server = cache(lambda: found)
    subprocess.Popen = WarmPopen  # type: ignore[misc]
    for module in [*sys.modules.values()]:  # torchrun's has it by name
        if module.__name__.startswith("torch.distributed.elastic") and hasattr(module, "Popen"):
            module.Popen = WarmPopen


def _read_words(words: list[str]) -> tuple[list[str], bool] | None:
    """Return what Python is to run, and whether unbuffered; None where it is told more."""
    rest, is_unbuffered = words[1:], False
    if rest[:1] == ["-u"]:
        rest, is_unbuffered = rest[1:], True
    if rest and rest[0].startswith("-m") and rest[0] != "-m":
        rest = ["-m", rest[0][2:], *rest[1:]]
    if words[0] != sys.executable or not rest:
        return None
    if rest[0].startswith("-") and (rest[0] not in ("-c", "-m") or len(rest) < 2):
        return None
    return rest, is_unbuffered


class WarmPopen(_STARTED):
    """A `Popen` that forks a process with torch imported where Python is to be started."""

    _told: int | None = None

    def _execute_child(self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *rest):
        env = dict(os.environ if env is None else env)
        words = [args] if isinstance(args, str) else [os.fspath(word) for word in args]
        read = _read_words(words) if executable in (None, words[0]) else None
        if read is None or preexec_fn is not None or _at_start(env) != _server()[1]:
            return super()._execute_child(
                args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *rest
            )
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite = rest[3:9]
        has_session = rest[14]
        request = {
            "words": [read[0][0], read[0][1:]], "env": env, "pass_fds": list(pass_fds),
            "cwd": str(Path(cwd or ".").absolute()), "session": bool(has_session),
            "unbuffered": read[1],
        }  # fmt: skip
        asked = os.memfd_create("request")
        self._told, told = os.pipe()
        os.write(asked, json.dumps(request).encode())
        standard = [
            number if file == -1 else file
            for number, file in enumerate((p2cread, c2pwrite, errwrite))
        ]
        try:
            ours = _server()[0]
            socket.send_fds(ours, [b"s"], [asked, told, *standard, *pass_fds, ours.fileno()])
        finally:
            os.close(asked)
            os.close(told)
        self.pid = int(self._read_line())
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)
        return None

    def _read_line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(self._told, 1)
            if not byte:
                raise ConnectionError("the process that is forked is gone")
            line += byte
        return line

    def _try_wait(self, wait_flags):
        if self._told is None:
            return super()._try_wait(wait_flags)
        if wait_flags == os.WNOHANG and not select.select([self._told], [], [], 0)[0]:
            return 0, 0
        status = int(self._read_line())
        os.close(self._told)
        return self.pid, status

    def _internal_poll(self, _deadstate=None, *rest):
        if self._told is None:
            return super()._internal_poll(_deadstate, *rest)
        if self.returncode is None and self._waitpid_lock.acquire(False):
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)
            finally:
                self._waitpid_lock.release()
        return self.returncode
