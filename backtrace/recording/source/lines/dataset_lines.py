"""Where the user's own data set gives an item, and the one line there that writes in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType, FunctionType

from torch.utils.data import IterableDataset, Subset

from backtrace.as_data import attributes_of, find_in_class, is_made_of
from backtrace.recording.frames import is_users
from backtrace.recording.source.source_file import read_tree, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

Place = tuple[str, int]  # of a file, and a line
_DEPTH = 4  # of parts of data sets
_MOST = 50  # attributes of a data set
_SAME_MEMORY = word_set("from_numpy as_tensor asarray view reshape unsqueeze squeeze")


def find_item_method(dataset: object) -> Place | None:
    """Return the line that begins the method of a data set that gives its items, None of none."""
    dataset = _whole_of(dataset)
    is_stream = is_made_of(type(dataset), IterableDataset)
    code = _code_of(find_in_class(type(dataset), "__iter__" if is_stream else "__getitem__"))
    return None if code is None else (code.co_filename, code.co_firstlineno)


def find_item_write(dataset: object, collate: object) -> Place | None:
    """Return the one line that writes in place to what is stored; None of none or of several.

    It stands in that method, in a function or an object that the data set keeps, as a transform,
    or in the one that makes a batch of items.
    """
    dataset = _whole_of(dataset)
    item = _code_of(find_in_class(type(dataset), "__getitem__"))
    kept = list(attributes_of(dataset).values())[:_MOST] if _has_attributes(dataset) else []
    called = {code: None for each in [*kept, collate] if (code := _called_by(each)) is not None}
    found = [place for code in called for place in _find_writes(code, is_item=False)]
    found += _find_writes(item, is_item=True) if item is not None else []
    return found[0] if len(set(found)) == 1 else None


def _whole_of(dataset: object) -> object:
    for _ in range(_DEPTH):
        if type(dataset) is not Subset:
            break
        dataset = attributes_of(dataset).get("dataset")
    return dataset


def _has_attributes(thing: object) -> bool:
    return find_in_class(type(thing), "__dict__") is not None


def _called_by(thing: object) -> CodeType | None:
    """Return the code that runs when a thing is called."""
    if type(thing) is FunctionType:
        return _code_of(thing)
    return _code_of(find_in_class(type(thing), "__call__"))


def _code_of(function: object) -> CodeType | None:
    """Return the code of a function of the user's own; None of a library's, or of another thing."""
    is_own = type(function) is FunctionType and is_users(function.__code__)
    return function.__code__ if is_own else None  # type: ignore[attr-defined]


def _find_writes(code: CodeType, *, is_item: bool) -> Iterator[Place]:
    tree = read_tree(code.co_filename)
    for node in walk(tree) if tree is not None else ():
        if isinstance(node, Function) and _first_line(node) == code.co_firstlineno:
            given = list(_names_given(node))
            stored = {name for name, value in given if _is_stored(value)}
            if not is_item:  # a name that is given a copy is that of the copy
                anew = {name for name, value in given if not _is_stored(value)}
                stored |= {each.arg for each in node.args.args} - {"self"} - anew
            for each in own_nodes(node):
                if isinstance(each, ast.stmt) and _writes(each, stored):
                    yield code.co_filename, each.lineno


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _names_given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Give the names that a function assigns to, each with the value."""
    for each in own_nodes(node):
        for target in each.targets if isinstance(each, ast.Assign) else ():
            for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(name, ast.Name):
                    yield name.id, each.value  # type: ignore[attr-defined]


def _is_stored(value: ast.expr) -> bool:
    match value:
        case ast.Subscript(value=inner) | ast.Attribute(value=inner):
            return (isinstance(inner, ast.Name) and inner.id == "self") or _is_stored(inner)
        case ast.Call(func=ast.Attribute(attr=name), args=[inner, *_]) if name in _SAME_MEMORY:
            return _is_stored(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SAME_MEMORY:
            return _is_stored(inner)
    return False


def _writes(node: ast.stmt, stored: set[str]) -> bool:
    match node:
        case ast.AugAssign(target=ast.Name(id=name)):
            return name in stored
        case ast.AugAssign(target=ast.Subscript(value=inner)):
            return _is_of(inner, stored)
        case ast.Assign(targets=[ast.Subscript(value=inner)]):
            return _is_of(inner, stored)
        case ast.Assign(value=value) | ast.Expr(value=value) | ast.Return(value=value):
            return any(
                each.func.attr.endswith("_")
                and not each.func.attr.startswith("_")
                and each.func.attr != "requires_grad_"
                and _is_of(each.func.value, stored)
                for each in (walk(value) if value is not None else ())
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
            )
    return False


def _is_of(node: ast.expr, stored: set[str]) -> bool:
    """Whether what is written to is one of these, or a part of one."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return (isinstance(node, ast.Name) and node.id in stored) or _is_stored(node)
