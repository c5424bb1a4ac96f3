"""What the user calls an optimizer: `self.opt`, by the lines that make it and call it."""

from __future__ import annotations

import re
from collections import Counter

from backtrace.recording.frames import read_caller_line

_NAME = r"[A-Za-z_][\w.]*(?:\[[^\]\s]*\])?"
_MOST_ASKED = 4  # calls of one optimizer whose lines are read
_CALL = re.compile(rf"({_NAME})\.(?:step|zero_grad)\(\s*({_NAME})?")
_MADE = re.compile(rf"\s*({_NAME})\s*(?::[^=]+)?=\s*(?:[\w.]+\.)?(\w+)\(")


class OptimizerVariables:
    """The user's name for each optimizer, as far as the name is that one's alone."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}
        self._called: dict[str, str] = {}
        self._asked: Counter[str] = Counter()

    def note_made(self, optimizer: str, kind: str) -> None:
        """Read what the calling line assigns the optimizer to, if it calls the class `kind`."""
        found = _MADE.match(read_caller_line())
        self._made.setdefault(optimizer, found[1] if found and found[2] == kind else "")

    def note_call(self, optimizer: str) -> None:
        """Read what the first line that calls its `step` or `zero_grad` has for it."""
        if not self._called.get(optimizer) and self._asked[optimizer] < _MOST_ASKED:
            self._asked[optimizer] += 1  # a framework's lines never tell
            self._called[optimizer] = _read_called()

    def find(self, optimizer: str) -> str:
        """Return the name that the user knows it by; '' where none is its own."""
        for names in (self._made, self._called):
            name = names.get(optimizer, "")
            if name and list(names.values()).count(name) == 1:
                return name
        return ""


def _read_called() -> str:
    """Return the name by which the calling line has its optimizer; '' if it does not tell.

    `scaler.step(opt)` is a call for `opt`. A line with two steps does not tell whose this is.
    """
    found = _CALL.findall(read_caller_line())
    if len(found) != 1:
        return ""
    owner, argument = found[0]
    return str(argument if "scaler" in owner.lower() else owner)
