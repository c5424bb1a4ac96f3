"""What the user calls an optimizer: `self.opt`, by the line that calls its `step`."""

from __future__ import annotations

import re

from backtrace.recording.frames import read_caller_line

_NAME = r"[A-Za-z_][\w.]*(?:\[[^\]\s]*\])?"
_STEP = re.compile(rf"({_NAME})\.step\(\s*({_NAME})?")


def read_optimizer_variable() -> str:
    """Return the name by which the calling line has its optimizer; '' if it does not tell.

    `scaler.step(opt)` is a call for `opt`. A line with two steps does not tell whose this is.
    """
    found = _STEP.findall(read_caller_line())
    if len(found) != 1:
        return ""
    owner, argument = found[0]
    return str(argument if "scaler" in owner.lower() else owner)
