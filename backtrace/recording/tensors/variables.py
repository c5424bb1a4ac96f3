"""What the user calls a thing: the name of the global variable that holds it.

Local variables are not looked at: until Python 3.13 that writes to what `locals()` gave the user.
"""

from __future__ import annotations

import re
import sys
from types import FrameType
from typing import Any

from backtrace.recording.frames import is_users, read_caller_statement

_PARAMETERS_OF = re.compile(r"([A-Za-z_][\w.]*)\.parameters\(")


def find_variable(thing: object) -> str | None:
    """Return the name of `thing` in the module of the innermost frame of the user's that has it."""
    seen: list[dict[str, Any]] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        names = frame.f_globals
        if is_users(frame.f_code) and not any(names is each for each in seen):
            seen.append(names)
            for name, value in names.items():
                if value is thing and not name.startswith("_"):
                    return name
        frame = frame.f_back
    return None


def read_parameters_of() -> list[str]:
    """Return whose `parameters()` the calling statement asks for, in its order."""
    return list(dict.fromkeys(_PARAMETERS_OF.findall(read_caller_statement())))
