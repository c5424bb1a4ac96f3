"""Models whose `forward` has transformers' Trainer leave the division of a loss to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import Function, walk


def find_left_divisions(scope: Scope) -> Iterator[Slip]:
    """Give each `forward` that takes any options, and labels, and asks for no number of items.

    The Trainer divides by the number of micro-batches only where `forward` has no `**kwargs`, or
    the model says `accepts_loss_kwargs = False`. A file with a backward of its own is left out.
    """
    if not isinstance(scope.node, ast.Module) or "transformers" not in packages_in(scope.tree):
        return
    names = {name for node in walk(scope.tree) if (name := _name_of(node))}
    if names & {"num_items_in_batch", "accepts_loss_kwargs", "backward"}:
        return
    for owner in walk(scope.tree):
        if isinstance(owner, ast.ClassDef):
            for method in owner.body:
                if isinstance(method, Function) and _is_open(method):
                    yield Slip(method.lineno, "division-left", owner.name)


def _name_of(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.arg(arg=name):
            return name
    return ""


def _is_open(method: Function) -> bool:
    given = {each.arg for each in (*method.args.args, *method.args.kwonlyargs)}
    return method.name == "forward" and method.args.kwarg is not None and "labels" in given
