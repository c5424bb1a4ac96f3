"""What the user chose to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.live.selection import FEW, Selection


@dataclass(frozen=True)
class Options:
    """The choices of `run` that concern the output alone.

    `params` are globs over parameter names, `values` the largest tensor that shows its numbers,
    `limit` how many parameters a table shows (None: all of them).
    """

    selection: Selection = FEW
    params: Sequence[str] = ()
    values: int = 8
    limit: int | None = 12
    by_term: bool = False
