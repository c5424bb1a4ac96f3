"""The one line of a function of the same file that cuts the graph of what it returns."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from backtrace.recording.source.source_file import called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_CUTS = word_set("data detach item numpy tolist argmax round bool int long")
_RUN = word_set("forward __call__")


def find_cut_in_call(tree: ast.Module, calls: Iterable[ast.Call]) -> int:
    """Return that line of the functions that are called; 0 if none is known, or several are."""
    names = {called_name(each.func) for each in calls} - {""}
    functions = {id(each): each for name in names for each in _find_functions(tree, name)}
    lines = {line for each in functions.values() for line in _cutting_lines(each)}
    return lines.pop() if len(lines) == 1 else 0


def _find_functions(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    """Give the functions of a file by a name: its own, and the class's that it is an object of."""
    kinds = {
        called_name(node.value.func)
        for node in walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if any(called_name(target) == name for target in node.targets)
    }
    for node in walk(tree):
        if isinstance(node, Function) and node.name == name:
            yield node
        elif isinstance(node, ast.ClassDef) and node.name in kinds:
            yield from (
                each for each in node.body if isinstance(each, Function) and each.name in _RUN
            )


def _cutting_lines(function: ast.AST) -> Iterator[int]:
    for node in own_nodes(function):
        is_kept = isinstance(node, ast.Assign | ast.AnnAssign | ast.Return)
        if is_kept and any(map(_is_cut, walk(node))):
            yield node.lineno  # type: ignore[attr-defined]


def _is_cut(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in _CUTS
    return isinstance(node, ast.Compare)
