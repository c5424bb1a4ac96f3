"""Shortcuts that are added twice: by a block and again by what calls it, or in two statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, parents_in, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_SAME = word_set("clone contiguous")


@dataclass(frozen=True)
class _Term:
    """What is added up: a value, by the node that made it, in the line of its addition.

    `of` are the values that a call was given, and `within` the block that adds the value itself.
    """

    value: int
    line: int
    name: str = ""
    of: frozenset[int] = frozenset()
    within: str = ""


_Terms = tuple[_Term, ...]


def find_shortcuts_twice(scope: Scope) -> Iterator[Slip]:
    """Give each sum in a `forward` of one branch and, twice, of what the branch was given.

    Sums of two branches are left alone: a long shortcut goes round several short ones.
    """
    if isinstance(scope.node, Function) and scope.name == "forward":
        yield from _Forward(scope.node, scope.tree).find()


class _Forward:
    """A `forward`, read line by line; what stands in loops and conditions is not known."""

    def __init__(self, node: Function, tree: ast.Module, *, looks_within: bool = True) -> None:
        self._node = node
        self._tree = tree
        self._looks_within = looks_within
        self._known: dict[str, _Terms] = {
            each.arg: (_Term(id(each), each.lineno, each.arg),) for each in node.args.args[1:]
        }
        self.given = [id(each) for each in node.args.args[1:2]]
        self.returned: _Terms = ()

    def find(self) -> list[Slip]:
        """Return what is added twice, the first."""
        found = [slip for terms, line in self._sums() if (slip := _doubled(terms, line))]
        return found[:1]

    def adds_its_input(self) -> bool:
        """Whether what it returns at its end is what a call gave, and what it was given itself."""
        for _ in self._sums():
            pass
        values = [each.value for each in self.returned]
        return len(values) == 2 and any(
            values[at] in self.given and self.returned[1 - at].of for at in (0, 1)
        )

    def _sums(self) -> Iterator[tuple[_Terms, int]]:
        """Give what each statement adds up."""
        for statement in self._node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._known[name] = terms = self._terms(value)
                    yield terms, statement.lineno
                case ast.AugAssign(target=ast.Name() as target, op=ast.Add(), value=value):
                    read = ast.copy_location(ast.Name(target.id, ast.Load()), target)
                    both = ast.copy_location(ast.BinOp(read, ast.Add(), value), statement)
                    self._known[target.id] = terms = self._terms(both)
                    yield terms, statement.lineno
                case ast.Return(value=ast.expr() as value):
                    self.returned = self._terms(value)
                    yield from self._inside(value)
                case _:
                    self._forget(statement)

    def _inside(self, value: ast.expr) -> Iterator[tuple[_Terms, int]]:
        """Give what a value that is returned adds up, itself or for a call such as `relu`."""
        while isinstance(value, ast.Call) and len(value.args) == 1:
            value = value.args[0]
        yield self._terms(value), value.lineno

    def _forget(self, statement: ast.stmt) -> None:
        for node in (statement, *own_nodes(statement)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._known[node.id] = (_Term(id(node), node.lineno),)

    def _terms(self, node: ast.expr) -> _Terms:
        match node:
            case ast.Name(id=name) if name in self._known:
                return self._known[name]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return tuple(
                    _Term(each.value, max(each.line, node.lineno), each.name, each.of, each.within)
                    if len(terms) == 1
                    else each
                    for terms in (self._terms(left), self._terms(right))
                    for each in terms
                )
            case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name in _SAME:
                return self._terms(inner)
            case ast.Call(args=given):
                return self._called(node, given)
        return (_Term(id(node), node.lineno),)

    def _called(self, call: ast.Call, given: list[ast.expr]) -> _Terms:
        terms = [self._terms(each) for each in given]
        of = frozenset(each.value for own in terms for each in own)
        own = _Term(id(call), call.lineno, of=of)
        name = ""
        if self._looks_within and len(terms) == 1:
            name = _block_of(call, self._node, self._tree)
        if not name:
            return (own,)
        text = ast.unparse(given[0])
        return (own, *(_Term(each.value, call.lineno, text, within=name) for each in terms[0]))


def _doubled(terms: _Terms, line: int) -> Slip | None:
    """Return the slip of one branch and of its input twice, added in two places."""
    values = [each.value for each in terms]
    twice = [each for each in terms if values.count(each.value) == 2]
    branches = [each for each in terms if values.count(each.value) == 1]
    if len(branches) != 1 or len(terms) != len(twice) + 1 or not branches[0].of:
        return None
    within = [each for each in twice if each.within]
    if 2 * len(within) == len(twice) > 0:
        return Slip(line, "shortcut-within", within[0].name[:LONGEST], within[0].within[:LONGEST])
    lines = {each.line for each in twice}
    if within or len(twice) != 2 or len(lines) != 2 or not twice[0].name:
        return None
    return Slip(line, "shortcut-twice", twice[0].name[:LONGEST], str(min(lines)))


def _block_of(call: ast.Call, function: Function, tree: ast.Module) -> str:
    """Return the name of a module of the file that is called, and that adds its input itself."""
    owner = parents_in(tree).get(id(function))
    match call.func:
        case ast.Attribute(value=ast.Name(id="self"), attr=name) if owner is not None:
            kinds = [kind for node in walk(owner) for kind in _made(node, name)]
        case _:
            return ""
    if len(kinds) != 1:
        return ""
    inner = [
        each
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == kinds[0]
        for each in node.body
        if isinstance(each, ast.FunctionDef) and each.name == "forward"
    ]
    adds = [_Forward(each, tree, looks_within=False).adds_its_input() for each in inner]
    return f"self.{name}" if adds == [True] else ""


def _made(node: ast.AST, name: str) -> Iterator[str]:
    """Give the name of what makes an attribute; '' of anything but a call of a name."""
    match node:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=attr)], value=value):
            if attr == name:
                is_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
                yield ast.unparse(value).partition("(")[0] if is_call else ""
