"""Copies of a model beside it: averages turned round, targets that stay, teachers that drop out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from math import nan

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Function,
    Scope,
    own_nodes,
    parents_in,
    word_set,
    words_of,
)

_OF_MODELS = word_set("parameters named_parameters state_dict buffers values items")
_HARMLESS = word_set("eval train requires_grad_ to cuda cpu parameters forward double float half")
_UNLIKE = ("Dropout", "BatchNorm")  # in training and in evaluation
_FORGETS = 0.2  # an average that keeps no more of itself than this is no average


def find_copy_slips(scope: Scope) -> Iterator[Slip]:
    """Give what a file does wrong with copies; those of targets and teachers with the file."""
    yield from _find_averages(scope)
    if isinstance(scope.node, ast.Module):
        yield from _Copies(scope.tree).find()


def _find_averages(scope: Scope) -> Iterator[Slip]:
    """Give the updates of an average that keep next to nothing of it."""
    numbers: _Numbers | None = None
    for loop in scope.nodes():
        if not isinstance(loop, ast.For) or not _goes_through_models(loop.iter):
            continue
        numbers = numbers or _Numbers(scope.tree)
        for node in own_nodes(loop):
            found = _read_average(node)
            if found is not None:
                kept, new = (numbers.value_of(each) for each in found)
                if kept is not None and new is not None and _is_turned(kept, new):
                    yield Slip(node.lineno, "average", f"{kept:g}", f"{new:g}")  # type: ignore[attr-defined]
                    return


def _is_turned(kept: float, new: float) -> bool:
    return 0 < kept <= _FORGETS and abs(kept + new - 1) < 1e-6


def _goes_through_models(node: ast.expr) -> bool:
    calls = [
        each.func.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
    ]
    return any(name in _OF_MODELS for name in calls)


def _read_average(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """Return what a statement multiplies the average with, and the new value."""
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Attribute(attr="mul_"), args=[kept]), attr="add_"
            ),
            args=[added, *_],
            keywords=words,
        ):
            alpha = next((word.value for word in words if word.arg == "alpha"), None)
            if alpha is None and isinstance(added, ast.BinOp) and isinstance(added.op, ast.Mult):
                alpha = next((e for e in (added.left, added.right) if _is_number(e)), None)
            return (kept, alpha) if alpha is not None else None
        case ast.Call(func=ast.Attribute(value=old, attr="copy_"), args=[ast.BinOp() as value]):
            return _read_sum(old, value)
        case ast.Assign(
            targets=[(ast.Attribute() | ast.Subscript()) as old], value=ast.BinOp() as value
        ):
            return _read_sum(old, value)
    return None


def _read_sum(old: ast.expr, value: ast.BinOp) -> tuple[ast.expr, ast.expr] | None:
    """Return the factors of `kept * old + new * other`."""
    if not isinstance(value.op, ast.Add):
        return None
    kept = new = None
    for part in (value.left, value.right):
        if not isinstance(part, ast.BinOp) or not isinstance(part.op, ast.Mult):
            return None
        factor = next((each for each in (part.left, part.right) if _is_number(each)), None)
        tensor = part.right if factor is part.left else part.left
        if factor is None:
            return None
        if _base(tensor) == _base(old):
            kept = factor
        else:
            new = factor
    return (kept, new) if kept is not None and new is not None else None


def _is_number(node: ast.expr) -> bool:
    """Whether an expression is a number as it is written, or may be one by its name."""
    match node:
        case ast.BinOp(left=ast.Constant(), op=ast.Sub(), right=right):
            return _is_number(right)
        case ast.Constant(value=int() | float()):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(words_of(name) & word_set("tau decay alpha momentum beta m rho polyak ema"))
    return False


def _base(node: ast.expr) -> str:
    while True:
        match node:
            case ast.Attribute(value=inner, attr="data"):
                node = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case _:
                return ast.unparse(node)


class _Numbers:
    """The numbers that names stand for in a file, where each has one alone."""

    def __init__(self, tree: ast.Module) -> None:
        self._found: dict[str, set[float]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value
                ):
                    self._take(name, value)
                case ast.FunctionDef(args=arguments):
                    last = arguments.args[len(arguments.args) - len(arguments.defaults) :]
                    for argument, value in zip(last, arguments.defaults, strict=True):
                        self._take(argument.arg, value)
                case ast.Call(keywords=words):
                    for word in words:
                        if word.arg is not None:
                            self._take(word.arg, word.value)

    def _take(self, name: str, value: ast.expr) -> None:
        match value:
            case ast.Constant(value=int() | float() as number):
                self._found.setdefault(name, set()).add(number)
            case ast.Name(id=other) | ast.Attribute(attr=other) if other == name:
                pass
            case _:
                self._found.setdefault(name, set()).add(nan)

    def value_of(self, node: ast.expr) -> float | None:
        """Return the number that an expression comes to, None where that is not known."""
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                one, other = self.value_of(left), self.value_of(right)
                return one - other if one is not None and other is not None else None
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found = self._found.get(name, set())
                return next(iter(found)) if len(found) == 1 else None
        return None


class _Copies:
    """How a file uses its target networks and teachers."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._parents = parents_in(tree)
        self._made: dict[str, list[ast.Assign]] = {}
        self._reads: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)]):
                    self._made.setdefault(name, []).append(node)
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                self._reads.setdefault(name, []).append(node)

    def find(self) -> Iterator[Slip]:
        """Give each target that stays as it is, and each teacher that is never in evaluation."""
        if not self._reads.get("backward"):
            return
        for name, made in self._made.items():
            words = words_of(name)
            if len(made) != 1 or not words & {"target", "tgt", "teacher"}:
                continue
            uses = [self._use_of(node) for node in self._reads.get(name, ())]
            if "called" not in uses or "other" in uses:
                continue
            if "teacher" in words and not {"eval", "train"} & set(uses) and self._drops(made[0]):
                yield Slip(made[0].lineno, "teacher-mode", name)
            elif "teacher" not in words and self._is_copy(made[0].value, uses):
                yield Slip(made[0].lineno, "still-target", name)

    def _use_of(self, node: ast.expr) -> str:
        """Return what is done with a model: "called", a method, "first load", or "other"."""
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Call) and parent.func is node:
            return "called"
        above = self._parents.get(id(parent))
        if not isinstance(parent, ast.Attribute) or not isinstance(above, ast.Call):
            return "other"
        if parent.attr == "load_state_dict":
            return "other" if self._comes_again(above) else "first load"
        if parent.attr == "parameters" and not self._only_freezes(above):
            return "other"
        return parent.attr if parent.attr in _HARMLESS else "other"

    def _only_freezes(self, call: ast.Call) -> bool:
        """Whether parameters are gone through to be frozen and no more."""
        loop = self._parents.get(id(call))
        if not isinstance(loop, ast.For) or loop.iter is not call:
            return False
        text = [ast.unparse(each) for each in loop.body]
        return len(text) == 1 and "requires_grad" in text[0]

    def _comes_again(self, node: ast.AST) -> bool:
        """Whether something is in a loop, or in a function other than `__init__`."""
        above: ast.AST | None = node
        while above is not None:
            if isinstance(above, ast.For | ast.While | ast.Lambda):
                return True
            if isinstance(above, Function) and above.name != "__init__":
                return True
            above = self._parents.get(id(above))
        return False

    def _is_copy(self, value: ast.expr, uses: list[str]) -> bool:
        text = ast.unparse(value)
        return "deepcopy(" in text or "first load" in uses

    def _drops(self, made: ast.Assign) -> bool:
        """Whether a model that is made here holds layers that are other in evaluation."""
        if not isinstance(made.value, ast.Call):
            return False
        func = ast.unparse(made.value.func)
        if func in ("nn.Sequential", "torch.nn.Sequential"):
            return any(kind in ast.unparse(made.value) for kind in _UNLIKE)
        own = (e for e in ast.walk(self._tree) if isinstance(e, ast.ClassDef) and e.name == func)
        return any(kind in ast.unparse(each) for each in own for kind in _UNLIKE)
