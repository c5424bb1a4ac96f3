"""Models that are called with a tensor of zeros, and the line that makes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.bound_calls import root_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, given_once, word_set
from backtrace.recording.source.walks import Function, own_nodes

_ZEROS = word_set("zeros zeros_like new_zeros")
_LIBRARIES = word_set("torch nn F functional np numpy print")
_FORMS = word_set("to cuda float double half requires_grad_")


def find_given_zeros(scope: Scope) -> Iterator[Slip]:
    """Give each line that makes the zeros; `beside` is the line of the call that is given them.

    It is no slip by itself: a state may begin so. A run tells whether a layer only ever sees zeros.
    """
    given = given_once(scope)
    for node in scope.nodes():
        if not isinstance(node, ast.Call) or root_of(node.func) in ("", *_LIBRARIES):
            continue
        for each in (*node.args, *(word.value for word in node.keywords)):
            value = given.get(each.id, each) if isinstance(each, ast.Name) else each
            made = _find_zeros(scope, value)
            if made is not None:
                text = ast.unparse(each)[:LONGEST]
                yield Slip(made.lineno, "zeros-given", text, str(node.lineno))


def _find_zeros(scope: Scope, value: ast.expr) -> ast.expr | None:
    """Return the call of `zeros` that a value is, or that a function of the file returns."""
    match value:
        case ast.Call(func=func) if called_name(func) in _ZEROS:
            return value
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _FORMS:
            return _find_zeros(scope, inner)
        case ast.Call(func=ast.Name(id=name)):
            function = scope.find_function(name)
            match _returned(function) if function is not None else []:
                case [ast.Call(func=func) as made] if called_name(func) in _ZEROS:
                    return made
    return None


def _returned(function: Function) -> list[ast.expr]:
    return [
        node.value for node in own_nodes(function) if isinstance(node, ast.Return) and node.value
    ]
