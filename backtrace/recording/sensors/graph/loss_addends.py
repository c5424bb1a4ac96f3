"""What a loss is the sum of: parts with a graph, and the additions of something without one."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.explain.graph.sequence import sequence_of
from backtrace.ledger.graph_parts import LOSS_NODES, Addend
from backtrace.recording.kernels.scalars import read_factor
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved, shape_of
from backtrace.recording.sensors.graph.cut_terms import SUMS, name_cut_term

_MOST = 50  # nodes from a loss to its parts
_KNOWN = tuple(LOSS_NODES.values())


def read_addends(
    roots: Sequence[Node], is_packed: Packed
) -> tuple[tuple[Addend, ...], str, dict[str, list[Node]], dict[str, str]]:
    """Return the parts with a graph, how the one without is written, its addition, and its line.

    The last two are by the names of the fields of GraphSeen.

    Nothing where all have one, or where some part is not what a loss function of torch's returned:
    what is added then has no value that could be told.
    """
    if len(roots) != 1:
        return (), "", {}, {}
    weights: dict[Node, float] = {}
    cut: list[Node] = []
    sums: list[Node] = []
    waiting: list[tuple[Node, float]] = [(roots[0], 1.0)]
    for node, weight in waiting:  # it grows
        factors = factors_of(node, is_packed) if len(waiting) < _MOST else []
        sources = [source for source, _ in node.next_functions]
        if not factors:
            weights[node] = weights.get(node, 0.0) + weight
        elif name_of(node) in SUMS:
            sums.append(node)
            cut += [node] * (None in sources)
        waiting += [
            (source, weight * factor)
            for source, factor in zip(sources, factors, strict=False)
            if source is not None
        ]
    found = tuple(Addend(_name(node), weights[node]) for node in sorted(weights, key=sequence_of))
    if not cut or not all(each.operation.startswith(_KNOWN) for each in found):
        return (), "", {}, {}
    text, line = name_cut_term(cut[0], sums)
    return found, text, {"addends": cut}, {"cut_term": line} if line else {}


def factors_of(node: Node, is_packed: Packed) -> list[float]:
    """Return by what the sources of a node are multiplied in it, [] of what is no sum of them."""
    name = name_of(node)
    if name in SUMS and not shape_of(node):
        alpha = getattr(node, "_saved_alpha", 1)
        return [1.0, SUMS[name] * alpha] if isinstance(alpha, int | float) else []
    if name == "NegBackward0":
        return [-1.0]
    is_scaled = name in ("MulBackward0", "DivBackward0") and not shape_of(node)
    return _scale_of(node, name) if is_scaled and not is_packed(node) else []


def _scale_of(node: Node, name: str) -> list[float]:
    """Return the number of a multiplication or a division by one, for each of its sources."""
    sources = node.next_functions
    lone = [at for at, (source, _) in enumerate(sources) if source is None]
    if len(lone) != 1 or (name == "DivBackward0" and lone == [0]):
        return []
    factor = read_factor(read_saved(node, "_saved_self" if lone == [0] else "_saved_other"))
    if not factor:
        return []
    return [factor if name == "MulBackward0" else 1 / factor] * 2


def _name(node: Node) -> str:
    """Return a node's name; of a mean or a sum of absolute values, that of these."""
    name, source = name_of(node), node.next_functions[0][0] if node.next_functions else None
    if name in ("MeanBackward0", "SumBackward0") and source is not None:
        behind = name_of(source)
        return behind if behind == "AbsBackward0" else name
    return name
