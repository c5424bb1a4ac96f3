"""The share of an image that is pasted over, as CutMix does, and the targets that it weighs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backtrace.recording.source.bound_calls import bound_calls
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    assigned_pairs,
    called_name,
    given_once,
    names_in,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_ORDERS = word_set("randperm permutation")
_WRAPPERS = word_set("float tensor as_tensor")
_CALLED = word_set("forward __call__")


@dataclass(frozen=True)
class _PasteWeight:
    """A weight by name, the targets of the rows that were pasted, and the others'.

    `is_pasted` says whether it is the share that was pasted, and not what is left of 1.
    """

    name: str
    pasted: frozenset[str]
    kept: frozenset[str] | None
    is_pasted: bool


def find_pasted_shares(scope: Scope) -> Iterator[Slip]:
    """Give where the share of what is pasted is computed that weighs the other rows' targets.

    That is the share of the pasted area before the targets of the image that it is pasted into, or
    what is left of 1 before those that were pasted. Who uses it rightly as well is left alone.
    """
    sides = _sides_pasted(scope)
    if sides is None:
        return
    for name, line, is_pasted in _shares_in(scope, sides):
        weight = _PasteWeight(name, frozenset(_of_others(scope)), None, is_pasted)
        uses = [(scope.node, weight), *_handed_out(scope, weight)]
        told = [each for place, it in uses for each in _weighed_in(scope.tree, place, it)]
        if told and all(told):
            yield Slip(line, "share-pasted" if is_pasted else "share-left", name[:LONGEST])


def _of_others(scope: Scope) -> set[str]:
    """Return the orders that rows are drawn in, and the names of what is made by these."""
    pairs = list(_named_pairs(scope))
    found = {name for name, value in pairs if _is_order(value)}
    for name, value in pairs:  # in the order of their lines
        if names_in(value) & found:
            found.add(name)
    return found


def _named_pairs(scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    for node in scope.statements():
        for target, value in assigned_pairs(node):
            if isinstance(target, ast.Name):
                yield target.id, value


def _is_order(value: ast.expr) -> bool:
    return any(
        isinstance(each, ast.Call) and called_name(each.func) in _ORDERS for each in walk(value)
    )


def _sides_pasted(scope: Scope) -> list[set[str]] | None:
    """Return how the two sides are written of what is pasted from other rows; None if none is."""
    for node in scope.statements():
        match node:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=into), slice=ast.Tuple(elts=places))],
                value=ast.Subscript(slice=ast.Tuple(elts=others)) as pasted,
            ):
                cut = [each for each in places if _is_cut(each)]
                same = [each for each in others if _is_cut(each)]
                if len(cut) != 2 or list(map(ast.dump, cut)) != list(map(ast.dump, same)):
                    continue
                moved = _of_others(scope)
                if names_in(pasted) & moved and into not in moved:
                    return [_side(each) for each in cut if isinstance(each, ast.Slice)]
    return None


def _is_cut(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and None not in (node.lower, node.upper)


def _side(node: ast.Slice) -> set[str]:
    lower, upper = node.lower, node.upper
    found = {f"{ast.unparse(upper)} - {ast.unparse(lower)}"} if lower and upper else set()
    match upper:
        case ast.BinOp(left=left, op=ast.Add(), right=right) if lower is not None:
            for one, other in ((left, right), (right, left)):
                if ast.dump(one) == ast.dump(lower):
                    found.add(ast.unparse(other))
    return found


def _shares_in(scope: Scope, sides: list[set[str]]) -> Iterator[tuple[str, int, bool]]:
    """Give what is at last the share of an area, its line, and whether it is that of the pasted."""
    given = given_once(scope)
    found: dict[str, tuple[int, bool] | None] = {}
    for node in scope.statements():
        for target, value in assigned_pairs(node):
            if isinstance(target, ast.Name):
                before = found.get(target.id)
                is_pasted = _is_share(value, sides, given)
                if is_pasted is not None:
                    found[target.id] = (node.lineno, is_pasted)
                elif before is not None and _rest_of(value) == target.id:
                    found[target.id] = (node.lineno, not before[1])
                else:
                    found[target.id] = None
        if isinstance(node, ast.AugAssign):
            found[ast.unparse(node.target)] = None
    yield from ((name, *each) for name, each in found.items() if each is not None)


def _is_share(value: ast.expr, sides: list[set[str]], given: Given) -> bool | None:
    """Whether something is the share of what has these sides, or what it leaves; None of others."""
    match value:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
            inner = _is_share(right, sides, given)
            return None if inner is None else not inner
        case ast.Call(args=[inner_value]) if called_name(value.func) in _WRAPPERS:
            return _is_share(inner_value, sides, given)
        case ast.Name(id=name) if name in given:
            return _is_share(given[name], sides, {k: v for k, v in given.items() if k != name})
        case ast.BinOp(left=area, op=ast.Div()):
            while isinstance(area, ast.BinOp) and isinstance(area.op, ast.Div):
                area = area.left
            return True if _is_area(area, sides, given) else None
    return None


def _is_area(area: ast.expr, sides: list[set[str]], given: Given) -> bool:
    if isinstance(area, ast.Name) and area.id in given:
        area = given[area.id]
    match area:
        case ast.Call(args=[inner]) if called_name(area.func) in _WRAPPERS:
            return _is_area(inner, sides, given)
        case ast.BinOp(left=one, op=ast.Mult(), right=other):
            texts = [{ast.unparse(each), *_given_for(each, given)} for each in (one, other)]
            first, second = sides
            return bool(
                (texts[0] & first and texts[1] & second) or (texts[0] & second and texts[1] & first)
            )
    return False


def _given_for(node: ast.expr, given: Given) -> list[str]:
    return [ast.unparse(given[node.id])] if isinstance(node, ast.Name) and node.id in given else []


def _rest_of(node: ast.expr) -> str:
    """Return `w` of `1 - w`, '' of anything else."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=ast.Name(id=name)):
            return name
    return ""


