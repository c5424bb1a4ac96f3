"""The one place of a file where a network ends in an activation: a ReLU, a sigmoid and so on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.ledger.source_facts import Lone
from backtrace.recording.source.lines.lone_lines import LoneLine
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import own_nodes, walk

_KINDS: dict[str, Lone] = {
    "relu": "relu",
    "relu_": "relu",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "softmax": "softmax",
}

_SQUASHING = ("LogSoftmax", "Sigmoid")  # of what comes before it, which should have any value


def find_closing_lines(scope: Scope) -> Iterator[LoneLine]:
    """Give the line of each kind of activation that ends one `Sequential` or `forward` alone."""
    if scope.name:
        return
    ends: dict[Lone, list[int]] = {}
    for node in walk(scope.tree):
        for call in _closing_calls(node):
            if (kind := _KINDS.get(called_name(call.func).lower())) is not None:
                ends.setdefault(kind, []).append(call.lineno)
    for kind, lines in ends.items():
        if len(lines) == 1:
            yield LoneLine(lines[0], kind, 1, 0)


def _closing_calls(node: ast.AST) -> Iterator[ast.Call]:
    """Give the calls whose result a network returns, or that make its last layer."""
    match node:
        case ast.Call(func=func, args=[_, *_, ast.Call() as before, ast.Call() as last]):
            if called_name(func) == "Sequential":  # of three layers or more, as a block is of two
                yield last
                if called_name(last.func) in _SQUASHING:
                    yield before
        case ast.FunctionDef(name="forward"):
            for each in own_nodes(node):
                if isinstance(each, ast.Return) and each.value is not None:
                    made = _last_given(node, each) if isinstance(each.value, ast.Name) else None
                    value = each.value if made is None else made
                    if isinstance(value, ast.Call):
                        yield value


def _last_given(function: ast.FunctionDef, told: ast.Return) -> ast.expr | None:
    """Return what the name that is returned was given last before that, as the lines stand."""
    name = told.value.id if isinstance(told.value, ast.Name) else ""
    given = [
        node
        for node in own_nodes(function)
        if isinstance(node, ast.Assign)
        and node.lineno < told.lineno
        and any(called_name(target) == name for target in node.targets)
    ]
    return max(given, key=lambda each: each.lineno).value if given else None
