"""Losses of an overlap that return the overlap: what is to be large is made small."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.policies.discounted_sums import terms_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Given, Scope, called_name, given_once_in
from backtrace.recording.source.walks import Function, own_nodes, walk

_OVERLAPS = ("dice", "jaccard", "iou", "tversky")
_SHAPING = frozenset({"mean", "sum", "squeeze", "item"})


def find_returned_scores(scope: Scope) -> Iterator[Slip]:
    """Give each `dice_loss` of a file that returns `2 * intersection / union`, and nothing less.

    Nothing is given where the file takes any of its losses from something, or puts a minus before.
    """
    if scope.name:
        return
    for name, function in _losses_in(scope.tree):
        returned = [node for node in own_nodes(function) if isinstance(node, ast.Return)]
        if len(returned) != 1 or returned[0].value is None:
            continue
        score = _plain(returned[0].value, given_once_in(function))
        if _is_overlap(score) and not any(
            _turns(node, scope.tree, name) for node in walk(scope.tree)
        ):
            yield Slip(returned[0].lineno, "score-returned", name, ast.unparse(score)[:LONGEST])


def _losses_in(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Give the functions of a file that are called losses of an overlap, and such modules' own."""
    for node in walk(tree):
        match node:
            case ast.FunctionDef(name=name) if _is_loss(name):
                yield name, node
            case ast.ClassDef(name=name, body=body) if _is_loss(name):
                for each in body:
                    if isinstance(each, ast.FunctionDef) and each.name == "forward":
                        yield name, each


def _is_loss(name: str) -> bool:
    return "loss" in name.lower() and any(each in name.lower() for each in _OVERLAPS)


def _plain(value: ast.expr, given: Given) -> ast.expr:
    """Return what a mean is taken of, and what a variable was given."""
    for _ in range(6):
        match value:
            case ast.Name(id=name) if name in given:
                value = given[name]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch")), args=[inner, *_]):
                value = inner
            case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SHAPING:
                value = inner
            case _:
                break
    return value


def _is_overlap(score: ast.expr) -> bool:
    """Whether something is twice one sum over another one, or all of its terms are in the other."""
    match score:
        case ast.BinOp(left=over, op=ast.Div(), right=under):
            own, all_terms = (
                {ast.unparse(each) for each in terms_of(side)} for side in (over, under)
            )
            parts = (*walk(over), *walk(under))
            is_part = own < all_terms
            return (is_part or any(map(_doubles, walk(over)))) and not any(map(_lessens, parts))
    return False


def _doubles(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(left=ast.Constant(value=2 | 2.0), op=ast.Mult()):
            return True
    return False


def _lessens(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)


def _turns(node: ast.AST, tree: ast.Module, name: str) -> bool:
    """Whether something is taken from 1, or has a minus, that such a loss may have returned."""
    match node:
        case ast.BinOp(op=ast.Sub(), right=inner) | ast.UnaryOp(op=ast.USub(), operand=inner):
            names = {called_name(each) for each in walk(inner) if isinstance(each, ast.expr)}
            return name in names or any(_is_made_of(each, tree, name) for each in names if each)
    return False


def _is_made_of(variable: str, tree: ast.Module, name: str) -> bool:
    """Whether a variable is given something that the loss has to do with."""
    return any(
        isinstance(node, ast.Assign)
        and any(called_name(target) == variable for target in node.targets)
        and any(isinstance(each, ast.Name) and each.id == name for each in walk(node.value))
        for node in walk(tree)
    )
