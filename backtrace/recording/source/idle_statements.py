"""Statements that do nothing: a result that is thrown away, a method that is not called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from backtrace.recording.source.source_file import Scope, word_set

_FUNCTIONS = word_set("torch F nn.functional torch.nn.functional")
_MODULES = ("dist", "distributed", "np", "numpy")  # what they call alike does something else
# Methods that give a tensor and leave theirs as it is, of which there is one that writes in place.
# A set's or a queue's methods may have the same name, and a logger's.
_TAKEN_ELSEWHERE = word_set("add put log round index resize t fix")
_GIVING = {name for name in dir(Tensor) if hasattr(Tensor, f"{name}_") and name[0] != "_"}
_GIVING -= _TAKEN_ELSEWHERE
_NEVER_IN_PLACE = word_set("dropout normalize softmax log_softmax pad")
_CALLED = word_set("zero_grad step backward eval train update zero_")


@dataclass(frozen=True)
class IdleStatement:
    """A statement as it is written, shortened; `is_called` where its result is thrown away."""

    line: int
    text: str
    is_called: bool
    in_place: str  # the call that would write in place, '' where there is none


def find_idle_statements(scope: Scope) -> Iterator[IdleStatement]:
    """Give the statements of a scope that leave everything as it is."""
    for node in scope.nodes():
        match node:
            case ast.Expr(value=ast.Attribute(attr=name) as value) if name in _CALLED:
                yield IdleStatement(node.lineno, ast.unparse(value), False, "")
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=name)) as call):
                if name not in scope.defined and _gives_a_tensor(ast.unparse(owner), name, call):
                    yield IdleStatement(node.lineno, _shorten(call), True, _in_place(owner, name))


def _gives_a_tensor(owner: str, name: str, call: ast.Call) -> bool:
    if any(each.arg in ("inplace", "out") for each in call.keywords):
        return False
    if owner in _FUNCTIONS:
        return name in _GIVING | _NEVER_IN_PLACE
    if owner.endswith(_MODULES):
        return False
    return name in _GIVING or (name == "add" and owner.endswith((".data", ".grad")))


def _in_place(owner: ast.expr, name: str) -> str:
    written = ast.unparse(owner)
    return "" if written in _FUNCTIONS and not hasattr(Tensor, f"{name}_") else f"{name}_"


def _shorten(call: ast.Call) -> str:
    text = ast.unparse(call)
    return text if len(text) <= 40 else f"{ast.unparse(call.func)}(…)"
