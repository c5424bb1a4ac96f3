"""Lists that a loop fills and nobody reads, where the loop's last item stands for them."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

# What makes one of the items of a list.
_TENSORS = "tensor as_tensor from_numpy Tensor FloatTensor LongTensor BoolTensor DoubleTensor"
_GATHERS = word_set(f"{_TENSORS} array asarray stack vstack hstack cat concat concatenate")
_SUMS = _GATHERS | {"sum", "mean"}
_LOSSES = ("loss", "criterion", "entropy", "loss_fn", "loss_func")
_LIST_WORDS = word_set("lst list buf buffer batch all")
_BATCH_WORDS = word_set("batch batches all b mb")
_LAST_WORDS = word_set("last final end boot bootstrap terminal")
_LOOPS = ast.For | ast.While


@dataclass
class _Filled:
    """A list that a loop fills: its name, and the one variable of the loop's that each item has."""

    name: str
    item: str


def find_unread_lists(scope: Scope) -> Iterator[Slip]:
    """Give where an item's variable is taken after its loop, as other lists of the loop are whole.

    The list that was filled with it is read nowhere. A state that is carried from before the loop
    is no such item, nor one that is taken as the last by its name.
    """
    if scope.reads_all:
        return
    for loop in scope.nodes():
        if not isinstance(loop, _LOOPS):
            continue
        filled = _filled_in(loop)
        if len(filled) < 2:
            continue
        unread = [each for each in filled if not _reads(scope, each.name)]
        for lost in unread:
            beside = [each.name for each in filled if each not in unread and each != lost]
            if beside and not _is_carried(scope, loop, lost.item):
                yield from _taken(scope, loop, lost, beside)


def _filled_in(loop: ast.For | ast.While) -> list[_Filled]:
    """Return the lists that a loop appends to, once each, one variable of its own at a time."""
    made = {n.id for n in own_nodes(loop) if isinstance(n, ast.Name) and _is_store(n)}
    found: list[_Filled] = []
    for node in loop.body:
        match node:
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[x])
            ):
                items = {each.id for each in walk(x) if isinstance(each, ast.Name)} & made
                found.append(_Filled(name, items.pop() if len(items) == 1 else ""))
    names = [each.name for each in found]
    return [each for each in found if names.count(each.name) == 1]


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _reads(scope: Scope, name: str) -> bool:
    """Whether a list is read, or may be: it is not of the scope's own making alone."""
    made = [
        node
        for node in scope.nodes()
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in _empty_in(node)
    ]
    own = scope.table.lookup(name)
    if not made or own.is_nonlocal() or own.is_declared_global() or scope.is_read_inside(name):
        return True
    parents = parents_in(scope.tree)
    end = _given_anew(scope, name)
    reads = [n for n in scope.nodes() if isinstance(n, ast.Name) and n.id == name]
    return any(
        not _is_store(node)
        and node.lineno <= end
        and not (isinstance(up := parents[id(node)], ast.Attribute) and up.attr == "append")
        for node in reads
    )


def _given_anew(scope: Scope, name: str) -> float:
    """Return the line in which a list's name is given a call's result, made without the list."""
    lines = [
        node.lineno
        for node in scope.nodes()
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value) != "list()"
        and name in (ast.unparse(each) for each in node.targets)
        and name not in names_in(node.value)
    ]
    return min(lines, default=math.inf)


def _empty_in(node: ast.Assign | ast.AnnAssign) -> set[str]:
    """Return the names that a statement gives an empty list."""
    found: set[str] = set()
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))
        for name, value in pairs:
            is_empty = isinstance(value, ast.List) and not value.elts
            if is_empty or (isinstance(value, ast.Call) and ast.unparse(value) == "list()"):
                found.add(ast.unparse(name))
    return found


def _is_carried(scope: Scope, loop: ast.stmt, item: str) -> bool:
    """Whether a variable has a value before the loop as well, or none of its own."""
    inside = {id(node) for node in own_nodes(loop)}
    if not item or (isinstance(scope.node, Function) and item in _arguments(scope.node)):
        return True
    return any(
        isinstance(node, ast.Name)
        and node.id == item
        and _is_store(node)
        and id(node) not in inside
        and node.lineno < loop.lineno
        for node in scope.nodes()
    )


def _arguments(function: Function) -> set[str]:
    return {each.arg for each in walk(function.args) if isinstance(each, ast.arg)}


