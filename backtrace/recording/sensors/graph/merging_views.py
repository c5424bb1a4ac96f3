"""Losses that only draw a network's outputs together: nothing in them keeps these apart."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch.autograd.graph import Node

from backtrace.recording.kernels.vector_lengths import read_spread
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    leaves_behind,
    name_of,
    read_saved,
    shape_of,
)
from backtrace.recording.sensors.graph.raw_similarities import factor_of
from backtrace.recording.sensors.graph.steep_slopes import is_readable

Pair = tuple[Node, Node]
_SHAPES = ("View", "UnsafeView", "Squeeze", "Unsqueeze", "ReshapeAlias", "ToCopy", "Clone")
_LINEAR = (*_SHAPES, "Mean", "Sum", "Stack", "Cat", "Add", "Sub", "Rsub", "Neg", "Select")
_ON_NORMS = (*_SHAPES, "Expand", "ClampMin")
_NORMS = ("LinalgVectorNorm", "Norm")
_MOST = 32  # nodes of a sum of terms
_FAR = 6  # nodes that are passed
_FEWEST = 4


def find_merging_views(
    roots: Sequence[Node], is_packed: Packed
) -> tuple[tuple[float, ...], list[Node]]:
    """Return how far apart the vectors are that such a loss draws together, and its first term.

    All its terms are cosines, or squares of differences of vectors of length 1, and both sides of
    each are made by one network, of which one may go on. What is told is, of each term, the mean
    over both sides of their variance over the rows: 0 where all rows are one, 1 at most.
    """
    terms = _read_terms(roots, is_packed)
    pairs = [pair for _, pair in terms]
    if not pairs or not all(map(_is_of_one_network, pairs)):
        return (), []
    spreads = [_spread_of(pair, is_packed) for pair in pairs]
    if any(spread is None for spread in spreads):
        return (), []
    return tuple(spread for spread in spreads if spread is not None), [terms[0][0]]


def _read_terms(roots: Sequence[Node], is_packed: Packed) -> list[tuple[Node, Pair]]:
    """Return the terms, each with its two sides; none where any is of another kind."""
    found: list[tuple[Node, Pair]] = []
    waiting = [(root, 1.0) for root in roots]
    for node, sign in waiting:  # it grows
        pair, pull = _pair_of(node)
        if len(waiting) > _MOST or (pair is not None and sign * pull <= 0):
            return []
        if pair is not None:
            found.append((node, pair))
            continue
        signs = _signs_of(node, is_packed)
        if not signs or 0 in signs:
            return []
        waiting += [
            (source, sign * each)
            for (source, _), each in zip(node.next_functions, signs, strict=True)
            if source is not None
        ]
    return found


def _signs_of(node: Node, is_packed: Packed) -> list[float]:
    """Return with which sign each source counts in what a node adds up; none of another node."""
    kind, count = _kind(node), len(node.next_functions)
    if kind in ("Mul", "Div"):
        return [factor_of(node, is_packed)] * count
    if kind not in _LINEAR or getattr(node, "_saved_alpha", 1) < 0:
        return []
    first = -1.0 if kind in ("Neg", "Rsub") else 1.0
    return [first, *[-1.0 if kind == "Sub" else 1.0] * (count - 1)]


def _pair_of(node: Node) -> tuple[Pair | None, float]:
    """Return the two vectors of length 1 that meet in a node, and which sign draws them together.

    They are None where it is no product or squared difference of such.
    """
    kind, pull = _kind(node), 1.0
    if kind == "Pow":
        inner = node.next_functions[0][0]
        if inner is None or _kind(inner) != "Sub":
            return None, 0.0
        node = inner
    elif kind == "Mul":
        pull = -1.0
    elif kind != "MseLoss":
        return None, 0.0
    one, other = ([_unit_behind(source) for source, _ in node.next_functions] + [None, None])[:2]
    return (None, 0.0) if one is None or other is None else ((one, other), pull)


def _unit_behind(node: Node | None) -> Node | None:
    """Return what divides rows by their own lengths, None where nothing does."""
    node = _behind(node, _SHAPES)
    if node is None or _kind(node) != "Div" or len(node.next_functions) != 2:
        return None
    rows, divisor = (source for source, _ in node.next_functions)
    norm, shape = _behind(divisor, _ON_NORMS), shape_of(node)
    if rows is None or norm is None or _kind(norm) not in _NORMS:
        return None
    lead = shape[:-1]
    is_own = norm.next_functions[0][0] is rows and shape_of(norm) in ((*lead, 1), lead)
    return node if is_own and len(shape) > 1 and prod(lead) >= _FEWEST else None


def _behind(node: Node | None, passed: tuple[str, ...]) -> Node | None:
    for _ in range(_FAR):
        if node is None or _kind(node) not in passed:
            break
        node = node.next_functions[0][0]
    return node


def _is_of_one_network(pair: Pair) -> bool:
    one, other = map(leaves_behind, pair)
    return bool(one and other) and (one <= other or other <= one)


def _spread_of(pair: Pair, is_packed: Packed) -> float | None:
    """Return how far both sides vary over the rows; None where they cannot be read."""
    saved = [None if is_packed(node) else read_saved(node, "_saved_self") for node in pair]
    sides = [values for values in saved if values is not None and is_readable(values)]
    return read_spread(sides) if len(sides) == len(pair) else None


def _kind(node: Node) -> str:
    return name_of(node).rstrip("0123456789").removesuffix("Backward")
