"""Autograd's nodes as they stand: walked, named and read without a change to any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.graph import Node
from torch.distributions import Distribution

from backtrace.as_data import find_in_class
from backtrace.explain.graph.no_values import has_no_values
from backtrace.explain.graph.sequence import sequence_of
from backtrace.recording.tensors.is_tensor import is_tensor

Packed = Callable[[Node], bool]
MODEL = "backtrace.model"  # keys of a node's metadata, where anomaly mode keeps its own
MODULE = "backtrace.module"
_MOST = 50_000
_GONE = ("already been freed", "modified by an inplace operation")  # what a node saved
_DEPTH = 3  # of tensors in containers in what a module returns


def walk(root: Node, limit: int = _MOST) -> list[Node]:
    """Return the nodes behind `root`, itself first and each once; no more than `limit`."""
    found: dict[Node, None] = {root: None}
    waiting = [root]
    while waiting and len(found) < limit:
        for node, _ in waiting.pop().next_functions:
            if node is not None and node not in found:
                found[node] = None
                waiting.append(node)
    return list(found)[:limit]


def name_of(node: Node) -> str:
    """Return `MulBackward0`, without torch's own namespaces."""
    return str(node.name()).rpartition("::")[2]


def leaf_of(node: Node) -> Tensor | None:
    """Return the leaf whose `.grad` this node adds to, None for all other nodes."""
    if name_of(node) != "AccumulateGrad":
        return None
    leaf: Tensor = node.variable  # type: ignore[attr-defined]
    return leaf


def leaves_behind(node: Node, limit: int = 20_000) -> set[int]:
    """Return the leaves behind a node, by identity; of no more than `limit` nodes."""
    found = (leaf_of(each) for each in walk(node, limit))
    return {id(leaf) for leaf in found if leaf is not None}


def signed(saved: int) -> int:
    """Return a place or an axis that a node saved; torch shows a negative one without its sign."""
    return saved - 2**64 if saved >= 2**63 else saved


def shape_of(node: Node, index: int = 0) -> tuple[int, ...]:
    """Return the shape of a node's output, () where it does not say."""
    metadata = node._input_metadata
    return tuple(map(int, metadata[index].shape)) if index < len(metadata) else ()


def metadata_of(node: Node) -> dict[str, object]:
    """Return what may be written on a node; torch's own annotation takes it for a method."""
    found: dict[str, object] = node.metadata  # type: ignore[assignment]
    return found


def mark_of(node: Node, key: str) -> str | None:
    """Return what `mark` has put on a node."""
    found = metadata_of(node).get(key)
    return found if isinstance(found, str) else None


def mark(output: object, key: str, name: str, depth: int = _DEPTH) -> None:
    """Write a name on the nodes that made `output`; one that is there already stays."""
    for tensor in tensors_in(output, depth):
        if tensor.grad_fn is not None:
            metadata_of(tensor.grad_fn).setdefault(key, name)


def tensors_in(output: object, depth: int = _DEPTH) -> Iterator[Tensor]:
    """Give the tensors in what a module took or returned."""
    if is_tensor(output):
        yield output
    elif depth:
        for item in items_of(output):
            yield from tensors_in(item, depth - 1)


def items_of(output: object) -> tuple[Any, ...]:
    """Return what a tuple, list, dict, dataclass or distribution holds, past a class of the user's.

    Nothing of the user's is called: going through it may compute, or draw random numbers.
    """
    kind = type(output)
    if issubclass(kind, dict):
        return tuple(dict.values(cast("dict[object, object]", output)))
    if issubclass(kind, list):
        return tuple(list.__iter__(cast("list[object]", output)))
    if issubclass(kind, tuple):
        return tuple(tuple.__iter__(cast("tuple[object, ...]", output)))
    if issubclass(kind, Distribution) or find_in_class(kind, "__dataclass_fields__"):
        with suppress(AttributeError):  # one with slots has none
            return tuple(object.__getattribute__(output, "__dict__").values())
    return ()


def read_saved(node: Node, attribute: str) -> Tensor | None:
    """Return a tensor that a node of torch's own saved; None where it did not, or has freed it.

    To be asked only of nodes that were not made under saved-tensor hooks, for these are run by it.
    """
    try:
        found = getattr(node, attribute, None)
    except RuntimeError as error:
        if any(reason in str(error) for reason in _GONE):
            return None
        raise
    if not isinstance(found, Tensor) or torch._C._functorch.is_functorch_wrapped_tensor(found):
        return None
    return None if has_no_values(found) else found.detach()


def in_order(nodes: list[Node]) -> list[Node]:
    """Return the nodes in the order in which the forward made them, without the leaves'."""
    return sorted((node for node in nodes if leaf_of(node) is None), key=sequence_of)
