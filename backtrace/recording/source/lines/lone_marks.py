"""The one line of a file that sets `requires_grad` on what may be a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.lines.lone_lines import LoneLine
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set
from backtrace.recording.source.walks import walk

_TENSORS = word_set("weight bias data grad p param parameter")
_GIVES = word_set("parameters named_parameters buffers named_buffers values tensors")


def find_lone_marks(scope: Scope) -> Iterator[LoneLine]:
    """Give the line that says `requires_grad = False` of no parameter, if it is one alone."""
    if scope.name:
        return
    parameters = set(_TENSORS)
    for node in walk(scope.tree):
        if isinstance(node, ast.For | ast.comprehension) and _gives_tensors(node.iter):
            parameters |= names_in(node.target)
    lines = [
        node.lineno
        for node in walk(scope.tree)
        if isinstance(node, ast.Assign)
        for owner in _marked(node)
        if called_name(owner) not in parameters and not isinstance(owner, ast.Subscript)
    ]
    if len(lines) == 1:
        yield LoneLine(lines[0], "mark", 1, 0)


def _gives_tensors(given: ast.expr) -> bool:
    calls = (each for each in walk(given) if isinstance(each, ast.Call))
    return any(called_name(each.func) in _GIVES for each in calls)


def _marked(node: ast.Assign) -> Iterator[ast.expr]:
    """Give what an assignment sets `requires_grad` of to False."""
    if isinstance(node.value, ast.Constant) and node.value.value is False:
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr == "requires_grad":
                yield target.value
