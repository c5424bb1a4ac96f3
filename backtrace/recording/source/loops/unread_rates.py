"""Rates and weights that a loop computes anew in each turn, and that nothing reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

_RATES = word_set(
    "lr lrs rate beta temperature temp tau eps epsilon alpha lambda lam lambd lmbda gamma sigma "
    "coef coeff weight momentum noise"
)
_COUNTED = word_set("acc accuracy error loss total sum avg mean best hit success win")
_TELLS = word_set(
    "print log info debug warning write add_scalar set_postfix set_description plot title savefig"
)
_KEEPS = word_set("append update")  # which only tell where what keeps it is a record
_RECORDS = word_set(
    "history hist log logs logger record records curve curves metric metrics meter meters stats "
    "tracker trace bar pbar progress tqdm writer results"
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
        for line, name in _find_in(loop, scope):
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


def _find_in(loop: ast.For | ast.While, scope: Scope) -> Iterator[tuple[int, str]]:
    """Give what a loop computes of a rate, and does not read but to compute it again."""
    written: dict[str, int] = {}
    given: set[str] = set()  # by what is not arithmetic, such as a scheduler
    passing: set[int] = set()  # the names in what computes them, and in what only tells them
    for node in own_nodes(loop):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
                if _is_rate(name) and _is_arithmetic(node.value):
                    written.setdefault(name, node.lineno)
                    passing |= {id(each) for each in walk(node.value) if _names(each, name)}
                else:
                    given.add(name)
            case ast.Expr(value=ast.Call() as told) if _only_tells(told, scope):
                passing |= {id(each) for each in walk(told)}
    read = {node.id for node in walk(loop) if _is_load(node) and id(node) not in passing}
    for name, line in written.items():
        if name not in given | read:
            yield line, name


def _only_tells(call: ast.Call, scope: Scope) -> bool:
    """Whether a call prints, plots or records, and what it is given is not computed with."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _TELLS:
            return True
        case ast.Attribute(attr=name, value=keeper) if name in _KEEPS:
            return _is_record(keeper, scope)
    return False


def _is_record(keeper: ast.expr, scope: Scope) -> bool:
    """Whether what keeps values is a record by its name, or a list here that is only told."""
    while isinstance(keeper, ast.Subscript):
        keeper = keeper.value
    match keeper:
        case ast.Name(id=name) | ast.Attribute(attr=name) if words_of(name) & _RECORDS:
            return True
        case ast.Name(id=name):
            return not _is_shared(scope, name) and _is_told_alone(name, scope)
    return False


def _is_told_alone(name: str, scope: Scope) -> bool:
    """Whether a variable of a scope is filled there, and else printed and plotted alone."""
    passing: set[int] = set()
    made = (each for node in scope.statements() for each, _ in assigned_pairs(node))
    is_made = any(_names(each, name) for each in made)
    for node in scope.nodes():
        match node:
            case ast.Call(func=ast.Attribute(attr=how, value=keeper)) if how in _KEEPS:
                passing |= {id(each) for each in walk(keeper)}
            case ast.Call(func=ast.Name(id=how) | ast.Attribute(attr=how)) if how in _TELLS:
                passing |= {id(each) for each in walk(node)}
    read = (node for node in scope.nodes() if _is_load(node) and node.id == name)
    return is_made and all(id(node) in passing for node in read)


def _is_rate(name: str) -> bool:
    words = words_of(name)
    return bool(words & _RATES or {"learning", "rate"} <= words) and not words & _COUNTED


def _names(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_load(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _is_arithmetic(value: ast.expr) -> bool:
    """Whether numbers and variables alone are computed with, by operators and plain functions."""
    for node in walk(value):
        match node:
            case ast.Call(func=ast.Attribute(), args=[]):  # weights.min(): of a tensor, to be told
                return False
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                if name not in _COMPUTES:
                    return False
            case ast.Call() | ast.Subscript() | ast.Await() | ast.Lambda():
                return False
    return isinstance(value, ast.BinOp | ast.Constant | ast.Call | ast.IfExp)
