"""Attributes that are written after their object has made of them what it computes with."""

from __future__ import annotations

import ast

from torch import nn

from backtrace.recording.source.source_file import Scope, word_set
from backtrace.recording.source.walks import walk

_SIZES = word_set("in_features out_features in_channels out_channels num_features")
_SETTINGS = word_set("config cfg conf hparams args opt options params settings")
_LOSSES = {name for name in dir(nn) if name.endswith("Loss")}
_TENSORS = ("weight", "weight.data")


def find_late_option(target: ast.Attribute, value: ast.expr, scope: Scope) -> str | None:
    """Return what should have been given to the call that made the object; None elsewhere.

    A loss of torch's reads `size_average` when it is made, a layer its sizes: its weight has them.
    Where the file writes to that layer's weight as well, its sizes may follow it.
    """
    owner = ast.unparse(target.value)
    if target.attr == "size_average":
        if not _is_loss(owner, scope) or not isinstance(value, ast.Constant):
            return None
        return f"reduction='{'mean' if value.value else 'sum'}'"
    if target.attr not in _SIZES or not _is_of_a_layer(target.value) or _is_copied(value):
        return None
    return None if _writes_to_weight(owner, scope) else f"{target.attr}={ast.unparse(value)}"


def _is_of_a_layer(owner: ast.expr) -> bool:
    """Whether this is a part of something, as `model.fc`: a name alone may be of any class.

    Settings that a model keeps are none, and may be read later.
    """
    if isinstance(owner, ast.Attribute) and owner.attr in _SETTINGS:
        return False
    return isinstance(owner, ast.Attribute | ast.Subscript)


def _is_copied(value: ast.expr) -> bool:
    """Whether a layer is given another's size, as where its weight comes from there, too."""
    return isinstance(value, ast.Attribute) and value.attr in _SIZES


def _is_loss(owner: str, scope: Scope) -> bool:
    """Whether a name is given losses of torch's, and nothing else, in the file."""
    made = [
        node.value
        for node in walk(scope.tree)
        if isinstance(node, ast.Assign) and any(ast.unparse(each) == owner for each in node.targets)
    ]
    return bool(made) and all(
        isinstance(each, ast.Call) and ast.unparse(each.func).rpartition(".")[2] in _LOSSES
        for each in made
    )


def _writes_to_weight(owner: str, scope: Scope) -> bool:
    """Whether the owner's weight is given another value somewhere in the file."""
    written = {f"{owner}.{tensor}" for tensor in _TENSORS}
    return any(
        ast.unparse(each) in written
        for node in walk(scope.tree)
        if isinstance(node, ast.Assign)
        for each in node.targets
    )
