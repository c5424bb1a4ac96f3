"""Attention that a module's forward calls as a function, and what that is told to drop."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import torch
from torch.nn import functional

from backtrace.as_data import find_in_class
from backtrace.recording.frames import is_users
from backtrace.recording.source.source_file import read_text, read_tree
from backtrace.recording.source.walks import Function, own_nodes, walk

Path = tuple[str, ...]  # attributes, each of the one before, the first of the module
Told = float | Path | None  # a number, where one is to be read, or that nobody knows
Test = tuple[Path, bool]  # what is asked of an attribute, and with what answer

# Which argument says how much is dropped, by its place, and which says whether at all.
_CALLED = {"scaled_dot_product_attention": (4, None), "multi_head_attention_forward": (10, 13)}
_SPACES = (torch, torch.nn, functional)
_DEEPEST = 4  # methods and functions of the user's, each called by the one before


@dataclass(frozen=True)
class AttentionDrop:
    """In `line` of the file `path`, `call` drops what `share` says, whatever the mode is.

    It is come to where all `tests` are true, and not all of any of `unless`.
    """

    path: str
    line: int
    call: str
    share: float | Path
    tests: tuple[Test, ...]
    unless: tuple[tuple[Test, ...], ...]


def find_attention_drops(kind: type) -> list[AttentionDrop]:
    """Return each call of attention in a class's forward, and in what of the file that calls.

    One is left out whose share is computed, or that is called on a condition that is no attribute.
    """
    forward = find_in_class(kind, "forward")
    if not isinstance(forward, FunctionType) or not is_users(forward.__code__):
        return []
    if not any(name in read_text(forward.__code__.co_filename) for name in _CALLED):
        return []
    return list(_Body(kind, forward, {"": ()}, (), ()).calls())


@dataclass
class _Body:
    """A function of the user's as it is gone through: what its names are, and how it is come to.

    In `given` are its parameters; the first of `forward`, '' there, is the module.
    """

    kind: type
    function: FunctionType
    given: Mapping[str, Told]
    tests: tuple[Test, ...]
    unless: tuple[tuple[Test, ...], ...]
    depth: int = 0
    is_sure: bool = True
    local: dict[str, ast.expr | None] = field(default_factory=dict)

    def calls(self) -> Iterator[AttentionDrop]:
        """Give what attention drops in it, and in what it calls."""
        node = _find_node(self.function)
        if node is None or self.depth > _DEEPEST:
            return
        names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
        if "" in self.given and names:
            self.given = {names[0]: self.given[""]}
        self.local = _find_local(node)
        for statement in node.body:
            yield from self._visit(statement, ())

    def _visit(self, node: ast.AST, tests: tuple[Test, ...]) -> Iterator[AttentionDrop]:
        match node:
            case ast.FunctionDef() | ast.ClassDef() | ast.Lambda() | ast.IfExp() | ast.BoolOp():
                return  # whether these run is not known
            case ast.If():
                yield from self._branches(node, tests)
                return
            case ast.ExceptHandler() | ast.match_case():
                self._pass_over(node.body)
                return
        for child in ast.iter_child_nodes(node):
            yield from self._visit(child, tests)
        if isinstance(node, ast.Call) and self.is_sure:
            yield from self._call(node, tests)
        elif isinstance(node, ast.Return):
            self.unless = (*self.unless, tests)

    def _branches(self, node: ast.If, tests: tuple[Test, ...]) -> Iterator[AttentionDrop]:
        asked = self._read_test(node.test)
        for block, answer in ((node.body, True), (node.orelse, False)):
            if asked is None or (not answer and len(asked) > 1):
                self._pass_over(block)
                continue
            told = tuple((path, is_so is answer) for path, is_so in asked)
            if asked or answer:  # what is always so has no other branch
                for statement in block:
                    yield from self._visit(statement, (*tests, *told))

    def _pass_over(self, block: list[ast.stmt]) -> None:
        """Go on behind statements that may run or not; where they may return nothing is sure."""
        inside = (each for node in block for each in (node, *own_nodes(node)))
        self.is_sure = self.is_sure and not any(isinstance(each, ast.Return) for each in inside)

    def _read_test(self, node: ast.expr) -> tuple[Test, ...] | None:
        """Return what a condition asks of attributes: nothing, if it is always so; None if else."""
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                asked = self._read_test(operand)
                return ((asked[0][0], not asked[0][1]),) if asked and len(asked) == 1 else None
            case ast.BoolOp(op=ast.And(), values=values):
                parts = [self._read_test(each) for each in values]
                known = [each for each in parts if each is not None]
                return sum(known, ()) if len(known) == len(parts) else None
            case ast.Call(func=ast.Name(id="hasattr"), args=[_, ast.Constant(value=str(name))]):
                return () if name in _CALLED else None
        told = self._resolve(node)
        return ((told, True),) if isinstance(told, tuple) and told else None

    def _call(self, node: ast.Call, tests: tuple[Test, ...]) -> Iterator[AttentionDrop]:
        called, is_method = self._find_called(node.func)
        way = (*self.tests, *tests)
        if isinstance(called, FunctionType) and is_users(called.__code__):
            given = self._bind(node, called, is_method=is_method)
            if given is not None:
                inner = _Body(self.kind, called, given, way, self.unless, self.depth + 1)
                yield from inner.calls()
            return
        name = next((each for each in _CALLED if called is getattr(functional, each)), "")
        told = self._read_share(node, *_CALLED[name]) if name else None
        if told:
            path = self.function.__code__.co_filename
            yield AttentionDrop(path, node.lineno, name, told, way, self.unless)

    def _read_share(self, node: ast.Call, share_at: int, mode_at: int | None) -> Told:
        """Return what a call of torch's is told to drop; None where a mode is told with it."""
        named = {each.arg: each.value for each in node.keywords}
        places: dict[int, ast.expr] = dict(enumerate(node.args))
        is_starred = any(isinstance(each, ast.Starred) for each in node.args)
        if None in named or (is_starred and ("dropout_p" not in named or mode_at is not None)):
            return None
        share = named.get("dropout_p") or places.get(share_at)
        mode = named.get("training") or (places.get(mode_at) if mode_at is not None else None)
        if share is None or (mode is not None and self._resolve(mode) != 1.0):
            return None
        return self._resolve(share)

    def _find_called(self, node: ast.expr) -> tuple[Any, bool]:
        """Return what is called, and whether it is a method of the module; None if not known."""
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if self.given.get(owner) == ():
                return find_in_class(self.kind, name), True
            case ast.Attribute(value=value, attr=name):
                owner, _ = self._find_called(value)
                is_space = any(owner is each for each in _SPACES)
                return (vars(owner).get(name) if is_space else None), False
            case ast.Name(id=name) if name not in self.local and name not in self.given:
                return self.function.__globals__.get(name), False
        return None, False

    def _resolve(self, node: ast.expr) -> Told:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Attribute(value=value, attr=name):
                owner = self._resolve(value)
                return (*owner, name) if isinstance(owner, tuple) else None
            case ast.Name(id=name) if name in self.local:
                given = self.local[name]
                return self._resolve(given) if given is not None else None
            case ast.Name(id=name):
                return self.given.get(name)
        return None

    def _bind(
        self, node: ast.Call, called: FunctionType, *, is_method: bool
    ) -> dict[str, Told] | None:
        """Return what a function's parameters are given here; None where a star gives them."""
        inner = _find_node(called)
        starred = any(isinstance(each, ast.Starred) for each in node.args)
        if inner is None or starred or any(each.arg is None for each in node.keywords):
            return None
        places = [each.arg for each in (*inner.args.posonlyargs, *inner.args.args)]
        told: list[Told] = [()] if is_method else []
        told += [self._resolve(each) for each in node.args]
        found = {**_defaults(inner), **dict(zip(places, told, strict=False))}
        return found | {each.arg: self._resolve(each.value) for each in node.keywords if each.arg}


