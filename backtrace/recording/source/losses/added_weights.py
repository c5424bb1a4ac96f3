"""Weights that are added to a loss, and multiply none."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.plain_numbers import numbers_given
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)

_WEIGHTS = word_set(
    "weight alpha beta lam lamb lambd lambda lamda lmbda coef coeff coefficient coefficients w"
)
# Numbers that are added by right, though they may be called weights: where a hinge turns.
_LEVELS = word_set("margin eps epsilon temperature temp tau flood level bias offset baseline floor")
_LOSSES = word_set(
    "ce bce mse mae kl kld nll l1 l2 rmse criterion recon rec entropy penalty reg huber bpr "
    "divergence crossentropy"
)
_SHAPES = word_set("mean sum squeeze")
# What bends a sum: a number beside a loss then moves its gradient.
_BENDS = word_set(
    "relu relu_ clamp clamp_ clamp_min clip log log1p exp sqrt abs softplus max maximum min "
    "minimum sigmoid tanh pow square hinge elu"
)


def find_added_weights(scope: Scope) -> Iterator[Slip]:
    """Give each `weight + loss` of a number that a name calls a weight, in a sum that is a loss.

    The loss has no weight of its own, and nothing is taken away in the sum: triplets have margins.
    """
    for node in scope.nodes():
        if not isinstance(node, ast.BinOp) or not _is_sum(node):
            continue
        if _is_sum(parents_in(scope.tree).get(id(node))):
            continue
        terms = _terms_of(node)
        weights = [each for each in terms if _is_weight(each)]
        bare = [each for each in terms if _is_loss(each)]
        if not weights or not bare or len(weights) > len(bare):
            continue
        if _is_whole_loss(node, scope) and all(_is_number(each, scope) for each in weights):
            after = [each for each in bare if _place(each) > _place(weights[0])]
            name, beside = (ast.unparse(each) for each in (weights[0], (after or bare)[0]))
            yield Slip(weights[0].lineno, "weight-added", name[:LONGEST], beside[:LONGEST])


def _is_sum(node: ast.AST | None) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _terms_of(node: ast.expr) -> list[ast.expr]:
    """Return what a sum adds; nothing where something is taken away."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _terms_of(left), _terms_of(right)
            return [*one, *other] if one and other else []
        case ast.BinOp(op=ast.Sub()) | ast.UnaryOp():
            return []
    return [node]


def _is_weight(node: ast.expr) -> bool:
    name = _last_name(node)
    words = {each.rstrip("0123456789") for each in words_of(name)}
    return bool(words & _WEIGHTS) and not words & _LEVELS


def _is_loss(node: ast.expr) -> bool:
    """Whether a term is a loss by its name or by what is called, and no multiple of one."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SHAPES:
            return _is_loss(inner)
        case ast.Call(func=func):
            name = called_name(func)
        case ast.Name() | ast.Attribute():
            name = _last_name(node)
        case _:
            return False
    return ("loss" in name.lower() or bool(words_of(name) & _LOSSES)) and not _is_weight(node)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str(name))):
            return name
    return ""


def _is_number(node: ast.expr, scope: Scope) -> bool:
    return bool(numbers_given(_last_name(node), scope.tree))


def _is_whole_loss(node: ast.AST, scope: Scope) -> bool:
    """Whether a sum goes backward as it is, is returned as a loss or called one, and unbent."""
    parents = parents_in(scope.tree)
    above = parents.get(id(node))
    while isinstance(above, ast.Attribute | ast.Call):
        name = called_name(above.func) if isinstance(above, ast.Call) else above.attr
        if name == "backward":
            return True
        if name not in _SHAPES:
            return False
        above = parents.get(id(above))
    match above:
        case ast.Return():
            return _is_called_loss(_owner_of(scope))
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AugAssign(target=ast.Name(id=name), op=ast.Add())
            | ast.AnnAssign(target=ast.Name(id=name))
        ):
            return _is_called_loss(name) and not _bends(scope, name)
    return False


def _owner_of(scope: Scope) -> str:
    """Return the name of a function, with that of the class that it is a method of."""
    above = parents_in(scope.tree).get(id(scope.node))
    return f"{scope.name}_{above.name}" if isinstance(above, ast.ClassDef) else scope.name


def _is_called_loss(name: str) -> bool:
    return any(part in name.lower() for part in ("loss", "objective", "criterion", "cost", "elbo"))


def _bends(scope: Scope, name: str) -> bool:
    """Whether what is called so is given to a function that a number beside it changes."""
    for node in scope.nodes():
        if isinstance(node, ast.Call) and called_name(node.func) in _BENDS:
            inner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            given = [*inner, *node.args[:1]]
            if any(isinstance(each, ast.Name) and each.id == name for each in given):
                return True
    return False


def _place(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset
