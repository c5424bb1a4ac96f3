"""Where a function counts positions, and where a module takes a part of its table of them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from types import FunctionType

from backtrace.as_data import find_in_class
from backtrace.recording.frames import is_users
from backtrace.recording.source.source_file import called_name, read_tree
from backtrace.recording.source.walks import Function, own_nodes, walk

Place = tuple[str, int]  # of a file, and a line


def find_count(path: str, line: int) -> Place | None:
    """Return the one line with an `arange` in the function that a line of a file stands in."""
    tree = read_tree(path)
    functions = [
        node
        for node in (walk(tree) if tree is not None else ())
        if isinstance(node, Function) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    counts = (
        node.lineno
        for node in (own_nodes(functions[-1]) if functions else ())  # what is further in comes last
        if isinstance(node, ast.Call) and called_name(node.func) == "arange"
    )
    return _only(path, counts)


def find_table_use(kind: type, names: Collection[str]) -> Place | None:
    """Return the one line of a class's `forward` that takes a part of a table by one of `names`."""
    function = find_in_class(kind, "forward")
    if type(function) is not FunctionType or not is_users(function.__code__):
        return None
    code = function.__code__
    tree = read_tree(code.co_filename)
    made = (
        node
        for node in (walk(tree) if tree is not None else ())
        if isinstance(node, Function) and node.lineno == code.co_firstlineno
    )
    uses = (
        node.lineno
        for each in made
        for node in own_nodes(each)
        if isinstance(node, ast.Subscript) and called_name(node.value) in names
    )
    return _only(code.co_filename, uses)


def _only(path: str, lines: Iterator[int]) -> Place | None:
    found = set(lines)
    return (path, found.pop()) if len(found) == 1 else None
