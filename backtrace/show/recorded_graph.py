"""`backtrace graph TRACE`: finds the graphs that the backwards of an update walked."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from backtrace.errors import UsageError
from backtrace.explain.graph.chains import main_chain
from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.graph_facts import GraphDrawn, GraphFacts
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.show.find import find_updates
from backtrace.show.trace_size import check_size
from backtrace.tracefile import TraceFile, open_trace


def find_recorded_graphs(path: Path, update: int, rank: int | None = None) -> list[GraphFacts]:
    """Return the graphs of an update's backwards, each structure once.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: there is no such update, or no graph of it was kept.
    """
    with open_trace(path, rank) as trace:
        drawn = trace.search(lambda finder: finder.find_drawn())
        if not drawn:
            command = f"backtrace run --graph -o {shlex.quote(str(path))} …"
            raise UsageError(f"{path} holds no graphs: `{command}` records them")
        check_size(trace, is_whole=False)
        events = _list_events(trace, update)
    seen = [event for event in events if isinstance(event, GraphSeen)]
    found = [
        _tell(graph, update, walks, is_first=any(event == graph for event in events))
        for number, walks in _by_graph(seen).items()
        if (graph := drawn.get(number)) is not None
    ]
    if not found:
        raise UsageError(_say_none(path, update, seen, len(drawn)))
    return found


def _list_events(trace: TraceFile, update: int) -> list[Event]:
    """Return the events of the updates of that number, each since another optimizer's last step."""
    found: dict[int, Event] = {}
    for entry in find_updates(trace, str(update)):
        own: list[Event] = []
        for event in trace.update_events(entry.place).events:
            if isinstance(event, StepTaken) and event.optimizer != entry.optimizer:
                own.clear()
            own.append(event)
        found.update((event.index, event) for event in own)
    return list(found.values())


def _by_graph(seen: Sequence[GraphSeen]) -> Mapping[int, Sequence[GraphSeen]]:
    found: dict[int, list[GraphSeen]] = {}
    for event in seen:
        found.setdefault(event.drawn, []).append(event)
    return found


def _tell(
    graph: GraphDrawn, update: int, walks: Sequence[GraphSeen], *, is_first: bool
) -> GraphFacts:
    places = ", ".join(dict.fromkeys(event.where for event in walks if event.where))
    notes = [f"backward at {places}"] if places else []
    if len(walks) > 1:
        notes.append(f"{len(walks)} backwards of this update walked it")
    if not is_first:
        notes.append("shapes and bytes are those of the first graph like it")
    return GraphFacts(
        config="",
        chain=tuple(main_chain(graph.nodes)),
        nodes=graph.nodes,
        tensors=graph.tensors,
        life=None,
        refusal="",
        missing=graph.missing,
        notes=tuple(notes),
        update=update,
    )


def _say_none(path: Path, update: int, seen: Sequence[GraphSeen], count: int) -> str:
    if seen:
        return f"{path}: the graph of update {update} was not kept: the first {count} were"
    return f"{path}: update {update} has no backward that was read"
