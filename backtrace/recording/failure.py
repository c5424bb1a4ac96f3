"""What a script raised, in a line of text and with the user's line; no code of its own runs."""

from __future__ import annotations

import traceback
from time import time as now
from types import FunctionType

from backtrace.as_data import is_exactly
from backtrace.ledger.rank_end import Failure
from backtrace.recording.frames import find_line_in

_LONGEST = 160  # characters
_PLAIN = (str, int, float, bool, type(None))


def describe_failure(error: BaseException) -> Failure | None:
    """Return what a script failed by; None of a Ctrl-C, and of an exit with 0."""
    if isinstance(error, KeyboardInterrupt):
        return None
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return None
    frames = [
        (frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return Failure(_reason(error), find_line_in(frames), now())


def _reason(error: BaseException) -> str:
    """Return an exception's class and the first line of what it says, where Python's own says it.

    A class of the user's may say it by a function, which is not called here.
    """
    name = type(error).__name__
    given = BaseException.args.__get__(error)  # type: ignore[attr-defined]
    if isinstance(type(error).__str__, FunctionType) or not _is_plain(given):
        return name
    lines = str(error).strip().splitlines()
    text = f"{name}: {lines[0]}" if lines else name
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _is_plain(given: tuple[object, ...]) -> bool:
    return all(is_exactly(each, *_PLAIN) for each in given)
