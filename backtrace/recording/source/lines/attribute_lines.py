"""The line in which a class gives one of its objects' attributes its value."""

from __future__ import annotations

import ast
from types import CodeType

from backtrace.as_data import bases_of, body_of
from backtrace.recording.source.source_file import read_tree
from backtrace.recording.source.walks import own_nodes, walk


def find_attribute_line(kind: type, attribute: str) -> tuple[str, int] | None:
    """Return the file and the first line of `self.<attribute> = …` in `__init__`; None of none.

    That of a base counts where the class's own has no such line.
    """
    for each in bases_of(kind):
        code = getattr(body_of(each).get("__init__"), "__code__", None)
        if isinstance(code, CodeType) and attribute in code.co_names:
            lines = _find_lines(code, attribute)
            if lines:
                return code.co_filename, min(lines)
    return None


def _find_lines(code: CodeType, attribute: str) -> list[int]:
    tree = read_tree(code.co_filename)
    made = [
        node
        for node in (walk(tree) if tree is not None else ())
        if isinstance(node, ast.FunctionDef)
        and min([node.lineno, *(each.lineno for each in node.decorator_list)])
        == code.co_firstlineno
    ]
    return [
        target.lineno
        for function in made
        for node in own_nodes(function)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == attribute
    ]
