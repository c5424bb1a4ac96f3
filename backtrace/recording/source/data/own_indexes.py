"""Classes of data whose objects each number the words, or the labels, of what they are given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backtrace.recording.source.source_file import assigned_pairs, called_name
from backtrace.recording.source.walks import Function, own_nodes, walk

INDEX = re.compile(r"vocab|word|tok|char|label|class|tag|stoi|w2i|lbl", re.IGNORECASE)
# What is in one order wherever it is listed, or is listed from a file of its own.
ORDERED = re.compile(r"sorted\(|\.sort\(|listdir|glob|scandir|iterdir|open\(|read|range\(")
_LISTED = re.compile(r"sorted\(|\.sort\(|listdir|glob|scandir|iterdir|range\(")
# What a method is called that fills an index, or goes through it.
_FILLING = re.compile("build|add|fit|load|save|update|extend|items|keys|values|append|set|clear")
_DEPTH = 2  # methods that call each other: more of them would take long
# Besides arguments: that something numbers, and that its order may be the same for all.
_NUMBERED, _ALIKE = "#", "="

_Origins = frozenset[str]
_NOTHING: _Origins = frozenset()


@dataclass(frozen=True)
class OwnIndex:
    """The attributes that keep an index, and the arguments of the constructor they are made of."""

    attributes: _Origins
    made_of: _Origins
    arguments: tuple[str, ...]


def numbers(node: ast.AST) -> bool:
    """Whether a node numbers what it goes through: by `enumerate`, or by how many there are."""
    match node:
        case ast.DictComp(
            generators=[ast.comprehension(iter=ast.Call(func=ast.Name(id="enumerate")) as given)]
        ):
            return not ORDERED.search(ast.unparse(given)) and not any(
                isinstance(each, ast.Name) and each.id.isupper() for each in walk(given)
            )
        case ast.Assign(
            targets=[ast.Subscript(value=kept)],
            value=ast.Call(func=ast.Name(id="len"), args=[counted]),
        ):
            return ast.unparse(kept) == ast.unparse(counted)
    return False


def find_own_index(made: ast.ClassDef, builders: Iterable[str]) -> OwnIndex | None:
    """Return the index that each object of a class makes of its own data; None where none is.

    `builders` are functions of the file that number what they are given.
    """
    methods = {each.name: each for each in made.body if isinstance(each, Function)}
    start = methods.get("__init__")
    if start is None:
        return None
    names = tuple(each.arg for each in (*start.args.args, *start.args.kwonlyargs))[1:]
    flow = _Flow(methods, frozenset(builders) - methods.keys())
    flow.follow(start, {each: frozenset({each}) for each in names}, _DEPTH)
    used = _used_in(made)
    kept = {
        name: found
        for name, found in flow.attributes.items()
        if INDEX.search(name) and _NUMBERED in found and found & frozenset(names)
    }
    if not kept.keys() & used or any(_ALIKE in each for each in kept.values()):
        return None
    made_of = frozenset().union(*kept.values()) & frozenset(names)
    return OwnIndex(frozenset(each.removeprefix("self.") for each in kept), made_of, names)


@dataclass
class _Flow:
    """What the attributes of an object come of, as its constructor is followed."""

    methods: Mapping[str, Function]
    builders: _Origins
    attributes: dict[str, _Origins] = field(default_factory=dict)

    def follow(self, method: Function, given: dict[str, _Origins], depth: int) -> _Origins:
        """Follow a method from its first line to its last; return what its result comes of."""
        local, result = dict(given), _NOTHING
        counted = _counted_in(method)
        barred = _barred_in(method)
        nodes = [each for each in own_nodes(method) if isinstance(each, ast.stmt)]
        for node in sorted(nodes, key=lambda each: (each.lineno, each.col_offset)):
            before = dict(self.attributes)
            if isinstance(node, ast.Return) and node.value is not None:
                result |= self._of(node.value, local, depth)
            for target, found in self._written(node, local, counted, depth):
                self._write(target, found, local)
            if id(node) in barred:
                self._bar(before)
        return result

    def _bar(self, before: Mapping[str, _Origins]) -> None:
        """Take what was numbered since for what some objects have alone."""
        for name, found in self.attributes.items():
            if _NUMBERED in found and found != before.get(name):
                self.attributes[name] = found | {_ALIKE}

    def _written(
        self, node: ast.stmt, local: dict[str, _Origins], counted: set[str], depth: int
    ) -> list[tuple[ast.expr, _Origins]]:
        """Return what a statement writes to, each with what it comes of."""
        pairs: list[tuple[ast.expr, ast.expr]] = []
        match node:
            case ast.Assign(targets=[ast.Subscript(slice=key) as target], value=value):
                found = self._of(key, local, depth) | self._of(value, local, depth)
                is_number = numbers(node) or bool(_names(value) & counted)
                return [(target, found | ({_NUMBERED} if is_number else _NOTHING))]
            case ast.Assign(targets=targets, value=value):
                pairs = assigned_pairs(node) or [(each, value) for each in targets]
            case ast.AugAssign(target=target, value=value):
                pairs = [(target, ast.BinOp(target, ast.Add(), value))]
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                pairs = [(target, value)]
            case ast.For(target=target, iter=value):
                pairs = [(target, value)]
            case ast.With(items=items):
                pairs = [
                    (each.optional_vars, each.context_expr) for each in items if each.optional_vars
                ]
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=base)) as call):
                found = self._of(call, local, depth)
                if self._has(base, local):
                    return [(ast.Subscript(base, call, ast.Store()), found)]
        return [(target, self._of(value, local, depth)) for target, value in pairs]

    def _write(self, target: ast.expr, found: _Origins, local: dict[str, _Origins]) -> None:
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for each in parts:
                    self._write(each, found, local)
            case ast.Subscript(value=ast.Name() | ast.Attribute() as base):
                kept = ast.unparse(base)
                before = self._known(kept, local)
                self._write(base, before | found, local)
            case ast.Name(id=name):
                local[name] = found
            case ast.Attribute(value=ast.Name(id="self")):
                self.attributes[ast.unparse(target)] = found

    def _known(self, text: str, local: Mapping[str, _Origins]) -> _Origins:
        return local.get(text, self.attributes.get(text, _NOTHING))

    def _has(self, node: ast.expr, local: Mapping[str, _Origins]) -> bool:
        return ast.unparse(node) in local.keys() | self.attributes.keys()

    def _of(self, value: ast.expr, local: dict[str, _Origins], depth: int) -> _Origins:
        """Return what an expression comes of; the number of a word alone is no index."""
        found = _NOTHING
        called: _Origins = _NOTHING
        for each in walk(value):
            match each:
                case ast.Name() | ast.Attribute():
                    found |= self._known(ast.unparse(each), local)
                case ast.Call(func=ast.Attribute(value=base, attr=name)) if _is_self(base):
                    called |= self._called(each, name, local, depth)
                case ast.Call(func=func) if called_name(func) in self.builders:
                    called |= {_NUMBERED}
                case ast.DictComp() if numbers(each):
                    called |= {_NUMBERED}
        if _LISTED.search(ast.unparse(value).replace("range(len(", "")) or _reads_a_part(value):
            found |= {_ALIKE}
        is_itself = isinstance(value, ast.Name | ast.Attribute | ast.BoolOp | ast.IfExp)
        return (found if is_itself else found - {_NUMBERED}) | called

    def _called(
        self, call: ast.Call, name: str, local: dict[str, _Origins], depth: int
    ) -> _Origins:
        method = self.methods.get(name)
        if method is None or depth == 0:
            return _NOTHING
        names = [each.arg for each in method.args.args if each.arg != "self"]
        given = dict(zip(names, (self._of(each, local, 0) for each in call.args), strict=False))
        given |= {each.arg: self._of(each.value, local, 0) for each in call.keywords if each.arg}
        return self.follow(method, given, depth - 1)


def _used_in(made: ast.ClassDef) -> set[str]:
    """Return the attributes that a class looks something up in, or has it looked up by."""
    found: set[str] = set()
    for node in walk(made):
        match node:
            case ast.Subscript(value=kept, ctx=ast.Load()):
                found |= {ast.unparse(kept), ast.unparse(getattr(kept, "value", kept))}
            case ast.Call(func=ast.Attribute(value=kept, attr=name)) if not _FILLING.match(name):
                found |= {ast.unparse(kept), f"{ast.unparse(kept)}.{name}"}
    return found


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _names(node: ast.AST) -> set[str]:
    return {ast.unparse(each) for each in walk(node) if isinstance(each, ast.Name | ast.Attribute)}


def _reads_a_part(value: ast.expr) -> bool:
    """Whether a file is read that is not named by an argument alone: all may have the same."""
    for each in walk(value):
        if isinstance(each, ast.Call) and re.search("open|read|load", called_name(each.func)):
            if any(isinstance(part, ast.Constant) for part in each.args[:1]):
                return True
            if each.args and not isinstance(each.args[0], ast.Name | ast.Attribute):
                return True
    return False


def _counted_in(method: Function) -> set[str]:
    """Return what counts on: `at` of `enumerate`, and what 1 is added to."""
    found: set[str] = set()
    for node in own_nodes(method):
        match node:
            case ast.For(
                target=ast.Tuple(elts=[ast.Name(id=at), _]),
                iter=ast.Call(func=ast.Name(id="enumerate")),
            ):
                found.add(at)
            case ast.AugAssign(target=target, op=ast.Add(), value=ast.Constant(value=1)):
                found.add(ast.unparse(target))
    return {each for each in found if "[" not in each}


def _barred_in(method: Function) -> set[int]:
    """Return the statements that a condition leaves out for some objects, as for one split."""
    return {
        id(part)
        for each in own_nodes(method)
        if isinstance(each, ast.If) and not _is_due(each.test)
        for part in walk(each)
    }


def _is_due(test: ast.expr) -> bool:
    """Whether a condition is one of a word, or of an index that was not given."""
    match test:
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=[ast.NotIn() | ast.Gt() | ast.GtE() | ast.Lt() | ast.LtE()]):
            return True
        case ast.BoolOp(values=values):
            return all(map(_is_due, values))
    return "None" in ast.unparse(test)
