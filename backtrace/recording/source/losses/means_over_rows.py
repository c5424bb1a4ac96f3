"""Means of batches that are added up and divided by the number of rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.divided_sums import gone_over
from backtrace.recording.source.losses.means_divided import is_mean
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    given_once_in,
    opened,
)
from backtrace.recording.source.walks import own_nodes, walk

_SAME = ("item", "detach", "cpu", "numpy")  # what leaves a loss as it is


def find_means_over_rows(scope: Scope) -> Iterator[Slip]:
    """Give each `total / len(loader.dataset)`, where a loop adds the mean loss of each batch to it.

    `beside` is what the loop goes over, with its line: how many rows a batch has the run tells.
    """
    sizes = given_once(scope)
    for block in scope.blocks:
        statements = list(opened(block))
        for number, loop in enumerate(statements):
            loader = gone_over(loop.iter) if isinstance(loop, ast.For) else ""
            if not loader or not isinstance(loop, ast.For):
                continue
            wholes = {f"{loader}.dataset", *_datasets(loader, scope)} - {loader}
            for name in _sums_of_means(loop, scope):
                for line in _divisions(statements[number + 1 :], name, wholes, sizes):
                    at = f"{loader}:{loop.iter.lineno}"
                    yield Slip(line, "means-over-rows", name, at)


def _datasets(loader: str, scope: Scope) -> Iterator[str]:
    """Give the data set that a loader is made of, where one line makes it."""
    made = [
        node.value
        for node in walk(scope.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and called_name(node.value.func) == "DataLoader"
        and [ast.unparse(target) for target in node.targets] == [loader]
    ]
    if len(made) == 1 and made[0].args:
        yield ast.unparse(made[0].args[0])


def _sums_of_means(loop: ast.For, scope: Scope) -> Iterator[str]:
    """Give what a loop adds the mean of each batch to, once, and otherwise leaves alone."""
    added: dict[str, list[ast.AugAssign]] = {}
    stored: list[str] = []
    for node in own_nodes(loop):
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                added.setdefault(name, []).append(node)
            case ast.Name(id=name, ctx=ast.Store()):
                stored.append(name)
    for name, found in added.items():
        is_alone = len(found) == 1 and isinstance(found[0].op, ast.Add) and stored.count(name) == 1
        call = _loss_in(found[0].value, loop) if is_alone else None
        if call is not None and is_mean(call, scope):
            yield name


def _loss_in(value: ast.expr, loop: ast.For) -> ast.Call | None:
    """Return the call of a loss, of `loss.item()` or `loss_fn(said, y).item()`."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[]) if attr in _SAME:
            return _loss_in(inner, loop)
        case ast.Attribute(value=inner, attr="data"):
            return _loss_in(inner, loop)
        case ast.Call(func=ast.Name(id="float"), args=[inner]):
            return _loss_in(inner, loop)
        case ast.Call():
            return value
        case ast.Name(id=name):
            made = given_once_in(loop).get(name)
            return made if isinstance(made, ast.Call) else None
    return None


def _divisions(behind: list[ast.stmt], name: str, wholes: set[str], sizes: Given) -> Iterator[int]:
    """Give the first line behind a loop that divides a sum by the number of rows."""
    for statement in behind:
        for node in (statement, *own_nodes(statement)):
            match node:
                case (
                    ast.BinOp(op=ast.Div(), left=ast.Name(id=left), right=right)
                    | ast.AugAssign(op=ast.Div(), target=ast.Name(id=left), value=right)
                ) if left == name and _is_of(right, wholes, sizes):
                    yield node.lineno
                    return
                case ast.Name(id=left, ctx=ast.Store()) if left == name:
                    return
        if isinstance(statement, ast.For | ast.While):
            return


def _is_of(size: ast.expr, wholes: set[str], sizes: Given) -> bool:
    if isinstance(size, ast.Name) and size.id in sizes:
        size = sizes[size.id]
    match size:
        case ast.Call(func=ast.Name(id="len"), args=[of]):
            return ast.unparse(of) in wholes
    return False
