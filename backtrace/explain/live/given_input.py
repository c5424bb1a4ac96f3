"""The input of a model as a leaf of the graph, where autograd has none: it asks for no gradient.

An operation that keeps it leads to it then, and its rule gives the way back that autograd left out.
What a rule needs beside, such as the weight, autograd did not keep: a parameter still has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from torch import Tensor

from backtrace.explain.graph.chains import operation_name
from backtrace.explain.graph.saved import storage_of
from backtrace.explain.live.backward_seen import BackwardSeen
from backtrace.explain.live.kept_graph import Edge, KeptGraph, KeptNode
from backtrace.explain.live.labels import place_of
from backtrace.explain.live.rounding import measure_apart
from backtrace.explain.live.torch_back import KEPT, take_back

NOT_COMPUTED = "autograd did not compute it, for the input does not require a gradient"
NOT_FOLLOWED = "what was made of the input without a graph is not in it, such as x / 255"
_KEPT_NOTHING = ("Add", "Sub", "Rsub", "Cat", "Stack", "Where")
_SAME = ("ToCopy", "Clone", "Alias")


Use = tuple[int, int, tuple[int, ...]]  # a node, the number of its input, and the shape there


def is_asked(globs: Sequence[str]) -> bool:
    """Whether a glob names inputs."""
    return any(glob.startswith("input") for glob in globs)


def add_inputs(seen: BackwardSeen) -> BackwardSeen:
    """Return the backward with the inputs that operations kept as leaves, named as they are asked.

    Those that autograd has as leaves are left as they are.
    """
    given = [each for each in seen.given if not each.requires_grad]
    graph, nodes = seen.graph, list(seen.graph.nodes)
    found: dict[int, list[Use]] = {}
    for node in graph.nodes:
        for at, shape, which in _find_uses(node, given):
            found.setdefault(which, []).append((node.index, at, shape))
    if not found:
        return seen
    views: list[KeptNode] = []
    leaves = sorted(found)
    first_leaf = len(nodes) + sum(
        shape != tuple(given[which].shape) for which in leaves for _, _, shape in found[which]
    )
    names, added = dict(seen.names), dict(seen.added)
    for number, which in enumerate(leaves):
        x, leaf = given[which], first_leaf + number
        for index, at, shape in found[which]:
            to = leaf
            if shape != tuple(x.shape):
                to = len(nodes) + len(views)
                views.append(_make_view(to, leaf, shape, x))
            nodes[index] = _lead_on(graph, nodes[index], at, to)
        is_first = all("input" not in each for each in names.values())
        names[leaf] = ("input" if is_first else f"input of call {which + 1}",)
        added[leaf] = tuple(index for index, _, _ in found[which])
    nodes += views
    for at, which in enumerate(leaves):
        back = take_back([(nodes[index], at) for index, at, _ in found[which]], given[which])
        nodes.append(_make_leaf(first_leaf + at, given[which], back))
    by_leaf = {**graph.by_leaf, **{id(given[w]): first_leaf + at for at, w in enumerate(leaves)}}
    whole = KeptGraph(nodes, graph.seeds, graph.loss, by_leaf)
    held = {**seen.held, **dict.fromkeys(added)}
    return replace(seen, graph=whole, names=names, held=held, added=added)


def list_remarks(seen: BackwardSeen, leaf: int, by_hand: Tensor | None) -> Iterator[str]:
    """Give what must be known of the gradient of an input that was added."""
    node = seen.graph.nodes[leaf]
    yield NOT_COMPUTED
    if by_hand is not None and node.arrived and node.arrived[0] is not None:
        off = f"{measure_apart(by_hand, node.arrived[0]):.2g}"
        yield f"torch's backward of {_name(seen, leaf)}, from autograd's gradient there: {off} off"
    yield NOT_FOLLOWED
    for each in seen.graph.nodes:
        if operation_name(each.name) in _KEPT_NOTHING and None in each.edges:
            place = place_of(each, seen.labels)
            yield f"{place} did not keep what it was given: if that is the input, a part is missing"


def _name(seen: BackwardSeen, leaf: int) -> str:
    nodes = seen.graph.nodes
    return ", ".join(dict.fromkeys(operation_name(nodes[at].name) for at in seen.added[leaf]))


def _find_uses(
    node: KeptNode, given: Sequence[Tensor]
) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """Give where a node was given one of some tensors, in which shape, and which of them."""
    for at, name in enumerate(KEPT.get(operation_name(node.name), ())):
        kept = node.saved.get(name)
        if at >= len(node.edges) or node.edges[at] is not None or not isinstance(kept, Tensor):
            continue
        for which, x in enumerate(given):
            if _is_same(kept, x):
                yield at, tuple(kept.shape), which
                break


def _is_same(kept: Tensor, x: Tensor) -> bool:
    """Whether a tensor is another one, or a view of all of it in the same order."""
    if kept.numel() != x.numel() or kept.dtype != x.dtype or storage_of(kept) != storage_of(x):
        return False
    if kept.storage_offset() != x.storage_offset():
        return False
    is_plain = kept.is_contiguous() and x.is_contiguous()
    return is_plain or (kept.shape == x.shape and kept.stride() == x.stride())


def _lead_on(graph: KeptGraph, node: KeptNode, at: int, to: int) -> KeptNode:
    """Return a node that leads on at an input, with what its rule needs for that."""
    saved = dict(node.saved)
    for number, name in enumerate(KEPT[operation_name(node.name)]):
        edge = node.edges[number] if number < len(node.edges) else None
        if number != at and name and edge is not None and not isinstance(saved.get(name), Tensor):
            value = _recover(graph, edge)
            saved |= {} if value is None else {name: value}
    edges = tuple(Edge(to, 0) if number == at else e for number, e in enumerate(node.edges))
    return replace(node, edges=edges, saved=saved)


def _recover(graph: KeptGraph, edge: Edge) -> Tensor | None:
    """Return a value that was not kept: a parameter's, or that of a turned one."""
    node = graph.nodes[edge.node]
    if node.leaf is not None:
        return node.leaf.detach()
    name = operation_name(node.name)
    first = node.edges[0] if node.edges else None
    if first is None or name not in ("T", *_SAME):
        return None
    value = _recover(graph, first)
    return value if value is None or name != "T" else value.mT


def _make_view(index: int, leaf: int, shape: tuple[int, ...], x: Tensor) -> KeptNode:
    edges, dtypes = (Edge(leaf, 0),), (x.dtype,)
    return KeptNode(index, "ViewBackward0", -1, edges, {}, (shape,), dtypes)


def _make_leaf(index: int, x: Tensor, arrived: Tensor | None) -> KeptNode:
    leaf = KeptNode(index, "AccumulateGrad", -1, (), {}, (tuple(x.shape),), (x.dtype,), leaf=x)
    leaf.arrived = (arrived,)
    return leaf
