"""`backtrace show --where --sort`: goes through a trace and shows the rows that are asked for."""

from __future__ import annotations

from pathlib import Path

from backtrace.show.export.play import look_over, play
from backtrace.show.find import check_choice, find_updates
from backtrace.show.options import Options
from backtrace.show.picked.picked_view import PickedView, PickRequest
from backtrace.show.picked.print_picked import print_picked
from backtrace.show.trace_size import check_size
from backtrace.tracefile import open_trace

MOST = 20  # rows of a table, without --all


def show_picked(
    path: Path,
    request: PickRequest,
    update: str | None,
    shown: str,
    options: Options,
    rank: int | None,
) -> None:
    """Print the rows of a trace that a request picks, of one `update` if that is given.

    Raises:
        TraceFileError: it cannot be read.
        UsageError: the request names what is not there.
    """
    with open_trace(path, rank) as trace:
        check_size(trace, is_whole=update is None)
        check_choice(trace, request.params)
        view = PickedView(request, look_over(path).terms)
        if update is not None:
            find_updates(trace, update)
        play(trace, view, has_bar=shown == "table")
    print_picked(view.picked, request, shown, options)
