"""Calls that clear or rewrite gradients: `zero_grad`, clipping, unscaling."""

from __future__ import annotations

from backtrace.ledger.events import Entry, GradsRescaled, GradsZeroed
from backtrace.recording.journal import Journal
from backtrace.recording.kernels.kernel import Kernel
from backtrace.recording.sensors.backwards import Backwards
from backtrace.recording.tensors.inspection import Inspector, is_same_reading, read_stamp
from backtrace.recording.tensors.tracked import Register, Stamp


class Rewrites:
    """Enters what such a call found and left; gradients must have been looked at before it."""

    def __init__(
        self,
        register: Register,
        inspector: Inspector,
        kernel: Kernel,
        journal: Journal,
        backwards: Backwards,
    ) -> None:
        self._register = register
        self._inspector = inspector
        self._kernel = kernel
        self._journal = journal
        self._backwards = backwards
        self._cleared: dict[str, Stamp | None] = {}
        self._rescaled: dict[str, Stamp | None] = {}

    def clearing_began(self, target: object) -> None:
        """Remember the gradients of what is about to be cleared."""
        self._cleared = {t.name: t.grad for t, _ in self._register.tracked_of(target)}

    def clearing_ended(self, target: object, set_to_none: bool) -> None:
        """Enter what was cleared."""
        pairs = list(self._register.tracked_of(target))
        self._inspector.restamp_grads(pairs)
        self._kernel.settle()
        entries = {
            t.name: Entry(read_stamp(self._cleared.get(t.name)), read_stamp(t.grad))
            for t, _ in pairs
        }
        self._backwards.clear(entries)
        call = f"{self._register.name_of(target)}.zero_grad"
        self._journal.write(GradsZeroed, call=call, set_to_none=set_to_none, grads=entries)

    def rescale_began(self) -> None:
        """Remember the gradients before clipping or unscaling."""
        self._rescaled = {t.name: t.grad for t, _ in self._register}

    def rescale_ended(self, call: str, limit: float | None) -> None:
        """Enter the gradients that were rewritten."""
        pairs = list(self._register)
        written = {t.name for t, x in pairs if t.has_stale_grad(x)}
        self._inspector.restamp_grads(pairs)  # all of them: unscaling does not raise the version
        self._kernel.settle()
        entries = {}
        for tracked, _ in pairs:
            before, after = read_stamp(self._rescaled.get(tracked.name)), read_stamp(tracked.grad)
            if tracked.name in written or not is_same_reading(before, after):
                entries[tracked.name] = Entry(before, after)
        self._journal.write(GradsRescaled, call=call, grads=entries, limit=limit)
