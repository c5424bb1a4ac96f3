"""Losses of what a judge says, with targets that are all one number: of a game of two networks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.source_file import called_name
from backtrace.recording.source.walks import Function, own_nodes, walk

_FILLS = {"zeros": 0, "zeros_like": 0, "new_zeros": 0, "ones": 1, "ones_like": 1, "new_ones": 1}
_GIVEN = frozenset({"full", "full_like", "new_full"})  # with the number as the second argument
_SAME = frozenset({"to", "cuda", "requires_grad_", "float", "type_as"})
_SHAPES = frozenset({"view", "reshape", "squeeze", "flatten"})
_LOSSES = ("bce", "criterion", "loss", "binary_cross_entropy", "mse")
DEEPEST = 4  # names that are followed, one in another


@dataclass(frozen=True)
class OpinionLoss:
    """A loss of what a judge says of `given`, which `maker` made, '' where no call is known.

    `target` is 1 where all targets are above a half, as labels that are smoothed, and 0 below it;
    None where they are not known.
    """

    call: ast.Call
    judge: str
    given: str
    maker: str
    is_detached: bool
    target: int | None

    def is_of_same(self, other: OpinionLoss) -> bool:
        """Whether both are about what has the same name, or the same maker."""
        is_named = bool(self.given) and self.given == other.given
        return is_named or (bool(self.maker) and self.maker == other.maker)


def find_opinion_losses(tree: ast.Module, least: int) -> list[OpinionLoss]:
    """Return those of a file, in whichever functions; none where there are fewer than `least`."""
    calls = [node for node in walk(tree) if _is_loss(node)]
    if len(calls) < least:  # as in nearly every file: it need not be gone through again
        return []
    shared = LastGiven(tree, tree)
    found: list[OpinionLoss] = []
    for scope in [tree, *(node for node in walk(tree) if isinstance(node, Function))]:
        values = shared if scope is tree else LastGiven(tree, scope, shared)
        for node in own_nodes(scope):
            if isinstance(node, ast.Call) and _is_loss(node):
                found += _read(node, values)
    return found


def _is_loss(node: ast.AST) -> bool:
    """Whether a call of two things has the name of a loss."""
    match node:
        case ast.Call(func=func, args=[_, _], keywords=words):
            name = called_name(func).lower()
            is_plain = all(word.arg == "reduction" for word in words)
            return is_plain and any(word in name for word in _LOSSES)
    return False


def _read(call: ast.Call, values: LastGiven) -> Iterator[OpinionLoss]:
    number = number_of(call.args[1], values, DEEPEST)
    target = None if number is None or number == 0.5 else int(number > 0.5)
    said = values.follow(call.args[0])
    while isinstance(said, ast.Call) and isinstance(said.func, ast.Attribute):
        if said.func.attr not in _SHAPES:
            break
        said = said.func.value
    match said:
        case ast.Call(func=ast.Name() | ast.Attribute() as judge, args=[given, *_]):
            name, maker, is_detached = origin_of(given, values)
            yield OpinionLoss(call, _text(judge), name, maker, is_detached, target)


def origin_of(given: ast.expr, values: LastGiven) -> tuple[str, str, bool]:
    """Return the name of what a judge is given, what made it, and whether it has no graph."""
    name, is_detached = "", False
    for _ in range(2 * DEEPEST):
        match given:
            case ast.Call(func=ast.Attribute(value=inner, attr="detach")):
                given, is_detached = inner, True
            case ast.Call(
                func=ast.Attribute(attr="cat" | "concat"),
                args=[ast.List(elts=[*_, inner]) | ast.Tuple(elts=[*_, inner]), *_],
            ):
                given = inner  # a picture stands behind what it is made of
            case ast.Name(id=first):
                name = name or first
                is_detached = is_detached or values.is_without_graph(given)
                given = values.follow(given)
    maker = _text(given.func) if isinstance(given, ast.Call) else ""
    return name, maker, is_detached


def _text(node: ast.expr) -> str:
    return ast.unparse(node).removeprefix("self.")


def number_of(node: ast.expr, values: LastGiven, most: int) -> float | None:
    """Return the one number that all elements are, None where that is not known."""
    made = values.follow(node)
    if isinstance(node, ast.Name) and values.is_written_into(node.id):
        return None  # as classes that are marked in zeros
    if made is not node:
        return number_of(made, values, most - 1) if most else None
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return 1.0 * value  # True of a function that makes the targets
        case ast.BinOp(left=left, op=op, right=right):
            one, other = number_of(left, values, most), number_of(right, values, most)
            return None if one is None or other is None else _combine(one, op, other)
        case ast.Call():
            return _filled(node, values, most)
    return None


def _filled(call: ast.Call, values: LastGiven, most: int) -> float | None:
    """Return the number that a call fills a tensor with."""
    match call:
        case ast.Call(func=ast.Attribute(attr="fill_"), args=[inner]):
            return number_of(inner, values, most)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SAME:
            return number_of(inner, values, most)
        case ast.Call(func=ast.Name(id="Variable"), args=[inner, *_]):
            return number_of(inner, values, most)
        case ast.Call(func=ast.Attribute(attr=name), args=[_, inner, *_]) if name in _GIVEN:
            return number_of(inner, values, most)
    return _FILLS.get(called_name(call.func))


def _combine(one: float, op: ast.operator, other: float) -> float | None:
    match op:
        case ast.Mult():
            return one * other
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
    return None
