"""The one place of a file that writes to the values of what an optimizer of the file holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.lines.lone_lines import LoneLine
from backtrace.recording.source.source_file import (
    OPTIMIZERS,
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, walk

_LISTS = word_set("parameters named_parameters")
_BUFFERS, _PARAMETERS = word_set("buffer buffers"), word_set("param params parameters")
_PARTS = word_set("weight bias")
_NO_WRITES = word_set("requires_grad_ detach_ retain_grad_ share_memory_ register_hook_")


def find_lone_writes(scope: Scope) -> Iterator[LoneLine]:
    """Give the first of the statements that write to parameters, if all are in one block.

    Give the one loop, too, that goes through the buffers of two models at once, by whatever gives
    them, or where there is none through their parameters.
    What is written to a model of whose parameters no optimizer is made, as to an average, does not
    count where one is made in the file.
    """
    if scope.name:
        return
    loops = [node for node in walk(scope.tree) if _is_through_two(node, _BUFFERS)]
    loops = loops or [node for node in walk(scope.tree) if _is_through_two(node, _PARAMETERS)]
    if len(loops) == 1:
        yield LoneLine(loops[0].lineno, "average", 1, 0)  # type: ignore[attr-defined]
    names = _name_parameters(scope.tree)
    found = [
        (node, owner)
        for node in walk(scope.tree)
        if isinstance(node, ast.stmt) and (owner := _owner_written(node, names)) is not None
    ]
    held = _list_held(scope.tree)
    own = [node for node, owner in found if not held or not held.isdisjoint(owner)]
    parents = parents_in(scope.tree) if own else {}
    is_one = len({id(parents[id(node)]) for node in own}) == 1
    if is_one and _is_repeated(own[0], parents):
        yield LoneLine(min(node.lineno for node in own), "write", 1, 0)


def _is_repeated(node: ast.AST, parents: dict[int, ast.AST]) -> bool:
    """Whether it stands in a function, the making of an object left out, or in a loop of the file.

    A loop over parameters is none: before training it gives them their first values.
    """
    while (found := parents.get(id(node))) is not None:
        node = found
        if isinstance(node, Function):
            return node.name != "__init__"
        if isinstance(node, ast.While):
            return True
        if isinstance(node, ast.For) and not list(_pair(node.target, node.iter)):
            return True
    return False


def _name_parameters(tree: ast.Module) -> dict[str, frozenset[str]]:
    """Return the loops' names for parameters, each with what their model is called."""
    found: dict[str, frozenset[str]] = {}
    for node in walk(tree):
        if isinstance(node, ast.For | ast.comprehension):
            found.update(_pair(node.target, node.iter))
    return found


def _is_through_two(node: ast.AST, what: frozenset[str]) -> bool:
    match node:
        case ast.For(iter=ast.Call(func=ast.Name(id="zip"), args=lists)):
            found = [each for each in lists if isinstance(each, ast.Call)]
            return sum(bool(words_of(called_name(each.func)) & what) for each in found) > 1
    return False


def _pair(target: ast.expr, given: ast.expr) -> Iterator[tuple[str, frozenset[str]]]:
    match given, target:
        case ast.Call(func=ast.Attribute(value=owner, attr="parameters")), ast.Name(id=name):
            yield name, _names_in(owner)
        case (
            ast.Call(func=ast.Attribute(value=owner, attr="named_parameters")),
            ast.Tuple(elts=[_, ast.Name(id=name)]),
        ):
            yield name, _names_in(owner)
        case ast.Call(func=ast.Name(id="enumerate"), args=[first, *_]), ast.Tuple(elts=[_, each]):
            yield from _pair(each, first)
        case ast.Call(func=ast.Name(id="zip"), args=lists), ast.Tuple(elts=parts):
            for part, each in zip(parts, lists, strict=False):
                yield from _pair(part, each)


def _list_held(tree: ast.Module) -> frozenset[str]:
    """Return the last names of the models whose parameters an optimizer is given."""
    return frozenset(
        called_name(each.func.value)
        for node in walk(tree)
        if isinstance(node, ast.Call) and called_name(node.func) in OPTIMIZERS
        for each in walk(node)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in _LISTS
    )


def _owner_written(node: ast.stmt, names: dict[str, frozenset[str]]) -> frozenset[str] | None:
    """Return what the model is called to whose parameter a statement writes; None if to none."""
    match node:
        case ast.AugAssign(target=target):
            return _owner(target, names)
        case ast.Assign(targets=[ast.Attribute(attr="data") | ast.Subscript() as target]):
            return _owner(target, names)
        case ast.Expr(value=value):
            while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                if value.func.attr.endswith("_") and value.func.attr not in _NO_WRITES:
                    owner = _owner(value.func.value, names)
                    if owner is not None:
                        return owner
                value = value.func.value
    return None


def _owner(target: ast.expr, names: dict[str, frozenset[str]]) -> frozenset[str] | None:
    """Return what the model is called that has a tensor, or a part of one, as its parameter."""
    while True:
        match target:
            case ast.Subscript(value=inner) | ast.Attribute(value=inner, attr="data"):
                target = inner
            case ast.Call(func=ast.Attribute(value=inner, attr="detach")):
                target = inner
            case ast.Attribute(value=inner, attr=last) if last in _PARTS:
                return _names_in(inner)
            case ast.Name(id=name):
                return names.get(name)
            case _:
                return None


def _names_in(node: ast.expr) -> frozenset[str]:
    return frozenset(
        each.id if isinstance(each, ast.Name) else each.attr
        for each in walk(node)
        if isinstance(each, ast.Name | ast.Attribute)
    )
