"""Reads the accounts, and finds what changed between two known calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan

import torch
from torch import Tensor

from backtrace.ledger.events import Account, Entry, Reading
from backtrace.recording.kernels.summarize import Slot, Summarizer
from backtrace.recording.tensors.tracked import Register, Stamp, Tracked

Pair = tuple[Tracked, Tensor]
Edits = list[tuple[Account, dict[str, Entry]]]


class Inspector:
    """Keeps the stamps of all tracked tensors true."""

    def __init__(self, register: Register, summarizer: Summarizer) -> None:
        self._register = register
        self._summarizer = summarizer
        self._threads = torch.get_num_threads()

    def open(self, tracked: Tracked, tensor: Tensor) -> None:
        """Read a tensor for the first time."""
        tracked.value = Stamp.of(tensor, self._summarizer.read(tensor))
        self.restamp_grad(tracked, tensor)

    def restamp_all(self) -> None:
        """Read everything anew, and let go of what changed meanwhile."""
        for tracked, tensor in self._register:
            self.open(tracked, tensor)
        self._summarizer.settle()

    def restamp_grad(self, tracked: Tracked, tensor: Tensor) -> Slot | None:
        """Read `.grad` as it is now; None for a gradient that is None."""
        grad = tensor.grad
        if grad is None:
            tracked.grad = None
            return None
        tracked.grad = Stamp.of(grad, self._summarizer.read(grad))
        return tracked.grad.slot

    def keep_values(self, pairs: Iterable[Pair]) -> None:
        """Copy the values that a step is about to change; half types in float32, so exactly."""
        for tracked, tensor in pairs:
            value = tensor.detach()
            kept = tracked.before
            if kept is None or kept.shape != value.shape or kept.device != value.device:
                wide = torch.float32 if value.element_size() < 4 else value.dtype
                kept = tracked.before = torch.empty_like(value, dtype=wide)
            kept.copy_(value)

    def restamp_value(self, tracked: Tracked, tensor: Tensor) -> Slot:
        """Read the value as a step left it; return the reading of the change."""
        value, kept = tensor.detach(), tracked.before
        if kept is None or kept.shape != value.shape:
            raise RuntimeError(f"{tracked.name} was replaced inside step")
        change = self._summarizer.read(torch.sub(value, kept, out=kept))
        tracked.value = Stamp.of(tensor, self._summarizer.read(value))
        return change

    def look(self, thorough: Sequence[Account], *, in_step: bool = False) -> Edits:
        """Return what changed since the stamps were made, and make them anew.

        Version and pointer tell of most writes and cost nothing. For the accounts named
        `thorough` the elements are added up as well: a write through `.data` shows only there.
        Values are left alone while a step is moving them.
        """
        accounts: tuple[Account, ...] = ("grad",) if in_step else ("grad", "value")
        trusted = self._threads == torch.get_num_threads()  # totals round by thread count
        self._threads = torch.get_num_threads()
        suspects: dict[Account, list[tuple[Pair, Stamp | None]]] = {"grad": [], "value": []}
        totals: list[tuple[Account, Pair, Stamp, Slot]] = []
        for tracked, tensor in self._register:
            for account in accounts:
                now = tensor.grad if account == "grad" else tensor
                stamp = tracked.grad if account == "grad" else tracked.value
                if now is None and stamp is None:
                    continue
                if now is None or stamp is None or not stamp.fits(now):
                    suspects[account].append(((tracked, tensor), stamp))
                elif account not in thorough or not trusted:
                    continue
                elif stamp.slot.reading.values is not None:  # so few that reading all is as quick
                    suspects[account].append(((tracked, tensor), stamp))
                else:
                    slot = self._summarizer.read_total(now)
                    totals.append((account, (tracked, tensor), stamp, slot))
        self._summarizer.settle()
        for account, pair, stamp, slot in totals:
            old, new = stamp.slot.total, slot.total
            if old != new and not (isnan(old) and isnan(new)):
                suspects[account].append((pair, stamp))
        return self._confirm(suspects)

    def _confirm(self, suspects: dict[Account, list[tuple[Pair, Stamp | None]]]) -> Edits:
        """Read the suspects in full; those that read as before were written to, not changed."""
        for account, found in suspects.items():
            for (tracked, tensor), _ in found:
                if account == "grad":
                    self.restamp_grad(tracked, tensor)
                else:
                    tracked.value = Stamp.of(tensor, self._summarizer.read(tensor))
        self._summarizer.settle()
        edits: Edits = []
        for account, found in suspects.items():
            entries = {}
            for (tracked, _), old in found:
                new = tracked.grad if account == "grad" else tracked.value
                before, after = read_stamp(old), read_stamp(new)
                if not is_same_reading(before, after):
                    entries[tracked.name] = Entry(before, after)
            if entries:
                edits.append((account, entries))
        return edits


def read_stamp(stamp: Stamp | None) -> Reading | None:
    """Return the reading that a stamp was made with; None where there is no gradient."""
    return None if stamp is None else stamp.slot.reading


def is_same_reading(one: Reading | None, other: Reading | None) -> bool:
    """Whether two readings tell the same; NaN is the same as NaN."""
    return repr(one) == repr(other)
