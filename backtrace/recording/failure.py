"""What a script raised, in a line of text and with the user's line; no code of its own runs."""

from __future__ import annotations

import traceback
from time import time as now
from types import WrapperDescriptorType

from backtrace.as_data import class_name, find_in_class, is_exactly
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


def tell_error(error: BaseException) -> str:
    """Return an exception's class and what it says, where Python's own code says it.

    A class of the user's may say it by a function, which is not called here.
    """
    kind = type(error)
    name = class_name(kind)
    given = BaseException.args.__get__(error)  # type: ignore[attr-defined]
    if not isinstance(find_in_class(kind, "__str__"), WrapperDescriptorType) or not _is_plain(
        given
    ):
        return name
    text = str(error).strip()
    return f"{name}: {text}" if text else name


def _reason(error: BaseException) -> str:
    """Return what an exception says in its first line."""
    text = tell_error(error).splitlines()[0]
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _is_plain(given: tuple[object, ...]) -> bool:
    return all(is_exactly(each, *_PLAIN) for each in given)
