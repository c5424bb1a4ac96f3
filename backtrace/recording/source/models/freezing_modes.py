"""Classes of modules whose own `train` freezes parameters, whatever mode it is told."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType, FunctionType

from backtrace.as_data import find_in_class
from backtrace.recording.frames import is_users
from backtrace.recording.source.source_file import read_tree
from backtrace.recording.source.walks import Function, own_nodes, walk


def find_freezing_mode(kind: type) -> tuple[str, int] | None:
    """Return where a class's `train`, or a method that it calls, sets `requires_grad` to False.

    None where it does not, where some line of these sets it to something else, and where the mode
    may decide.
    """
    train = _find_method(kind, "train")
    node = _find_node(train.__code__) if train is not None else None
    if train is None or node is None:
        return None
    modes = {each.arg for each in node.args.args[1:]}
    found = []
    for function, call in _find_called(kind, train, node):
        writes = list(_find_writes(function))
        if not all(is_freeze for _, is_freeze in writes):
            return None
        for line, _ in writes:
            at = line if call is None else call
            if any(_asks(each, modes, at) for each in own_nodes(node)):
                return None
            found.append(line)
    return (train.__code__.co_filename, found[0]) if found else None


def _find_called(
    kind: type, train: FunctionType, node: Function
) -> Iterator[tuple[Function, int | None]]:
    """Give `train` and the methods of its file that it calls, each with the line of the call."""
    yield node, None
    for each in own_nodes(node):
        match each:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                method = _find_method(kind, name)
                is_here = method is not None and (
                    method.__code__.co_filename == train.__code__.co_filename
                )
                inner = _find_node(method.__code__) if method is not None and is_here else None
                if inner is not None and inner is not node:
                    yield inner, each.lineno


def _find_writes(function: Function) -> Iterator[tuple[int, bool]]:
    """Give the lines that set `requires_grad`, each with whether it is set to False."""
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="requires_grad")], value=value):
                yield node.lineno, _is_false(value)
            case ast.Call(func=ast.Attribute(attr="requires_grad_"), args=args):
                yield node.lineno, bool(args) and _is_false(args[0])


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _asks(node: ast.AST, modes: set[str], line: int) -> bool:
    """Whether a statement around a line asks for the mode."""
    if not isinstance(node, ast.If) or not node.lineno <= line <= (node.end_lineno or line):
        return False
    names = [each for each in walk(node.test) if isinstance(each, ast.Name | ast.Attribute)]
    return any(
        each.id in modes if isinstance(each, ast.Name) else each.attr == "training"
        for each in names
    )


def _find_method(kind: type, name: str) -> FunctionType | None:
    found = find_in_class(kind, name)
    return found if isinstance(found, FunctionType) and is_users(found.__code__) else None


def _find_node(code: CodeType) -> Function | None:
    tree = read_tree(code.co_filename)
    for node in walk(tree) if tree is not None else ():
        if isinstance(node, Function) and node.name == code.co_name:
            lines = [node.lineno, *(each.lineno for each in node.decorator_list)]
            if min(lines) == code.co_firstlineno:
                return node
    return None
