"""What rises with each batch and is set back by a question about the epoch: at each batch of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, names_in
from backtrace.recording.source.walks import walk


def find_set_back_each_batch(scope: Scope) -> Iterator[Slip]:
    """Give each such `if` in a loop over batches, with the name and what is asked.

    The name has its first value before both loops, and is read in the inner one as it stands.
    """
    for outer in scope.statements():
        if not isinstance(outer, ast.For):
            continue
        for inner in outer.body:
            if isinstance(inner, ast.For):
                before = _given_before(scope, outer)
                yield from _set_back(inner, names_in(outer.target), before)


def _set_back(inner: ast.For, epochs: set[str], before: set[str]) -> Iterator[Slip]:
    written = {
        each.id
        for each in walk(inner)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    rising = {name for each in inner.body if (name := _rising(each))}
    fresh = {name for each in inner.body if (name := _fresh(each))}
    for node in inner.body:
        if not isinstance(node, ast.If) or node.orelse or not _asks(node.test, epochs, written):
            continue
        if any(isinstance(each, ast.Break | ast.Continue | ast.Return) for each in walk(node)):
            continue
        for each in node.body:
            name = _fresh(each)
            if name in (rising & before) - fresh and _is_used(inner, name, node):
                value = each.value if isinstance(each, ast.Assign) else None
                if value is not None and not names_in(value) & written:
                    asked = ast.unparse(node.test)[:LONGEST]
                    yield Slip(node.lineno, "set-back", name[:LONGEST], asked)


def _given_before(scope: Scope, outer: ast.For) -> set[str]:
    return {
        each.id
        for each in scope.nodes()
        if isinstance(each, ast.Name)
        and isinstance(each.ctx, ast.Store)
        and each.lineno < outer.lineno
    }


def _rising(node: ast.stmt) -> str:
    """Return what a statement gives a value that is made of its own; '' of any other."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names_in(value):
            return name
    return ""


def _fresh(node: ast.stmt) -> str:
    """Return what a statement gives a value that has nothing of its own; '' of any other."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in names_in(value):
            return name
    return ""


def _asks(test: ast.expr, epochs: set[str], written: set[str]) -> bool:
    """Whether a remainder of the epoch is asked for, and nothing that the batches change."""
    remainders = (
        each for each in walk(test) if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mod)
    )
    names = names_in(test)
    return not names & written and any(names_in(each.left) & epochs for each in remainders)


def _is_used(inner: ast.For, name: str, node: ast.If) -> bool:
    """Whether a statement of the loop reads it that does not write it."""
    others = [each for each in inner.body if each is not node and _rising(each) != name]
    return any(name in names_in(each) for each in others)
