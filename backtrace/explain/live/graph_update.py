"""Describes the graph of a backward of a running program, which is not run again for it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from backtrace.errors import UsageError
from backtrace.explain.graph.chains import main_chain
from backtrace.explain.graph.loss_nodes import grad_of
from backtrace.explain.graph.saved import Holders, storage_of
from backtrace.explain.graph.tensors import NamedTensor, describe_tensor
from backtrace.explain.live.backward_seen import BackwardSeen, is_of_optimizer
from backtrace.explain.live.kept_graph import KeptNode
from backtrace.explain.live.labels import NodeLabel
from backtrace.ledger.graph_facts import (
    GraphFacts,
    GraphNode,
    Kept,
    MissingGradient,
    TensorFact,
)
from backtrace.ledger.updates import Update

NO_GRAPH = "it has no grad_fn"
_CHECKED = ("its requires_grad", "whether its module was called", "the graph behind the loss")


class GraphsAsked:
    """The graphs of an update's backwards."""

    def __init__(self) -> None:
        self._graphs: list[tuple[BackwardSeen, GraphFacts]] = []

    @property
    def has_seen(self) -> bool:
        """Whether any backward was looked at."""
        return bool(self._graphs)

    def look(self, seen: BackwardSeen) -> None:
        """Describe the graph of one backward."""
        self._graphs.append((seen, describe_backward(seen)))

    def before_step(self, optimizer: str) -> None:
        """Nothing is asked of the step."""

    def is_about(self, update: Update, owners: Mapping[str, str]) -> bool:
        """Whether the update is one with a backward: any optimizer's will do."""
        return is_of_optimizer(update, owners, ())

    def facts(self, update: Update, notes: Sequence[str]) -> list[GraphFacts]:
        """Return the graphs, once the update is over.

        Raises:
            UsageError: no backward was seen.
        """
        found = [facts for seen, facts in self._graphs if not seen.is_before(update.optimizer)]
        if not found:
            raise UsageError(
                f"update {update.index} has no backward of its own that could be looked at"
            )
        return [_with_notes(facts, update.index, notes) for facts in found]


def describe_backward(seen: BackwardSeen) -> GraphFacts:
    """Return what is known of a graph just after the backward that walked it."""
    nodes = describe_nodes(seen)
    return GraphFacts(
        config="",
        chain=tuple(main_chain(nodes)),
        nodes=nodes,
        tensors=tuple(list_tensors(seen)),
        life=None,
        refusal=NO_GRAPH,
        missing=tuple(list_missing(seen)),
        notes=(f"backward at {seen.where}",) if seen.where else (),
    )


def describe_nodes(seen: BackwardSeen) -> tuple[GraphNode, ...]:
    """Return the nodes, with what each keeps as long as the backward has not walked them."""
    kept = _find_kept(seen)
    return tuple(_describe(seen, node, kept.get(node.index, ())) for node in seen.graph.nodes)


def _with_notes(facts: GraphFacts, update: int, notes: Sequence[str]) -> GraphFacts:
    return replace(facts, update=update, notes=(*facts.notes, *notes))


def _describe(seen: BackwardSeen, node: KeptNode, kept: tuple[Kept, ...]) -> GraphNode:
    at = -1 if node.leaf is not None else seen.calls.innermost(node.sequence)
    call = seen.calls.calls[at] if at >= 0 else None
    label = seen.labels.get(node.index, NodeLabel())
    names = seen.names.get(node.index) or _name_leaf(seen, node)
    shape = node.leaf.shape if node.leaf is not None else node.outputs[0] if node.outputs else ()
    return GraphNode(
        index=node.index,
        operation=node.name,
        shape=tuple(int(size) for size in shape),
        call=at,
        module=label.module,
        layer=call.layer if call else "",
        is_layer=call is not None and call.is_layer and bool(label.module or label.layer),
        where=label.where,
        kept=kept,
        names=names,
        inputs=tuple(edge.node for edge in node.edges if edge is not None),
    )


def _name_leaf(seen: BackwardSeen, node: KeptNode) -> tuple[str, ...]:
    """Return the name of a leaf that no gradient came to, as far as it has one."""
    if node.leaf is None:
        return ()
    found = tuple(name for name, tensor in seen.named.items() if tensor is node.leaf)
    return found or ("an unnamed leaf",)


def _find_kept(seen: BackwardSeen) -> dict[int, tuple[Kept, ...]]:
    """Return what each node kept for its backward; a storage counts where it was kept first."""
    holders = _find_holders(seen)
    counted: set[Hashable] = set()
    found: dict[int, tuple[Kept, ...]] = {}
    for node in sorted(seen.graph.nodes, key=lambda node: node.sequence):
        tensors = [each for value in node.saved.values() for each in _tensors_in(value)]
        kept: list[Kept] = []
        for tensor in tensors:
            key, size = storage_of(tensor)
            holder, name = holders.get(key, ("graph", ""))
            dtype = str(tensor.dtype).removeprefix("torch.")
            kept.append(Kept(tuple(tensor.shape), dtype, size, holder, name, key in counted))
            counted.add(key)
        found[node.index] = tuple(kept)
    return found


def _tensors_in(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        yield from (each for each in value if isinstance(each, Tensor))


def _find_holders(seen: BackwardSeen) -> Holders:
    return {
        **{storage_of(each)[0]: ("buffer", name) for name, each in seen.buffers.items()},
        **{storage_of(each)[0]: ("parameter", name) for name, each in seen.named.items()},
    }


def list_tensors(seen: BackwardSeen) -> Iterator[TensorFact]:
    """Give the tensors that have books, as they stand after the backward."""
    for name, tensor in seen.named.items():
        reached = id(tensor) in seen.graph.by_leaf
        yield describe_tensor(NamedTensor(name, "parameter", tensor, reached))


def list_missing(seen: BackwardSeen) -> Iterator[MissingGradient]:
    """Give those of them without a gradient then, and why, as far as that shows."""
    called = {seen.modules.get(call.name, "") for call in seen.calls.calls}
    for name, tensor in seen.named.items():
        if grad_of(tensor) is not None:
            continue
        owner = name.rpartition(".")[0]
        if not tensor.requires_grad:
            text = "requires_grad is False, so autograd keeps no track of it"
            yield MissingGradient(name, "parameter", "frozen", text)
        elif id(tensor) in seen.graph.by_leaf:
            text = "the graph leads to it, but nothing arrived"
            yield MissingGradient(name, "parameter", "stopped", text)
        elif owner and owner in seen.modules.values() and owner not in called:
            text = f"its module {owner!r} was not called before this backward"
            yield MissingGradient(name, "parameter", "unused", text, module=owner)
        else:
            text = "no way leads from this loss to it: detached, made where gradients are off, "
            text += "or of another loss"
            yield MissingGradient(name, "parameter", "unknown", text, checked=_CHECKED)
