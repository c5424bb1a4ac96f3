"""Keeps our lines apart from a progress bar that the script draws on the same stream."""

from __future__ import annotations

import sys

from rich.console import Console

_CLEAR_REST = "\x1b[K"  # what a bar that ends in \r has drawn from here on
_TAKE_AWAY = "\r\x1b[2K"  # the bar's line: it is drawn anew the next time it moves


def leave_bar(console: Console) -> None:
    """Begin a line of our own where a progress bar may have been left unfinished.

    In a terminal the bar makes room. Elsewhere one of tqdm stays, and our line begins below it.
    Nothing of tqdm is called: whether there are bars is read off the list that it keeps of them.
    Others, as fastai's, go back to the start of their line: what is longer than ours would stay.
    """
    if has_bars():
        console.file.write(_TAKE_AWAY if console.is_terminal else "\n")
    elif console.is_terminal and not console.is_dumb_terminal:
        console.file.write(_CLEAR_REST)


def has_bars() -> bool:
    """Whether a bar of tqdm is being drawn."""
    made = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    bars = getattr(vars(made).get("_instances"), "data", None) if isinstance(made, type) else None
    return bool(bars)
