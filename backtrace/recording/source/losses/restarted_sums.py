"""Losses that are added up in a function, and given one term alone in the middle of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, words_of
from backtrace.recording.source.walks import own_nodes

_LOSSES = frozenset({"loss", "losses", "cost", "objective", "total"})


def find_restarted_sums(scope: Scope) -> Iterator[Slip]:
    """Give each `loss = term` that stands between a `loss += …` before it and one behind it.

    In statements of one block, of which none in between reads the loss. A number is no term: with
    it another sum begins.
    """
    for block in scope.blocks:
        added: dict[str, ast.stmt] = {}
        for number, statement in enumerate(block):
            for name in [each for each in added if _reads(statement, each)]:
                del added[name]
            restart = _restart_in(statement, set(added))
            if restart is not None:
                line, name = restart
                if any(name in _added_in(each) for each in block[number + 1 :]):
                    yield Slip(line, "restarted", name, str(added[name].lineno))
                added.pop(name)
            added.update(dict.fromkeys(_added_in(statement), statement))


def _added_in(statement: ast.stmt) -> set[str]:
    """Return the losses that a statement adds to, or the statements of an `if` do."""
    return {
        node.target.id
        for node in _nodes(statement)
        if isinstance(node, ast.AugAssign)
        and isinstance(node.op, ast.Add)
        and isinstance(node.target, ast.Name)
        and words_of(node.target.id) & _LOSSES
    }


def _restart_in(statement: ast.stmt, names: set[str]) -> tuple[int, str] | None:
    """Return the line that gives one of some losses a term alone, as it is or under an `if`."""
    if isinstance(statement, ast.If) and statement.orelse:
        return None  # two ways to make it
    for node in _nodes(statement):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() | ast.Call()):
                if name in names:
                    return node.lineno, name
    return None


def _reads(statement: ast.stmt, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in (statement, *own_nodes(statement))
    )


def _nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """Give a statement, or what stands in the body of an `if`; nothing of a loop."""
    if isinstance(statement, ast.If):
        for each in statement.body:
            yield from _nodes(each)
    elif not isinstance(statement, ast.For | ast.While):
        yield statement
