"""Parameters that are frozen and, before anything is trained, unfrozen again with all others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import Scope, word_set, words_of

_TRAINS = word_set("train fit run step epoch backward main finetune loop warmup probe evaluate")


@dataclass(frozen=True)
class UndoneFreeze:
    """In `line` all of `model` is unfrozen, of which something was frozen so many lines before."""

    line: int
    model: str
    lines_before: int


@dataclass(frozen=True)
class _Switch:
    line: int
    end: int
    model: str
    is_on: bool
    is_whole: bool


def find_undone_freezes(scope: Scope) -> Iterator[UndoneFreeze]:
    """Give each freeze that the same scope undoes with nothing that trains in between."""
    busy = [
        node.lineno
        for node in scope.nodes()
        if (isinstance(node, ast.Call) and words_of(_name_of(node.func)) & _TRAINS)
        or (isinstance(node, ast.For | ast.While) and _read_switch(node) is None)
    ]
    frozen: list[_Switch] = []
    for switch in filter(None, map(_read_switch, scope.statements())):
        if not switch.is_on:
            frozen.append(switch)
            continue
        for before in frozen:
            is_of_it = f"{before.model}.".startswith(f"{switch.model}.")
            is_next = not any(before.line < line < switch.line for line in busy)
            if switch.is_whole and is_of_it and is_next and before.end < switch.line:
                yield UndoneFreeze(switch.line, switch.model, switch.line - before.line)
        frozen = []


def _read_switch(node: ast.stmt) -> _Switch | None:
    """Return what a statement does to `requires_grad`: a loop over parameters, or a call."""
    end = node.end_lineno or node.lineno
    match node:
        case ast.For(iter=ast.Call(func=ast.Attribute(value=owner, attr=given))):
            if given not in ("parameters", "named_parameters"):
                return None
            writes = [(part, _read_write(part)) for part in ast.walk(node)]
            for part, is_on in writes:
                if is_on is not None:
                    return _Switch(node.lineno, end, ast.unparse(owner), is_on, part in node.body)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner))):
            if (is_on := _read_write(node)) is not None:
                return _Switch(node.lineno, end, ast.unparse(owner), is_on, True)
    return None


def _read_write(node: ast.AST) -> bool | None:
    """Return what a node writes to `requires_grad`; None where it writes no such thing."""
    match node:
        case ast.Assign(targets=[ast.Attribute(attr="requires_grad")], value=ast.Constant(value)):
            return bool(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="requires_grad_"), args=args)):
            told = args[0] if args else ast.Constant(True)
            return bool(told.value) if isinstance(told, ast.Constant) else None
    return None


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ast.unparse(function).rpartition(".")[2]
