"""Which line of the user's code made a call."""

from __future__ import annotations

import linecache
import os
import re
import sys
import sysconfig
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType

import torch

from backtrace.ledger.place import name_cell, place_of
from backtrace.recording.hooks.function_swap import PASSED_OVER

_OURS = str(Path(__file__).parent.parent) + os.sep
# The loop that a config runs stands in for the user's own; above the driver is the command line.
_LOOP = str(Path(_OURS, "train", "loop.py"))
_DRIVER = str(Path(_OURS, "driver")) + os.sep
_END = "where the user's frames end"
_PARTS = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_MOST_PLACES = 4096
_ENTRY = re.compile(r'File "(.+?)", line (\d+)')
_places: dict[tuple[int, int], tuple[CodeType, str]] = {}  # a line is looked up in a table
_passed_over: set[str] = set()  # files whose frames are never shown
_BY_LENGTH = ("lightning", "pytorch_lightning")
_MOST_LINES = 30  # of one statement
_WRITTEN = ("<frozen", "<string>", "<eval_with_key>", "<torch", "<__array_function__")
_LIBRARIES = (
    str(Path(torch.__file__).parent) + os.sep,
    *{sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")},
)


def find_caller() -> str:
    """Return `file:line`, or `cell 2, line 3`, of the innermost frame of the user's own code.

    That is a frame which is not torch's or ours, nor of the standard library or of an installed
    package; a framework that drives the loop is passed over for whoever called it. Where nobody
    else is on the stack, an installed package's own frame is given, and '' if there is none.
    """
    frame = _find_frame(sys._getframe(1))
    if frame is None:
        return ""
    code, at = frame.f_code, frame.f_lasti
    known = _places.get((id(code), at))
    if known is None or known[0] is not code:
        if len(_places) >= _MOST_PLACES:  # code that is made anew in every turn
            _places.clear()
        known = code, _name_place(code.co_filename, frame.f_lineno)
        _places[id(code), at] = known
    return known[1]


def find_line_above(frame: FrameType) -> str:
    """Return that line among a frame and those that called it."""
    found = _find_frame(frame)
    return _name_place(found.f_code.co_filename, found.f_lineno) if found is not None else ""


def find_maker(made: object) -> str:
    """Return as `find_caller` the line that makes something, past its own class's `__init__`."""
    frame = _find_frame(sys._getframe(1))
    while frame is not None and frame.f_code.co_name == "__init__" and frame.f_back is not None:
        first = frame.f_code.co_varnames[0] if frame.f_code.co_argcount else ""
        if frame.f_locals.get(first) is not made:
            break
        frame = _find_frame(frame.f_back)
    return _name_place(frame.f_code.co_filename, frame.f_lineno) if frame is not None else ""


def find_line_in(frames: Sequence[tuple[str, int]]) -> str:
    """Return `file:line` of the innermost frame of the user's own code among (path, line).

    The outermost frame stands first. Where none is, it is that of an installed package, else ''.
    """
    installed = ""
    for path, line in reversed(frames):
        name, is_own = _look_up(path)
        if is_own:
            return _name_place(path, line)
        if name is _END:
            break
        if name and not installed:
            installed = f"{name}:{line}"
    return installed


def find_line_in_stack(stack: Sequence[str]) -> str:
    """Return the same of a stack as autograd writes it, the innermost entry last."""
    pairs = [_ENTRY.search(entry) for entry in stack]
    return find_line_in([(each[1], int(each[2])) for each in pairs if each])


def find_source_in_stack(stack: Sequence[str]) -> tuple[str, int]:
    """Return the file and the number of the innermost line of the user's own; ('', 0) of none."""
    pairs = [each for entry in stack if (each := _ENTRY.search(entry)) is not None]
    own = ((each[1], int(each[2])) for each in reversed(pairs) if _look_up(each[1])[1])
    return next(own, ("", 0))


def _name_place(path: str, line: int) -> str:
    """Return a place as the user knows it; a cell may be run again, under another number."""
    return place_of(name_cell(path) or _look_up(path)[0], line)


def find_caller_line() -> tuple[str, int]:
    """Return the file and the number of that line; ('', 0) where there is none."""
    frame = _find_frame(sys._getframe(1))
    if frame is None or not is_users(frame.f_code):
        return "", 0
    return frame.f_code.co_filename, frame.f_lineno


def read_caller_line() -> str:
    """Return the source text of that line, as the user wrote it; '' where there is none."""
    frame = _find_frame(sys._getframe(1))
    if frame is None or not is_users(frame.f_code):
        return ""
    return linecache.getline(frame.f_code.co_filename, frame.f_lineno, frame.f_globals)


def read_caller_statement() -> str:
    """Return that line, and as many of those under it as close the brackets that it opens."""
    frame = _find_frame(sys._getframe(1))
    if frame is None or not is_users(frame.f_code):
        return ""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)[frame.f_lineno - 1 :]
    text = ""
    for line in lines[:_MOST_LINES]:
        text += line
        if text.count("(") <= text.count(")"):
            break
    return text


