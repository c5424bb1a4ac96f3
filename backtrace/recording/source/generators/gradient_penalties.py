"""Penalties on a gradient that was itself computed with a graph."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_NAMES = word_set("gp penalty")
_SQUARES = word_set("pow square abs norm relu mse_loss")


class Penalties:
    """What of a scope's expressions is a penalty on a gradient, which is zero at least."""

    def __init__(self, scope: Scope) -> None:
        self._functions = {
            node.name: node for node in scope.tree.body if isinstance(node, ast.FunctionDef)
        }
        self._defined = scope.defined
        self._gradients: set[str] = set()
        for statement in scope.statements():
            match statement:
                case ast.Assign(targets=targets, value=value) if self._is_of_gradient(value):
                    self._gradients.update(_names_of(targets))

    def _is_of_gradient(self, node: ast.expr) -> bool:
        """Whether an expression is made of a gradient that has a graph."""
        return any(
            (isinstance(each, ast.Name) and each.id in self._gradients)
            or (isinstance(each, ast.Call) and is_gradient(each))
            for each in walk(node)
        )

    def is_one(self, node: ast.expr) -> bool:
        """Whether an expression is a square or a size of a gradient, or a call that is named so."""
        match node:
            case ast.BinOp(left=inner, op=ast.Pow(), right=ast.Constant(value=2)):
                return self._is_of_gradient(inner)
            case ast.Call(func=func) if called_name(func) in _SQUARES:
                return self._is_of_gradient(node)
            case ast.Call(func=func):
                name = called_name(func)
                return bool(words_of(name) & _NAMES) and self._gives_penalty(name)
        return False

    def _gives_penalty(self, name: str) -> bool:
        """Whether a function of the file returns a penalty itself, and not minus one."""
        function = self._functions.get(name)
        if function is None:
            return name in self._defined  # a method: its name has to do
        inside = list(walk(function))
        returned = [each.value for each in inside if isinstance(each, ast.Return) and each.value]
        has_minus = any(isinstance(each, ast.UnaryOp) for each in returned)
        return any(map(is_gradient, inside)) and not has_minus


def is_gradient(node: ast.AST) -> bool:
    """Whether something is a call of `torch.autograd.grad` that makes a graph."""
    match node:
        case ast.Call(func=ast.Attribute(attr="grad") | ast.Name(id="grad"), keywords=words):
            return any(word.arg == "create_graph" for word in words)
    return False


def _names_of(targets: list[ast.expr]) -> Iterator[str]:
    for target in targets:
        for each in walk(target):
            if isinstance(each, ast.Name):
                yield each.id
