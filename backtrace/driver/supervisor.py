"""The process between us and a target: it ends with all that the target started.

It forks before anything heavy is imported; its child becomes the target, in a session of its
own. On Linux, what a target's processes leave behind (a daemon, too) becomes this one's child. It
ends them when the target is done or when its standard input is closed, and that is closed also
where whoever started it was killed. Of what they write, the end is kept, so that no flood fills a
disk. Where there is no `fork`, the target runs in this process.
"""

from __future__ import annotations

import importlib
import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 20_000  # that are kept of what a target writes
_PAUSE = 0.02
_PATIENCE = 5.0  # seconds in which killed processes have to be gone
_CHUNK = 2**16
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # of <linux/prctl.h>


def main() -> None:
    """Run `main(text)` of a module: the first line of the standard input is `a.module text`."""
    with os.fdopen(os.dup(0), "rb", buffering=0) as request:  # nothing is read ahead
        line = request.readline().decode()
    if not hasattr(os, "fork"):
        _become_target(line)
        return
    _adopt_orphans()
    reading, writing = os.pipe()
    target = os.fork()
    if target == 0:
        os.setsid()
        os.close(reading)
        for number in (1, 2):
            os.dup2(writing, number)
        os.close(writing)
        _die_first()
        _become_target(line)
        return
    os.close(writing)
    _ignore_signals()
    tail = bytearray()
    status = _watch(target, reading, tail)
    _end_all(target)
    _drain(reading, tail)
    with suppress(OSError):
        os.write(1, tail)
    _end_like(status)


def _become_target(line: str) -> None:
    module, _, text = line.partition(" ")
    main = importlib.import_module(module).main
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    main(text)


def _watch(target: int, output: int, tail: bytearray) -> int:
    """Wait until the target ends, or until nobody waits for it; return its wait status."""
    while True:
        ended = _reap(target)
        if ended is not None:
            return ended
        ready, _, _ = select.select([0, output], [], [], _PAUSE)
        if 0 in ready and not os.read(0, _CHUNK):
            return signal.SIGKILL
        if output in ready and not _keep(os.read(output, _CHUNK), tail):
            time.sleep(_PAUSE)  # the target closed its output


def _keep(text: bytes, tail: bytearray) -> bool:
    """Add to the end of what the target wrote; return whether there was something."""
    tail += text
    del tail[:-MOST_BYTES]
    return bool(text)


def _drain(output: int, tail: bytearray) -> None:
    """Read what is left, without waiting for a process that nobody could end."""
    while select.select([output], [], [], 0)[0] and _keep(os.read(output, _CHUNK), tail):
        pass


def _reap(target: int) -> int | None:
    """Bury all children that ended; return the target's wait status if it is among them."""
    found = None
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == target:
                found = ended[1]
    return found


def _end_all(target: int) -> None:
    """Kill the target's session, and all that are or become our children, until there are none."""
    with suppress(OSError):
        os.killpg(target, signal.SIGKILL)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for pid in _children():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            time.sleep(_PAUSE / 4)


def _children() -> Iterator[int]:
    """Go through the processes whose parent is this one, where /proc tells."""
    own = os.getpid()
    with suppress(OSError):
        for entry in os.scandir("/proc"):
            if entry.name.isdecimal():
                with suppress(OSError, ValueError, IndexError):
                    state = Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()
                    if int(state[1]) == own:
                        yield int(entry.name)


def _adopt_orphans() -> None:
    """Become the parent of each descendant whose own parent ends; only Linux can."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _die_first() -> None:
    """End with the parent, and let Linux take this process first when memory runs out."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        with suppress(Exception):  # without ctypes or this call, the session is all there is
            import ctypes

            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _ignore_signals() -> None:
    """Be not ended by a target that ends all processes around it."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)


def _end_like(status: int) -> None:
    """End as the target did."""
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # one core file is enough
    with suppress(ValueError, OSError):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)