def _taken(
    scope: Scope, loop: ast.For | ast.While, lost: _Filled, beside: list[str]
) -> Iterator[Slip]:
    """Give the first line behind a loop that takes a list's last item as it takes other lists."""
    end = loop.end_lineno or loop.lineno
    names = (lost.item, *beside)
    behind = [n for n in scope.nodes() if isinstance(n, ast.Name) and n.id in names]
    behind = [node for node in behind if node.lineno > end]
    given = [node.lineno for node in behind if node.id == lost.item and _is_store(node)]
    last = min(given, default=math.inf)
    whole = [node for node in behind if node.id in beside and not _is_store(node)]
    for item in behind:
        if item.id != lost.item or _is_store(item) or item.lineno > last:
            continue
        for node in whole:
            is_given = lost.item in _given_by(loop)
            is_alike = _is_alike(scope, item, node, lost.name, is_given)
            if is_alike or _is_joined(scope, item, node):
                yield Slip(item.lineno, "item-for-list", lost.name[:LONGEST], lost.item[:LONGEST])
                return


def _given_by(loop: ast.For | ast.While) -> set[str]:
    """Return the names that a loop over rows takes of each of them."""
    if isinstance(loop, ast.While) or "range" in names_in(loop.iter):
        return set()
    found = names_in(loop.target)
    for node in loop.body:
        match node:
            case ast.Assign(targets=[target], value=ast.Name(id=name)) if name in found:
                found |= names_in(target)
    return found


def _is_alike(scope: Scope, item: ast.Name, other: ast.Name, name: str, is_given: bool) -> bool:
    """Whether an item is gathered as another's list is, for the same batch.

    One that is given by a loop over rows is no state that goes on after the loop.
    """
    one, two = _gathered(scope, item), _gathered(scope, other)
    if one is None or two is None:
        return False
    here, there = _statement(scope, one), _statement(scope, two)
    match here, there:
        case (
            ast.Assign(targets=[ast.Name(id=target)]),
            ast.Assign(targets=[ast.Name(id=their)]),
        ):
            if _LAST_WORDS & _words(target):
                return False
            is_named = _is_batch(target, name, item.id) or target == _renamed(other.id, their, name)
            return is_given or is_named
    return here is there and not isinstance(here, ast.Expr)


def _gathered(scope: Scope, node: ast.AST) -> ast.Call | None:
    """Return the outermost call that gathers what a name holds, as it is; None of none."""
    parents = parents_in(scope.tree)
    found = None
    while isinstance(up := parents[id(node)], ast.Call) and up.args[:1] == [node]:
        if called_name(up.func) not in _GATHERS:
            break
        node = found = up
    return found


def _statement(scope: Scope, node: ast.AST) -> ast.AST:
    """Return the statement that something stands in, or the call that takes it with others."""
    parents = parents_in(scope.tree)
    while not isinstance(node, ast.stmt):
        up = parents[id(node)]
        is_method = isinstance(up, ast.Call) and isinstance(up.func, ast.Attribute)
        if isinstance(up, ast.Call) and node is not up.func and not (is_method and not up.args):
            return up
        node = up
    return node


def _is_batch(target: str, name: str, item: str) -> bool:
    """Whether a target is called as the list is, and not as one item."""
    words, own = _words(target), _words(name) - _LIST_WORDS
    if target == name:
        return True
    return bool(own) and own <= words and (not own <= _words(item) or bool(words & _BATCH_WORDS))


def _words(name: str) -> set[str]:
    parts = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)
    return {each.lower() for each in parts}


def _renamed(name: str, target: str, other: str) -> str:
    """Return how a list would be called that is renamed as another is: `b_lst` as `b_batch`."""
    if name == target:
        return other
    at = 0
    while at < min(len(name), len(target)) and name[at] == target[at]:
        at += 1
    ending = name[at:]
    if not at or not other.endswith(ending):
        return ""
    return other[: len(other) - len(ending)] + target[at:]


def _is_joined(scope: Scope, item: ast.Name, other: ast.Name) -> bool:
    """Whether an item is added to what is summed of another list, or compared with all of it."""
    parents = parents_in(scope.tree)
    one, two = _as_given(scope, item), _as_given(scope, other, _SUMS)
    if two is other or one is two:
        return False
    up = parents[id(one)]
    if up is not parents[id(two)]:
        return False
    if isinstance(up, ast.BinOp):
        return isinstance(up.op, ast.Add | ast.Sub | ast.Mult)
    if not isinstance(up, ast.Call) or not called_name(up.func).lower().endswith(_LOSSES):
        return False
    return one in up.args and two in up.args


def _as_given(scope: Scope, node: ast.AST, calls: frozenset[str] = frozenset()) -> ast.AST:
    """Return what is made of a name by its own methods, a sign, and calls of these names."""
    parents = parents_in(scope.tree)
    while True:
        up = parents[id(node)]
        match up:
            case ast.Attribute() | ast.UnaryOp():
                node = up
            case ast.Call(func=func) if func is node:
                node = up
            case ast.Call(func=func, args=[first, *_]) if first is node:
                if called_name(func) not in calls:
                    return node
                node = up
            case _:
                return node
