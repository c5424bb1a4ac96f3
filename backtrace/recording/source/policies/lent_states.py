"""Environments that return the array they write over, to a memory that keeps it as it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_MAKING = word_set("zeros ones empty full array asarray zeros_like ones_like tensor")
# These make a number where they are given no size.
_DRAWING = word_set("uniform normal standard_normal integers randint random")
_SIZED = word_set("rand randn")
_FORMS = word_set("astype float double to")
_WRITING = word_set("add_ sub_ mul_ div_ copy_ fill_ clamp_ zero_ fill")
_BEGINNING = word_set("__init__ reset")


@dataclass(frozen=True)
class _Lent:
    """An attribute of an environment that it returns and writes over, and where it returns it."""

    attribute: str
    line: int


def find_lent_states(scope: Scope) -> Iterator[Slip]:
    """Give the state of the one environment of a file, if what it returns is kept and not copied.

    `step` writes over it and gives it no new array; what it returned goes into a tuple or a list
    under the name that it was given, which nothing else is given.
    """
    if scope.node is not scope.tree or "step" not in scope.defined:
        return
    found = {
        each.name: _methods_of(each) for each in walk(scope.tree) if isinstance(each, ast.ClassDef)
    }
    playing = [name for name, methods in found.items() if {"step", "reset"} <= set(methods)]
    if len(playing) != 1 or not _is_made(scope.tree, playing[0]):
        return
    lent = _find_lent(found[playing[0]])
    pushes = {
        name
        for methods in found.values()
        for name, method in methods.items()
        if _keeps_given(method)
    }
    functions = [each for each in walk(scope.tree) if isinstance(each, Function)]
    for node in (scope.tree, *functions) if lent is not None else ():
        for kept in _kept(list(own_nodes(node)), pushes):
            assert lent is not None
            yield Slip(lent.line, "lent", f"self.{lent.attribute}", ast.unparse(kept)[:LONGEST])
            return


def _is_made(tree: ast.Module, name: str) -> bool:
    return any(isinstance(each, ast.Call) and called_name(each.func) == name for each in walk(tree))


def _methods_of(node: ast.ClassDef) -> dict[str, Function]:
    return {each.name: each for each in node.body if isinstance(each, Function)}


def _find_lent(methods: dict[str, Function]) -> _Lent | None:
    """Return what `step` returns as it is, or by a method that does no more than return it."""
    for node in own_nodes(methods["step"]):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        first = node.value.elts[0] if isinstance(node.value, ast.Tuple) else node.value
        if isinstance(first, ast.Call) and not first.args and _own(first.func) in methods:
            match methods[_own(first.func)].body:
                case [*_, ast.Return(value=ast.expr() as returned)]:
                    first = returned
        attribute = _own(first)
        if attribute and _is_written_over(attribute, methods):
            return _Lent(attribute, first.lineno)
    return None


def _own(node: ast.AST | None) -> str:
    """Return the name of an attribute of the object itself."""
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
    return ""


def _is_written_over(attribute: str, methods: dict[str, Function]) -> bool:
    """Whether an array is written to after the beginning, and never another one then."""
    made = [
        value
        for name in _BEGINNING & set(methods)
        for node in own_nodes(methods[name])
        if isinstance(node, ast.stmt)
        for target, value in assigned_pairs(node)
        if _own(target) == attribute
    ]
    later = [
        node
        for name, method in methods.items()
        if name not in _BEGINNING
        for node in own_nodes(method)
    ]
    is_given = any(
        isinstance(each, ast.Attribute)
        and isinstance(each.ctx, ast.Store)
        and _own(each) == attribute
        and id(each) not in {id(node.target) for node in later if isinstance(node, ast.AugAssign)}
        for each in later
    )
    values = [each for each in made if not (isinstance(each, ast.Constant) and each.value is None)]
    is_array = bool(values) and all(map(_is_array, values))
    return not is_given and any(_writes(each, attribute, is_array) for each in later)


def _is_array(node: ast.expr) -> bool:
    """Whether an expression gives an array or a tensor, which `+=` writes to."""
    match node:
        case ast.BinOp(left=left, right=right):
            return _is_array(left) or _is_array(right)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _FORMS:
            return _is_array(inner)
        case ast.Call(func=func, args=args, keywords=words):
            name = called_name(func)
            has_size = any(each.arg in ("size", "shape") for each in words)
            has_size |= any(isinstance(each, ast.Tuple | ast.List) for each in args)
            is_drawn = name in _DRAWING and (has_size or (name == "uniform" and len(args) > 2))
            return name in _MAKING or is_drawn or (name in _SIZED and bool(args))
    return False


def _writes(node: ast.AST, attribute: str, is_array: bool) -> bool:
    match node:
        case ast.AugAssign(target=ast.Subscript(value=place)):
            return _own(place) == attribute
        case ast.AugAssign(target=target):
            return is_array and _own(target) == attribute
        case ast.Assign(targets=[ast.Subscript(value=place)]):
            return _own(place) == attribute
        case ast.Call(func=ast.Attribute(value=place, attr=name)):
            return name in _WRITING and _own(place) == attribute
    return False


def _keeps_given(method: Function) -> bool:
    """Whether a method puts what it is given, as it is, into a list: `append((s, a, r))`."""
    given = {each.arg for each in (*method.args.args, method.args.vararg) if each is not None}
    for node in own_nodes(method):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in given:
                return False
    return any(_names_kept(node) & given - {"self"} for node in own_nodes(method))


def _names_kept(node: ast.AST) -> set[str]:
    """Return the names that are put into a list as they are, by themselves or in a tuple."""
    match node:
        case ast.Call(func=ast.Attribute(attr="append"), args=[value]):
            return _names_of(value)
        case ast.Assign(targets=[ast.Subscript()], value=ast.Tuple() | ast.Call() as value):
            return _names_of(value)
    return set()


def _names_of(value: ast.expr) -> set[str]:
    match value:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            pass
        case ast.Call(func=ast.Name(id=name), args=parts) if name[:1].isupper():
            pass  # a record: `Transition(state, action)`
        case _:
            parts = [value]
    bare = (each.value if isinstance(each, ast.Starred) else each for each in parts)
    return {each.id for each in bare if isinstance(each, ast.Name)}


def _kept(nodes: list[ast.AST], pushes: set[str]) -> Iterator[ast.Call]:
    """Give the calls that keep what an environment returned, under a name that is its alone."""
    states = set(_names_of_states(nodes))
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in states:
                if not _is_passed_on(value, states):
                    states.discard(name)
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        is_push = isinstance(node.func, ast.Attribute) and node.func.attr in pushes
        names = _names_of(ast.Tuple(node.args)) if is_push else _names_kept(node)
        if names & states:
            yield node


def _names_of_states(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Assign(
                targets=[ast.Tuple(elts=[ast.Name(id=name), *_]) | ast.Name(id=name)],
                value=ast.Call(func=ast.Attribute(attr="step"), args=[_, *_]),
            ):
                yield name


def _is_passed_on(value: ast.expr, states: set[str]) -> bool:
    """Whether a name is given what is a state already, or that of a new episode."""
    match value:
        case ast.Name(id=name):
            return name in states
        case ast.IfExp(body=one, orelse=other):
            return _is_passed_on(one, states) and _is_passed_on(other, states)
        case ast.Call(func=ast.Attribute(attr="step" | "reset")):
            return True
    return False
