"""A script's exception is shown as Python shows it, without the frames that are ours."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_OURS = str(Path(__file__).parent.parent) + os.sep
_SWAPPED = " (as importlib._bootstrap)"  # the end of `PASSED_OVER`'s files, without its torch


def show_exception(error: BaseException) -> None:
    """Print `error` through `sys.excepthook`, which the script may have replaced.

    What is wrong with that hook is the script's mistake, and told as Python tells it.
    """
    strip_frames(error)
    try:
        hook = sys.excepthook
    except AttributeError:
        _write("sys.excepthook is missing\n", error)
        return
    try:
        hook(type(error), error, error.__traceback__)
    except Exception as second:
        strip_frames(second)
        if second.__context__ is error:
            second.__context__ = None  # to Python the first was over when it called the hook
        _write("Error in sys.excepthook:\n", second)
        _write("\nOriginal exception was:\n", error)


def _write(text: str, error: BaseException) -> None:
    with suppress(Exception):  # the script may have closed its stderr
        sys.stderr.write(text)
        traceback.print_exception(error)


def strip_frames(error: BaseException) -> None:
    """Take our frames out of the tracebacks of `error` and of whatever led to it."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        found.__traceback__ = _strip(found.__traceback__)
        waiting += [found.__cause__, found.__context__, *getattr(found, "exceptions", ())]


def _strip(link: TracebackType | None) -> TracebackType | None:
    """Return the chain without our links; those that stay are joined in place."""
    links = []
    while link is not None:
        file = link.tb_frame.f_code.co_filename
        if not file.startswith(_OURS) and not file.endswith(_SWAPPED):
            links.append(link)
        link = link.tb_next
    for at, kept in enumerate(links):
        kept.tb_next = links[at + 1] if at + 1 < len(links) else None
    return links[0] if links else None
