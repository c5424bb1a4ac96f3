"""Rates and weights that a loop computes anew in each turn, and that nothing reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from backtrace.recording.source.source_file import Scope, own_nodes, word_set, words_of

_RATES = word_set(
    "lr lrs rate beta temperature temp tau eps epsilon alpha lambda lam lambd lmbda gamma sigma "
    "coef coeff weight momentum noise"
)
_COUNTED = word_set("acc accuracy error loss total sum avg mean best hit success win")
_TELLS = word_set(
    "print log info debug warning write append add_scalar set_postfix set_description update"
)
_COMPUTES = word_set("min max float exp cos sin sqrt pow log tanh")


@dataclass(frozen=True)
class UnreadRate:
    """A rate that the loop in `line` computes, and only tells, if that."""

    line: int
    name: str


def find_unread_rates(scope: Scope) -> Iterator[UnreadRate]:
    """Give the first line of each such rate in the loops of a scope, of nested ones the outer."""
    if scope.reads_all:
        return
    seen: set[str] = set()
    for loop in _outer_loops(scope):
        later = {
            node.id
            for node in scope.nodes()
            if _is_load(node) and node.lineno > (loop.end_lineno or loop.lineno)
        }
        for line, name in _find_in(loop):
            if name not in seen | later and not _is_shared(scope, name):
                seen.add(name)
                yield UnreadRate(line, name)


def _outer_loops(scope: Scope) -> list[ast.For | ast.While]:
    loops = [node for node in scope.nodes() if isinstance(node, ast.For | ast.While)]
    inner = {id(each) for loop in loops for each in own_nodes(loop)}
    return [loop for loop in loops if id(loop) not in inner]


def _is_shared(scope: Scope, name: str) -> bool:
    own = scope.table.lookup(name)
    return scope.is_read_inside(name) or own.is_declared_global() or own.is_nonlocal()


def _find_in(loop: ast.For | ast.While) -> Iterator[tuple[int, str]]:
    """Give what a loop computes of a rate, and does not read but to compute it again."""
    written: dict[str, int] = {}
    given: set[str] = set()  # by what is not arithmetic, such as a scheduler
    passing: set[int] = set()  # the names in what computes them, and in what only tells them
    for node in own_nodes(loop):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
                if _is_rate(name) and _is_arithmetic(node.value):
                    written.setdefault(name, node.lineno)
                    passing |= {id(each) for each in ast.walk(node.value) if _names(each, name)}
                else:
                    given.add(name)
            case ast.Expr(
                value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) as told
            ):
                if name in _TELLS:
                    passing |= {id(each) for each in ast.walk(told)}
    read = {node.id for node in ast.walk(loop) if _is_load(node) and id(node) not in passing}
    for name, line in written.items():
        if name not in given | read:
            yield line, name


def _is_rate(name: str) -> bool:
    words = words_of(name)
    return bool(words & _RATES or {"learning", "rate"} <= words) and not words & _COUNTED


def _names(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_load(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _is_arithmetic(value: ast.expr) -> bool:
    """Whether numbers and variables alone are computed with, by operators and plain functions."""
    for node in ast.walk(value):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                if name not in _COMPUTES:
                    return False
            case ast.Call() | ast.Subscript() | ast.Await() | ast.Lambda():
                return False
    return isinstance(value, ast.BinOp | ast.Constant | ast.Call | ast.IfExp)
