"""`backtrace why`: opens a trace, follows a number back through it, and prints its history."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from rich.console import Console

from backtrace.errors import UsageError
from backtrace.explain.history.asked_number import AskedNumber, find_number
from backtrace.explain.history.find_update import find_entry, find_first_nonfinite
from backtrace.explain.history.number_history import NumberHistory
from backtrace.explain.history.other_ranks import add_ranks
from backtrace.explain.history.trace_back import trace_back
from backtrace.language import localized
from backtrace.ledger.events import Event
from backtrace.printable import literal
from backtrace.show.content.next_looks import after_history
from backtrace.show.find import find_updates
from backtrace.show.text.findings import print_command
from backtrace.show.trace_size import check_size
from backtrace.tracefile import TraceFile, open_trace
from backtrace.tracefile.replay import UpdateEntry

Form = Literal["table", "json", "md"]


def explain_number(
    path: Path,
    text: str,
    form: Form,
    *,
    update: str | None = None,
    back: int = 1,
    until_nonfinite: bool = False,
    rank: int | None = None,
) -> None:
    """Print the history of the number that `text` names in the trace at `path`.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: it holds no such number, or no such update.
    """
    with open_trace(path, rank) as trace:
        check_size(trace, is_whole=False, looks=4)
        found = print_number(
            trace, text, form, update=update, back=back, until_nonfinite=until_nonfinite
        )
        if form == "table":
            last = None if found is None else found.updates[0].number
            name = text if found is None else found.asked.name
            print_command(Console(highlight=False), after_history(str(path), name, last))


def print_number(
    trace: TraceFile,
    text: str,
    form: Form = "table",
    *,
    update: str | None = None,
    back: int = 1,
    until_nonfinite: bool = False,
    deeper: str = "--back {back}",
) -> NumberHistory | None:
    """Print the history of the number that `text` names in a trace, and return it.

    `deeper` is what one types to go further back, where that is no option.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: it holds no such number, or no such update.
    """
    history = find_history(trace, text, update=update, back=back, until_nonfinite=until_nonfinite)
    if form == "json":
        from backtrace.show.json.history import history_to_json

        sys.stdout.write(f"{history_to_json(history)}\n")
    elif history is None:
        sys.stdout.write(localized(literal(f"{text} is finite in every update")) + "\n")
    elif form == "md":
        from backtrace.show.markdown.history import history_to_markdown

        sys.stdout.write(history_to_markdown(history))
    else:
        from backtrace.show.text.history import HistoryText

        console = Console(highlight=False, markup=False, emoji=False)
        console.print(HistoryText(history, deeper))
    return history


def find_history(
    trace: TraceFile,
    text: str,
    *,
    update: str | None = None,
    back: int = 1,
    until_nonfinite: bool = False,
) -> NumberHistory | None:
    """Return the history of the number that `text` names; None where it is finite throughout.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: it holds no such number, or no such update.
    """
    asked = find_number(text, trace.parameters)
    if until_nonfinite:
        first = find_first_nonfinite(trace, asked)
        if first is None:
            return None
        entry, event = first
        return add_ranks(trace, _follow(trace, asked, entry, back, event))
    entry = _choose_entry(trace, asked, update)
    found = _follow(trace, asked, entry, back)
    if update is None and not found.updates[0].links and not entry.is_complete:
        entry = find_entry(asked, trace.outline()[: entry.place] or [entry])
        found = _follow(trace, asked, entry, back)
    return add_ranks(trace, found)


def find_history_at(
    trace: TraceFile, text: str, place: int, back: int = 1, at: Event | None = None
) -> NumberHistory:
    """Return the history of a number by the update of its optimizer that goes on at a place.

    With `at`, an event of that update, it is that of the number as the event left it.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: it holds no such number.
    """
    asked = find_number(text, trace.parameters)
    outline = trace.outline()
    entry = find_entry(asked, outline)
    own = [each for each in outline if each.optimizer == entry.optimizer and each.place >= place]
    entry = own[0] if own else entry
    return add_ranks(trace, trace.search(lambda _: trace_back(trace, asked, entry, back, at=at)))


def _follow(
    trace: TraceFile, asked: AskedNumber, entry: UpdateEntry, back: int, until: Event | None = None
) -> NumberHistory:
    """Return the history; what odd numbers in a damaged file lead to is said as the file's."""
    return trace.search(lambda _: trace_back(trace, asked, entry, back, until=until))


def _choose_entry(trace: TraceFile, asked: AskedNumber, update: str | None) -> UpdateEntry:
    if update not in (None, "last"):
        return find_entry(asked, find_updates(trace, update))
    outline = trace.outline()
    if not outline:
        raise UsageError(f"{trace.path}: no update was recorded")
    return find_entry(asked, outline)
