"""`backtrace show`: hands a trace file to the views of a live run, or prints one update of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rich.text import Text

from backtrace.driver.view import Plan, View
from backtrace.errors import UsageError
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.updates import Update
from backtrace.show.find import find_updates
from backtrace.show.options import Options
from backtrace.show.selection import EVERY
from backtrace.show.views import make_view
from backtrace.tracefile import TraceFile, open_trace


def show_trace(
    path: Path, shown: str, options: Options, *, by_term: bool | None, receipts: bool
) -> None:
    """Print a trace as the run that made it was printed, by the same views.

    `by_term` is None where it depends on what was recorded; `receipts` are printed if wanted.

    Raises:
        TraceFileError: it cannot be read.
    """
    with open_trace(path) as trace:
        options = replace(options, ignore=(*options.ignore, *_ignored_by_config(trace)))
        options = _decide_terms(trace, options, by_term)
        view = _and_verdict(trace, make_view(shown, options), options)
        view.start(_plan(trace))
        ledger, latest = Ledger(), 0.0
        for event in trace.events:
            view.take_event(event)
            latest = event.elapsed
            for update in ledger.take(event):
                view.take_update(_prepare(trace, update, receipts=receipts))
        for update in ledger.unfinished_updates():
            view.take_update(_prepare(trace, update, receipts=receipts))
        seconds = trace.seconds
        view.finish(latest if seconds is None else seconds, interrupted=not trace.is_finished)
        _warn_of_choice(trace, shown, options)


def show_update(
    path: Path, wanted: str, shown: str, options: Options, *, by_term: bool | None, receipts: bool
) -> None:
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
    with open_trace(path) as trace:
        found = find_updates(trace, wanted)
        options = _decide_terms(trace, options, by_term)
        view = make_view(shown, replace(options, selection=EVERY))
        view.start(_plan(trace))
        for each in found:
            update = trace.updates[each.place]
            view.take_update(_prepare(trace, update, receipts=receipts))
        if shown == "json":
            view.finish(trace.seconds or 0.0, interrupted=not trace.is_finished)


def _decide_terms(trace: TraceFile, options: Options, by_term: bool | None) -> Options:
    """Show the terms' parts where they were asked for, or else where they were recorded."""
    if by_term is None:
        first = next(iter(trace.updates[:1]), None)
        by_term = first is not None and any(row.terms for row in first.rows.values())
    return replace(options, by_term=by_term)


def _prepare(trace: TraceFile, update: Update, *, receipts: bool) -> Update:
    """Return an update as a live run shows it."""
    if trace.header.synthetic:
        update = replace(update, notes=(trace.header.synthetic, *update.notes))
    if receipts:
        return update
    rows = {name: replace(row, receipt=None) for name, row in update.rows.items()}
    return replace(update, rows=rows)


def _plan(trace: TraceFile) -> Plan:
    plan = trace.plan
    per_epoch = plan.get("updates_per_epoch")
    return Plan(trace.header, plan.get("parameters", 0), plan.get("updates"), per_epoch)


def _and_verdict(trace: TraceFile, view: View, options: Options) -> View:
    """Return a view that ends with a diagnosis, where all that happened was written."""
    if trace.recording.get("params"):
        return view
    from backtrace.show.verdict_view import VerdictView

    return VerdictView(view, options)


def _warn_of_choice(trace: TraceFile, shown: str, options: Options) -> None:
    params = trace.recording.get("params")
    if params and shown == "table":
        names = ", ".join(map(str, params)) if isinstance(params, list) else str(params)
        text = f"not diagnosed: the trace holds nothing but {names}"
        options.console().print(Text(text, style="dim"))


def _ignored_by_config(trace: TraceFile) -> Iterator[str]:
    """Yield the rules that the run's config turned off."""
    import yaml  # an update alone is shown without it

    override = trace.header.settings.get("diagnose.ignore")
    try:
        config = yaml.safe_load(trace.header.config)
        found = None if override is None else yaml.safe_load(str(override))
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    if found is None and isinstance(config, Mapping):
        section = config.get("diagnose")
        found = section.get("ignore") if isinstance(section, Mapping) else None
    yield from map(str, found) if isinstance(found, list) else ()
