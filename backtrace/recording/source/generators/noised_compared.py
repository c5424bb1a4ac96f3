"""Denoising models whose output is compared with their own noised input, and not with the noise."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.noised_targets import (
    comparisons,
    is_drawn,
    is_loss,
    is_of_denoising,
    unshaped,
    words_in,
)
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set
from backtrace.recording.source.walks import walk

_NOISE = word_set("noise noises eps epsilon")
_NOISED_BY = word_set("q noise noised noisy perturb diffuse diffused diffusion corrupt degrade xt")
_DIFFUSION = ("diffus", "ddpm", "cumprod")
_NO_NETWORKS = word_set("torch F np functional math")
_SIZES = word_set("abs absolute norm")
_Pair = tuple[ast.expr, ast.expr, ast.expr]


def find_noised_compared(scope: Scope) -> Iterator[Slip]:
    """Give each comparison of what a model makes of `x + noise` with that sum itself.

    The noise is drawn in the function, or given back beside the sum, and read for nothing else;
    and nothing else is compared with what the model makes.
    """
    if not is_of_denoising(scope.tree, _DIFFUSION):
        return
    for noised, own in _noised_in(scope).items():
        made = _made_of(scope, noised)
        found: list[_Pair] = []
        for one, other, whole in _compared_in(scope):
            sides = [bool(names_in(each) & made) for each in (one, other)]
            if any(sides):
                given = other if sides[0] else one
                if all(sides) or not _is_name(unshaped(given), noised):
                    found = []
                    break
                found.append((one, other, whole))
        if found and _is_noise_unread(scope, own):
            first = min((whole for _, _, whole in found), key=lambda each: each.lineno)
            yield Slip(first.lineno, "noised-compared", noised, ast.unparse(first)[:LONGEST])


def _noised_in(scope: Scope) -> dict[str, tuple[str, list[ast.stmt]]]:
    """Return what is noised, each with the noise in it and the statements that make it."""
    drawn = {
        name
        for node in scope.statements()
        if isinstance(node, ast.Assign) and is_drawn(node.value)
        for name in _targets(node)
        if words_in(name) & _NOISE
    }
    found: dict[str, tuple[str, list[ast.stmt]]] = {}
    for node in scope.statements():
        if not isinstance(node, ast.Assign):
            continue
        names = _targets(node)
        if len(names) == 1:
            used = sorted(names_in(node.value) & drawn)
            is_new = names[0] not in {*drawn, *names_in(node.value)}
            if len(used) == 1 and is_new and _adds(node.value, used[0]):
                found.setdefault(names[0], (used[0], []))[1].append(node)
        elif len(names) == 2 and _is_noising(node.value):
            given = [name for name in names if words_in(name) & _NOISE]
            if len(given) == 1:
                (noised,) = set(names) - set(given)
                found.setdefault(noised, (given[0], []))[1].append(node)
    return found


def _adds(node: ast.expr, noise: str) -> bool:
    """Whether noise is added to something, or given with it to what does that by its name."""
    others = names_in(node) - {noise} - _NO_NETWORKS
    match node:
        case ast.BinOp(op=ast.Add()):
            return bool(others)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div()):
            return _adds(left, noise)
        case ast.Call(func=ast.Attribute(value=inner)) if names_in(inner) & {noise}:
            return _adds(inner, noise)
        case ast.Call():
            return bool(others) and _is_noising(node)
    return False


def _is_noising(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and bool(words_in(called_name(node.func)) & _NOISED_BY)


def _made_of(scope: Scope, noised: str) -> set[str]:
    """Return the names of what a model makes of a name, and of what is computed from that."""
    made: set[str] = set()
    for node in scope.statements():
        if isinstance(node, ast.Assign):
            value = _peeled(node.value)
            is_own = isinstance(value, ast.Call) and _is_network(value, noised)
            is_further = not _compares(node.value) and bool(names_in(node.value) & made)
            if is_own or is_further:
                made.update(_targets(node))
    return made - {noised}


def _is_network(call: ast.Call, noised: str) -> bool:
    """Whether a call gives what is noised to a model."""
    given = [*call.args, *(word.value for word in call.keywords)]
    root = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    is_one = isinstance(root, ast.Name) and root.id not in {noised, *_NO_NETWORKS}
    return is_one and not is_loss(call.func) and any(_is_name(unshaped(g), noised) for g in given)


def _peeled(node: ast.expr) -> ast.expr:
    """Return the call of which a part or an attribute is taken: `unet(x, t).sample`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return unshaped(node)


def _compares(node: ast.expr) -> bool:
    return any(True for _ in _pairs_in(node))


def _compared_in(scope: Scope) -> Iterator[_Pair]:
    for node in scope.statements():
        value = getattr(node, "value", None)
        if isinstance(value, ast.expr):
            yield from _pairs_in(value)


def _pairs_in(node: ast.expr) -> Iterator[_Pair]:
    """Give what is compared: also by the words of a loss, and as a distance."""
    yield from comparisons(node)
    for each in walk(node):
        match each:
            case ast.Call(func=func, args=[], keywords=[one, other, *_]) if is_loss(func):
                yield one.value, other.value, each
            case ast.Call(func=func, args=[one], keywords=[other, *_]) if is_loss(func):
                yield one, other.value, each
            case ast.Call(func=ast.Attribute(value=within, attr=name), args=args) if name in _SIZES:
                is_function = isinstance(within, ast.Name) and within.id in _NO_NETWORKS
                inner = args[0] if is_function and args else within
                if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub):
                    yield inner.left, inner.right, each


def _is_noise_unread(scope: Scope, own: tuple[str, list[ast.stmt]]) -> bool:
    """Whether noise is read for nothing but what is noised by it, and to be given if it is not."""
    noise, makers = own
    allowed = {id(each) for node in makers for each in walk(node)}
    for node in scope.statements():
        if isinstance(node, ast.Assign) and noise in _targets(node):
            allowed |= {id(each) for each in walk(node)}
        elif isinstance(node, ast.If):
            allowed |= {id(each) for each in walk(node.test)}
    return not scope.is_read_inside(noise) and not any(
        _is_name(node, noise) and isinstance(node.ctx, ast.Load) and id(node) not in allowed
        for node in scope.nodes()
        if isinstance(node, ast.Name)
    )


def _targets(node: ast.Assign) -> list[str]:
    parts = [each for target in node.targets for each in getattr(target, "elts", [target])]
    return [each.id for each in parts if isinstance(each, ast.Name)]


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
