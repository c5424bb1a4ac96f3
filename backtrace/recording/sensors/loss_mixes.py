"""Loss mixes, as announced by `note_loss`: writes LossComputed, and measures each term's gradient.

Patches nothing. The gradients of terms are taken where that is asked for, one extra backward a
term, which leaves the graph and `.grad` as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from backtrace.ledger.events import LossComputed, Split
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.kernels.kernel import Slot
from backtrace.recording.sensors.term_sums import TermSums


class LossMixSensor:
    """Keeps what the terms before the next backward give, and how they share it, in `splits`.

    `terms` holds each term's own gradients; the kernel must have settled before they are read.
    """

    def __init__(self, accounts: TensorAccounts, *, by_term: bool) -> None:
        self._register = accounts.register
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._by_term = by_term
        self.terms: dict[str, dict[str, Slot]] = {}
        self._sums = TermSums()
        self.splits: dict[str, Split] = {}

    def note_loss(self, total: Tensor, terms: Mapping[str, Tensor]) -> None:
        """Enter a loss mix."""
        slots = {name: self._kernel.read_scalar(term) for name, term in terms.items()}
        slot = self._kernel.read_scalar(total)

        def find_read() -> dict[str, object]:
            mix = {name: each.total for name, each in slots.items()}
            return {"total": slot.total, "terms": mix}

        self._journal.write_read(LossComputed, find_read)
        if self._by_term:
            self.terms = self._read_terms(terms)

    def forget(self) -> None:
        """A backward has ended: the next one is not of these terms."""
        self.terms, self.splits = {}, {}

    def clear(self, names: Iterable[str]) -> None:
        """Gradients were cleared: what the terms share begins anew."""
        self._sums.clear(names)

    def _read_terms(self, terms: Mapping[str, Tensor]) -> dict[str, dict[str, Slot]]:
        pairs = [(tracked, tensor) for tracked, tensor in self._register if tensor.requires_grad]
        leaves = [tensor for _, tensor in pairs]
        self.clear(tracked.name for tracked, tensor in pairs if tensor.grad is None)
        slots: dict[str, dict[str, Slot]] = {}
        for name, term in terms.items():
            if not (isinstance(term, Tensor) and term.requires_grad):
                continue
            with torch.enable_grad():
                grads = torch.autograd.grad(term, leaves, retain_graph=True, allow_unused=True)
            given = [
                (tracked.name, grad)
                for (tracked, _), grad in zip(pairs, grads, strict=True)
                if grad is not None
            ]
            read = self._kernel.read([grad for _, grad in given])
            slots[name] = dict(zip((owner for owner, _ in given), read, strict=True))
            for owner, grad in given:
                self._sums.add(owner, name, grad)
        self.splits = self._sums.split({t.name: t.kind == "parameter" for t, _ in pairs})
        return slots
