"""Inputs and targets that are put in another order, each in its own or one of them alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from backtrace.recording.source.data.supervised_pairs import are_source_and_target
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_MIXERS = word_set("randperm permutation")
_GENERATORS = word_set("random rng rs gen generator state np torch")
_PAIRING = word_set("TensorDataset zip")
_INPUTS = word_set(
    "x xs input inputs image images img imgs data feature features text texts sentences"
)
_TARGETS = word_set("y ys target targets label labels mask masks answer answers")
_IN_PLACE = "in place"
_TWICE = "in place, and another by itself"
_NEAR = 3  # lines between two mixings of one pair
_PAIRS = ast.Tuple | ast.List | ast.Dict


@dataclass(frozen=True)
class ShuffledApart:
    """A name that is put into another order in `line`, and the one that it is paired with.

    `has_own` where that one is put into an order of its own; else it keeps the one that it had.
    """

    line: int
    name: str
    beside: str
    has_own: bool


@dataclass(frozen=True)
class _Mixing:
    line: int
    written: str
    read: str
    order: str


def find_shuffled_apart(scope: Scope) -> Iterator[ShuffledApart]:
    """Give the first pair of a scope that is put into two orders, and taken row by row.

    Where only one of them is, that counts if it is written over by its own rows, `x = x[order]`:
    who keeps both orders, as for pairs that are to be wrong, gives them two names.
    """
    orders = _find_orders(scope)
    latest: _Mixing | None = None
    mixed: dict[str, _Mixing] = {}
    for node in scope.statements():
        latest = _drawn_in_place(node, latest, scope.tree)
        if latest is not None and latest.order == _TWICE:
            yield ShuffledApart(latest.line, latest.read, latest.written, True)
            return
        for made in _mixings(node, orders, scope):
            if latest is not None and _are_apart(latest, made, scope.tree):
                yield ShuffledApart(made.line, made.read, latest.read, True)
                return
            latest = made
            if made.written == made.read:
                mixed[made.written] = made
        if latest is not None and latest.line == node.lineno and _IN_PLACE in latest.order:
            alone = _find_kept(latest, scope)
            if alone:
                yield ShuffledApart(latest.line, latest.read, alone, False)
                return
        for first, second in _pairs(node):
            for name, beside in ((first, second), (second, first)):
                one, other = mixed.get(name), mixed.get(beside)
                if one is not None and (other is None or other.order != one.order):
                    yield ShuffledApart(one.line, name, beside, other is not None)
                    return


def _are_apart(one: _Mixing, other: _Mixing, tree: ast.Module) -> bool:
    """Whether two lines that follow each other mix inputs and targets, each for itself."""
    is_near = 0 <= other.line - one.line <= _NEAR
    if not is_near or one.order == other.order:
        return False
    is_pair = belong_together(one.read, other.read)
    return is_pair or are_source_and_target(one.read, other.read, tree)


def _drawn_in_place(node: ast.stmt, latest: _Mixing | None, tree: ast.Module) -> _Mixing | None:
    """Return what `shuffle(x)` mixes where it stands; `written` is the one beside it, if there is.

    What is seeded anew in between is put into the same order.
    """
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return latest
    match node.value:
        case ast.Call(func=ast.Attribute(attr="shuffle"), args=[ast.Name(id=name)], keywords=[]):
            made = _Mixing(node.lineno, name, name, f"{_IN_PLACE}, {node.lineno}")
            if latest is not None and _IN_PLACE in latest.order and _are_apart(latest, made, tree):
                return _Mixing(node.lineno, latest.read, name, _TWICE)
            return made
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return None if "seed" in name or "state" in name else latest
    return latest


def _find_kept(mixing: _Mixing, scope: Scope) -> str:
    """Return what is taken by the same rows as what was mixed in place, and keeps its own order.

    It is the targets of the inputs, or the other way round, and nothing in the scope mixes it, or
    makes one of the two after the mixing; '' where there is none. Two lists that were made item by
    item together, and of which both are read afterwards, are taken by the same rows.
    """
    taken: dict[str, set[str]] = _read_after(mixing.line, _made_together(scope), scope)
    left_out: set[str] = set()
    for node in scope.nodes():
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Load()) if _is_moving(node.slice):
                if node.lineno > mixing.line:
                    taken.setdefault(name, set()).add(ast.dump(node.slice))
            case ast.Name(id=name, ctx=ast.Store()) if node.lineno > mixing.line:
                left_out.add(name)
            case ast.Call(func=ast.Attribute(attr="shuffle" | "sort"), args=args):
                names = {each.id for each in args if isinstance(each, ast.Name)}
                left_out |= names - {mixing.read}
    rows = taken.get(mixing.read, set()) if mixing.read not in left_out else set()
    kept = [name for name, its in taken.items() if its & rows and name not in left_out]
    others = (name for name in kept if name != mixing.read)
    return next((name for name in others if belong_together(mixing.read, name)), "")


def _made_together(scope: Scope) -> dict[str, str]:
    """Return the lists of a scope whose items are made in a loop, each with that loop's place.

    A list of pairs holds the targets as well.
    """
    found: dict[str, str] = {}
    for node in scope.nodes():
        if isinstance(node, ast.For):
            for each in node.body:
                match each:
                    case ast.Expr(
                        value=ast.Call(
                            func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[item]
                        )
                    ) if not isinstance(item, _PAIRS):
                        found[name] = f"appended in {node.lineno}"
        for target, value in assigned_pairs(node) if isinstance(node, ast.stmt) else ():
            match target, value:
                case ast.Name(id=name), ast.ListComp(
                    elt=item, generators=[ast.comprehension() as over]
                ):
                    if not over.ifs and not isinstance(item, _PAIRS):
                        found[name] = f"one for each of {ast.unparse(over.iter)}"
    return found


def _read_after(line: int, made: dict[str, str], scope: Scope) -> dict[str, set[str]]:
    """Return those of the lists that are read after a line, each with how it was made."""
    read = {
        node.id
        for node in scope.nodes()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.lineno > line
    }
    return {name: {how} for name, how in made.items() if name in read}


def _is_moving(rows: ast.expr) -> bool:
    """Whether a subscript is another at each turn of a loop."""
    return any(isinstance(each, ast.Name) for each in walk(rows))


def _find_orders(scope: Scope) -> dict[str, str]:
    """Return the variables that hold an order of rows, drawn by chance, each with the place."""
    return {
        target.id: _place(node.value)
        for node in scope.nodes()
        if isinstance(node, ast.Assign) and draws_order(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def draws_order(value: ast.AST) -> bool:
    """Whether a call draws an order of rows by chance."""
    match value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _MIXERS
    return False


def _is_drawing(func: ast.expr) -> bool:
    """Whether a function is that of a generator: `aug.permutation(x)` is of parts of a row."""
    if not isinstance(func, ast.Attribute):
        return True
    owner = ast.unparse(func.value).rpartition(".")[2]
    return bool(words_of(owner) & _GENERATORS)


def _place(node: ast.expr) -> str:
    return f"{node.lineno}:{node.col_offset}"


def _is_shuffler(function: Function | None) -> bool:
    """Whether a function puts the one thing that it takes into a new order."""
    if function is None or len(function.args.args) != 1:
        return False
    nodes = list(own_nodes(function))
    return any(map(draws_order, nodes)) and not any(
        isinstance(each, ast.Attribute | ast.Name) and "seed" in _name(each) for each in nodes
    )


def _name(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def _mixings(node: ast.stmt, orders: dict[str, str], scope: Scope) -> Iterator[_Mixing]:
    """Give what a statement puts into another order."""
    for name, value in assigned_pairs(node):
        match name, value:
            case ast.Name(id=written), ast.Subscript(value=ast.Name(id=read), slice=rows):
                if isinstance(rows, ast.Name) and rows.id in orders:
                    yield _Mixing(node.lineno, written, read, orders[rows.id])
                elif draws_order(rows):
                    yield _Mixing(node.lineno, written, read, _place(rows))
            case ast.Name(id=written), ast.ListComp(
                elt=ast.Subscript(value=ast.Name(id=read), slice=row), generators=[taken]
            ):
                order = orders.get(taken.iter.id) if isinstance(taken.iter, ast.Name) else None
                if order is not None and names_in(row) & names_in(taken.target):
                    yield _Mixing(node.lineno, written, read, order)
            case ast.Name(id=written), ast.Call(func=func, args=[ast.Name(id=read)]) if draws_order(
                value
            ) and _is_drawing(func):
                if written == read and words_of(read) & (_INPUTS | _TARGETS):
                    yield _Mixing(node.lineno, written, read, _place(value))
            case ast.Name(id=written), ast.Call(func=ast.Name(id=called), args=[ast.Name(id=read)]):
                if _is_shuffler(scope.find_function(called)):
                    yield _Mixing(node.lineno, written, read, _place(value))


def _pairs(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Give the names that a statement takes row by row together."""
    for call in (each for part in _own_parts(node) for each in walk(part)):
        match call:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
                names = [each.id if isinstance(each, ast.Name) else "" for each in args]
                for one, other in pairwise(names):
                    if one and other and (name in _PAIRING or belong_together(one, other)):
                        yield one, other
            case ast.Tuple(elts=[ast.Subscript() as left, ast.Subscript() as right]):
                if ast.dump(left.slice) == ast.dump(right.slice):
                    yield ast.unparse(left.value), ast.unparse(right.value)


def _own_parts(node: ast.stmt) -> list[ast.AST]:
    """Return what of a statement is not statements inside of it."""
    return [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.stmt)]


def belong_together(one: str, other: str) -> bool:
    """Whether two names are of the inputs and of the targets of one set of rows."""
    first, second = words_of(one), words_of(other)
    return any(
        bool(a & _INPUTS)
        and bool(b & _TARGETS)
        and (a - _INPUTS == b - _TARGETS or bool(a - b <= _INPUTS and b - a <= _TARGETS))
        for a, b in ((first, second), (second, first))
    )
