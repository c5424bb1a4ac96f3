"""Which line of the user's code made a call."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from types import CodeType

import torch

_OURS = str(Path(__file__).parent.parent) + os.sep
_TORCH = str(Path(torch.__file__).parent) + os.sep
_LOOP = _OURS + "loop.py"  # the loop that a config runs stands in for the user's own
_SESSION = _OURS + "session.py"  # above it there is only the command line
_BETWEEN = ("<frozen", "<string>", os.__file__.removesuffix("os.py") + "contextlib.py")


def find_caller() -> str:
    """Return `file:line` of the innermost frame that is neither torch's nor ours, or ''."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != _SESSION:
        name = _display_name(frame.f_code)
        if name:
            return f"{name}:{frame.f_lineno}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ""


@lru_cache(maxsize=4096)
def _display_name(code: CodeType) -> str:
    """Return the file as the user would type it; '' for a frame to be passed over."""
    path = code.co_filename
    if path == _LOOP:
        return "loop.py"
    if path.startswith((_OURS, _TORCH, *_BETWEEN)):
        return ""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path
