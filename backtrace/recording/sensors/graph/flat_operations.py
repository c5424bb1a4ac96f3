"""Operations that let no gradient through whatever they are given, and what lies behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import leaf_of, name_of, shape_of, walk

_FLAT = ("RoundBackward", "FloorBackward", "CeilBackward", "SignBackward", "TruncBackward")
_SOFTMAX = ("SoftmaxBackward0", "SafeSoftmaxBackward0")
_ONE_ELEMENT = "a softmax over one element"
_MOST = 50  # that are looked behind


def find_flat_operations(
    nodes: Sequence[Node], name_of_leaf: Callable[[Tensor], str | None]
) -> dict[str, tuple[str, ...]]:
    """Return the leaves behind each kind of such operations among `nodes`, by its name."""
    found: dict[str, dict[str, None]] = {}
    flat = [(label, node) for node in nodes if (label := _label(node))]
    for label, node in flat[:_MOST]:
        leaves = (leaf for each in walk(node) if (leaf := leaf_of(each)) is not None)
        names = {name: None for leaf in leaves if (name := name_of_leaf(leaf)) is not None}
        found.setdefault(label, {}).update(names)
    return {label: tuple(names) for label, names in found.items() if names}


def _label(node: Node) -> str:
    name = name_of(node)
    if name.rstrip("0123456789") in _FLAT:
        return name
    if name not in _SOFTMAX:
        return ""
    axis, shape = getattr(node, "_saved_dim", None), shape_of(node)
    if not isinstance(axis, int) or not shape:
        return ""
    axis -= 2**64 if axis >= 2**63 else 0  # torch shows a negative one without its sign
    is_there = -len(shape) <= axis < len(shape)
    return _ONE_ELEMENT if is_there and shape[axis] == 1 else ""
