"""Steps that the user's own lines take, `w -= lr * w.grad`, with no optimizer: writes StepTaken.

Patches nothing. Values are copied after a backward, and compared before the next known call.
"""

from __future__ import annotations

from torch import Tensor

from backtrace.ledger.events import Entry, StepTaken
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller, find_frames, find_line_in
from backtrace.recording.kernels.value_changes import cosine_along, has_moved
from backtrace.recording.source.lines.step_lines import find_step_line
from backtrace.recording.tensors.inspection import read_stamp
from backtrace.recording.tensors.shards import held
from backtrace.recording.tensors.stamps import Stamp, Tracked
from backtrace.recording.tensors.tracked import BY_HAND

_ALONG = 0.99  # the cosine of a change and a gradient; what has it by chance is no step
_FEW = 3  # tensors that tell whether all are copies
Pair = tuple[Tracked, Tensor]


class ManualStepSensor:
    """Finds values that moved after a backward gave them gradients, and no optimizer moved."""

    def __init__(self, accounts: TensorAccounts) -> None:
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._kept: list[Tracked] = []
        self._read: dict[str, Stamp | None] = {}  # gradients that the last step had, by tensor
        self._backward: tuple[str, int] | None = None  # the file and line of the last one
        self._alive: list[Tensor] = []  # a script's last lines may move what its end lets go of

    def forget(self) -> None:
        """Whatever moves from here on, no backward was seen before it."""
        self._kept, self._alive = [], []

    def keep(self) -> None:
        """After a backward: copy what has a gradient now and is no optimizer's."""
        pairs = [
            (tracked, tensor)
            for tracked, tensor in self._register
            if tracked.optimizer in (None, BY_HAND)
            and tracked.kind != "input"
            and not tracked.copy
            and tracked.value is not None
            and tensor.grad is not None
        ]
        if not (pairs or self._alive):
            self._kept = []
            return
        if pairs:
            self._inspector.keep_values(pairs)
            frame, _ = find_frames()
            self._backward = (frame.f_code.co_filename, frame.f_lineno) if frame else None
        self._kept = [tracked for tracked, _ in pairs]
        if not any(ref() is not None for _, ref in self._register.optimizers.values()):
            self._alive = [tensor for tracked, tensor in pairs if tracked.kind == "parameter"]
        for tracked, tensor in pairs:
            if tracked.kind == "tensor" and tensor.grad is not None:
                tracked.last_grad = held(tensor.grad).detach().clone()

    def take_over(self, leaf: Tensor, name: str | None) -> bool:
        """Whether `leaf` is what a step made of a tensor of this name: `w = w - lr * w.grad`.

        It is when it differs from that along the gradient; then it goes on under its account.
        """
        for tracked in self._kept:
            old, grad = tracked.before, tracked.last_grad
            if tracked.name != name or old is None or grad is None or old.shape != leaf.shape:
                continue
            if abs(cosine_along(grad, old, leaf)) >= _ALONG:
                self._register.move(tracked, leaf)
                return True
        return False

    def look(self) -> bool:
        """Enter a step where a value is no longer as it was kept; False where there was none."""
        if not self._kept:
            return False
        found = self._find_pairs()
        moved = [(t, x) for t, x in found if t.before is not None and has_moved(t.before, held(x))]
        if not moved:
            return False
        if self._are_renewed(moved):
            self.forget()
            return False
        # What stayed, with a gradient that a step has read already, is of an earlier training.
        names = {t.name for t, _ in moved}
        pairs = [
            (t, x) for t, x in found if t.name in names or t.grad is not self._read.get(t.name)
        ]
        grads = {t.name: t.grad for t, _ in pairs}
        self._read.update(grads)
        before = {t.name: t.value for t, _ in pairs}
        changes = self._inspector.restamp_stepped(pairs)
        self._kernel.settle()
        values = {
            t.name: Entry(read_stamp(before[t.name]), read_stamp(t.value), changes[t.name].reading)
            for t, _ in pairs
        }
        self._kept, self._alive = [], []
        for tracked, _ in pairs:
            if tracked.optimizer is None:
                tracked.optimizer, tracked.is_announced = BY_HAND, False
        self._journal.write(
            StepTaken,
            where=self._find_line() or find_caller(),
            optimizer=BY_HAND,
            type=BY_HAND,
            lr=(),
            grads={name: read_stamp(stamp) for name, stamp in grads.items()},
            values=values,
        )
        return True

    def _are_renewed(self, moved: list[Pair]) -> bool:
        """Whether values went straight to what an optimizer steps: copies, or averages, of that.

        A target network that a loss reaches has gradients as well, and nothing steps along them.
        """
        telling = [(t.before, held(x)) for t, x in moved if t.before is not None and x.numel() > 1]
        stepped = [
            held(x).detach() for t, x in self._register if t.optimizer not in (None, BY_HAND)
        ]
        return bool(telling) and all(
            any(
                other.shape == old.shape and cosine_along(other - old, old, new) >= _ALONG
                for other in stepped
            )
            for old, new in telling[:_FEW]
        )

    def _find_line(self) -> str:
        """Return the line that takes the step, '' where the source does not show it plainly."""
        if self._backward is None:
            return ""
        path, line = self._backward
        found = find_step_line(path, line)
        return "" if found is None else find_line_in([(path, found)])

    def _find_pairs(self) -> list[Pair]:
        """Return what was kept and no optimizer has taken since."""
        return [
            (tracked, tensor)
            for tracked in self._kept
            if tracked.optimizer in (None, BY_HAND)
            and (tensor := tracked.ref()) is not None
            and tracked.before is not None
            and tracked.before.shape == held(tensor).shape
        ]
