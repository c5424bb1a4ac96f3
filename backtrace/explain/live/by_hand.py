"""The chain rule by hand over a graph that was kept, from the loss to some of its leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from backtrace.explain.live.kept_graph import Edge, Grads, KeptGraph, KeptNode
from backtrace.explain.nodes import NodeRule, NotKeptError, find_node_rule

_HALF = (torch.float16, torch.bfloat16)


@dataclass(frozen=True)
class NodeStep:
    """What the walk came to at one node: the gradients at its outputs and at its inputs.

    `problem` says why the node's own rule did not give those at the inputs; then they are
    autograd's.
    """

    node: KeptNode
    grads: tuple[Tensor, ...]
    given: Grads
    rule: NodeRule | None
    problem: str = ""


@dataclass
class Walk:
    """One walk: its steps in their order, and the gradient of each leaf by the node's index."""

    steps: dict[int, NodeStep] = field(default_factory=dict)
    leaves: dict[int, Tensor] = field(default_factory=dict)

    @property
    def not_derived(self) -> list[NodeStep]:
        """The steps at which autograd's gradient was taken."""
        return [step for step in self.steps.values() if step.problem]


def walk(graph: KeptGraph, leaves: Sequence[int], dtype: torch.dtype) -> Walk:
    """Return the gradients of some leaves by the rules of the nodes, with numbers of a type.

    A node without a rule hands on autograd's gradient. In a type of less than float64 each
    gradient is besides rounded to the type that it had in training.
    """
    leads = graph.leading_to(leaves)
    waiting: dict[Edge, Tensor] = {}
    found = Walk()
    for start, seed in graph.seeds:
        if leads[start.node]:
            _add(waiting, start, _plain(seed, dtype))
    for node in graph.nodes:
        if not leads[node.index]:
            continue
        if node.leaf is not None:
            total = waiting.pop(Edge(node.index, 0), None)
            if total is not None:
                found.leaves[node.index] = total
            continue
        slots = [waiting.pop(Edge(node.index, at), None) for at in range(len(node.outputs))]
        if all(each is None for each in slots):
            continue
        grads = tuple(
            torch.zeros(shape, dtype=dtype) if each is None else each
            for each, shape in zip(slots, node.outputs, strict=True)
        )
        wanted = [edge is not None and leads[edge.node] for edge in node.edges]
        step = take_step(graph, node, grads, wanted)
        found.steps[node.index] = step
        for edge, grad in zip(node.edges, step.given, strict=True):
            if edge is not None and grad is not None and leads[edge.node]:
                _add(waiting, edge, _rounded(grad, graph.dtype_at(edge)))
    return found


def take_step(
    graph: KeptGraph, node: KeptNode, grads: tuple[Tensor, ...], wanted: Sequence[bool]
) -> NodeStep:
    """Return a node's gradients at its inputs, from those at its outputs."""
    rule = find_node_rule(node.name)
    problem = node.problem or ("" if rule else f"no rule for {node.name.rpartition('::')[2]}")
    if any(dtype.is_complex for dtype in node.dtypes):
        problem = "complex numbers"
    if rule is not None and not problem:
        facts = graph.facts(node, grads[0].dtype)
        try:
            problem = rule.refuse(facts)
            if not problem:
                given = rule.back(facts, grads)
                problem = _misfit(given, facts.inputs, wanted)
        except NotKeptError as error:
            problem = str(error)
        except (RuntimeError, ValueError, IndexError) as error:  # an option that it does not know
            problem = f"its rule does not fit: {str(error).splitlines()[0]}"
        if not problem:
            return NodeStep(node, grads, given, rule)
    taken = node.handed or ()
    handed = tuple(
        None if each is None else _plain(each, grads[0].dtype)
        for each in (*taken, *[None] * (len(node.edges) - len(taken)))
    )
    return NodeStep(node, grads, handed[: len(node.edges)], None, problem)


def _misfit(given: Grads, inputs: Sequence[tuple[int, ...] | None], wanted: Sequence[bool]) -> str:
    for grad, shape, is_wanted in zip(given, inputs, wanted, strict=False):
        if is_wanted and (grad is None or tuple(grad.shape) != shape):
            return "its rule gives no gradient of that shape"
    return "" if len(given) >= len(inputs) else "its rule knows fewer inputs"


def _add(waiting: dict[Edge, Tensor], edge: Edge, grad: Tensor) -> None:
    known = waiting.get(edge)
    waiting[edge] = grad if known is None else known + grad


def _plain(grad: Tensor, dtype: torch.dtype) -> Tensor:
    return grad.detach().to_dense().to("cpu", dtype)


def _rounded(grad: Tensor, dtype: torch.dtype) -> Tensor:
    if grad.dtype == torch.float64 or dtype not in _HALF:
        return grad
    return grad.to(dtype).to(grad.dtype)
