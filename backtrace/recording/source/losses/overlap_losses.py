"""Losses of overlaps, such as Dice's, of a file: which of them take a sigmoid of their input."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import called_name, parents_in
from backtrace.recording.source.walks import Function, walk

_NAMES = ("dice", "tversky", "jaccard", "iou", "overlap")
_OPTIONS = frozenset({"sigmoid", "softmax"})
_ACTIVATIONS = frozenset({"sigmoid", "softmax"})


class OverlapLosses:
    """The classes of a file that are such losses, and the variables that hold one."""

    def __init__(self, tree: ast.Module) -> None:
        self._parents = parents_in(tree)
        self._classes = {each.name: each for each in walk(tree) if isinstance(each, ast.ClassDef)}
        self._on = {
            called_name(each.func)
            for each in walk(tree)
            if isinstance(each, ast.Call) and _turns_on(each)
        }
        self._held = {
            ast.unparse(target)
            for each in walk(tree)
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Call)
            for target in each.targets
            if _is_overlap(called_name(each.value.func)) and _turns_on(each.value)
        }

    def is_within(self, function: ast.AST) -> bool:
        """Whether a function is such a loss, or a method of one, by its name."""
        own = getattr(function, "name", "")
        above = self._parents.get(id(function))
        return _is_overlap(own) or (isinstance(above, ast.ClassDef) and _is_overlap(above.name))

    def logits_of(self, call: ast.Call, function: ast.AST) -> ast.expr | None:
        """Return what a call gives such a loss to take the sigmoid of: another's, or its base's."""
        first = next(
            (each.value for each in call.keywords if each.arg == "input"),
            call.args[0] if call.args else None,
        )
        if ast.unparse(call.func) in self._held:
            return first
        above = self._parents.get(id(function))
        if ast.unparse(call.func) == "super().forward" and isinstance(above, ast.ClassDef):
            return first if self._takes_sigmoid(above) else None
        return None

    def _takes_sigmoid(self, of: ast.ClassDef) -> bool:
        """Whether the base of a class takes a sigmoid, where it is told to by an option alone."""
        bases = [called_name(each) for each in of.bases]
        if not any(map(_is_overlap, bases)):
            return False
        if of.name in self._on:
            return True
        forwards = [
            method
            for each in bases
            if each in self._classes
            for method in self._classes[each].body
            if isinstance(method, Function) and method.name == "forward"
        ]
        return any(
            isinstance(part, ast.Call) and called_name(part.func) in _ACTIVATIONS
            for forward in forwards
            for each in forward.body
            if not isinstance(each, ast.If)
            for part in walk(each)
        )


def _turns_on(call: ast.Call) -> bool:
    return any(
        each.arg in _OPTIONS and isinstance(each.value, ast.Constant) and each.value.value is True
        for each in call.keywords
    )


def _is_overlap(name: str) -> bool:
    return any(each in name.lower() for each in _NAMES)
