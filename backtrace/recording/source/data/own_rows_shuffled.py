"""Rows of an object's own that are put into another order than those that are taken with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.data.shuffled_apart import (
    ShuffledApart,
    belong_together,
    draws_order,
)
from backtrace.recording.source.data.supervised_pairs import are_source_and_target
from backtrace.recording.source.source_file import Scope, assigned_pairs, names_in, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_Method = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class _OwnMixing:
    """A line of a method that puts an attribute's rows into an order."""

    line: int
    name: str
    order: str
    method: _Method


def find_own_rows_shuffled(scope: Scope) -> Iterator[ShuffledApart]:
    """Give the first pair of attributes of each class that is put into two orders.

    A method mixes inputs and targets each for itself, or one of them alone, and another method
    takes both at one place, `self.images[i], self.labels[i]`.
    """
    if not isinstance(scope.node, ast.Module):
        return
    for kind in walk(scope.tree):
        if isinstance(kind, ast.ClassDef):
            yield from _find_in_class(kind, scope.tree)


def _find_in_class(kind: ast.ClassDef, tree: ast.Module) -> Iterator[ShuffledApart]:
    methods = [each for each in kind.body if isinstance(each, Function)]
    mixings = [each for method in methods for each in _mixings(method)]
    if not mixings:
        return
    mixing = {id(each.method) for each in mixings}
    taken = [_taken_in(each) for each in methods if id(each) not in mixing]
    for made in mixings:
        for beside in dict.fromkeys(name for each in taken for name in each):
            together = any(each.get(made.name) == each.get(beside, "") for each in taken)
            if not together or not _is_pair(made.name, beside, tree):
                continue
            others = [each for each in mixings if each.name == beside]
            if not others:
                if _stays(beside, made, methods):
                    yield ShuffledApart(made.line, made.name, beside, False)
                    return
            elif all(each.method is made.method and each.order != made.order for each in others):
                last = max((made, *others), key=lambda each: each.line)
                first = beside if last is made else made.name
                yield ShuffledApart(last.line, last.name, first, True)
                return


def _is_pair(one: str, other: str, tree: ast.Module) -> bool:
    return belong_together(one, other) or are_source_and_target(one, other, tree)


def _mixings(method: _Method) -> Iterator[_OwnMixing]:
    """Give what a method puts into an order of chance; nothing where it sets a seed."""
    nodes = own_nodes(method)
    if any(isinstance(each, ast.Call) and _sets_seed(each) for each in nodes):
        return
    drawn = {
        target.id: str(node.lineno)
        for node in nodes
        if isinstance(node, ast.Assign) and draws_order(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes:
        match node:
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(attr="shuffle"), args=[rows], keywords=[])
            ) if _own(rows):
                yield _OwnMixing(node.lineno, _own(rows), f"in place, {node.lineno}", method)
            case ast.Assign():
                for target, value in assigned_pairs(node):
                    order = _order_of(value, _own(target), drawn)
                    if order:
                        yield _OwnMixing(node.lineno, _own(target), order, method)


def _order_of(value: ast.expr, name: str, drawn: dict[str, str]) -> str:
    """Return the place of the draw by which an attribute is put into an order; '' of none."""
    match value:
        case ast.Subscript(value=rows, slice=order) if name and _own(rows) == name:
            if draws_order(order):
                return f"{order.lineno}:{order.col_offset}"
            return drawn.get(order.id, "") if isinstance(order, ast.Name) else ""
        case ast.ListComp(
            elt=ast.Subscript(value=rows, slice=row),
            generators=[ast.comprehension(target=target, iter=ast.Name(id=order), ifs=[])],
        ) if name and _own(rows) == name and names_in(row) & names_in(target):
            return drawn.get(order, "")
    return ""


def _sets_seed(call: ast.Call) -> bool:
    name = ast.unparse(call.func).lower()
    return "seed" in name or "state" in name or any(each.arg == "seed" for each in call.keywords)


def _taken_in(method: _Method) -> dict[str, str]:
    """Return the attributes that a method takes at a place that moves, each with that place.

    One that it takes at two places is left out.
    """
    found: dict[str, set[str]] = {}
    for node in own_nodes(method):
        match node:
            case ast.Subscript(value=rows, slice=place, ctx=ast.Load()) if _own(rows):
                found.setdefault(_own(rows), set()).add(
                    ast.unparse(place) if any(isinstance(n, ast.Name) for n in walk(place)) else ""
                )
    return {name: place for name, (place, *more) in found.items() if place and not more}


def _stays(name: str, made: _OwnMixing, methods: list[_Method]) -> bool:
    """Whether an attribute keeps the order that it had before another was mixed.

    It is given once, before that, and nothing else puts it into an order; and the method does not
    say that the one that it mixes is to be mixed, as `shuffle_labels` does.
    """
    called = {word.rstrip("s") for word in words_of(made.method.name)}
    if called & {word.rstrip("s") for word in words_of(made.name)} or _under_condition(made):
        return False
    given: list[tuple[_Method, int]] = []
    for method in methods:
        for node in own_nodes(method):
            match node:
                case ast.Attribute(ctx=ast.Store()) if _own(node) == name:
                    given.append((method, node.lineno))
                case ast.Call(func=ast.Attribute(value=of, attr="shuffle" | "sort"), args=args):
                    if name in (_own(of), *map(_own, args)):
                        return False
    match given:
        case [(method, line)]:
            return method.name == "__init__" and (method is not made.method or line < made.line)
    return False


def _under_condition(made: _OwnMixing) -> bool:
    """Whether a mixing is done under a condition that does not speak of a shuffle."""
    return any(
        node.lineno <= made.line <= (node.end_lineno or node.lineno)
        and "shuffle" not in ast.unparse(node.test)
        for node in own_nodes(made.method)
        if isinstance(node, ast.If)
    )


def _own(node: ast.expr) -> str:
    """Return the name of an attribute of `self`; '' of anything else."""
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
    return ""