def _handed_out(scope: Scope, weight: _PasteWeight) -> Iterator[tuple[ast.AST, _PasteWeight]]:
    """Give each scope that is returned the weight and both targets, with what they are called."""
    returned = [
        node.value.elts
        for node in scope.nodes()
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
    ]
    for parts in returned:
        at = next((i for i, each in enumerate(parts) if weight.name in names_in(each)), None)
        both = _both_targets(scope, parts, weight)
        if at is None or both is None:
            continue
        is_rest = _rest_of(parts[at]) == weight.name
        if not is_rest and ast.unparse(parts[at]) != weight.name:
            continue
        is_pasted = weight.is_pasted is not is_rest
        for place, names in _taken_in(scope, len(parts)):
            pasted, kept = frozenset({names[both[0]]}), frozenset({names[both[1]]})
            yield place, _PasteWeight(names[at], pasted, kept, is_pasted)


def _both_targets(
    scope: Scope, parts: list[ast.expr], weight: _PasteWeight
) -> tuple[int, int] | None:
    """Return where `y[order]` and `y` stand in what is returned."""
    given = dict(_named_pairs(scope))
    meant = [given.get(e.id, e) if isinstance(e, ast.Name) else e for e in parts]
    for at, each in enumerate(meant):
        if isinstance(each, ast.Subscript) and names_in(each.slice) & weight.pasted:
            base = ast.unparse(each.value)
            kept = [i for i, other in enumerate(meant) if ast.unparse(other) == base]
            return (at, kept[0]) if len(kept) == 1 else None
    return None


def _taken_in(scope: Scope, count: int) -> Iterator[tuple[ast.AST, list[str]]]:
    """Give each scope that calls this one, and what it calls the parts of what is returned."""
    called = {scope.name}
    owner = parents_in(scope.tree).get(id(scope.node))
    if isinstance(owner, ast.ClassDef) and scope.name in _CALLED:
        called = {
            called_name(target)
            for node in walk(scope.tree)
            for target, value in (assigned_pairs(node) if isinstance(node, ast.Assign) else ())
            if isinstance(value, ast.Call) and called_name(value.func) == owner.name
        }
    for place in (scope.tree, *(each for each in walk(scope.tree) if isinstance(each, Function))):
        for node in own_nodes(place):
            match node:
                case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Call(func=func)):
                    names = [called_name(each) for each in parts]
                    if len(parts) == count and called_name(func) in called and all(names):
                        yield place, names


def _weighed_in(tree: ast.Module, place: ast.AST, weight: _PasteWeight) -> Iterator[bool]:
    """Give, of each mixture of both targets, whether the weight is that of the wrong ones."""
    if weight.kept is not None and _is_changed(place, weight.name):
        return
    yield from _mixed_in(place, weight)
    for given, function in bound_calls(tree, place):
        inner = {value.id: name for name, value in given.items() if isinstance(value, ast.Name)}
        handed = inner.get(weight.name)
        pasted = frozenset(inner[each] for each in weight.pasted if each in inner)
        if handed and pasted and not _is_changed(function, handed):
            kept = frozenset(n for n in inner.values() if n != handed) - pasted
            mine = weight.kept & inner.keys() if weight.kept is not None else None
            kept = frozenset(inner[each] for each in mine) if mine is not None else kept
            yield from _mixed_in(function, replace(weight, name=handed, pasted=pasted, kept=kept))


def _is_changed(place: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Assign)
        and name in names_in(node.value)
        and any(called_name(each) == name for each in node.targets)
        for node in own_nodes(place)
    )


def _mixed_in(place: ast.AST, weight: _PasteWeight) -> Iterator[bool]:
    for node in own_nodes(place):
        match node:
            case ast.BinOp(
                left=ast.BinOp(op=ast.Mult()) as one,
                op=ast.Add(),
                right=ast.BinOp(op=ast.Mult()) as other,
            ):
                mine, rest = _weighed_by(one, weight.name), _weighed_by(other, weight.name)
                if mine is None or rest is None or mine[1] == rest[1]:
                    continue
                weighed, left = (rest, mine) if mine[1] else (mine, rest)
                are_pasted = [_is_pasted(each[0], weight) for each in (weighed, left)]
                if None not in are_pasted and are_pasted[0] is not are_pasted[1]:
                    yield are_pasted[0] is not weight.is_pasted


def _weighed_by(product: ast.BinOp, name: str) -> tuple[ast.expr, bool] | None:
    """Return what a product weighs by a weight, and whether that is what it leaves of 1."""
    for one, other in ((product.left, product.right), (product.right, product.left)):
        if ast.unparse(one) == name:
            return other, False
        if _rest_of(one) == name:
            return other, True
    return None


def _is_pasted(node: ast.expr, weight: _PasteWeight) -> bool | None:
    """Whether something is of the pasted rows' targets; None where that is not known."""
    names = names_in(node)
    is_pasted = bool(names & weight.pasted)
    if weight.kept is None:
        return is_pasted
    return None if is_pasted == bool(names & weight.kept) else is_pasted
