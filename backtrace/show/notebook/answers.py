"""What a trace can be asked in a notebook: its findings, a page, a table of pandas, a number."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backtrace.diagnose.diagnose import Diagnosis, diagnose_events
from backtrace.errors import UsageError
from backtrace.ledger.events import LossComputed
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.place import find_shell
from backtrace.ledger.trace import Trace

if TYPE_CHECKING:
    from pandas import DataFrame


_CELL = 100  # columns that a cell's output has room for


def diagnose_trace(trace: Trace, ignore: Sequence[str]) -> Diagnosis:
    """Return what the rules say of a trace as it is now."""
    return diagnose_events(trace.events, ignore=ignore)


def save_trace(trace: Trace, path: str | os.PathLike[str], *, force: bool) -> None:
    """Write a trace into a file; in a notebook, over one that a notebook made.

    Raises:
        TraceFileError: no file can be made there.
    """
    from backtrace.tracefile.keep import is_replaceable
    from backtrace.tracefile.write_whole import write_trace

    events = list(trace.events)
    force = force or is_replaceable(Path(path))
    write_trace(path, trace.header, events, seconds=events[-1].elapsed if events else 0.0,
                force=force)  # fmt: skip


def report_trace(trace: Trace, path: str | os.PathLike[str], *, force: bool) -> Path:
    """Write the page of `backtrace report` about a trace, and return where it is.

    Raises:
        UsageError: the page cannot be written, or would overwrite something.
    """
    from backtrace.show.html.report import report_file

    with tempfile.TemporaryDirectory() as folder:
        name = f"{trace.header.target or 'notebook'}.trace".replace(os.sep, "_")
        kept = Path(folder) / name
        save_trace(trace, kept, force=True)
        return report_file(kept, Path(path), force=force)


def trace_to_pandas(trace: Trace, params: Sequence[str]) -> DataFrame:
    """Return a row an update and tensor, with the columns of `backtrace export`.

    Raises:
        UsageError: pandas is not there.
    """
    from backtrace.show.export.rates import Rates
    from backtrace.show.export.table import columns, rows_of

    try:
        import pandas
    except ImportError:
        raise UsageError("to_pandas needs pandas: python -m pip install pandas") from None
    events = list(trace.events)
    mixes = [event for event in events if isinstance(event, LossComputed)]
    terms = list(dict.fromkeys(term for mix in mixes for term in mix.terms))
    ledger, rates = Ledger(), Rates()
    rows: list[Any] = []
    for event in events:
        rates.take(event)
        for update in ledger.take(event):
            rows += rows_of(update, rates.of(update), terms, params)
    return pandas.DataFrame(rows, columns=[column.name for column in columns(terms)])


def show_update(trace: Trace, number: int, params: Sequence[str]) -> None:
    """Print the tables of the updates with this number, as the command line does.

    Raises:
        UsageError: the trace has no such update.
    """
    from rich.console import Console

    from backtrace.show.text.update_table import update_table

    found = [update for update in trace.updates if update.index == number]
    if not found:
        raise UsageError(f"update {number}: the trace has updates 1 to {len(trace.updates)}")
    # A cell's page may be dark, in which a terminal's green is not to be read.
    is_cell = find_shell() is not None
    width = _CELL if is_cell else None
    console = Console(highlight=False, markup=False, emoji=False, width=width, no_color=is_cell)
    for update in found:
        console.print(update_table(update, params=params, with_optimizer=len(found) > 1))


def explain_number(
    trace: Trace, number: str, update: int | None, back: int, *, until_nonfinite: bool
) -> None:
    """Print the history of a number, as the command line does.

    Raises:
        UsageError: the trace has no such number or update.
    """
    from backtrace.show.why import print_number
    from backtrace.tracefile import TraceFile, open_trace

    tell = partial(
        print_number,
        text=number,
        update=None if update is None else str(update),
        back=back,
        until_nonfinite=until_nonfinite,
        deeper="back={back}",
    )
    if isinstance(trace, TraceFile):
        tell(trace)
        return
    with tempfile.TemporaryDirectory() as folder:  # a file has any update of it at once
        kept = Path(folder) / "notebook.trace"
        save_trace(trace, kept, force=True)
        with open_trace(kept) as file:
            tell(file)
