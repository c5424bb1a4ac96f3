"""The graph that a backward is about to walk, and the gradients that autograd made on the way.

Nothing in it is changed: what nodes saved is read, and a hook on each copies what comes by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction
from torch.autograd.graph import Node

from backtrace.explain.graph.no_values import has_no_values
from backtrace.explain.graph.sequence import sequence_of
from backtrace.explain.nodes import NodeFacts

MOST_NODES = 50_000
_SAVED = "_saved_"

Grads = tuple[Tensor | None, ...]
IsPacked = Callable[[Node], bool]


@dataclass(frozen=True)
class Edge:
    """One input of a node: which node made it, as which of its outputs."""

    node: int
    slot: int


@dataclass(eq=False)
class KeptNode:
    """One node, with what it saved as it stood before the backward.

    Args:
        edges: None for an input that asks for no gradient.
        leaf: the tensor whose `.grad` it adds to, for such a node.
        problem: why what it saved may not be read, or nothing.
        arrived: autograd's gradients at its outputs, and `handed` those at its inputs; copies.
    """

    index: int
    name: str
    sequence: int
    edges: tuple[Edge | None, ...]
    saved: dict[str, object]
    outputs: tuple[tuple[int, ...], ...]
    dtypes: tuple[torch.dtype, ...]
    trace: Sequence[str] = ()
    leaf: Tensor | None = None
    problem: str = ""
    arrived: Grads | None = None
    handed: Grads | None = None


@dataclass
class KeptGraph:
    """The nodes behind the roots of a backward, each before those that it leads to.

    `seeds` are the roots, with the gradient that the backward starts from there, and `loss` is
    the value of the root if it is a single number.
    """

    nodes: list[KeptNode]
    seeds: list[tuple[Edge, Tensor]]
    loss: float | None
    by_leaf: dict[int, int] = field(default_factory=dict)

    @cached_property
    def makers(self) -> dict[int, list[int]]:
        """The nodes that lead to each node at once, by its index; each as often as it does."""
        found: dict[int, list[int]] = {}
        for node in self.nodes:
            for edge in node.edges:
                if edge is not None:
                    found.setdefault(edge.node, []).append(node.index)
        return found

    def facts(self, node: KeptNode, dtype: torch.dtype) -> NodeFacts:
        """Return what a node kept, on the CPU and in a type of floating-point numbers."""
        return NodeFacts(
            node.name,
            {name: _converted(value, dtype) for name, value in node.saved.items()},
            tuple(None if edge is None else self.shape_at(edge) for edge in node.edges),
            node.outputs,
        )

    def shape_at(self, edge: Edge) -> tuple[int, ...]:
        """Return the shape of what an edge leads to."""
        node = self.nodes[edge.node]
        return tuple(node.leaf.shape) if node.leaf is not None else node.outputs[edge.slot]

    def dtype_at(self, edge: Edge) -> torch.dtype:
        """Return its type."""
        node = self.nodes[edge.node]
        return node.leaf.dtype if node.leaf is not None else node.dtypes[edge.slot]

    def leading_to(self, leaves: Sequence[int]) -> list[bool]:
        """Return for each node whether it is one of some leaves, or leads to one."""
        leads = [False] * len(self.nodes)
        for at in leaves:
            leads[at] = True
        for node in reversed(self.nodes):
            if any(edge is not None and leads[edge.node] for edge in node.edges):
                leads[node.index] = True
        return leads


class TooManyNodesError(Exception):
    """A graph is too large to be looked at node by node."""


def keep_graph(
    roots: Sequence[Tensor], given: Sequence[Tensor | None], is_packed: IsPacked
) -> KeptGraph:
    """Return the graph behind the roots of a backward.

    Args:
        given: the gradient that the backward is given for each root, None for a scalar's 1.
        is_packed: tells of a node whose saved tensors may not be read, as hooks would run.

    Raises:
        TooManyNodesError: it has more than 50,000 nodes.
    """
    starts = [root.grad_fn for root in roots if root.grad_fn is not None]
    ordered = _in_order(starts)
    indices = {node: at for at, node in enumerate(ordered)}
    nodes = [_keep(node, indices, is_packed) for node in ordered]
    seeds = []
    for root, grad in zip(roots, given, strict=True):
        if root.grad_fn is not None:
            start = torch.ones_like(root) if grad is None else grad
            seeds.append((Edge(indices[root.grad_fn], root.output_nr), start.detach()))
    by_leaf = {id(node.leaf): node.index for node in nodes if node.leaf is not None}
    is_number = len(roots) == 1 and roots[0].numel() == 1 and not has_no_values(roots[0])
    loss = float(roots[0].detach()) if is_number else None
    return KeptGraph(nodes, seeds, loss, by_leaf)


@contextmanager
def follow(graph: KeptGraph, roots: Sequence[Tensor]) -> Iterator[None]:
    """Copy the gradients that come by, while the backward runs inside the block."""
    with ExitStack() as stack:
        starts = [root.grad_fn for root in roots if root.grad_fn is not None]
        for kept, node in zip(graph.nodes, _in_order(starts), strict=True):
            if kept.leaf is not None:
                stack.callback(node.register_prehook(_leaf_keeper(kept)).remove)
            else:
                stack.callback(node.register_hook(_keeper(kept)).remove)
        yield


def _leaf_keeper(kept: KeptNode) -> Callable[[Grads], None]:
    def keep(grads: Grads) -> None:
        with torch._C.DisableTorchFunction(), torch.no_grad():
            kept.arrived = tuple(map(_copied, grads))

    return keep


def _keeper(kept: KeptNode) -> Callable[[Grads, Grads], None]:
    def keep(handed: Grads, arrived: Grads) -> None:
        with torch._C.DisableTorchFunction(), torch.no_grad():
            kept.arrived = tuple(map(_copied, arrived))
            kept.handed = tuple(map(_copied, handed))

    return keep


def _copied(grad: Tensor | None) -> Tensor | None:
    return None if grad is None else grad.detach().clone()


def _in_order(starts: Sequence[Node]) -> list[Node]:
    """Return the nodes behind some, each before those that it leads to."""
    counts: dict[Node, int] = dict.fromkeys(starts, 0)
    waiting = list(counts)
    while waiting:
        for each, _ in waiting.pop().next_functions:
            if each is None:
                continue
            if each not in counts:
                counts[each] = 0
                waiting.append(each)
                if len(counts) > MOST_NODES:
                    raise TooManyNodesError(f"the graph has more than {MOST_NODES:,} nodes")
            counts[each] += 1
    ready = [node for node in dict.fromkeys(starts) if counts[node] == 0]
    found: list[Node] = []
    while ready:
        ready.sort(key=sequence_of)
        node = ready.pop()
        found.append(node)
        for each, _ in node.next_functions:
            if each is not None:
                counts[each] -= 1
                if not counts[each]:
                    ready.append(each)
    return found


def _keep(node: Node, indices: dict[Node, int], is_packed: IsPacked) -> KeptNode:
    leaf = getattr(node, "variable", None) if node.name().endswith("AccumulateGrad") else None
    metadata = node._input_metadata
    is_own = isinstance(node, BackwardCFunction)
    problem = "it is a function of the program's own" if is_own else ""
    if not is_own and is_packed(node):
        problem = "hooks have packed what it saved"
    found: dict[str, object] = node.metadata  # type: ignore[assignment]
    trace = found.get("traceback_", ())
    kept = KeptNode(
        index=indices[node],
        name=str(node.name()),
        sequence=sequence_of(node),
        edges=tuple(
            None if each is None else Edge(indices[each], slot)
            for each, slot in node.next_functions
        ),
        saved={},
        outputs=tuple(tuple(int(size) for size in each.shape) for each in metadata),
        dtypes=tuple(each.dtype for each in metadata),
        trace=trace if isinstance(trace, list) else (),
        leaf=leaf,
        problem=problem,
    )
    if leaf is None and not problem:
        _read_saved(node, kept)
    return kept


def _read_saved(node: Node, kept: KeptNode) -> None:
    for attribute in _saved_names(type(node)):
        try:
            value = getattr(node, attribute)
        except RuntimeError:  # it was freed, or written to since: torch's own backward will say so
            kept.problem = "what it saved is gone, or was written to"
            return
        kept.saved[attribute.removeprefix(_SAVED)] = _detached(value)


@lru_cache(maxsize=1024)
def _saved_names(cls: type) -> tuple[str, ...]:
    skipped = ("_sym_sizes", "_sym_strides")
    return tuple(
        each
        for each in dir(cls)
        if each.startswith(_SAVED)
        and not (each.startswith("_saved_mat") and each.endswith(skipped))
    )


def _detached(value: object) -> object:
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, tuple | list):
        return tuple(map(_detached, value))
    return value


def _converted(value: object, dtype: torch.dtype) -> object:
    if isinstance(value, Tensor):
        value = value.cpu()
        return value.to(dtype) if value.is_floating_point() else value
    if isinstance(value, tuple | list):
        return tuple(_converted(each, dtype) for each in value)
    return value
