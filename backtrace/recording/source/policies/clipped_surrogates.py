"""Clips around 1 of a ratio that was multiplied by an advantage before."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.divergences import exponent_of
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.policies.discounted_sums import factors_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of

_RATIOS = word_set("ratio ratios rho rhos")
_ADVANTAGES = word_set("a adv advs advantage advantages gae gaes delta deltas td")
_CLIPS = word_set("clamp clip clamp_ clip_")
_ROOTS = word_set("torch th")


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
