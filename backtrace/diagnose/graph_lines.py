"""In which line what is wrong in a graph was computed; its backward may stand far from there."""

from __future__ import annotations

from collections.abc import Iterable

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Event
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.source_facts import LineAlone, Lone

CHECKPOINT_FIX = (
    "checkpoint with use_reentrant=False, or have the input require a gradient "
    "(enable_input_require_grads() of a transformers model)"
)


def line_of(run: Stretch, graph: GraphSeen, fact: str) -> str:
    """Return the line that `fact` of a graph comes from, or else that of the backward.

    `fact` is a field of GraphSeen. The line is known from a later graph at the same place, or from
    one in an earlier stretch.
    """
    return line_at(run, graph.where, fact) or graph.where


def line_in_any(run: Stretch, fact: str) -> str:
    """Return the line that `fact` comes from in whichever graph it is known of; '' if in none."""
    known = (line for g in run.of(GraphSeen) if (line := g.lines.get(fact)))
    before = (line for (_, name), line in run.lines.items() if name == fact)
    return next(known, "") or next(before, "")


def read_lines(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """Return what graphs tell of lines: each by that of the backward and the field of GraphSeen."""
    return {
        (event.where, fact): line
        for event in events
        if isinstance(event, GraphSeen)
        for fact, line in event.lines.items()
        if line
    }


def call_of(run: Stretch, module: str) -> str:
    """Return where a module that no gradient reaches is called; '' where that is not known."""
    return next((at for g in run.of(GraphSeen) if (at := g.called_at.get(module))), "")


def cut_of(run: Stretch, module: str) -> str:
    """Return the line that cuts off what a module returns; '' where that is not plain.

    It stands alone in the function that calls the module, or what the module is a part of; or it
    is the one that makes a tensor anew of log-probabilities.
    """
    cuts = [event for event in run.of(LineAlone) if event.what in ("cut", "through")]
    while module:
        path, at = _split(call_of(run, module))
        for cut in cuts:
            file, line = _split(cut.where)
            if file == path and cut.begins <= at <= min(line, cut.ends):
                return cut.where
        module = module.rpartition(".")[0]
    return only_line(run, "remade")


def line_at(run: Stretch, where: str, fact: str) -> str:
    """Return the line that `fact` comes from, of the graphs of a backward's line; '' if unknown."""
    known = (g.lines[fact] for g in run.of(GraphSeen) if g.where == where and g.lines.get(fact))
    return next(known, run.lines.get((where, fact), ""))


def is_straight_through(run: Stretch, where: str) -> bool:
    """Whether a line that cuts is that of a straight-through estimator, which is to cut."""
    return any(event.what == "through" and event.where == where for event in run.of(LineAlone))


def view_of(run: Stretch, where: str) -> str:
    """Return the one line that views a tensor under other axes in the file of a line, or that."""
    return lone_line(run, "view", where)


def closing_line(run: Stretch, activation: str, where: str) -> str:
    """Return the one line that ends a network in an activation, or else the line `where`.

    `activation` is what a sentence calls it: a ReLU, a sigmoid.
    """
    ends = {event.where for event in run.of(LineAlone) if event.what == activation.lower()}
    return ends.pop() if len(ends) == 1 else where


def only_line(run: Stretch, what: Lone) -> str:
    """Return the one line of all files that does `what`; '' where there is none, or several."""
    lines = {event.where for event in run.of(LineAlone) if event.what == what}
    return lines.pop() if len(lines) == 1 else ""


def lone_line(run: Stretch, what: Lone, where: str) -> str:
    """Return the one line that does `what` in the file of a line, or that line where none does."""
    path, _ = _split(where)
    lines = [event.where for event in run.of(LineAlone) if event.what == what]
    own = [line for line in lines if _split(line)[0] == path]
    return own[0] if len(own) == 1 else where


def _split(where: str) -> tuple[str, int]:
    path, _, line = where.rpartition(":")
    return path, int(line) if line.isdigit() else 0
