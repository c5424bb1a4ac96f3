"""Which process writes a trace, and whether it is still there."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from backtrace.ledger.place import find_shell

Life = Literal["alive", "gone", "unknown"]


def this_process() -> dict[str, str | int]:
    """Return what tells this process from every other one, of this machine and of others.

    `notebook` stands in it where cells are run by IPython, over and over again.
    """
    pid = os.getpid()
    told: dict[str, str | int] = {"pid": pid, "started": _started(pid), "machine": _machine()}
    return {**told, "notebook": True} if find_shell() is not None else told


def is_alive(process: Mapping[str, object]) -> Life:
    """Say whether a process is there that `this_process` described; not of another machine's."""
    pid = process.get("pid")
    if not isinstance(pid, int) or pid <= 0 or process.get("machine") != _machine():
        return "unknown"
    if sys.platform == "win32":  # where looking at a process by a signal ends it
        return "unknown"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "gone"
    except (PermissionError, OverflowError):
        pass
    if _is_zombie(pid):
        return "gone"
    # Numbers are given again: another process may have this one by now.
    return "alive" if process.get("started") in ("", _started(pid)) else "gone"


def _machine() -> str:
    """Return a name of the machine, and on Linux of the container, whose numbers these are."""
    try:
        return f"{platform.node()} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return platform.node()


def _started(pid: int) -> str:
    """Return when a process began, in ticks since the machine did; '' where nobody says."""
    facts = _stat(pid)
    return facts[19] if len(facts) > 19 else ""


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended, and its parent has not asked how."""
    return _stat(pid)[:1] in (["Z"], ["X"])


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; the name may hold anything."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
