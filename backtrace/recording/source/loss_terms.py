"""The terms of what goes backward, with their signs; names are followed to what they were given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.signed_uses import parts_of_sum
from backtrace.recording.source.source_file import (
    called_name,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes

COSTS = word_set(
    "cost costs loss penalty penalties regret energy length lengths distance error errors"
)
DEEPEST = 12  # names that are followed, one in another
Terms = list[tuple[ast.expr, int]]
_WEIGHTS = word_set("alpha beta lam lmbda lambda weight coef coeff scale w")
_SMALLER = word_set("min minimum")
_NO_NETWORKS = word_set("torch nn F np numpy")
_CUTS = word_set("detach item")


def roots_of(scope: ast.AST) -> Iterator[ast.expr]:
    """Give what goes backward in a scope, by itself: `loss` of `loss.backward()`."""
    for node in own_nodes(scope):
        match node:
            case ast.Call(func=ast.Attribute(value=root, attr="backward"), args=[], keywords=[]):
                yield root


def expand(node: ast.expr, sign: int, values: LastGiven, most: int, ends: frozenset[str]) -> Terms:
    """Return the terms of a sum, names that are not among `ends` replaced by what they stand for.

    Of such a name that is what a cost was called, the cost is given.
    """
    parts = _parts(node, values, ends) if most else None
    if parts is None:
        return [(node, sign)]
    return [
        term
        for part, factor in parts
        if factor
        for term in expand(part, sign * factor, values, most - 1, ends)
    ]


def _parts(node: ast.expr, values: LastGiven, ends: frozenset[str]) -> Terms | None:
    """Return what an expression is the sum of, or stands for; None of what is neither."""
    match node:
        case ast.Name(id=name):
            given = values.follow(node)
            is_end = bool(words_of(name) & ends) and not _is_cost(given)
            return None if is_end or given is node else [(given, 1)]
        case ast.Call(func=func, args=[one, other]) if called_name(func) in _SMALLER:
            return [(one, 1), (other, 1)]
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            weighed = [(left, _sign_of_weight(right)), (right, _sign_of_weight(left))]
            return next(([each] for each in weighed if each[1]), None)
        case ast.Subscript(value=ast.Name() as inner):
            return [(inner, 1)] if values.follow(inner) is not inner else None
    parts = parts_of_sum(node)
    if not parts and isinstance(node, ast.Call):
        peeled = peel(node, values)
        return [(peeled, 1)] if peeled is not node else None
    return parts or None


def _sign_of_weight(node: ast.expr) -> int:
    """Return the sign of a number, or of what is called a weight; 0 of anything else."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_sign_of_weight(inner)
        case ast.Constant(value=int() | float() as number):
            return 1 if number > 0 else -1 if number < 0 else 0
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return 1 if words_of(name) & _WEIGHTS else 0
    return 0


def _is_cost(node: ast.expr) -> bool:
    """Whether something is a cost by name, or what a call gave that is one."""
    match node:
        case ast.Call(func=func):
            return bool(words_of(called_name(func)) & COSTS)
        case ast.Name(id=name):
            return bool(words_of(name) & COSTS)
    return False


def peel(node: ast.expr, values: LastGiven) -> ast.expr:
    """Return the call that an expression is but for its shape."""
    for _ in range(DEEPEST):
        match node:
            case ast.Name():
                node = values.follow(node)
            case ast.Subscript(value=inner):
                node = inner
            case ast.Call(func=ast.Attribute(value=ast.Call() | ast.Name() as within)):
                is_network = isinstance(within, ast.Name) and values.follow(within) is within
                if is_network or not is_method(node):
                    return node
                node = within
    return node


def name_of_network(node: ast.expr) -> str:
    """Return the name of what is called, as of a network."""
    if not isinstance(node, ast.Call) or not node.args:
        return ""
    text = ast.unparse(node.func).removeprefix("self.")
    return "" if text.partition(".")[0] in _NO_NETWORKS else text


def is_method(call: ast.Call) -> bool:
    """Whether a call is one of a tensor's methods with numbers, such as `a.clamp(-1, 1)`."""
    func = call.func
    is_one = isinstance(func, ast.Attribute) and func.attr not in _CUTS
    return is_one and all(isinstance(each, ast.Constant | ast.UnaryOp) for each in call.args)
