"""Files in the order that the disk lists them, taken by one index beside what has another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from backtrace.recording.source.bound_calls import arguments_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_LISTS = word_set("listdir glob iglob rglob iterdir scandir")
_SORTS = word_set("sort sorted natsorted humansorted os_sorted unique argsort lexsort")
_TABLES = word_set("read_csv read_table read_excel reader DictReader loadtxt genfromtxt")
_PAIRING = word_set("zip train_test_split TensorDataset")
_OF_DICTS = word_set("keys items")
_COUNTING = word_set("enumerate zip range")
_DEEP = 4  # names between where files are listed and where one is taken
_Source = ast.Call  # what lists files, or reads a table


@dataclass(frozen=True)
class _Order:
    """What an order comes from: calls that list files or read tables, and whether it is sorted."""

    sources: tuple[_Source, ...]
    is_sorted: bool

    def __add__(self, other: _Order) -> _Order:
        return _Order(self.sources + other.sources, self.is_sorted or other.is_sorted)

    @property
    def lists(self) -> list[_Source]:
        """What lists files."""
        return [each for each in self.sources if called_name(each.func) in _LISTS]

    def without_lists(self) -> _Order:
        """Return what is left where one item is picked: a file has no order, a column has its."""
        tables = tuple(each for each in self.sources if called_name(each.func) in _TABLES)
        return _Order(tables, self.is_sorted)


_NONE = _Order((), False)


def find_listed_apart(scope: Scope) -> Iterator[Slip]:
    """Give each listing that nothing sorts, where its files are taken beside rows of another order.

    These are files of another listing, or rows of a table. What is made of the files themselves,
    such as labels that are looked up by their names, has their order.
    """
    if not isinstance(scope.node, ast.Module):
        return
    if not any(_is_call(each, _LISTS) for each in walk(scope.tree)):
        return
    told: set[int] = set()
    reader = _Orders(scope.tree)
    functions = [each for each in walk(scope.tree) if isinstance(each, Function)]
    for at in (scope.tree, *functions):
        for one, other in _taken_together(scope.tree, at):
            first, second = (reader.order_of(at, each) for each in (one, other))
            for its, beside, name in ((first, second, one), (second, first, other)):
                if its.is_sorted or not its.lists or not beside.sources:
                    continue
                listing = its.lists[0]
                if {id(e) for e in its.sources} & {id(e) for e in beside.lists}:
                    continue
                if beside.lists and not beside.is_sorted and id(beside.lists[0]) in told:
                    continue  # two listings are one finding
                if id(listing) not in told:
                    told.add(id(listing))
                    taken = other if name is one else one
                    text, beside_it = (ast.unparse(e)[:LONGEST] for e in (name, taken))
                    yield Slip(listing.lineno, "listed-apart", text, beside_it)


def _taken_together(tree: ast.Module, at: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Give what a scope takes by one index, or side by side."""
    taken: dict[tuple[str, int], list[ast.expr]] = {}
    for node in own_nodes(at):
        match node:
            case ast.Subscript(value=value, slice=index, ctx=ast.Load()):
                first = index.elts[0] if isinstance(index, ast.Tuple) and index.elts else index
                if isinstance(first, ast.Name):
                    turn = _turn_of(tree, node, first.id)
                    held = _holder(value)
                    if not (_goes_through_keys(turn) or _is_by_key(tree, held)):
                        taken.setdefault((first.id, id(turn)), []).append(held)
            case ast.Call(func=func, args=[first, second, *_]) if called_name(func) in _PAIRING:
                yield first, second
    for names in taken.values():
        names.sort(key=lambda each: (each.lineno, each.col_offset))
        once = list({ast.unparse(each): each for each in names}.values())
        yield from ((a, b) for at_, a in enumerate(once) for b in once[at_ + 1 :])


def _turn_of(tree: ast.Module, node: ast.AST, name: str) -> ast.AST | None:
    """Return which loop gives an index its numbers; that of a function where none does."""
    above = parents_in(tree).get(id(node))
    while above is not None and not isinstance(above, Function):
        match above:
            case ast.For(target=target):
                targets = [target]
            case ast.ListComp(generators=turns) | ast.GeneratorExp(generators=turns):
                targets = [each.target for each in turns]
            case _:
                targets = []
        if any(isinstance(e, ast.Name) and e.id == name for t in targets for e in walk(t)):
            break
        above = parents_in(tree).get(id(above))
    return above


def _goes_through_keys(turn: ast.AST | None) -> bool:
    """Whether a loop goes through the keys of a dict: what they lead to has no order."""
    match turn:
        case ast.For(iter=over):
            overs = [over]
        case ast.ListComp(generators=turns) | ast.GeneratorExp(generators=turns):
            overs = [each.iter for each in turns]
        case _:
            return False
    named = (each for over in overs for each in walk(over) if isinstance(each, ast.Attribute))
    return any(each.attr in _OF_DICTS for each in named)


