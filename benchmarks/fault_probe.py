"""Where our own calls can be struck, and what strikes them, for benchmarks/faults.py."""

from __future__ import annotations

import errno
import re
import sqlite3
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import backtrace

_PACKAGE = str(Path(backtrace.__file__).parent)
# Where the program's own calls pass through us, or where it is run: not calls of ours.
_PASSAGES = (
    "recording/hooks/error_boundary.py", "recording/hooks/function_swap.py",
    "recording/hooks/patches.py", "recording/hooks/global_hooks.py", "recording/hooks/limit.py",
    "recording/hooks/nesting.py", "recording/hooks/instrument.py", "recording/hooks/leaf_hooks.py",
    "driver/script.py", "driver/sources/script.py", "driver/tracebacks.py", "interrupts.py",
    "driver/source.py",
)  # fmt: skip
_AROUND = re.compile(
    r"(^|\.)_?around|\.install$|__init__$|__enter__$|__exit__$|<lambda>$"
    r"|^LoopWatch\.(open|close|_enter)$|^CapsuleOptions\."
)
_MADE = ("driver/driver.py", "ledger/", "diagnose/")  # what is made for a driver is struck, too

Site = tuple[str, str, str]  # file, function, and what it calls ('' for its own call)


@dataclass(frozen=True)
class Fault:
    """The `at`-th call at a site, and what happens there."""

    site: Site
    at: int
    kind: str

    def __str__(self) -> str:
        file, function, called = self.site
        inner = f" → {called}" if called else ""
        return f"{self.kind} at {file}:{function}{inner} (call {self.at})"


KINDS: dict[str, Callable[[], BaseException] | float] = {
    "RuntimeError": lambda: RuntimeError("a fault"),
    "MemoryError": MemoryError,
    "disk full": lambda: OSError(errno.ENOSPC, "No space left on device"),
    "database full": lambda: sqlite3.OperationalError("database or disk is full"),
    "KeyError": lambda: KeyError("a fault"),
    "RecursionError": RecursionError,
    "pause": 0.005,  # seconds
    "hang": 1.5,
}


class CallCount:
    """A profile function that counts the calls of each site."""

    def __init__(self) -> None:
        self.counts: Counter[Site] = Counter()
        self._files: dict[int, tuple[CodeType, str]] = {}  # the code of that id, and its file

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """Take in what the interpreter tells of a call."""
        if event not in ("call", "c_call"):
            return
        code = frame.f_code
        known = self._files.get(id(code))
        if known is None:
            known = self._files[id(code)] = code, _file_of(code)
        if known[1]:
            site = known[1], _name_of(code), "" if event == "call" else argument.__name__
            self.counts[site] += 1


class Strike:
    """A profile function that lets faults happen at their calls; several, one after the other."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.struck: list[Fault] = []
        self._left = {(each.site, each.at): each for each in faults}
        self._wanted = self._sites()
        self._counts: Counter[Site] = Counter()

    def _sites(self) -> dict[str, Collection[Site]]:
        """Return the sites that are waited for, by the last word of the function's name."""
        found: defaultdict[str, set[Site]] = defaultdict(set)
        for site, _ in self._left:
            found[site[1].rpartition(".")[2]].add(site)
        return {**found}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """Take in what the interpreter tells of a call."""
        code = frame.f_code
        sites = self._wanted.get(code.co_name)  # first what costs little: this is every call
        if sites is None or event not in ("call", "c_call"):
            return
        site = _file_of(code), _name_of(code), "" if event == "call" else argument.__name__
        if site not in sites:
            return
        self._counts[site] += 1
        fault = self._left.pop((site, self._counts[site]), None)
        if fault is not None:
            self._happen(fault)

    def _happen(self, fault: Fault) -> None:
        self.struck.append(fault)
        made = KINDS[fault.kind]
        if not self._left:
            sys.setprofile(None)
        if not callable(made):
            time.sleep(made)
            return
        error = made()
        if self._left:
            error.rearm = _Rearm(self)  # type: ignore[attr-defined]
        raise error


class _Rearm:
    """Puts a profile function on again when the error that it came with is gone.

    Python takes it off where it raises.
    """

    def __init__(self, strike: Strike) -> None:
        self._strike = strike

    def __del__(self) -> None:
        sys.setprofile(self._strike)


def _name_of(code: CodeType) -> str:
    return getattr(code, "co_qualname", code.co_name)


def _file_of(code: CodeType) -> str:
    """Return the file of code that may be struck, within the package; else ''."""
    file = code.co_filename.partition(" (")[0]
    if not file.startswith(_PACKAGE):
        return ""
    file = file[len(_PACKAGE) + 1 :]
    is_made = code.co_name == "__init__" and file.startswith(_MADE)
    return "" if file in _PASSAGES or (_AROUND.search(_name_of(code)) and not is_made) else file
