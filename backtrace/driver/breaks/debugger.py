"""Opens a debugger in a frame of the user's: pdb at the call itself, another at the next line."""

from __future__ import annotations

import importlib
import os
import pdb
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from backtrace.interrupts import LimitReached
from backtrace.printable import literal

_DRIVER = str(Path(__file__).parent.parent)
_OURS = ("backtrace", "backtrace.*", "torch", "torch.*")


def find_debugger() -> str:
    """Return what PYTHONBREAKPOINT names; '' for pdb, and `0` for none."""
    name = os.environ.get("PYTHONBREAKPOINT", "")
    return "" if name in ("pdb.set_trace", "") else name


def open_debugger(frame: FrameType, nearest: FrameType) -> None:
    """Stop in the frame: in pdb at once, else when the call that it stands in has returned.

    Another debugger than pdb asks Python where it was called from, so it is called from a line
    of the nearest frame that is not ours or torch's.

    Raises:
        LimitReached: the user has quit.
    """
    hook = _find_hook(find_debugger())
    if hook is None:
        _CallPdb().stop_at(frame)
    else:
        _call_from_next_line(nearest, hook)


def _find_hook(name: str) -> Callable[[], Any] | None:
    module, _, attribute = name.rpartition(".")
    if not module:
        return None
    try:
        hook: Callable[[], Any] = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError):
        said = f"PYTHONBREAKPOINT is {literal(name)}, which cannot be had: pdb"
        print(f"backtrace: {said}", file=sys.stderr)
        return None
    return hook


class _CallPdb(pdb.Pdb):
    """pdb in a frame that is in the middle of a call, without the frames inside it and ours."""

    def __init__(self) -> None:
        super().__init__(skip=_OURS, nosigint=True)
        self._goes_on = False

    def stop_at(self, frame: FrameType) -> None:
        """Ask what to do; the frame and those around it are traced then, as that wants."""
        self.reset()
        each: FrameType | None = frame
        while each is not None and not each.f_code.co_filename.startswith(_DRIVER):
            each.f_trace = self.trace_dispatch
            self.botframe = each
            each = each.f_back
        self.interaction(frame, None)
        if self.quitting:
            raise LimitReached("backtrace: ended at the prompt")
        if not self._goes_on:
            sys.settrace(self.trace_dispatch)

    def precmd(self, line: str) -> str:
        """Let `bt` be what it is in the frame: pdb has a command of that name for `where`."""
        is_ours = re.match(r"\s*bt\b(?!\s*=)", line) is not None
        return super().precmd(f"!{line.strip()}" if is_ours else line)

    def set_continue(self) -> None:
        """Remember that nothing is to be traced."""
        self._goes_on = not self.breaks
        super().set_continue()


def _call_from_next_line(frame: FrameType, hook: Callable[[], Any]) -> None:
    before = sys.gettrace()

    def on_event(where: FrameType, what: str, argument: object) -> None:
        if where is frame:
            sys.settrace(before)
            where.f_trace = None
            hook()

    frame.f_trace = on_event
    sys.settrace(before or (lambda where, what, argument: None))