def _is_by_key(tree: ast.Module, held: ast.expr) -> bool:
    """Whether it is a dict by what is in it, as of files by their stems, and not by numbers."""
    text = ast.unparse(held)
    made = [
        value
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        for target, value in assigned_pairs(node)
        if ast.unparse(target) == text
    ]
    return bool(made) and not any(
        not isinstance(each, ast.DictComp)
        or any(_is_call(turn.iter, _COUNTING) for turn in each.generators)
        for each in made
    )


def _holder(value: ast.expr) -> ast.expr:
    """Return what holds the rows: `self.table` of `self.table["label"].iloc`."""
    while True:
        match value:
            case ast.Subscript(value=inner, slice=ast.Constant(value=str())):
                value = inner
            case ast.Attribute(value=ast.Name(id="self")) | ast.Name():
                return value
            case ast.Attribute(value=inner):
                value = inner
            case _:
                return value


@dataclass(frozen=True)
class _Orders:
    """Follows names of a file to what their order comes from."""

    tree: ast.Module
    known: dict[tuple[int, str, int], _Order] = field(default_factory=dict)

    def order_of(self, at: ast.AST, value: ast.expr, deep: int = _DEEP) -> _Order:
        """Return what the order of an expression comes from."""
        found = _NONE
        picked = {id(part) for each in walk(value) if _is_one(each) for part in walk(each)}
        for node in walk(value):
            own = self._own_order(at, node, deep)
            found += own.without_lists() if id(node) in picked else own
        return found

    def _own_order(self, at: ast.AST, node: ast.AST, deep: int) -> _Order:
        """Return what a node adds to the order of the expression that it stands in."""
        match node:
            case ast.Call(func=func) if called_name(func) in _SORTS:
                return _Order((), True)
            case ast.Call(func=func) if called_name(func) in _LISTS | _TABLES:
                return _Order((node,), False)
            case ast.Name(id=name) if deep:
                return self._order_of_name(at, name, deep - 1)
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if deep:
                return self._order_of_name(at, f"self.{name}", deep - 1)
        return _NONE

    def _order_of_name(self, at: ast.AST, text: str, deep: int) -> _Order:
        key = id(at), text, deep
        if key not in self.known:
            self.known[key] = self._follow(at, text, deep)
        return self.known[key]

    def _follow(self, at: ast.AST, text: str, deep: int) -> _Order:
        if text == "self":
            return _NONE
        if text.startswith("self."):
            body = self._class_around(at)
            places: list[ast.AST] = (
                [each for each in body.body if isinstance(each, Function)] if body else []
            )
        elif isinstance(at, Function) and text in arguments_of(at):
            return self._order_of_given(at, text, deep)
        else:
            places = [at, self.tree]
        for place in places:
            found = _NONE
            for value in _values(place, text):
                found += self.order_of(place, value, deep)
            if found.sources:
                return found
        return _NONE

    def _order_of_given(self, function: Function, name: str, deep: int) -> _Order:
        """Return what a constructor is given, or a function of the file."""
        body = self._class_around(function)
        called = body.name if body and function.name == "__init__" else function.name
        number = arguments_of(function).index(name) - (body is not None)
        for outer in (self.tree, *(e for e in walk(self.tree) if isinstance(e, Function))):
            for node in own_nodes(outer):
                if not isinstance(node, ast.Call) or called_name(node.func) != called:
                    continue
                given = {each.arg: each.value for each in node.keywords}
                if 0 <= number < len(node.args):
                    given[name] = node.args[number]
                found = self.order_of(outer, given[name], deep) if name in given else _NONE
                if found.sources:
                    return found
        return _NONE

    def _class_around(self, node: ast.AST) -> ast.ClassDef | None:
        above = parents_in(self.tree).get(id(node))
        return above if isinstance(above, ast.ClassDef) else None


def _values(at: ast.AST, text: str) -> Iterator[ast.expr]:
    """Give what a scope gives a name, and what it sorts it by, or fills it from in a loop."""
    for node in own_nodes(at):
        match node:
            case ast.Assign():
                yield from (v for target, v in assigned_pairs(node) if ast.unparse(target) == text)
            case ast.Call(func=ast.Attribute(value=held, attr="sort")):
                if ast.unparse(held) == text:
                    yield node
            case ast.With(items=items):
                for item in items:
                    if item.optional_vars and ast.unparse(item.optional_vars) == text:
                        yield item.context_expr
            case ast.For(iter=over, body=body):
                for each in body:
                    match each:
                        case ast.Expr(
                            value=ast.Call(func=ast.Attribute(value=held, attr="append"))
                        ) if ast.unparse(held) == text:
                            yield over


def _is_one(node: ast.AST) -> bool:
    """Whether it is one item, by its number: `files[0]` or `files[-1]`."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=int())):
            return True
        case ast.Subscript(slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int()))):
            return True
    return False


def _is_call(node: ast.AST, names: frozenset[str]) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) in names
