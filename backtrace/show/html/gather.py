"""Goes once through a trace: what the rules say, and every quantity over the updates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import hypot, isfinite, prod
from typing import NamedTuple

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.driver.driver import drive
from backtrace.driver.sources.trace import TraceSource
from backtrace.driver.view import RunResult, View
from backtrace.language import translated
from backtrace.ledger.entry_columns import Readings
from backtrace.ledger.events import Event, ParameterSeen, StepTaken
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.late_rows import BriefColumns, brief_columns, worst_books
from backtrace.ledger.name_globs import is_chosen
from backtrace.ledger.trace import Trace
from backtrace.ledger.updates import Update
from backtrace.show.content.cells import literal
from backtrace.show.html.buckets import Timeline
from backtrace.show.html.landmarks import Landmarks
from backtrace.show.html.report_calls import depth_after

QUANTITIES = ("grad", "ratio", "zeros")
_LISTS = 16  # of names that are remembered: those of the updates of each optimizer
MOST_TENSORS = 1000  # that the page draws: no browser opens a table of very many more


@dataclass(slots=True)
class ReportData:
    """What one pass over a trace tells.

    `timelines` are by optimizer; their tracks by `("loss",)`, `("term", name)`, `("lr",)`, and
    `(quantity, name)` for each tensor of `drawn`, the first to be seen in an update. `graphs` are
    by what they show: those that were read whole first and last, and the first in which something
    was not finite.
    """

    timelines: dict[str, Timeline] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)  # by the user, by optimizer
    seen: dict[str, ParameterSeen] = field(default_factory=dict)
    drawn: dict[str, None] = field(default_factory=dict)
    landmarks: Landmarks = field(default_factory=Landmarks)
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    graphs: dict[str, GraphSeen] = field(default_factory=dict)
    updates: int = 0
    unbalanced: int = 0
    unknown: int = 0
    is_nested: bool = False  # whether a step ended inside another
    is_chosen: bool = False  # whether `drawn` are those that somebody chose


def gather(
    trace: Trace,
    *,
    ignore: Sequence[str] = (),
    params: Sequence[str] = (),
    beside: Sequence[View] = (),
) -> ReportData:
    """Return what the page tells of all updates; memory does not grow with their number.

    Views `beside` are told of the same.

    Raises:
        TraceFileError: the trace is damaged.
    """
    view = _Gathering(params)
    drive(TraceSource(trace), [view, *beside], ignore=ignore).raise_failure()
    return view.found


class _DrawnRows(NamedTuple):
    """Which rows of an update are drawn, and the keys of their tracks: by quantity."""

    places: Sequence[int]
    keys: tuple[tuple[str, str], ...]


class _Gathering(View):
    """Enters events and updates into what the page tells."""

    def __init__(self, params: Sequence[str]) -> None:
        self.found = ReportData(is_chosen=bool(params))
        self._params = params
        self._graphs: dict[str, GraphSeen] = {}
        self._drawn: dict[tuple[str, ...], _DrawnRows] = {}  # by the names of an update's rows
        self._depth = 0

    def take_event(self, event: Event) -> None:
        """Keep a few graphs, and see whether steps are nested."""
        self._depth = depth_after(event, self._depth)
        self.found.is_nested |= self._depth > 0 and isinstance(event, StepTaken)
        if isinstance(event, GraphSeen):
            _keep_graph(self._graphs, event)

    def take_update(self, update: Update) -> None:
        """Enter its quantities; what came after the last step is no update."""
        if update.is_complete:
            self._enter(update)

    def finish(self, result: RunResult) -> None:
        """Close the timelines, and keep the diagnosis and the facts of tensors."""
        for timeline in self.found.timelines.values():
            timeline.close()
        self.found.seen = {n: e for n, e in result.tensors.items() if e.kind != "input"}
        self.found.diagnosis = result.diagnosis or Diagnosis()
        self.found.graphs = _differing(self._graphs)

    def _enter(self, update: Update) -> None:
        found = self.found
        timeline = found.timelines.setdefault(update.optimizer, Timeline())
        found.types[update.optimizer] = update.type
        found.called[update.optimizer] = literal(update.called or update.optimizer)
        found.updates += 1
        timeline.begin(update.index, found.updates)
        timeline.add(("loss",), update.loss)
        for name, value in update.terms.items():
            timeline.add(("term", name), value)
        if update.lr:
            timeline.add(("lr",), max(update.lr))
        norms = self._enter_rows(timeline, brief_columns(update.rows))
        books = worst_books(update)
        is_wrong = any(each.is_known and not each.is_balanced for each in books)
        found.unbalanced += is_wrong
        found.unknown += not is_wrong and not all(each.is_known for each in books)
        finite = [norm for norm in norms if isfinite(norm)]
        found.landmarks.take(
            update,
            norm=hypot(*finite) if len(finite) == len(norms) else None,
            is_unbalanced=is_wrong,
        )

    def _enter_rows(self, timeline: Timeline, rows: BriefColumns) -> list[float]:
        """Enter the quantities of the rows that are drawn; return the norms of all gradients."""
        grads = rows.grads
        if "input" in rows.kinds:
            pairs = zip(grads, rows.kinds, strict=True)
            grads = [grad for grad, kind in pairs if kind != "input"]
        drawn = self._drawn.get(rows.names)
        if drawn is None:
            if len(self._drawn) > _LISTS:
                self._drawn.clear()
            drawn = self._drawn[rows.names] = self._choose(rows)
        told: Sequence[Readings] = (rows.grads, rows.befores, rows.changes)
        if len(drawn.places) < len(rows.names):
            told = [[column[at] for at in drawn.places] for column in told]
        timeline.add_row(drawn.keys, list(chain.from_iterable(measure(*told))))
        return [grad.norm for grad in grads if grad is not None]

    def _choose(self, rows: BriefColumns) -> _DrawnRows:
        """Return which rows are drawn, be it from now on."""
        found, places = self.found, []
        for at, (name, kind) in enumerate(zip(rows.names, rows.kinds, strict=True)):
            is_new = name not in found.drawn and len(found.drawn) < MOST_TENSORS
            if kind != "input" and is_new and is_chosen(name, self._params):
                found.drawn[name] = None
            if kind != "input" and name in found.drawn:
                places.append(at)
        keys = [(quantity, rows.names[at]) for quantity in QUANTITIES for at in places]
        return _DrawnRows(places, tuple(keys))


def _keep_graph(graphs: dict[str, GraphSeen], event: GraphSeen) -> None:
    if event.is_whole:
        graphs.setdefault("first", event)
        graphs["last"] = event
        if event.first_nonfinite:
            graphs.setdefault("nonfinite", event)


def _differing(graphs: dict[str, GraphSeen]) -> dict[str, GraphSeen]:
    """Return graphs by titles; the first is left out where the last is made alike."""
    if not graphs:
        return {}
    first, last, odd = graphs["first"], graphs["last"], graphs.get("nonfinite")
    found = {}
    if odd is not None:
        found[translated("Of the first backward from numbers that are not finite")] = odd
    if last is not odd:
        found[translated("Of the last backward that was looked at")] = last
    if (first.path, first.nodes, first.reached) != (last.path, last.nodes, last.reached):
        found[translated("Of the first backward that was looked at")] = first
    return found


def measure(
    grads: Readings, befores: Readings, changes: Readings
) -> tuple[list[float | None], ...]:
    """Return gradients' norms, updates' ratios to the values, and shares of zeros in gradients."""
    numels = {shape: prod(shape) for shape in {each.shape for each in grads if each is not None}}
    norms: list[float | None] = []
    zeros: list[float | None] = []
    for grad in grads:
        if grad is None:
            norms.append(None)
            zeros.append(None)
            continue
        numel = numels[grad.shape]
        # Zeros are zeros whatever was kept; a norm that underflowed to 0 is none.
        norms.append(0.0 if grad.zeros == numel else grad.norm)
        zeros.append(grad.zeros / numel if numel else None)
    ratios = [
        None
        if change is None or value is None
        else 0.0
        if not change.norm
        else change.norm / value.norm
        if value.norm
        else None
        for change, value in zip(changes, befores, strict=True)
    ]
    return norms, ratios, zeros
