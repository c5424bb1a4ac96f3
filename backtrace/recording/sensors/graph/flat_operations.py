"""Operations that let no gradient through, and what lies behind them.

Some never do; others do not where all they are given is beyond a bound, as in a clamp or a ReLU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.finiteness import are_beyond, is_all_zero
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    leaf_of,
    name_of,
    read_saved,
    shape_of,
    signed,
    walk,
)

_FLAT = ("RoundBackward", "FloorBackward", "CeilBackward", "SignBackward", "TruncBackward",
         "NormalBackward", "BernoulliBackward", "PoissonBackward")  # fmt: skip
_SOFTMAX = ("SoftmaxBackward0", "SafeSoftmaxBackward0")
_ONE_ELEMENT = "a softmax over one element"
_ONLY_ELEMENT = "a softmax over the only element"  # of each row: no other axis has more
_RELU = "a ReLU given nothing above 0"
_MOST = 50  # that are looked behind
# The attributes that hold the bounds of each kind of clamp: the lower one, and the upper one.
_CLAMPS = {
    "ClampBackward1": ("_saved_min", "_saved_max"),
    "ClampMinBackward0": ("_saved_min", ""),
    "ClampMaxBackward0": ("", "_saved_max"),
    "HardtanhBackward0": ("_saved_min_val", "_saved_max_val"),
}
_BOUNDED = (*_CLAMPS, "ReluBackward0")


def find_flat_operations(
    nodes: Sequence[Node], is_packed: Packed, name_of_leaf: Callable[[Tensor], str | None]
) -> tuple[dict[str, tuple[str, ...]], dict[str, list[Node]]]:
    """Return the leaves behind each kind of such operations among `nodes`, and the first of each.

    Both are by the name of the kind.
    """
    found: dict[str, dict[str, None]] = {}
    first: dict[str, list[Node]] = {}
    flat = [(label, node) for node in nodes if (label := _label(node, is_packed))]
    for label, node in flat[:_MOST]:
        leaves = (leaf for each in walk(node) if (leaf := leaf_of(each)) is not None)
        names = {name: None for leaf in leaves if (name := name_of_leaf(leaf)) is not None}
        found.setdefault(label, {}).update(names)
        if names:
            first.setdefault(label, [node])
    return {label: tuple(names) for label, names in found.items() if names}, first


def _label(node: Node, is_packed: Packed) -> str:
    name = name_of(node)
    if name.rstrip("0123456789") in _FLAT:
        return name
    if name in _BOUNDED and not is_packed(node):
        return _read_bounds(node)
    if name not in _SOFTMAX:
        return ""
    axis, shape = getattr(node, "_saved_dim", None), shape_of(node)
    if not isinstance(axis, int) or not shape:
        return ""
    axis = signed(axis)
    is_there = -len(shape) <= axis < len(shape)
    if not is_there or shape[axis] != 1:
        return ""
    return _ONLY_ELEMENT if len(shape) > 2 and set(shape[1:]) == {1} else _ONE_ELEMENT


def _read_bounds(node: Node) -> str:
    if name_of(node) in _CLAMPS:
        return _read_clamp(node, *_CLAMPS[name_of(node)])
    return _RELU if _gave_zeros(node) else ""


def _read_clamp(node: Node, *bounds: str) -> str:
    """Return in words that a clamp was given nothing within its bounds, '' where it was."""
    low, high = (_number(getattr(node, name, None)) if name else None for name in bounds)
    values = read_saved(node, "_saved_self")
    if values is None or values.layout is not torch.strided or values.is_meta:
        return ""
    if (low is None and high is None) or not are_beyond(values, low, high):
        return ""
    bounded = (("min", low), ("max", high))
    within = [f"{end}={bound:g}" for end, bound in bounded if bound is not None]
    name = "hardtanh" if name_of(node).startswith("Hard") else "clamp"
    return f"a {name}({', '.join(within)}) given nothing within its bounds"


def _gave_zeros(node: Node) -> bool:
    values = read_saved(node, "_saved_result")
    if values is None or values.layout is not torch.strided or values.is_meta:
        return False
    return values.numel() > 0 and is_all_zero(values)


def _number(found: object) -> float | None:
    return read_number(found) if isinstance(found, int | float) else None
