"""Learning rate schedulers that are made, and that nothing could ever step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import own_nodes, walk

_SCHEDULERS = frozenset(
    name
    for name, kind in vars(torch.optim.lr_scheduler).items()
    if isinstance(kind, type) and hasattr(kind, "step")
)
# Methods that say how a scheduler stands, or put it back where it stood, and move no rate.
_TELLING = word_set("get_last_lr get_lr state_dict load_state_dict")
_ASKING = word_set("lr_schedulers lr_scheduler_configs")  # a Lightning module or its Trainer


def find_unstepped_schedulers(scope: Scope) -> Iterator[Slip]:
    """Give each scheduler whose variable is read nowhere, or to tell how it stands and no more.

    What is handed on, kept or returned may be stepped elsewhere, and is left out; so is one that
    is given to an attribute of another object than `self`. A Lightning module that steps by hand
    is to step what it returns as well, through `self.lr_schedulers()`.
    """
    for node in scope.nodes():
        match node:
            case ast.Assign(
                targets=[ast.Name() | ast.Attribute(value=ast.Name(id="self")) as target],
                value=ast.Call(func=ast.Name(id=kind) | ast.Attribute(attr=kind)) as call,
            ):
                if kind in _SCHEDULERS and not _may_be_used(scope, ast.unparse(target)):
                    yield Slip(call.lineno, "unstepped", ast.unparse(target), kind)
    if scope.name == "configure_optimizers" and _steps_by_hand(scope):
        yield from _handed_to_lightning(scope)


def _steps_by_hand(scope: Scope) -> bool:
    """Whether a Lightning module takes its steps itself, in a file that asks for no scheduler."""
    own = parents_in(scope.tree).get(id(scope.node))
    if not isinstance(own, ast.ClassDef) or not _is_lightning(own):
        return False
    by_hand = False
    for node in walk(scope.tree):
        match node:
            case ast.Attribute(attr=attr) if attr in _ASKING:
                return False
            case ast.Assign(
                targets=[ast.Attribute(attr="automatic_optimization")],
                value=ast.Constant(value=False),
            ):
                by_hand = True
    return by_hand


def _is_lightning(own: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("LightningModule") for base in own.bases)


def _handed_to_lightning(scope: Scope) -> Iterator[Slip]:
    """Give the schedulers that are returned to a Trainer which leaves all steps to the module."""
    made = sorted(  # as they are written, which is how they are numbered most of the time
        (node.lineno, node.col_offset, kind)
        for node in scope.nodes()
        if isinstance(node, ast.Call) and (kind := _last_of_call(node)) in _SCHEDULERS
    )
    for number, (line, _, kind) in enumerate(made):
        index = f"[{number}]" if len(made) > 1 else ""
        yield Slip(line, "unstepped", f"self.lr_schedulers(){index}", kind)


def _last_of_call(call: ast.Call) -> str:
    return _last(call.func) if isinstance(call.func, ast.Name | ast.Attribute) else ""


def _may_be_used(scope: Scope, name: str) -> bool:
    """Whether a file does more with what has this name than to ask it how it stands."""
    if scope.reads_all or (name.startswith("self.") and _is_inherited(scope, name)):
        return True
    where = scope.tree if scope.name == "" or name.startswith("self.") else scope.node
    telling = set()
    for node in walk(where):
        match node:
            case ast.Attribute(value=ast.Name() | ast.Attribute() as told, attr=attr):
                if attr in _TELLING and ast.unparse(told) == name:
                    telling.add(id(told))
    last = name.rpartition(".")[2]
    return any(
        isinstance(node.ctx, ast.Load) and id(node) not in telling and _last(node) == last
        for node in walk(where)
        if isinstance(node, ast.Name | ast.Attribute)
    )


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def _is_inherited(scope: Scope, name: str) -> bool:
    """Whether a class that sets this attribute has a base, which may step what it has."""
    return any(
        isinstance(each, ast.Attribute) and ast.unparse(each) == name
        for body in walk(scope.tree)
        if isinstance(body, ast.ClassDef) and body.bases
        for method in body.body
        for each in own_nodes(method)
    )
