"""What a trace can be asked in a notebook: its findings, a page, a figure, a table of pandas."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import hypot, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backtrace.diagnose.diagnose import Diagnosis, diagnose_events
from backtrace.errors import UsageError
from backtrace.ledger.events import LossComputed
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Trace
from backtrace.ledger.updates import Update
from backtrace.show.content.cells import number

if TYPE_CHECKING:
    from pandas import DataFrame

_WIDTH, _HEIGHT, _MARGIN = 640, 200, 48


def diagnose_trace(trace: Trace, ignore: Sequence[str]) -> Diagnosis:
    """Return what the rules say of a trace as it is now."""
    return diagnose_events(trace.events, ignore=ignore)


def save_trace(trace: Trace, path: str | os.PathLike[str], *, force: bool) -> None:
    """Write a trace into a file.

    Raises:
        TraceFileError: no file can be made there.
    """
    from backtrace.tracefile.write_whole import write_trace

    events = list(trace.events)
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
    console = Console(highlight=False, markup=False, emoji=False)
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

    wanted = None if update is None else str(update)
    if isinstance(trace, TraceFile):
        print_number(trace, number, update=wanted, back=back, until_nonfinite=until_nonfinite)
        return
    with tempfile.TemporaryDirectory() as folder:  # a file has any update of it at once
        kept = Path(folder) / "notebook.trace"
        save_trace(trace, kept, force=True)
        with open_trace(kept) as file:
            print_number(file, number, update=wanted, back=back, until_nonfinite=until_nonfinite)


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG, which a notebook shows; `save` writes it to a file."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the drawing."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def __repr__(self) -> str:
        return "<Figure of loss and gradient norm over updates; .save('loss.svg') writes it>"


def plot_trace(trace: Trace) -> Figure:
    """Return the loss and the norm of all gradients over the updates, one above the other."""
    updates = [update for update in trace.updates if update.is_complete]
    losses = [(update.index, update.loss) for update in updates if update.loss is not None]
    norms = [(update.index, _grad_norm(update)) for update in updates]
    panels = [_panel("loss", losses, 0), _panel("gradient norm", norms, _HEIGHT)]
    size = f'viewBox="0 0 {_WIDTH} {2 * _HEIGHT}" width="{_WIDTH}"'
    style = "font:12px sans-serif" + ";color:currentColor"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{style}">'
    return Figure(f"{head}{''.join(panels)}</svg>")


def _grad_norm(update: Update) -> float:
    rows = [row for row in update.rows.values() if row.kind != "input"]
    return hypot(*(row.grad_after.norm for row in rows if row.grad_after is not None))


def _panel(title: str, points: Sequence[tuple[int, float]], top: int) -> str:
    """Return one curve with its axes, in the page's own colour, so that it is read in the dark."""
    finite = [(at, value) for at, value in points if isfinite(value)]
    label = f'<text x="{_MARGIN}" y="{top + 14}" fill="currentColor">{escape(title)}</text>'
    if not finite:
        return label
    first, last = finite[0][0], finite[-1][0]
    low, high = min(value for _, value in finite), max(value for _, value in finite)
    across, up = (_WIDTH - 2 * _MARGIN) / max(last - first, 1), (_HEIGHT - 60) / ((high - low) or 1)
    bottom = top + _HEIGHT - 36
    line = " ".join(
        f"{_MARGIN + (at - first) * across:.1f},{bottom - (value - low) * up:.1f}"
        for at, value in finite
    )
    texts = [
        (_MARGIN - 6, bottom, "end", number(low, 4)),
        (_MARGIN - 6, top + 34, "end", number(high, 4)),
        (_MARGIN, bottom + 18, "middle", str(first)),
        (_WIDTH - _MARGIN, bottom + 18, "middle", str(last)),
        (_WIDTH // 2, bottom + 18, "middle", "update"),
    ]
    drawn = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="currentColor">{escape(text)}</text>'
        for x, y, anchor, text in texts
    )
    curve = f'<polyline points="{line}" fill="none" stroke="#3b82f6" stroke-width="1.5"/>'
    return f"{label}{drawn}{curve}"
