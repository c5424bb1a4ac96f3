"""Keeps our lines apart from a progress bar that the script draws on the same stream."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from rich.console import Console

_CLEAR_REST = "\x1b[K"  # what a bar that ends in \r has drawn from here on
_TAKE_AWAY = "\r\x1b[2K"  # the bar's line: it is drawn anew the next time it moves


def leave_bar(console: Console) -> None:
    """Begin a line of our own where a progress bar may have been left unfinished.

    In a terminal the bar makes room. Elsewhere it stays, and our line begins below it: in a file
    whatever the script left unfinished, in a pipe a bar of tqdm. Nothing of tqdm is called: whether
    there are bars is read off the list that it keeps of them. Others, as fastai's, go back to the
    start of their line: what is longer than ours would stay.
    """
    if console.is_terminal:
        if has_bars():
            console.file.write(_TAKE_AWAY)
        elif not console.is_dumb_terminal:
            console.file.write(_CLEAR_REST)
        return
    is_begun = _is_begun(console.file)
    if has_bars() if is_begun is None else is_begun:
        console.file.write("\n")


def _is_begun(stream: IO[str]) -> bool | None:
    """Whether a line was begun in the file that a stream writes to; None where it is no file."""
    with suppress(OSError, ValueError, AttributeError):
        number = stream.fileno()
        if stat.S_ISREG(os.fstat(number).st_mode):
            stream.flush()
            with Path(f"/proc/self/fd/{number}").open("rb") as file:  # ours may only be written to
                file.seek(max(file.seek(0, os.SEEK_END) - 1, 0))
                return file.read(1) not in (b"", b"\n")
    return None


def has_bars() -> bool:
    """Whether a bar of tqdm is being drawn."""
    made = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    bars = getattr(vars(made).get("_instances"), "data", None) if isinstance(made, type) else None
    return bool(bars)
