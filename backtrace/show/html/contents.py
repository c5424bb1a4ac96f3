"""All that the page shows, as plain data that JSON can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.driver.view import View
from backtrace.explain.graph.chains import operation_name
from backtrace.language import localized, translated
from backtrace.ledger.events import ParameterSeen
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.trace import Header, Trace
from backtrace.show.content.cells import literal, number, percent, shape_text
from backtrace.show.content.counted import counted
from backtrace.show.html.buckets import Timeline
from backtrace.show.html.gather import MOST_TENSORS, QUANTITIES, ReportData, gather
from backtrace.show.html.ledgers import Cells, ledgers_to_list
from backtrace.show.html.report_verdict import verdict_to_dict

_MOST_READINGS = 25_000  # in the updates that are held in full: about 2 MB
_MOST_UPDATES = 300
_FEWEST_UPDATES = 8
_MOST_NAMED = 200  # tensors that findings name

Json = object


@dataclass(frozen=True, slots=True)
class ReportSource:
    """What is known of the file beside its header: its name, and how the run ended."""

    name: str = ""
    seconds: float | None = None
    is_finished: bool = True


def build_contents(
    trace: Trace,
    source: ReportSource,
    *,
    ignore: Sequence[str] = (),
    params: Sequence[str] = (),
    beside: Sequence[View] = (),
) -> dict[str, Json]:
    """Return what the page about a trace shows; it goes through the events once or twice.

    Tensors that `params` do not match are not drawn. Views `beside` are told of what is read.

    Raises:
        TraceFileError: the trace is damaged.
    """
    found = gather(trace, ignore=ignore, params=params, beside=beside)
    count = len(found.landmarks.numbers)
    each = 7 * max(1, len(found.drawn))  # readings of a tensor in an update
    most = max(_FEWEST_UPDATES, min(_MOST_UPDATES, _MOST_READINGS // each))
    chosen = found.landmarks.choose(found.diagnosis.findings, most)
    cells, several = Cells(), len(found.timelines) > 1
    shown = None if len(found.seen) <= MOST_TENSORS else {*found.drawn, *_named(found)}
    shown = {*found.drawn} if params else shown
    ledgers = ledgers_to_list(
        trace, chosen, count, cells, several=several, shown=shown, is_nested=found.is_nested
    )
    return {
        "verdict": verdict_to_dict(found, trace),
        "summary": _summary(source, found),
        "facts": _facts(trace.header, source, found),
        "config": trace.header.config,
        "file": literal(source.name),
        "updates": count,
        "optimizers": [
            {
                **_timeline(name, found.types[name], timeline, found.seen),
                "called": found.called[name],
            }
            for name, timeline in found.timelines.items()
        ],
        "ledgers": ledgers,
        "cells": cells.to_list(),
        "graphs": [
            {"title": title, **_graph(graph, list(found.seen))}
            for title, graph in found.graphs.items()
        ],
    }


def _named(found: ReportData) -> list[str]:
    """Return some tensors that findings name: those of a page that does not draw all."""
    names = [name for each in found.diagnosis.findings for name in each.parameters]
    return names[:_MOST_NAMED]


def _timeline(
    name: str, type_: str, timeline: Timeline, seen: dict[str, ParameterSeen]
) -> dict[str, Json]:
    is_exact = timeline.width == 1
    tracks = {key: track.to_dict(is_exact=is_exact) for key, track in timeline.tracks.items()}
    names = [name for quantity, *rest in timeline.tracks if quantity == "grad" for name in rest]
    terms = [(rest[0], tracks["term", rest[0]]) for kind, *rest in tracks if kind == "term"]
    return {
        "name": name,
        "type": type_,
        "width": timeline.width,
        "firsts": timeline.firsts,
        "lasts": timeline.lasts,
        "orders": [timeline.begun, timeline.ended],
        "loss": tracks.get(("loss",)),
        "terms": [{"name": term, **track} for term, track in terms],
        "lr": tracks.get(("lr",)),
        "parameters": [
            {
                "name": each,
                "shape": shape_text(seen[each].shape) if each in seen else "",
                **{quantity: tracks[quantity, each] for quantity in QUANTITIES},
            }
            for each in names
        ],
    }


def _summary(source: ReportSource, found: ReportData) -> str:
    """Return the run in one line."""
    types = dict.fromkeys(filter(None, found.types.values()))
    read, passed = counted(found.updates, "update"), found.diagnosis.updates
    if 0 < found.updates < passed:  # --every
        read = localized(f"{found.updates} of {passed} updates")
    if types:
        read = translated("{updates} of {optimizer}").format(
            updates=read, optimizer=", ".join(types)
        )
    tensors = counted(len(found.seen), "tensor")
    if found.is_chosen:
        tensors += localized(f", of which {len(found.drawn)} that --param chose are drawn")
    elif len(found.seen) > MOST_TENSORS:
        tensors += localized(
            f", of which the first {len(found.drawn)} and some that findings name are drawn"
        )
    return literal(f"{source.name} · {read} · {tensors} · {_ending(source)}")


def _ending(source: ReportSource) -> str:
    if not source.is_finished:
        return translated("interrupted, or still running")
    if source.seconds is None:
        return translated("ran to its end")
    return localized(f"ran to its end in {source.seconds:.3g} s")


def _facts(header: Header, source: ReportSource, found: ReportData) -> list[list[str]]:
    """Return what the header says, as pairs."""
    told = [
        ("target", header.target),
        ("command", header.command),
        ("started", header.started),
        ("ended", _ending(source)),
        ("versions", ", ".join(f"{name} {text}" for name, text in header.versions.items())),
        ("machine", header.machine),
        ("threads", str(header.threads or "") if "threads" not in header.settings else ""),
        ("data", localized(header.synthetic)),
    ]
    settings = [
        (str(name), str(value))
        for name, value in header.settings.items()
        if value not in (None, "", [], {}, ())
    ]
    told = [(translated(name), text) for name, text in told]
    pairs = [*told, *settings, (translated("tensors"), ", ".join(_tensors(found)))]
    return [[literal(name), literal(text)] for name, text in pairs if text]


def _tensors(found: ReportData) -> list[str]:
    """Return how many tensors of each kind of number, and where: `6 float32 on cpu`."""
    told = translated("{count} {dtype} on {device}")
    kinds = Counter((each.dtype, each.device) for each in found.seen.values())
    return [
        told.format(count=count, dtype=dtype, device=device)
        for (dtype, device), count in kinds.items()
    ]


def _graph(graph: GraphSeen, names: Sequence[str]) -> dict[str, Json]:
    reached = set(graph.reached)
    missed = [literal(name) for name in names if name not in reached]
    if len(missed) > MOST_TENSORS:
        missed[MOST_TENSORS:] = [localized(f"{len(missed) - MOST_TENSORS} more")]
    return {
        "where": literal(graph.where),
        "is_chain": all(len(op.inputs) <= 1 for op in graph.path),
        "path": [_op(op.name, op.inputs, op.output, op.scalar) for op in graph.path],
        "models": _models(graph.models),
        "nodes": graph.nodes,
        "retain": graph.retain,
        "held": graph.held,
        "reached": sum(name in reached for name in names),
        "tensors": len(names),
        "missed": missed,
        "blind": _models(graph.blind),
        "without_grad": _models(graph.without_grad),
        "nonfinite": literal(graph.first_nonfinite),
        "unread": literal(graph.unread),
        "activations": [
            {
                "name": literal(each.name),
                "function": each.function,
                "zeros": percent(each.zeros),
                "dead": "" if each.dead is None else percent(each.dead),
                "saturated": "" if each.saturated is None else percent(each.saturated),
            }
            for each in graph.activations
        ],
    }


def _models(names: Sequence[str]) -> list[str]:
    return [literal(name) or translated("the model") for name in names]


def _op(
    name: str, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...], scalar: float | None
) -> dict[str, str]:
    taken = ", ".join(shape_text(shape) for shape in inputs)
    by = "" if scalar is None else translated(" by {factor}").format(factor=number(scalar))
    return {
        "name": literal(operation_name(name)),
        "node": literal(name),
        "shapes": f"{taken} → {shape_text(output)}{by}",
    }
