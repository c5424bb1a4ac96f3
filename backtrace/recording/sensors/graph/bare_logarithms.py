"""Logarithms of a deviation or a variance that are used as if they were what they are the log of.

That something is such a logarithm is told by its exponential: noise is multiplied by it and added
to a mean, or it stands in a divergence beside the logarithm itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of
from backtrace.recording.sensors.graph.divergences import (
    REDUCED,
    Place,
    is_noise,
    log_variances,
    numbers_of,
    scales_of_noise,
    summands_of,
    users_among,
    weights_of,
)

# What a logarithm is kept from zero or from below zero with, and what scales or widens it.
_GUARDS = ("Add", "Mul", "Div", "Pow", "Abs", "Clamp", "Expand")
_SQUARE = 2
_DEEP = 8  # such operations, one on another


def find_bare_scales(nodes: Sequence[Node], is_packed: Packed) -> list[Node]:
    """Return the products of noise with what a divergence takes for the log of a variance."""
    held = {base for base, _, _, _ in log_variances(nodes, is_packed)}
    if not held:
        return []
    users = users_among(nodes)
    added = {place[0] for node in _reductions(nodes) for place, _ in summands_of(node, is_packed)}
    return [
        node
        for node in nodes
        if node not in added
        and is_noise(node, users)
        and not is_packed(node)
        and numbers_of(node, is_packed) is None
        and any(_base(place) in held for place in node.next_functions)
    ]


def find_squared_logarithms(
    roots: Sequence[Node], nodes: Sequence[Node], is_packed: Packed
) -> list[Node]:
    """Return what takes the logarithm of what is one already, beside itself or its square.

    That is `x**2 - log(x**2)` or `x - log(x)` where noise is multiplied by the exponential of x.
    """
    logs = [node for node in nodes if name_of(node) == "LogBackward0"]
    scaling = scales_of_noise(nodes, is_packed).values() if logs else ()
    bases = {_base(place) for place, _ in scaling}
    if not bases:
        return []
    weights = {node: each for root in roots for node, each in weights_of(root, is_packed).items()}
    plain: dict[Place | None, set[bool]] = defaultdict(set)  # signs of what is added up
    squares: dict[Place | None, set[bool]] = defaultdict(set)
    for node in _reductions(nodes):
        for place, factor in summands_of(node, is_packed):
            is_positive = factor * weights.get(node, 1.0) > 0
            plain[place].add(is_positive)
            if (square := _square_of(place[0])) is not None:
                squares[_base(square)].add(is_positive)
    found = []
    for log in logs:
        base, is_squared = _guarded(log, bases)
        beside = squares[base] | (set() if is_squared else plain[base])
        if base is not None and any((not sign) in beside for sign in plain[log, 0]):
            found.append(log)
    return found


def _reductions(nodes: Sequence[Node]) -> Iterator[Node]:
    return (node for node in nodes if name_of(node).startswith(REDUCED))


def _base(place: tuple[Node | None, int]) -> Place | None:
    """Return what something is a multiple of, by what has no graph, or is expanded from."""
    node, index = place
    while node is not None:
        inner = [each for each in node.next_functions if each[0] is not None]
        name = name_of(node)
        if len(inner) != 1 or not name.startswith(("Mul", "Div", "Neg", "Expand")):
            return node, index
        node, index = inner[0]
    return None


def _guarded(log: Node, bases: set[Place | None]) -> tuple[Place | None, bool]:
    """Return that of `bases` which a logarithm is of, and whether it is squared before.

    What keeps it from zero stands between them; None where it is of nothing of the kind.
    """
    node, is_squared = log, False
    for _ in range(_DEEP):
        inner = {(source, at) for source, at in node.next_functions if source is not None}
        if len(inner) != 1:
            break
        ((node, at),) = inner
        if (node, at) in bases:
            return (node, at), is_squared
        if not name_of(node).startswith(_GUARDS):
            break
        is_squared = is_squared or _square_of(node) is not None
    return None, False


def _square_of(node: Node) -> Place | None:
    """Return what a node squares, as a power or as a product with itself."""
    sources, name = node.next_functions, name_of(node)
    is_power = name == "PowBackward0" and getattr(node, "_saved_exponent", 0) == _SQUARE
    is_product = name == "MulBackward0" and len(sources) == _SQUARE and len(set(sources)) == 1
    source, index = sources[0] if sources else (None, 0)
    return (source, index) if source is not None and (is_power or is_product) else None
