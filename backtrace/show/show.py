"""`backtrace show`: hands a trace file to the views of a live run, or prints one update of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.text import Text

from backtrace.driver.driver import drive
from backtrace.driver.sources.trace import ExcerptSource, TraceSource, rules_off
from backtrace.driver.view import View
from backtrace.errors import UsageError
from backtrace.ledger.name_globs import is_chosen
from backtrace.show.content.next_looks import after_one_update
from backtrace.show.content.trends import LONG
from backtrace.show.find import check_choice, check_updates, find_updates
from backtrace.show.ignored import ignored_by_config
from backtrace.show.options import Options
from backtrace.show.selection import EVERY
from backtrace.show.text.findings import print_command
from backtrace.show.trace_size import check_size
from backtrace.show.views import make_view
from backtrace.start_up import collector_held
from backtrace.tracefile import TraceFile, open_trace


@collector_held()
def show_trace(
    path: Path,
    shown: str,
    options: Options,
    *,
    by_term: bool | None,
    receipts: bool,
    updates: str | None = None,
    rank: int | None = None,
    has_overview: bool = False,
) -> int:
    """Print a trace as the run that made it was printed, by the same views; return an exit code.

    `by_term` is None where it depends on what was recorded; `receipts` are printed if wanted. Of
    several ranks one is shown, and the findings are those over all. With `has_overview` what the
    run came to stands above it, of a long one its trends.

    Raises:
        TraceFileError: it cannot be read.
        UsageError: it has no such tensor, or none of `updates`, the text that chose them.
    """
    with open_trace(path, rank) as trace:
        check_size(trace)
        check_choice(trace, options.params)
        check_updates(trace, updates)
        options = _decide_terms(trace, options, by_term)
        ignore = (*options.ignore, *ignored_by_config(trace.header))
        count = len(trace.outline()) if has_overview else None
        with _shown_in_order(shown, options, count) as view:
            end = drive(
                TraceSource(trace),
                [_over_ranks(view, trace, ignore) if trace.ranks else view],
                ignore=rules_off(trace, ignore),
                has_receipts=receipts,
            )
        if not end.failures:
            _warn_of_choice(trace, shown, options)
    return end.report()


@collector_held()
def show_update(
    path: Path,
    wanted: str,
    shown: str,
    options: Options,
    *,
    by_term: bool | None,
    receipts: bool,
    rank: int | None = None,
) -> int:
    """Print one update, of each optimizer that has one of this number, and read nothing else.

    Raises:
        TraceFileError: it cannot be read.
        UsageError: it holds no such update.
    """
    if shown == "jsonl":
        raise UsageError(
            "--update with --format jsonl: that format is of events, not of updates\n"
            "    use --format json, or leave --update out"
        )
    with open_trace(path, rank) as trace:
        check_size(trace, is_whole=False)
        found = find_updates(trace, wanted)
        check_choice(trace, options.params)
        options = replace(_decide_terms(trace, options, by_term), selection=EVERY)
        source = ExcerptSource(trace, (trace.updates[each.place] for each in found))
        end = drive(source, [make_view(shown, options)], has_receipts=receipts)
        name = _first_stepped(trace, options.params, found[-1].optimizer)
    if shown == "table" and name and not end.failures:
        print_command(options.console(), after_one_update(str(path), name, found[-1].number))
    return end.report()


def _first_stepped(trace: TraceFile, globs: Sequence[str], optimizer: str) -> str:
    """Return a parameter of an optimizer that the globs choose, for an example; '' for none."""
    own = (each.name for each in trace.parameters.values() if each.optimizer == optimizer)
    return next((name for name in own if is_chosen(name, globs)), "")


@contextmanager
def _shown_in_order(shown: str, options: Options, count: int | None) -> Iterator[View]:
    """Give the view of a whole trace; what a run of `count` updates came to goes first."""
    if count is None:
        yield make_view(shown, options)
        return
    from backtrace.show.text.overview import OverviewFirst, TrendsFirst

    view = TrendsFirst(options) if count >= LONG else OverviewFirst(options)
    try:
        yield view
    finally:
        view.release()


def _over_ranks(view: View, trace: TraceFile, ignore: Sequence[str]) -> View:
    from backtrace.show.joined_trace import JoinedTraceView

    return JoinedTraceView(view, trace, ignore)


def _decide_terms(trace: TraceFile, options: Options, by_term: bool | None) -> Options:
    """Show the terms' parts where they were asked for, or else where they were recorded."""
    if by_term is None:
        by_term = trace.search(lambda finder: finder.has_terms())
    return replace(options, by_term=by_term)


def _warn_of_choice(trace: TraceFile, shown: str, options: Options) -> None:
    params = trace.recording.get("params")
    if params and shown == "table":
        names = ", ".join(map(str, params)) if isinstance(params, list) else str(params)
        text = f"not diagnosed: the trace holds nothing but {names}"
        if not trace.parameters:
            text = f"--keep {names} left out every parameter when the trace was written"
        options.console().print(Text(text, style="dim"))
