"""`%%backtrace`: records a notebook's cell, and shows the trace under its output."""

from __future__ import annotations

import argparse
import shlex
from importlib import import_module
from typing import Any, NoReturn

from backtrace.errors import UsageError
from backtrace.ledger.place import find_shell


def register(shell: Any) -> None:
    """Make `%%backtrace` known to an IPython."""
    shell.register_magic_function(record_cell, "cell", "backtrace")


class CellFailed(Exception):
    """Ends a cell whose own exception was shown already: run-all stops there, as it would."""

    def _render_traceback_(self) -> list[str]:
        return []


def record_cell(line: str, cell: str) -> None:
    """Record the training in this cell, and show the trace under its output.

    %%backtrace [NAME] [--file PATH] [--values N] [--every N]

    The trace is in the variable NAME, `trace` if none is given; the options are those of
    `backtrace.record`.
    """
    from backtrace.recording.record import record

    told, shell = _parse(line), find_shell()
    with record(values=told.values, every=told.every, file=told.file) as trace:
        shell.user_ns[told.name] = trace
        result = _run(shell, cell)
    import_module("IPython.display").display(trace)
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        raise CellFailed(f"{type(error).__name__}: {error}").with_traceback(error.__traceback__)


def _run(shell: Any, cell: str) -> Any:
    """Run the cell under its own number, and its lines under theirs: the magic's is a comment."""
    count = shell.execution_count
    shell.execution_count = len(shell.history_manager.input_hist_raw) - 1
    try:
        return shell.run_cell(cell if cell.startswith("%%") else f"# %%backtrace\n{cell}")
    finally:
        shell.execution_count = count


class _Parser(argparse.ArgumentParser):
    """Parses the magic's line; a mistake is no end of the process."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and what would be right."""
        raise UsageError(f"%%backtrace: {message}; {self.format_usage().strip()}")


def _parse(line: str) -> argparse.Namespace:
    parser = _Parser("%%%%backtrace", add_help=False)
    parser.add_argument("name", nargs="?", default="trace", metavar="NAME")
    parser.add_argument("--file", metavar="PATH")
    parser.add_argument("--values", type=int, default=16, metavar="N")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    found = parser.parse_args(shlex.split(line))
    if not str(found.name).isidentifier():
        parser.error(f"{found.name!r} is no name of a variable")
    return found
