"""Surrogates of PPO whose parts come in the wrong order: multiplied or averaged too early."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.divergences import exponent_of
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.policies.discounted_sums import factors_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set, words_of

_RATIOS = word_set("ratio ratios rho rhos")
_ADVANTAGES = word_set("a adv advs advantage advantages gae gaes delta deltas td")
_CLIPS = word_set("clamp clip clamp_ clip_")
_ROOTS = word_set("torch th")
_CHOOSING = word_set("min max minimum maximum")
_ONE_BY_ONE = word_set("range enumerate zip")  # where an index is that of one row


def find_clipped_surrogates(scope: Scope) -> Iterator[Slip]:
    """Give each clip to `1 - epsilon` and `1 + epsilon` of a ratio times an advantage."""
    values: LastGiven | None = None
    for node in scope.nodes():
        if not isinstance(node, ast.Call) or called_name(node.func) not in _CLIPS:
            continue
        clipped, bounds = _parts_of(node)
        if clipped is None or [_side_of(each) for each in bounds] != [-1, 1]:
            continue
        values = values or LastGiven(scope.tree, scope.node)
        factors = factors_of(_passed_on(values.follow(clipped)))
        ratio = next((each for each in factors if _is_ratio(each, values)), None)
        gain = next((each for each in factors if _is_advantage(each)), None)
        if ratio is not None and gain is not None and len(factors) == 2:
            yield Slip(node.lineno, "surrogate-clipped", _text(ratio), _text(gain))


def find_averaged_surrogates(scope: Scope) -> Iterator[Slip]:
    """Give each mean over all rows in the two surrogates of which the lesser one is taken.

    It is of a surrogate, or of its advantages; one along an axis may be that of a sequence.
    """
    values: LastGiven | None = None
    for node in scope.nodes():
        if not isinstance(node, ast.Call) or called_name(node.func) not in _CHOOSING:
            continue
        if len(node.args) != 2 or node.keywords:
            continue
        values = values or LastGiven(scope.tree, scope.node)
        sides = [_surrogate_of(each, values) for each in node.args]
        if all(is_one for is_one, _ in sides):
            for given, (_, mean) in zip(node.args, sides, strict=True):
                if mean is not None and not _is_of_one_row(mean, scope):
                    texts = [text for each in (mean, given) if len(text := ast.unparse(each)) < 50]
                    name = next(iter(texts), _text(mean))
                    yield Slip(mean.lineno, "surrogate-averaged", name, _text(node))


def _surrogate_of(node: ast.expr, values: LastGiven) -> tuple[bool, ast.expr | None]:
    """Return whether something is a ratio times an advantage, and the first mean that is in it."""
    node = _without_minus(values.follow(node))
    over = _averaged(node)
    factors = factors_of(_without_minus(values.follow(over if over is not None else node)))
    of_ratio = [each for each in factors if _is_ratio(_clipped_in(each, values), values)]
    gains = [each for each in factors if each not in of_ratio and _is_advantage(each)]
    means = [node] * (over is not None) + [each for each in gains if _averaged(each) is not None]
    return bool(of_ratio and gains), next(iter(means), None)


def _averaged(node: ast.expr) -> ast.expr | None:
    """Return what a mean over all elements is taken of."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=root), attr="mean"), args=[inner]):
            return inner if root in _ROOTS and not node.keywords else None
        case ast.Call(func=ast.Attribute(value=inner, attr="mean"), args=[], keywords=[]):
            return inner
    return None


def _without_minus(node: ast.expr) -> ast.expr:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner
        case ast.BinOp(left=ast.UnaryOp(op=ast.USub(), operand=left), op=ast.Mult(), right=right):
            return ast.copy_location(ast.BinOp(left, ast.Mult(), right), node)
    return node


def _clipped_in(node: ast.expr, values: LastGiven) -> ast.expr:
    """Return what is clipped around 1, anything else itself."""
    behind = values.follow(node)
    if isinstance(behind, ast.Call) and called_name(behind.func) in _CLIPS:
        clipped, bounds = _parts_of(behind)
        if clipped is not None and [_side_of(each) for each in bounds] == [-1, 1]:
            return clipped
    return node


def _is_of_one_row(mean: ast.expr, scope: Scope) -> bool:
    """Whether a mean is of what an index of one row has, as that of a sequence's tokens."""
    names = names_in(mean)
    return any(
        isinstance(each, ast.For)
        and isinstance(each.iter, ast.Call)
        and called_name(each.iter.func) in _ONE_BY_ONE
        and bool(names_in(each.target) & names)
        for each in scope.nodes()
    )


def _parts_of(call: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    """Return what is clipped, and between what."""
    words = {word.arg: word.value for word in call.keywords}
    bounds = [words[each] for each in ("min", "max") if each in words]
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=root)), args=[first, *rest]):
            if root in _ROOTS:
                return first, [*rest, *bounds]
    match call:
        case ast.Call(func=ast.Attribute(value=inner), args=args):
            return inner, [*args, *bounds]
    return None, []


def _side_of(bound: ast.expr) -> int:
    """Return -1 of a bound just below 1, 1 of one just above it, 0 of any other."""
    match bound:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub()):
            return -1
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Add()):
            return 1
        case ast.BinOp(op=ast.Add(), right=ast.Constant(value=1 | 1.0)):
            return 1
        case ast.Constant(value=float() as number):
            return -1 if 0 < number < 1 else int(1 < number < 2)
    return 0


def _passed_on(node: ast.expr) -> ast.expr:
    """Return a product that a change of shape was made of."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.BinOp() as inner, attr="squeeze" | "view")):
            return inner
    return node


def _is_ratio(node: ast.expr, values: LastGiven) -> bool:
    if exponent_of(values.follow(node)) is not None:
        return True
    return bool(words_of(_name_of(node)) & _RATIOS)


def _is_advantage(node: ast.expr) -> bool:
    return bool(words_of(_name_of(node)) & _ADVANTAGES)


def _name_of(node: ast.expr) -> str:
    """Return the name of what was indexed, reshaped or detached."""
    while isinstance(node, ast.Call | ast.Subscript):
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return ""
    return called_name(node)


def _text(node: ast.expr) -> str:
    return ast.unparse(node)[:LONGEST]