def find_frames() -> tuple[FrameType | None, FrameType | None]:
    """Return the innermost frame of the user's own code, and the innermost that is not torch's.

    The two are one, but where a framework drives the loop. The caller may stand in the driver.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _look_up(frame.f_code.co_filename)[0] is _END:
        frame = frame.f_back
    own, nearest = _find_frame(frame), frame
    while nearest is not None and _look_up(nearest.f_code.co_filename)[0] in ("", _END):
        nearest = nearest.f_back
    return own, nearest if own is not None else None


def _find_frame(frame: FrameType | None) -> FrameType | None:
    installed: FrameType | None = None
    while frame is not None:
        path = frame.f_code.co_filename
        if path not in _passed_over:
            name, is_own = _look_up(path)
            if is_own:
                return frame
            if name is _END:
                break
            if not name and len(_passed_over) < _MOST_PLACES:
                _passed_over.add(path)
            elif name and installed is None:
                installed = frame
        frame = frame.f_back
    return installed


def stops_at_length() -> bool:
    """Whether what is nearest on the stack takes as many batches as a loader has, and no more.

    Lightning does, which never asks for the one that is not there.
    """
    own, nearest = find_frames()
    if own is None or nearest is None or nearest is own:
        return False
    return nearest.f_globals.get("__name__", "").partition(".")[0] in _BY_LENGTH


def find_user_paths() -> list[str]:
    """Return the files of the user's own frames on the stack, the innermost first.

    The loop that a config runs is not among them.
    """
    frame: FrameType | None = sys._getframe(1)
    found: dict[str, None] = {}
    while frame is not None:
        if is_users(frame.f_code):
            found[frame.f_code.co_filename] = None
        frame = frame.f_back
    return [path for path in found if path != _LOOP]


def is_users(code: CodeType) -> bool:
    """Whether this is the user's own code, and not an installed package's."""
    return _look_up(code.co_filename)[1]


@lru_cache(maxsize=4096)
def _look_up(path: str) -> tuple[str, bool]:
    """Return the file as the user would type it, and whether it is the user's own.

    The name is '' for a frame that is never shown, and `_END` for the driver's. By the path, as
    the hash of a code object goes through all that is in it.
    """
    if path == _LOOP:
        return "loop.py", True
    # A swapped function's frame stands before that of the function itself.
    if path.startswith((_OURS, *_WRITTEN)) or path.endswith(PASSED_OVER):
        return _END if path.startswith(_DRIVER) else "", False
    if any(part in path for part in _PARTS):
        return ("" if path.startswith(_LIBRARIES[0]) else path), False
    if path.startswith(_LIBRARIES):
        return "", False
    try:
        return str(Path(path).relative_to(Path.cwd())), True
    except (ValueError, OSError):
        return path, True
