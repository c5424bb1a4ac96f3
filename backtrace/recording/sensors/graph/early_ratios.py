"""Clipped ratios of a policy to the one that acted, while the two are still one."""

from __future__ import annotations

from collections.abc import Iterable

from torch.autograd.graph import Node

from backtrace.recording.kernels.ratio_spreads import is_dropout, read_ratio_spread
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    leaf_of,
    name_of,
    read_saved,
    walk,
)
from backtrace.recording.tensors.param_groups import state_of
from backtrace.recording.tensors.tracked import Register

_CLIP = "ClampBackward1"
_WIDEST = 2.0  # of what is clipped around 1
_UNLIKE = ("NativeDropoutBackward", "BernoulliBackward", "NativeBatchNormBackward")


def read_early(
    nodes: Iterable[Node], is_packed: Packed, register: Register, *, is_asked: bool
) -> tuple[tuple[float, ...], list[Node]]:
    """Return how far the first such ratio is off, () of none, and where ratios are.

    Those of a policy that has been stepped are given as well where the graph is asked for lines.
    """
    ratios = _find_clipped_ratios(nodes, is_packed)
    told = _read_spread(ratios, is_packed, register)
    return told, ratios if told or is_asked else []


def _find_clipped_ratios(nodes: Iterable[Node], is_packed: Packed) -> list[Node]:
    """Return the exponentials of a difference to plain numbers that are clipped around 1."""
    found: dict[Node, None] = {}
    for node in nodes:
        if name_of(node) != _CLIP or not _is_around_one(node):
            continue
        ratio = node.next_functions[0][0]
        if ratio is None or name_of(ratio) != "ExpBackward0" or is_packed(ratio):
            continue
        difference = ratio.next_functions[0][0]
        if difference is not None and name_of(difference) == "SubBackward0":
            new, old = (given[0] for given in difference.next_functions)
            if new is not None and old is None:
                found[ratio] = None
    return list(found)


def _read_spread(
    ratios: Iterable[Node], is_packed: Packed, register: Register
) -> tuple[float, ...]:
    """Return how far the first ratio is off that is of what was never stepped; () of none.

    Before its first step a policy is the one that acted. Where something in it draws at random, or
    takes in the rows of the batch, it may answer otherwise all the same, and that says nothing.
    """
    for ratio in ratios:
        nodes = walk(ratio)
        if any(_is_unlike(node, is_packed) for node in nodes):
            continue
        leaves = [leaf for node in nodes if (leaf := leaf_of(node)) is not None]
        known = [tracked for leaf in leaves if (tracked := register.find(leaf)) is not None]
        if not known or any(each.before is not None for each in known):
            continue
        optimizers = [
            made for _, ref in register.optimizers.values() if (made := ref()) is not None
        ]
        if any(state_of(each, leaf) for each in optimizers for leaf in leaves):
            continue
        values = read_saved(ratio, "_saved_result")
        if values is not None and (spread := read_ratio_spread(values)):
            return spread
    return ()


def _is_around_one(clip: Node) -> bool:
    low, high = getattr(clip, "_saved_min", None), getattr(clip, "_saved_max", None)
    if not (isinstance(low, int | float) and isinstance(high, int | float)):
        return False
    return 0 < low < 1 < high <= _WIDEST


def _is_unlike(node: Node, is_packed: Packed) -> bool:
    """Whether an operation makes other numbers of the same each time, or beside other rows."""
    name = name_of(node)
    if name != "MulBackward0" or None not in (given[0] for given in node.next_functions):
        return name.startswith(_UNLIKE)
    factors = None if is_packed(node) else read_saved(node, "_saved_other")
    return factors is not None and is_dropout(factors)
