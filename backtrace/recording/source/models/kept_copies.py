"""Copies of a model beside it: targets and averages that stay, teachers that drop out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, parents_in, word_set, words_of
from backtrace.recording.source.walks import Function, walk

_HARMLESS = word_set("eval train requires_grad_ to cuda cpu parameters forward double float half")
_AVERAGES = word_set("ema avg average averaged")
_NAMES = _AVERAGES | {"target", "tgt", "teacher"}
_ASKING = word_set("evaluate eval evaluation test validate validation sample generate accuracy")
_UNLIKE = ("Dropout", "BatchNorm")  # in training and in evaluation


def find_copy_slips(scope: Scope) -> Iterator[Slip]:
    """Give what a file does wrong with the targets and teachers in it, once for all of it."""
    if isinstance(scope.node, ast.Module):
        yield from _Copies(scope.tree).find()


class _Copies:
    """How a file uses its target networks and teachers."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._parents = parents_in(tree)
        self._made: dict[str, list[ast.Assign]] = {}
        self._reads: dict[str, list[ast.expr]] = {}
        for node in walk(tree):
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
            if len(made) != 1 or not words & _NAMES:
                continue
            uses = [self._use_of(node) for node in self._reads.get(name, ())]
            is_asked = "called" in uses or ("read" in uses and bool(words & _AVERAGES))
            if not is_asked or "other" in uses:
                continue
            if "teacher" in words and not {"eval", "train"} & set(uses) and self._drops(made[0]):
                yield Slip(made[0].lineno, "teacher-mode", name)
            elif "teacher" not in words and self._is_copy(made[0].value, uses):
                yield Slip(made[0].lineno, "still-target", name)

    def _use_of(self, node: ast.expr) -> str:
        """Return what is done with a model: "called", "read", a method, "first load", "other"."""
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Call) and (parent.func is node or _is_asking(parent.func)):
            return "called"
        above = self._parents.get(id(parent))
        if not isinstance(parent, ast.Attribute) or not isinstance(above, ast.Call):
            return "other"
        if parent.attr == "load_state_dict":
            return "other" if self._comes_again(above) else "first load"
        if parent.attr == "state_dict" and self._only_saves(above):
            return "read"
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

    def _only_saves(self, call: ast.Call) -> bool:
        """Whether a state is saved, or given to another model, and no more."""
        around = self._parents.get(id(call))
        while isinstance(around, ast.Dict):
            around = self._parents.get(id(around))
        match around:
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in ("save", "load_state_dict")
        return False

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
        own = (e for e in walk(self._tree) if isinstance(e, ast.ClassDef) and e.name == func)
        return any(kind in ast.unparse(each) for each in own for kind in _UNLIKE)


def _is_asking(func: ast.expr) -> bool:
    """Whether a function evaluates what it is given."""
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(words_of(name) & _ASKING)
    return False
