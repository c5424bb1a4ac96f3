"""Logarithms of deviations that a ReLU keeps from going below zero."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, called_name, words_of
from backtrace.recording.source.walks import walk

_SPREADS = ("std", "sigma", "var", "stddev", "stdev", "scale", "dev", "deviation", "variance")
_CUTS = ("clamp", "clip", "minimum", "squeeze", "view", "reshape", "expand")


def find_floored_deviations(scope: Scope) -> Iterator[Slip]:
    """Give each `log_std = relu(...)` whose exponential is taken, and `std = exp(relu(...))`.

    The last layer of a block of the file may be the ReLU. What is computed with such a logarithm
    before its exponential is taken, but a cut, may bring it below zero again: nothing is given.
    """
    told = [
        (node, name, value)
        for node in scope.statements()
        for target, value in assigned_pairs(node)
        if _is_log(name := called_name(target)) or _is_spread(name)
    ]
    blocks = set(_relu_blocks(scope.tree)) if told else set()  # the whole file is gone through
    for node, name, value in told:
        bare = _uncut(value)
        is_log = _is_log(name) and _is_floored(bare, blocks) and _is_plain(scope, node)
        if is_log or (_is_spread(name) and _is_floored(_inside_of_exp(bare), blocks)):
            yield Slip(node.lineno, "floored", ast.unparse(value)[:LONGEST], name)


def _is_log(name: str) -> bool:
    """Whether a name is that of the logarithm of a deviation: `log_std`, `logvar`."""
    joined = name.lower().replace("_", "")
    return any(f"log{each}" in joined for each in _SPREADS)


def _is_spread(name: str) -> bool:
    """Whether a name is that of a deviation or a variance itself. `var` may be anything."""
    return not _is_log(name) and bool(words_of(name) & set(_SPREADS) - {"scale", "var"})


def _uncut(node: ast.expr) -> ast.expr:
    """Return what an expression is cut or shaped from."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch")), args=[inner, *_]):
            return _uncut(inner) if called_name(node.func) in _CUTS else node
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _CUTS:
            return _uncut(inner)
    return node


def _is_floored(node: ast.expr | None, blocks: set[str]) -> bool:
    """Whether something is what a ReLU gives."""
    match node:
        case ast.Call(func=ast.Call(func=made), args=[_]):  # nn.ReLU()(x)
            return called_name(made) == "ReLU"
        case ast.Call(func=ast.Name(id="relu") | ast.Attribute(attr="relu" | "relu_")):
            return True
        case ast.Call(func=func, args=[_], keywords=[]):
            return ast.unparse(func) in blocks
    return False


def _inside_of_exp(node: ast.expr) -> ast.expr | None:
    """Return what the exponential is taken of, a half or a double of it included."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch" | "math" | "np")), args=[inner]):
            pass
        case ast.Call(func=ast.Attribute(value=inner), args=[]):
            pass
        case _:
            return None
    if called_name(node.func) != "exp":
        return None
    match inner:
        case ast.BinOp(left=ast.Constant(value=int() | float() as by), op=ast.Mult(), right=of):
            return of if by > 0 else None
        case ast.BinOp(
            left=of, op=ast.Mult() | ast.Div(), right=ast.Constant(value=int() | float() as by)
        ):
            return of if by > 0 else None
    return inner


def _is_plain(scope: Scope, given: ast.stmt) -> bool:
    """Whether a file takes the exponential of a logarithm, and computes with none before.

    Other functions of the file may have it by another name; there, too, it may be cut.
    """
    is_taken = any(
        _is_log(called_name(_uncut(inner)))
        for each in walk(scope.tree)
        if isinstance(each, ast.Call) and (inner := _inside_of_exp(each)) is not None
    )
    return is_taken and all(
        each is given or _is_as_given(value)
        for each in walk(scope.tree)
        if isinstance(each, ast.stmt)
        for target, value in _written(each)
        if _is_log(called_name(target))
    )


def _written(node: ast.stmt) -> list[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.AugAssign(target=target, value=value):
            return [(target, value)]
        case ast.Assign(targets=[ast.Tuple(elts=parts)], value=value):
            return [(each, value) for each in parts]
    return assigned_pairs(node)


def _is_as_given(value: ast.expr) -> bool:
    """Whether a value is what a call gives, or a logarithm that may be cut, and nothing else."""
    cut = _uncut(value)
    if isinstance(cut, ast.Call):
        return not any(
            _is_log(called_name(each))
            for given in cut.args
            for each in walk(given)
            if isinstance(each, ast.expr)
        )
    return _is_log(called_name(cut)) or isinstance(cut, ast.Constant)


def _relu_blocks(tree: ast.Module) -> Iterator[str]:
    """Give what a ReLU ends: `self.log_std = nn.Sequential(nn.Linear(8, 2), nn.ReLU())`."""
    for node in walk(tree):
        if isinstance(node, ast.Assign):
            for target, value in assigned_pairs(node):
                match value:
                    case ast.Call(func=func, args=[*_, ast.Call(func=last)], keywords=[]):
                        names = called_name(func), called_name(last)
                        if names == ("Sequential", "ReLU"):
                            yield ast.unparse(target)
