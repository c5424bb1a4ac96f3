"""Divergences of what a network encodes: their log-variances, and terms that they outweigh.

A divergence from a standard normal adds up `log_var` and `-log_var.exp()`, or with the logarithm
`s` of a deviation `2 * s` and `-(2 * s).exp()`: at a deviation of 1 both have the same slope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import isclose, prod

from torch.autograd.graph import Node

from backtrace.recording.kernels.scalars import read_factor
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved, shape_of

Place = tuple[Node, int]
REDUCED = ("SumBackward", "MeanBackward")
_ADDS = ("Add", "Sub", "Rsub")
_MEAN = 1  # torch's own code of a loss function's reduction
_MOST = 40  # summands of one divergence
_WHOLE = 0.5  # a divergence with a smaller weight for each row was given it
_MUCH = 8  # times heavier than an element of any other term


def find_variances_for_deviations(nodes: Sequence[Node], is_packed: Packed) -> list[Node]:
    """Return the exponentials that noise is multiplied by, each of a whole log-variance.

    The deviation is that of one half of it.
    """
    whole = {(base, scale) for base, scale, _, _ in log_variances(nodes, is_packed)}
    scaling = scales_of_noise(nodes, is_packed) if whole else {}
    return [node for node, found in scaling.items() if any(_is_close(found, w) for w in whole)]


def find_unsquared(nodes: Sequence[Node], is_packed: Packed) -> list[Node]:
    """Return what adds up divergences that have the deviation in the place of the variance.

    With the logarithm `s` of a deviation they add `2 * s` and `-s.exp()`, and noise is multiplied
    by `s.exp()`.
    """
    halved = list(log_variances(nodes, is_packed, of_deviation=True))
    scaling = scales_of_noise(nodes, is_packed).values() if halved else ()
    return [
        node
        for base, scale, node, _ in halved
        if any(_is_close((base, scale), found) for found in scaling)
    ]


def scales_of_noise(nodes: Sequence[Node], is_packed: Packed) -> dict[Node, tuple[Place, float]]:
    """Return the exponentials that noise is multiplied by, with what they are of, and times what.

    The noise carries no graph, and what comes of it is added to something that has one: a mean.
    """
    users = users_among(nodes)
    found = {}
    for node in nodes:
        scaled = exponent_of(node, is_packed)
        if scaled is not None and any(is_noise(user, users) for user in _users(node, users)):
            found[node] = scaled
    return found


def users_among(nodes: Sequence[Node]) -> dict[Node, list[Node]]:
    """Return what takes each node."""
    users: dict[Node, list[Node]] = defaultdict(list)
    for node in nodes:
        for source, _ in node.next_functions:
            if source is not None:
                users[source].append(node)
    return users


def _users(node: Node, users: dict[Node, list[Node]]) -> Iterator[Node]:
    """Give what takes a node, as it is or expanded."""
    for user in users[node]:
        yield from _users(user, users) if name_of(user) == "ExpandBackward0" else (user,)


def _is_close(one: tuple[Place, float], other: tuple[Place, float]) -> bool:
    return one[0] == other[0] and isclose(one[1], other[1], rel_tol=1e-3)


def is_noise(product: Node, users: dict[Node, list[Node]]) -> bool:
    """Whether something without a graph is scaled here and added to something with one."""
    sources = [source for source, _ in product.next_functions]
    if name_of(product) != "MulBackward0" or sources.count(None) != 1 or not shape_of(product):
        return False
    return any(
        name_of(user) == "AddBackward0" and all(each is not None for each, _ in user.next_functions)
        for user in users[product]
    )


def find_outweighed(
    roots: Sequence[Node], nodes: Sequence[Node], is_packed: Packed
) -> tuple[list[Node], tuple[int, ...]]:
    """Return the mean over all of `(rows, …)` that a divergence outweighs, and that shape.

    The divergence is summed over what is encoded of a row. An error that is summed as well weighs
    about as much, element by element, and any such term beside it is enough.
    """
    held = {node: factor for _, _, node, factor in log_variances(nodes, is_packed)}
    for root in roots if held else ():
        weights = weights_of(root, is_packed)
        for node, factor in held.items():
            rows = _taken(node)[:1]
            weight = abs(weights.get(node, 0.0) * factor) * 2
            others = {
                other: abs(weights[other])
                for other in weights
                if other not in held and _taken(other)[:1] == rows and len(_taken(other)) > 1
            }
            if others and rows[0] > 1 and weight * rows[0] >= _WHOLE:
                heaviest = max(others, key=lambda each: others[each])
                if weight >= _MUCH * others[heaviest] and _is_mean(heaviest):
                    return [heaviest], _taken(heaviest)
    return [], ()


def find_averaged_codes(
    roots: Sequence[Node], nodes: Sequence[Node], is_packed: Packed
) -> tuple[int, list[Node]]:
    """Return over how many numbers a row a divergence is averaged beside a sum, and that mean.

    The other term has the sum of its errors for each row; the mean is multiplied by nothing else.
    """
    held = {node: factor for _, _, node, factor in log_variances(nodes, is_packed)}
    for root in roots if held else ():
        weights = weights_of(root, is_packed)
        for node, factor in held.items():
            rows, *codes = _taken(node) or (0,)
            weight = abs(weights.get(node, 0.0) * factor) * 2
            are_summed = any(
                other not in held
                and _taken(other)[:1] == (rows,)
                and prod(_taken(other)[1:]) > 1
                and abs(each) * rows >= _WHOLE
                for other, each in weights.items()
            )
            is_averaged = isclose(weight * rows * prod(codes), 1, rel_tol=1e-3)
            if are_summed and is_averaged and rows > 1 and prod(codes) > 1 and _is_mean(node):
                return prod(codes), [node]
    return 0, []


def _taken(node: Node) -> tuple[int, ...]:
    """Return the shape of what a node takes first."""
    return next((shape_of(each, at) for each, at in node.next_functions if each is not None), ())


def _is_mean(node: Node) -> bool:
    return name_of(node).startswith("MeanBackward") or getattr(node, "_saved_reduction", 0) == _MEAN


def weights_of(root: Node, is_packed: Packed) -> dict[Node, float]:
    """Return what reductions a loss is made of, and times what it has each element of theirs."""
    found: dict[Node, float] = {}
    waiting = [(root, 1.0)]
    for node, weight in waiting:  # it grows
        each, numbers = weight, numbers_of(node, is_packed)
        if name_of(node).startswith(REDUCED):
            share = prod(_taken(node)) / max(prod(shape_of(node)), 1) if _is_mean(node) else 1
            each, numbers = weight / max(share, 1), (1.0,)
            found[node] = each
        elif (kind := getattr(node, "_saved_reduction", 0)) and _compares(node):
            found[node] = weight / (prod(_taken(node)) if kind == _MEAN else 1)
            continue
        if numbers is not None and len(waiting) < _MOST:
            for (source, _), number in zip(node.next_functions, numbers, strict=False):
                if source is not None:
                    waiting.append((source, each * number))
    return found


def _compares(node: Node) -> bool:
    """Whether it is a loss that has an error for each element of what it takes."""
    return not name_of(node).startswith(("NllLoss", "CtcLoss"))


def log_variances(
    nodes: Sequence[Node], is_packed: Packed, *, of_deviation: bool = False
) -> Iterator[tuple[Place, float, Node, float]]:
    """Give what divergences among `nodes` are of: a place, times what it is a log-variance.

    With it come what adds up the divergence, and times what it has the variance. Or give those
    that have the deviation there, and twice its logarithm.
    """
    times = 2 if of_deviation else 1
    for node in nodes:
        if not name_of(node).startswith(REDUCED):
            continue
        plain: dict[Place, float] = defaultdict(float)
        raised: dict[tuple[Place, float], float] = defaultdict(float)
        for place, factor in summands_of(node, is_packed):
            plain[place] += factor
            exponent = exponent_of(place[0], is_packed)
            if exponent is not None:
                raised[exponent] += factor
        for (base, scale), factor in raised.items():
            slope = plain.get(base, 0.0) + times * scale * factor
            if plain.get(base) and abs(slope) <= 1e-3 * abs(factor):
                yield base, scale, node, factor


def summands_of(reduction: Node, is_packed: Packed) -> Iterator[tuple[Place, float]]:
    """Give what is added up, element by element, in what is reduced, and times what."""
    waiting = [(source, at, 1.0) for source, at in reduction.next_functions if source is not None]
    for node, at, factor in waiting:  # it grows
        numbers = numbers_of(node, is_packed)
        if numbers is None or len(waiting) > _MOST:
            yield (node, at), factor
            continue
        for (source, index), number in zip(node.next_functions, numbers, strict=True):
            if source is not None:
                waiting.append((source, index, factor * number))


def numbers_of(node: Node, is_packed: Packed) -> tuple[float, ...] | None:
    """Return times what a node takes its sources; None where it does something else."""
    name, sources = name_of(node), [source for source, _ in node.next_functions]
    if name in ("AddBackward0", "SubBackward0") and len(sources) == 2:
        alpha = getattr(node, "_saved_alpha", 1)
        if not isinstance(alpha, int | float):
            return None
        return 1.0, alpha if name == "AddBackward0" else -alpha
    if name in ("NegBackward0", "RsubBackward1"):
        return (-1.0,) if len(sources) == 1 else None
    if name in ("MulBackward0", "DivBackward0") and sources.count(None) == len(sources) - 1:
        saved = "_saved_self" if sources[0] is None else "_saved_other"
        number = None if is_packed(node) else read_factor(read_saved(node, saved))
        if number is None or (name == "DivBackward0" and (sources[0] is None or not number)):
            return None
        return (number if name == "MulBackward0" else 1 / number,) * len(sources)
    return None


def exponent_of(node: Node, is_packed: Packed) -> tuple[Place, float] | None:
    """Return what an exponential is of, and times what; None of anything else."""
    if name_of(node) != "ExpBackward0":
        return None
    (source, index), factor = node.next_functions[0], 1.0
    while source is not None:
        numbers = numbers_of(source, is_packed)
        inner = [place for place in source.next_functions if place[0] is not None]
        if numbers is None or len(inner) != 1 or name_of(source).startswith(_ADDS):
            return (source, index), factor
        factor *= numbers[0]
        source, index = inner[0]
    return None
