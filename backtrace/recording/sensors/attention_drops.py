"""Attention as a function that drops in evaluation: told of calls, writes DroppedInEvaluation.

The function is torch's own and in C, which nothing is put in the place of: what it is told stands
in the source of the module that was called, and in that module's attributes.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import nn

from backtrace.as_data import attributes_of, is_exactly
from backtrace.explain.graph import module_tree
from backtrace.ledger.layer_facts import DroppedInEvaluation
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_line_in
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.source.models.attention_drops import (
    AttentionDrop,
    Path,
    Test,
    find_attention_drops,
)

_CALLS = nn.Module._call_impl.__code__.co_filename
_UNKNOWN = object()


class AttentionDrops:
    """Holds what attention is told to drop to the mode of the module whose forward calls it."""

    def __init__(self, accounts: TensorAccounts) -> None:
        self._register = accounts.register
        self._journal = accounts.journal
        self._due = DueCounts(first=3)
        self.of_kinds: dict[int, tuple[type, list[AttentionDrop]]] = {}  # by the id of the class

    def first_of_kind(self, kind: type) -> None:
        """A module was called, of a class of which none was before."""
        found = find_attention_drops(kind)
        if found:
            self.of_kinds[id(kind)] = kind, found

    def module_called(self, module: nn.Module) -> None:
        """A module of such a class was called; one left in training mode is meant to drop."""
        if torch.is_grad_enabled() or module_tree.is_training(module):
            return
        model = find_outermost(module)
        if module_tree.is_training(model):
            return
        for each in self.of_kinds[id(type(module))][1]:
            share = _read(module, each.share) if isinstance(each.share, tuple) else each.share
            if not (is_exactly(share, float, int) and share and _comes_to(module, each)):
                continue
            where = find_line_in([(each.path, each.line)])
            if self._due.is_due(where):
                self._journal.write(
                    DroppedInEvaluation,
                    where=where,
                    module=self._register.name_of(model),
                    share=share,
                    call=each.call,
                )


def find_outermost(layer: nn.Module) -> nn.Module:
    """Return the outermost module that is being called now; a layer, if none but it is."""
    found, frame = layer, sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "_call_impl" and frame.f_code.co_filename == _CALLS:
            caller = frame.f_locals.get("self")
            found = caller if isinstance(caller, nn.Module) else found
        frame = frame.f_back  # type: ignore[assignment]
    return found


def _comes_to(module: nn.Module, drop: AttentionDrop) -> bool:
    """Whether a call of the module comes to the line, as far as is known."""
    if not all(_holds(module, each) is True for each in drop.tests):
        return False
    return all(any(_holds(module, each) is False for each in tests) for tests in drop.unless)


def _holds(module: nn.Module, test: Test) -> bool | None:
    """Whether a test of an attribute is true; None where only the attribute itself could say."""
    path, answer = test
    found = _read(module, path)
    if found is None or is_exactly(found, bool, int, float):
        return bool(found) is answer
    return None


def _read(module: nn.Module, path: Path) -> Any:
    """Return an attribute of an attribute, as data; what a property computes is not known."""
    found: Any = module
    for name in path:
        try:
            own = attributes_of(found)
        except AttributeError:
            return _UNKNOWN
        parts = own.get("_modules") if isinstance(found, nn.Module) else None
        found = own.get(name, _UNKNOWN)
        if found is _UNKNOWN and type(parts) is dict:
            found = parts.get(name, _UNKNOWN)
    return found
