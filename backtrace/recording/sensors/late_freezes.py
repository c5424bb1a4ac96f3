"""Parameters that the first call of a module's own `train` freezes: writes FrozenAtRest.

Told by ModeSensor of modules whose mode is set for the first time, and that by `eval`.
"""

from __future__ import annotations

import weakref
from typing import NamedTuple

from torch import Tensor, nn

from backtrace.as_data import class_name
from backtrace.explain.graph import module_tree
from backtrace.ledger.facts import FrozenAtRest
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_line_in
from backtrace.recording.source.models.freezing_modes import find_freezing_mode


class _Begun(NamedTuple):
    """A module that is put to rest: what of it can be trained, and the line that freezes."""

    type: str
    wanting: list[weakref.ref[Tensor]]
    where: str
    rested: str


class LateFreezes:
    """Compares what could be trained before such a call with what can be after it."""

    def __init__(self, accounts: TensorAccounts) -> None:
        self._register = accounts.register
        self._journal = accounts.journal
        self._kinds: dict[int, tuple[type, tuple[str, int] | None]] = {}  # by the id of the class
        self.begun: list[_Begun] = []

    def rests_at_first(self, module: nn.Module, line: str) -> None:
        """`eval` is under way, and no mode was set before."""
        kind = type(module)
        if id(kind) not in self._kinds:
            self._kinds[id(kind)] = kind, find_freezing_mode(kind)
        _, freeze = self._kinds[id(kind)]
        if freeze is not None:
            wanting = [
                weakref.ref(each) for each in module_tree.parameters(module) if each.requires_grad
            ]
            self.begun.append(_Begun(class_name(kind), wanting, find_line_in([freeze]), line))

    def look(self) -> None:
        """The calls are over: a model is called."""
        begun, self.begun = self.begun, []
        for each in begun:
            alive = [tensor for ref in each.wanting if (tensor := ref()) is not None]
            frozen = [self._register.find(tensor) for tensor in alive if not tensor.requires_grad]
            names = tuple(tracked.name for tracked in frozen if tracked is not None)
            if names:
                self._journal.write(
                    FrozenAtRest,
                    where=each.where,
                    type=each.type,
                    parameters=names,
                    rested=each.rested,
                )
