"""Steps under way: reads what they find and leave, and writes StepBegan, StepTaken, StepSkipped.

One that raises has no end that a hook tells of; it is seen to be gone by its call.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from types import FrameType
from typing import TYPE_CHECKING

from torch.optim import Optimizer

from backtrace.as_data import class_name
from backtrace.ledger.events import Entry, StepBegan, StepSkipped, StepTaken
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.kernels.kernel import Slot
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.sensors.replicas import ReplicaSensor
from backtrace.recording.tensors.param_groups import read_groups
from backtrace.recording.tensors.stamps import Stamp
from backtrace.recording.tensors.wrappers import is_sharding

if TYPE_CHECKING:
    from backtrace.recording.sensors.receipts import ReceiptWriter

_STEP = Optimizer.profile_hook_step.__code__.co_filename


@dataclass
class _Step:
    """A step that is running. `frame` is torch's call around it; a nested one has no `lr`."""

    optimizer: Optimizer
    frame: FrameType | None
    lr: tuple[float, ...] | None


class OpenSteps:
    """Enters steps into the journal; a closure's calls come between a step's begin and end."""

    def __init__(self, accounts: TensorAccounts, receipts: ReceiptWriter | None) -> None:
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._journal = accounts.journal
        self._receipts = receipts
        self._replicas = ReplicaSensor(accounts)
        self._counts: dict[str, int] = {}
        self._open: list[_Step] = []
        self._raised: set[str] = set()  # the tensors of steps that raised

    @property
    def is_open(self) -> bool:
        """Whether a step is running."""
        return bool(self._open)

    def count(self, optimizer: Optimizer) -> int:
        """Return how many steps of `optimizer` were entered."""
        return self._counts.get(self._register.name_of(optimizer), 0)

    def leave_out(self, optimizer: Optimizer) -> None:
        """An experiment has left out a step: whoever asked for it is not to say that it did so."""
        name = self._register.name_of(optimizer)
        self._counts[name] = self._counts.get(name, 0) + 1

    def begin_part(self, optimizer: Optimizer) -> bool:
        """Begin a step that is a part of the one that runs, if it is; that one has the books.

        ZeroRedundancyOptimizer steps this rank's share by another optimizer, and then sends it.
        """
        if self._open and is_sharding(self._open[-1].optimizer):
            self._open.append(_Step(optimizer, _find_step(), None))
            return True
        return False

    def begin(self, optimizer: Optimizer) -> None:
        """Keep a copy of the values that are about to change."""
        if any(step.optimizer is optimizer for step in self._open):
            self._open.append(_Step(optimizer, _find_step(), None))  # its parent class's step
            return
        pairs = self._register.tracked_of(optimizer)
        self._inspector.keep_values(pairs)
        self._replicas.step_began(self._register.name_of(optimizer), pairs)
        if self._receipts:
            self._receipts.open(optimizer, pairs)
        rates = [dict.get(group, "lr", nan) for group in read_groups(optimizer)]
        self._open.append(_Step(optimizer, _find_step(), tuple(map(read_number, rates))))
        name = self._register.name_of(optimizer)
        self._register.variables.note_call(name)
        unscales = object.__getattribute__(optimizer, "__dict__").get("grad_scale") is not None
        written = self._register.variables.find(name)
        self._journal.write(StepBegan, optimizer=name, written=written, unscales=unscales)

    def end(self, optimizer: Optimizer) -> bool:
        """Enter what the step did to the values; False where it is not a step of its own."""
        while self._open and self._open[-1].optimizer is not optimizer:
            self._fail(self._open.pop())
        if not self._open:
            return False  # its beginning was not seen
        lr = self._open.pop().lr
        if lr is None:
            return False
        name = self._register.name_of(optimizer)
        pairs = self._register.tracked_of(optimizer)
        grads: dict[str, Stamp | None] = {}
        before: dict[str, Stamp | None] = {}
        for tracked, _ in pairs:  # each comprehension is a call, in every update
            grads[tracked.name], before[tracked.name] = tracked.grad, tracked.value
        changes = self._inspector.restamp_stepped(pairs)
        # A fused step with a GradScaler unscales the gradients.
        self._inspector.restamp_grads((t, x) for t, x in pairs if t.has_stale_grad(x))
        after = {t.name: t.value for t, _ in pairs}
        receipts = self._receipts.close(optimizer) if self._receipts else {}

        def find_read() -> dict[str, object]:
            return {
                "grads": {
                    name: stamp.slot.reading if stamp else None for name, stamp in grads.items()
                },
                "values": _list_values(before, after, changes),
            }

        self._counts[name] = self._counts.get(name, 0) + 1
        self._replicas.step_ended(name, pairs)
        kind = class_name(type(optimizer))
        self._journal.write_read(
            StepTaken, find_read, optimizer=name, type=kind, lr=lr, receipts=receipts
        )
        return True

    def reread_grads(self) -> None:
        """A closure that a step calls has changed the gradients: receipts are of these."""
        if self._receipts:
            self._receipts.reread_grads()

    def drop_failed(self) -> bool:
        """Close the steps that raised: torch calls no hook for them, but their call is gone.

        Returns whether a step is running.
        """
        while self._open and not _is_running(self._open[-1].frame):
            self._fail(self._open.pop())
        return bool(self._open)

    def pop_raised(self) -> set[str]:
        """Return the tensors of steps that raised since this was asked."""
        raised, self._raised = self._raised, set()
        return raised

    def _fail(self, step: _Step) -> None:
        if step.lr is None:
            return
        if self._receipts:
            self._receipts.close(step.optimizer)
        self._raised |= {each.name for each, _ in self._register.tracked_of(step.optimizer)}
        name = self._register.name_of(step.optimizer)
        reason = "step raised an exception"
        self._journal.write(StepSkipped, optimizer=name, reason=reason, had_begun=True)


def _list_values(
    before: Mapping[str, Stamp | None], after: Mapping[str, Stamp | None], by: Mapping[str, Slot]
) -> dict[str, Entry]:
    """Return what a step did to each value; the kernel must have settled."""
    return {
        name: Entry(
            old.slot.reading if old else None,
            new.slot.reading if (new := after[name]) else None,
            by[name].reading,
        )
        for name, old in before.items()
    }


def _find_step() -> FrameType | None:
    """Return torch's innermost call around a `step`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != _STEP:
        frame = frame.f_back
    return frame


def _is_running(wanted: FrameType | None) -> bool:
    """Whether a call is still on the stack; one that could not be found counts as running."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame is not wanted:
        frame = frame.f_back
    return frame is wanted or wanted is None
