"""Backwards of an Accelerator that is to accumulate, in a file that never says over what."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import walk

_OPTIONS = frozenset({"gradient_accumulation_steps", "gradient_accumulation_plugin"})
# What tells an Accelerator whether a batch is the last of its window, or asks it.
_WINDOWS = frozenset({"accumulate", "no_sync", "sync_gradients", "gradient_state"})


def find_unaccumulated(scope: Scope) -> Iterator[Slip]:
    """Give each backward through an Accelerator of the file that divides by a number of batches.

    It divides by what it was made with, also where no `accumulate` tells it of a window.
    """
    made = _accelerators(scope.tree)
    if not made or _says_windows(scope.tree):
        return
    for node in scope.nodes():
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr="backward")):
                name = ast.unparse(owner)
                if name in made:
                    yield Slip(node.lineno, "unaccumulated", name, made[name])


def _accelerators(tree: ast.Module) -> dict[str, str]:
    """Return the Accelerators that were given a number of batches, each with the option."""
    found = {}
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=func) as call):
                given = {each.arg for each in call.keywords} & _OPTIONS
                if called_name(func) == "Accelerator" and given:
                    found[ast.unparse(target)] = str(min(given, key=str))
    return found


def _says_windows(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in _WINDOWS for node in walk(tree))
