"""Lists of returns that are turned round in each turn of the loop that fills them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import Function, walk

_Loop = ast.For | ast.While
_EMPTIED_BY = ("clear", "pop", "popleft")


def find_turned_each_turn(scope: Scope) -> Iterator[Slip]:
    """Give each list that a loop appends a running sum to, and turns round once, in every turn.

    In which direction the loop goes is all one: what is turned round as often as there are rewards
    stands in no order. Two turns, one before the sum is appended, put it in front.
    """
    for loop in scope.nodes():
        if not isinstance(loop, _Loop):
            continue
        own = list(_own_turn(loop))
        sums = {name for node in own for name in _carried(node)}
        for kept, name in _appended(own, sums).items():
            turned = [each for each in own if _turns(each, kept)]
            is_whole = not any(isinstance(each, ast.Break | ast.Return) for each in loop.body)
            is_each = is_whole and len(turned) == 1 and turned[0] in loop.body
            if is_each and not _is_begun(own, kept):
                yield Slip(turned[0].lineno, "reversed-each-turn", kept, name)


def _own_turn(loop: _Loop) -> Iterator[ast.stmt]:
    """Give the statements of a loop without those of the loops and functions inside."""
    left: list[ast.AST] = list(loop.body)
    while left:
        node = left.pop(0)
        if isinstance(node, _Loop | ast.AsyncFor | Function | ast.ClassDef):
            continue
        if isinstance(node, ast.stmt):
            yield node
        left += [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.expr)]


def _carried(node: ast.stmt) -> Iterator[str]:
    """Give the name of a sum that goes on: `total = reward + discount * total`."""
    match node:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=value):
            name = ast.unparse(target)
            products = (
                each
                for each in walk(value)
                if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult)
            )
            if any(_mentions(each, name) for each in products):
                yield name
        case ast.AugAssign(target=ast.Name() | ast.Attribute() as target, op=ast.Mult()):
            yield ast.unparse(target)


def _mentions(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(each, ast.Name | ast.Attribute) and ast.unparse(each) == name
        for each in walk(node)
    )


def _appended(own: list[ast.stmt], sums: set[str]) -> dict[str, str]:
    """Return the lists that a sum, or what is computed of it, is appended to, each with the sum."""
    found: dict[str, str] = {}
    for node in own:
        match node:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name() | ast.Attribute() as kept, attr="append"),
                    args=[value],
                )
            ):
                name = next((each for each in sorted(sums) if _mentions(value, each)), "")
                if name:
                    found[ast.unparse(kept)] = name
    return found


def _turns(node: ast.stmt, kept: str) -> bool:
    """Whether a statement turns a list round, in place or by a copy that takes its name."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=value, attr="reverse"))):
            return ast.unparse(value) == kept
        case ast.Assign(targets=[target], value=value) if ast.unparse(target) == kept:
            return ast.unparse(value) in (f"{kept}[::-1]", f"list(reversed({kept}))")
    return False


def _is_begun(own: list[ast.stmt], kept: str) -> bool:
    """Whether a loop may begin the list anew."""
    for node in own:
        match node:
            case ast.Assign(targets=targets):
                if kept in map(ast.unparse, targets) and not _turns(node, kept):
                    return True
            case ast.Delete(targets=targets):
                if any(_mentions(each, kept) for each in targets):
                    return True
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=value) as func)):
                if called_name(func) in _EMPTIED_BY and ast.unparse(value) == kept:
                    return True
    return False
