"""The nodes behind a loss, as plain data: each once, the loss's first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import torch
from torch import Tensor
from torch.autograd.graph import Node

from backtrace.explain.graph.call_lines import CallLines
from backtrace.explain.graph.module_calls import ModuleCallLog
from backtrace.explain.graph.saved import Holders, SavedTensors, Saving
from backtrace.explain.graph.sequence import sequence_of
from backtrace.ledger.graph_facts import GraphNode, Kept

Names = Mapping[int, tuple[str, ...]]  # by the id of a tensor


def find_nodes(loss: Tensor) -> list[Node]:
    """Return autograd's nodes behind a loss, the loss's first, each before its inputs' inputs."""
    found: dict[Node, None] = {}
    waiting = [loss.grad_fn] if loss.grad_fn is not None else []
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found[node] = None
        waiting += [each for each, _ in reversed(node.next_functions) if each is not None]
    return list(found)


def describe_nodes(
    loss: Tensor,
    calls: ModuleCallLog,
    lines: CallLines,
    saved: SavedTensors,
    names: Names,
    holders: Holders,
) -> tuple[GraphNode, ...]:
    """Return the graph behind a loss; `names` are those of leaves, `holders` those of storages."""
    nodes = find_nodes(loss)
    indices = {node: index for index, node in enumerate(nodes)}
    kept = _assign(nodes, saved, lines, calls)
    counted: set[Hashable] = set()
    tensors: dict[int, list[Kept]] = {}
    for index in sorted(kept, key=lambda index: sequence_of(nodes[index])):
        tensors[index] = [_kept(saving, holders, counted) for saving in kept[index]]
    return tuple(
        _describe(node, index, indices, calls, lines, tuple(tensors.get(index, ())), names)
        for index, node in enumerate(nodes)
    )


def _describe(
    node: Node,
    index: int,
    indices: Mapping[Node, int],
    calls: ModuleCallLog,
    lines: CallLines,
    kept: tuple[Kept, ...],
    names: Names,
) -> GraphNode:
    leaf = getattr(node, "variable", None)
    sequence = sequence_of(node)
    at = -1 if leaf is not None else calls.innermost(sequence)
    call = calls.calls[at] if at >= 0 else None
    metadata = getattr(node, "_input_metadata", ())
    shape = leaf.shape if leaf is not None else metadata[0].shape if metadata else ()
    unnamed = ("an unnamed leaf",) if leaf is not None else ()
    return GraphNode(
        index=index,
        operation=node.name(),
        shape=tuple(int(size) for size in shape),
        call=at,
        module=call.name if call else "",
        layer=call.layer if call else "",
        is_layer=call.is_layer if call else False,
        where=lines.line_of(sequence) if leaf is None else "",
        kept=kept,
        names=names.get(id(leaf), unnamed),
        inputs=tuple(indices[each] for each, _ in node.next_functions if each is not None),
    )


def _assign(
    nodes: Sequence[Node], saved: SavedTensors, lines: CallLines, calls: ModuleCallLog
) -> dict[int, list[Saving]]:
    """Return what each node keeps: it is saved after its node was made, and before the next.

    What a node outside this graph keeps, because the loss does not depend on it, is not among it:
    a tensor belongs to a node of the same call of torch's.
    """
    made = sorted((sequence_of(node), index) for index, node in enumerate(nodes))
    made = [each for each in made if not hasattr(nodes[each[1]], "variable")]
    found: dict[int, list[Saving]] = {}
    at = -1
    for saving in saved.all:
        while at + 1 < len(made) and made[at + 1][0] < saving.sequence:
            at += 1
        if at < 0 or not saving.is_held:
            continue
        same_call = lines.call_of(made[at][0]) == lines.call_of(saving.sequence)
        if same_call and calls.innermost(made[at][0]) == calls.innermost(saving.sequence):
            found.setdefault(made[at][1], []).append(saving)
    return found


def _kept(saving: Saving, holders: Holders, counted: set[Hashable]) -> Kept:
    holder, name = holders.get(saving.storage, ("graph", ""))
    again = saving.storage in counted
    counted.add(saving.storage)
    return Kept(saving.shape, saving.dtype, saving.bytes, holder, name, again)


def leaf_names(tensors: Mapping[str, Tensor]) -> dict[int, tuple[str, ...]]:
    """Return the names of each tensor, by its id; shared ones have several."""
    names: dict[int, tuple[str, ...]] = {}
    for name, tensor in tensors.items():
        names[id(tensor)] = (*names.get(id(tensor), ()), name)
    return names


def is_float(tensor: Tensor) -> bool:
    """Whether a tensor may have a gradient at all."""
    return tensor.is_floating_point() or tensor.is_complex()


def first_sentence(error: BaseException) -> str:
    """Return the first sentence of what torch said."""
    text = " ".join(str(error).split())
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def grad_of(tensor: Tensor) -> Tensor | None:
    """Return `.grad`; of a tensor that keeps none, without the warning that torch gives."""
    if not tensor.is_leaf and not tensor.retains_grad:
        return None
    with torch._C.DisableTorchFunction():
        return tensor.grad
