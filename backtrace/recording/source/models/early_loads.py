"""States that an Accelerator loads before it was given anything that they could be put into."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from backtrace.recording.source.imports import full_name, packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_PREPARES = word_set("prepare prepare_model prepare_optimizer")
_DEEPEST = 5  # functions within one another


@dataclass(frozen=True)
class _AcceleratorAct:
    """What is done with an Accelerator: `outer` is the call of the scope that brings it about."""

    kind: Literal["made", "loads", "prepares", "unsure"]
    call: ast.Call
    outer: ast.Call


def find_early_loads(scope: Scope) -> Iterator[Slip]:
    """Give the loads, and in `beside` the line that prepares behind them."""
    if not _is_about_states(scope.tree):
        return
    acts = list(_StatesReader(scope.tree).read(scope.node, ()))
    begins = [place for place, act in enumerate(acts) if act.kind == "made"]
    for first, last in pairwise([*begins, len(acts)]):
        yield from _judge(acts[first:last])


def _judge(acts: list[_AcceleratorAct]) -> Iterator[Slip]:
    """Give the load of one Accelerator that comes first, where nothing loads later."""
    kinds = [act.kind for act in acts]
    if kinds[1:2] != ["loads"] or "prepares" not in kinds:
        return
    behind = kinds.index("prepares")
    if "unsure" in kinds[:behind] or "loads" in kinds[behind:]:
        return
    told = {id(acts[place].outer) for place in (0, 1, behind)}
    if len(told) > 1 or acts[0].call is acts[0].outer:  # else a scope within tells of it
        load = acts[1].call
        yield Slip(load.lineno, "early-load", ast.unparse(load.func), str(acts[behind].call.lineno))


def _is_about_states(tree: ast.Module) -> bool:
    if "accelerate" not in packages_in(tree):
        return False
    called = {called_name(node.func) for node in walk(tree) if isinstance(node, ast.Call)}
    return {"Accelerator", "load_state"} <= called and "register_for_checkpointing" not in called


class _StatesReader:
    """Goes through a function as it runs, and through those of the file that it calls."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._functions: dict[str, list[Function]] = {}
        self._classes: dict[str, list[ast.ClassDef]] = {}
        self._bases: set[str] = set()
        self._stored: set[str] = set()
        self._accelerators: set[str] = set()
        for node in walk(tree):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    self._functions.setdefault(name, []).append(node)
                case ast.ClassDef(name=name, bases=bases):
                    self._classes.setdefault(name, []).append(node)
                    self._bases |= {called_name(base) for base in bases}
                case ast.Attribute(attr=attr, ctx=ast.Store()):
                    self._stored.add(attr)
                case ast.Assign(targets=[target], value=ast.Call(func=func)):
                    if called_name(func) == "Accelerator":
                        self._accelerators.add(called_name(target))

    def read(
        self, node: ast.Module | Function, inside: tuple[Function, ...]
    ) -> Iterator[_AcceleratorAct]:
        """Give what a function does, in its order."""
        within = (*inside, node) if isinstance(node, Function) else inside
        yield from self._read_block(node.body, within)

    def _read_block(
        self, block: list[ast.stmt], inside: tuple[Function, ...]
    ) -> Iterator[_AcceleratorAct]:
        for statement in block:
            if isinstance(statement, ast.If):
                yield from self._read_branches(statement, inside)
                continue
            if isinstance(statement, Function | ast.ClassDef):
                continue
            for part in ast.iter_child_nodes(statement):
                if not isinstance(part, ast.stmt | ast.ExceptHandler):
                    yield from self._read_calls(part, inside)
            for name in ("body", "handlers", "orelse", "finalbody"):
                for each in getattr(statement, name, []):
                    own = each.body if isinstance(each, ast.ExceptHandler) else [each]
                    yield from self._read_block(own, inside)

    def _read_branches(
        self, choice: ast.If, inside: tuple[Function, ...]
    ) -> Iterator[_AcceleratorAct]:
        """Give what either branch does; unsure where they differ, or the first one ends here."""
        yield from self._read_calls(choice.test, inside)
        acts = list(self._read_block(choice.body, inside))
        others = list(self._read_block(choice.orelse, inside))
        ends = any(_ends(node) for node in own_nodes(choice))
        if (acts and others) or (ends and (acts or others)):
            yield replace((acts or others)[0], kind="unsure")
        yield from acts
        yield from others

    def _read_calls(self, part: ast.AST, inside: tuple[Function, ...]) -> Iterator[_AcceleratorAct]:
        calls = [node for node in walk(part) if isinstance(node, ast.Call)]
        for call in sorted(
            calls, key=lambda each: (each.end_lineno or 0, each.end_col_offset or 0)
        ):
            yield from self._read_call(call, inside)

    def _read_call(self, call: ast.Call, inside: tuple[Function, ...]) -> Iterator[_AcceleratorAct]:
        name = called_name(call.func)
        if full_name(call.func, self._tree).startswith("accelerate") and name == "Accelerator":
            yield _AcceleratorAct("made", call, call)
        elif isinstance(call.func, ast.Attribute) and self._is_accelerator(call.func.value):
            if name == "load_state":
                yield _AcceleratorAct("loads", call, call)
            elif name in _PREPARES:
                yield _AcceleratorAct("prepares", call, call)
        elif function := self._find(call, inside):
            if function not in inside and len(inside) < _DEEPEST:
                for act in self.read(function, inside):
                    yield replace(act, outer=call)
        elif self._may_prepare(call, inside):
            yield _AcceleratorAct("unsure", call, call)

    def _find(self, call: ast.Call, inside: tuple[Function, ...]) -> Function | None:
        """Return the function of the file that a call runs, where that is sure."""
        name = called_name(call.func)
        found = self._functions.get(name, [])
        match call.func:
            case ast.Name() if len(self._classes.get(name, [])) == 1:
                return self._method(self._classes[name][0], "__init__")
            case ast.Attribute(value=ast.Name(id="self")) if inside and len(found) > 1:
                owner = parents_in(self._tree).get(id(inside[-1]))
                if isinstance(owner, ast.ClassDef) and owner.name not in self._bases:
                    return self._method(owner, name)
        return found[0] if len(found) == 1 and name != "__init__" else None

    def _method(self, owner: ast.ClassDef, name: str) -> Function | None:
        """Return a method of a class, or of the class of the file that it is one of."""
        for each in owner.body:
            if isinstance(each, Function) and each.name == name:
                return each
        above = [self._classes.get(called_name(base), []) for base in owner.bases]
        return self._method(above[0][0], name) if above and above[0] else None

    def _may_prepare(self, call: ast.Call, inside: tuple[Function, ...]) -> bool:
        """Whether a call of something else may prepare: handed an Accelerator, or an object's."""
        given = (*call.args, *(each.value for each in call.keywords))
        if any(self._is_accelerator(each) for each in given):
            return True
        match call.func:
            case ast.Attribute(value=ast.Name(id="self"), attr=attr):
                return attr not in self._stored
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))) if inside:
                owner = parents_in(self._tree).get(id(inside[-1]), inside[-1])
                return any(self._is_accelerator(each) for each in walk(owner))
        found = self._functions.get(called_name(call.func), [])
        return any(called_name(node.func) in _PREPARES for each in found for node in _calls(each))

    def _is_accelerator(self, value: ast.AST) -> bool:
        name = called_name(value) if isinstance(value, ast.expr) else ""
        return "accelerator" in name.lower() or name in self._accelerators


def _ends(node: ast.AST) -> bool:
    """Whether what comes behind may be left out."""
    is_exit = isinstance(node, ast.Call) and called_name(node.func) in ("exit", "_exit", "quit")
    return is_exit or isinstance(node, ast.Return | ast.Break | ast.Continue)


def _calls(function: Function) -> Iterator[ast.Call]:
    return (node for node in walk(function) if isinstance(node, ast.Call))