def _defaults(node: Function) -> dict[str, Told]:
    """Return the defaults of parameters that are numbers; of others nothing is known."""
    args = node.args
    named = [*args.posonlyargs, *args.args]
    behind = named[len(named) - len(args.defaults) :]
    found: dict[str, Told] = {each.arg: None for each in (*named, *args.kwonlyargs)}
    pairs = zip(behind, args.defaults, strict=True)
    for each, value in (*pairs, *zip(args.kwonlyargs, args.kw_defaults, strict=True)):
        match value:
            case ast.Constant(value=int() | float() as number):
                found[each.arg] = number
    return found


def _find_node(function: FunctionType) -> Function | None:
    """Return where a function stands in its file."""
    tree = read_tree(function.__code__.co_filename)
    for node in walk(tree) if tree is not None else ():
        if isinstance(node, Function) and node.name == function.__code__.co_name:
            lines = [node.lineno, *(each.lineno for each in node.decorator_list)]
            if min(lines) == function.__code__.co_firstlineno:
                return node
    return None


def _find_local(node: Function) -> dict[str, ast.expr | None]:
    """Return each variable with what it is given; None for one that is written to twice, or so."""
    names = [each for each in own_nodes(node) if isinstance(each, ast.Name)]
    stores = [each.id for each in names if isinstance(each.ctx, ast.Store)]
    arguments = {each.arg for each in walk(node.args) if isinstance(each, ast.arg)}
    found: dict[str, ast.expr | None] = dict.fromkeys(stores)
    for statement in node.body:  # not in a branch
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if stores.count(name) == 1 and name not in arguments:
                    found[name] = value
    return found
