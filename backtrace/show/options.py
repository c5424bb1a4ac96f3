"""What the user chose to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console

from backtrace.show.content.next_command import Shown
from backtrace.show.selection import FEW, Selection


class _PipedConsole(Console):
    """Leaves a closed pipe to whoever prints; rich would end the program, and take its stdout."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - called where the BrokenPipeError is caught


@dataclass(frozen=True)
class Options:
    """The choices of `run` that concern the output alone.

    `params` are globs over parameter names, `values` the largest tensor that shows its numbers,
    `limit` how many parameters a table shows (None: all of them). A `stream` takes the place of
    stdout where that belongs to somebody else; no progress bar is drawn then, and `is_shared` says
    that a script writes to it as well. `ignore` names the rules whose findings are turned off, and
    `notes` says whether notes are shown, `census` whether that of every tensor is. `subject` is
    what the screen is about, where a next command is to be told.
    """

    selection: Selection = FEW
    params: Sequence[str] = ()
    values: int = 8
    limit: int | None = 12
    by_term: bool = False
    stream: TextIO | None = None
    is_shared: bool = False
    ignore: Sequence[str] = ()
    notes: bool = False
    census: bool = False
    subject: Shown | None = None

    def console(self) -> Console:
        """Return the console to print on."""
        return _PipedConsole(file=self.stream, highlight=False, markup=False, emoji=False)
