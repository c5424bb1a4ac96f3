"""Finds the node whose backward gave None where the graph leads on to a tensor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.explain.graph.call_lines import CallLines
from backtrace.explain.graph.loss_nodes import find_nodes
from backtrace.explain.graph.module_calls import ModuleCallLog
from backtrace.explain.graph.sequence import sequence_of

_Given = dict[Node, tuple[bool, ...]]  # for which inputs a node had a gradient


@dataclass(frozen=True)
class Stopper:
    """A node that was given a gradient and gave none on."""

    operation: str
    module: str
    where: str


def reached_leaves(loss: Tensor) -> set[int]:
    """Return the ids of the tensors in which a loss's graph ends."""
    leaves = (getattr(node, "variable", None) for node in find_nodes(loss))
    return {id(leaf) for leaf in leaves if leaf is not None}


def find_stoppers(
    loss: Tensor, suspects: Sequence[Tensor], calls: ModuleCallLog, lines: CallLines
) -> dict[int, Stopper]:
    """Run backward, and return by the id of each suspect which node gave no gradient on."""
    nodes = find_nodes(loss)
    given: _Given = {}
    with ExitStack() as stack:
        for node in nodes:
            if not hasattr(node, "variable"):
                stack.callback(node.register_hook(_watch(given, node)).remove)
        loss.backward()  # type: ignore[no-untyped-call]
    consumers: dict[Node, list[tuple[Node, int]]] = {}
    for node in nodes:
        for slot, (each, _) in enumerate(node.next_functions):
            if each is not None:
                consumers.setdefault(each, []).append((node, slot))
    found: dict[int, Stopper] = {}
    for node in nodes:
        leaf = getattr(node, "variable", None)
        if any(leaf is suspect for suspect in suspects):
            stopper = _search(node, consumers, given)
            if stopper is not None:
                found[id(leaf)] = _describe(stopper, calls, lines)
    return found


def _watch(given: _Given, node: Node) -> Callable[..., None]:
    """Return a hook that writes down for which inputs a node had a gradient."""

    def note(inputs: Sequence[Tensor | None], outputs: Sequence[Tensor | None]) -> None:
        if any(each is not None for each in outputs):
            given[node] = tuple(each is not None for each in inputs)

    return note


def _search(
    leaf: Node, consumers: Mapping[Node, list[tuple[Node, int]]], given: _Given
) -> Node | None:
    """Go from a leaf towards the loss, to the first node that was given a gradient."""
    waiting, seen = [leaf], {leaf}
    while waiting:
        for consumer, slot in consumers.get(waiting.pop(0), ()):
            if consumer in given and slot < len(given[consumer]) and not given[consumer][slot]:
                return consumer
            if consumer not in seen and consumer not in given:
                seen.add(consumer)
                waiting.append(consumer)
    return None


def _describe(node: Node, calls: ModuleCallLog, lines: CallLines) -> Stopper:
    sequence = sequence_of(node)
    at = calls.innermost(sequence)
    module = (calls.calls[at].name or calls.calls[at].layer) if at >= 0 else ""
    return Stopper(node.name(), module, lines.line_of(sequence))
