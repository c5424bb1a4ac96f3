"""Which line of the user's code made which nodes."""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import torch
from torch.overrides import TorchFunctionMode

from backtrace.explain.graph.sequence import next_sequence

_PACKAGE = Path(__file__).parent.parent.parent
_OURS = str(_PACKAGE) + os.sep
_BUNDLED = str(_PACKAGE / "bundled") + os.sep  # configs and their modules, in the wheel
_HERE = str(Path(__file__).parent.parent) + os.sep
_TORCH = str(Path(torch.__file__).parent) + os.sep
_BETWEEN = ("<frozen", "<string>", os.__file__.removesuffix("os.py") + "contextlib.py")


def find_line() -> str:
    """Return `file:line` of the innermost frame that is neither torch's nor ours, or ''.

    What called us is not looked at: it did not make the call that is asked about.
    """
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        if frame.f_back is None:
            return ""
        frame = frame.f_back
    while frame is not None and not frame.f_code.co_filename.startswith(_HERE):
        name = _display(frame.f_code.co_filename)
        if name:
            return f"{name}:{frame.f_lineno}"
        if frame.f_back is None:
            return ""
        frame = frame.f_back
    return ""


@lru_cache(maxsize=4096)
def _display(path: str) -> str:
    """Return the file as the user would type it; '' for a frame to be passed over."""
    if path.startswith((_TORCH, *_BETWEEN)):
        return ""
    if path.startswith(_OURS) and not path.startswith(_BUNDLED):
        return ""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path


class CallLines(TorchFunctionMode):
    """Writes down every call of torch's: its line, and between which nodes it came."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._lines: list[str] = []

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        """Run the call, between two numbers."""
        start = next_sequence()
        try:
            return func(*args, **(kwargs or {}))
        finally:
            self._starts.append(start)
            self._ends.append(next_sequence())
            self._lines.append(find_line())

    def call_of(self, sequence: int) -> int:
        """Return the number of the call in which a node was made, -1 if none was seen."""
        at = bisect_right(self._starts, sequence) - 1
        return at if at >= 0 and sequence < self._ends[at] else -1

    def line_of(self, sequence: int) -> str:
        """Return the line of the call in which a node was made, '' if none was seen."""
        at = self.call_of(sequence)
        return self._lines[at] if at >= 0 else ""
