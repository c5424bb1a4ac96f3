"""What each backward adds to the gradients, gathered from the hooks on the leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from backtrace.ledger.events import BackwardRan, Entry, LossComputed, Split
from backtrace.recording.journal import Journal
from backtrace.recording.kernels.kernel import Kernel, Slot
from backtrace.recording.sensors.shares import TermSums
from backtrace.recording.tensors.inspection import Inspector, read_stamp
from backtrace.recording.tensors.tracked import Register, Stamp, Tracked


class Arrivals:
    """The gradients of one backward, as they come in.

    `loss` is the scalar it started from, `scale` what a GradScaler had multiplied it by. `.grad`
    as the backward found it is remembered here.
    """

    def __init__(
        self,
        register: Register,
        inspector: Inspector,
        loss: Slot | None,
        scale: Slot | None = None,
    ) -> None:
        self.loss = loss
        self.scale = scale
        self._inspector = inspector
        self._before: dict[str, Stamp | None] = {t.name: t.grad for t, _ in register}
        self._incoming: dict[str, Slot] = {}
        self._arrived: dict[str, tuple[Slot, Slot]] = {}

    def __len__(self) -> int:
        return len(self._arrived)

    def __contains__(self, tracked: Tracked) -> bool:
        return tracked.name in self._arrived

    def take_incoming(self, tracked: Tracked, grad: Tensor, kernel: Kernel) -> None:
        """Read what is about to be added to a `.grad` that is there already."""
        tensor = tracked.ref()
        if tensor is not None and tensor.grad is not None:
            (self._incoming[tracked.name],) = kernel.read([grad])

    def take_arrived(self, tracked: Tracked, leaf: Tensor) -> None:
        """Read `.grad` after the addition; where there was none, that is what was added."""
        after = self._inspector.restamp_grad(tracked, leaf)
        if after is not None:
            delta = self._incoming.pop(tracked.name, after)
            self._arrived[tracked.name] = (delta, after)

    def to_entries(self) -> dict[str, Entry]:
        """Return the entries; the kernel must have settled."""
        return {
            name: Entry(read_stamp(self._before.get(name)), after.reading, delta.reading)
            for name, (delta, after) in self._arrived.items()
        }


class Backwards:
    """Enters backwards into the journal, one at a time, and the loss mixes before them.

    With `by_term` each loss term's own gradient is taken too: one extra backward per term.
    """

    def __init__(
        self,
        register: Register,
        inspector: Inspector,
        kernel: Kernel,
        journal: Journal,
        *,
        by_term: bool,
    ) -> None:
        self._register = register
        self._inspector = inspector
        self._kernel = kernel
        self._journal = journal
        self._by_term = by_term
        self._open: Arrivals | None = None
        self._terms: dict[str, dict[str, Slot]] = {}
        self._sums = TermSums()
        self._splits: dict[str, Split] = {}

    def clear(self, names: Iterable[str]) -> None:
        """Gradients were cleared: what the terms share begins anew."""
        for name in names:
            self._sums.clear(name)

    def note_loss(self, total: Tensor, terms: Mapping[str, Tensor]) -> None:
        """Enter a loss mix."""
        slots = {name: self._kernel.read_scalar(term) for name, term in terms.items()}
        slot = self._kernel.read_scalar(total)
        self._kernel.settle()
        mix = {name: slot.total for name, slot in slots.items()}
        self._journal.write(LossComputed, total=slot.total, terms=mix)
        if self._by_term:
            self._terms = self._read_terms(terms)

    def begin(self, roots: Iterable[Tensor], scale: Tensor | None = None) -> None:
        """Remember every gradient as the backward from `roots`, times `scale`, finds it."""
        found = list(roots)
        is_loss = len(found) == 1 and found[0].numel() == 1
        loss = self._kernel.read_scalar(found[0]) if is_loss else None
        factor = None if scale is None else self._kernel.read_scalar(scale)
        self._open = Arrivals(self._register, self._inspector, loss, factor)

    def end(self, *, failed: bool) -> None:
        """Enter what was added; of a backward that raised, what it had added by then."""
        if self._open is not None and (self._open or not failed):
            self._enter(self._open)
        self._open, self._terms, self._splits = None, {}, {}

    def take_incoming(self, tracked: Tracked, grad: Tensor) -> None:
        """A hook's call: this gradient is about to be added."""
        if self._open is not None:
            self._page_for(tracked, self._open).take_incoming(tracked, grad, self._kernel)

    def take_arrived(self, tracked: Tracked, leaf: Tensor) -> None:
        """A hook's call: `.grad` of this leaf has it."""
        if self._open is not None:
            self._page_for(tracked, self._open).take_arrived(tracked, leaf)

    def _page_for(self, tracked: Tracked, arrivals: Arrivals) -> Arrivals:
        """Begin a new entry when a gradient arrives twice, as a checkpointed part's does."""
        if tracked not in arrivals:
            return arrivals
        self._enter(arrivals)
        self._open = Arrivals(self._register, self._inspector, loss=None)
        return self._open

    def _enter(self, arrivals: Arrivals) -> None:
        self._kernel.settle()
        terms = {
            term: {name: slot.reading for name, slot in found.items()}
            for term, found in self._terms.items()
        }
        loss = arrivals.loss.total if arrivals.loss else None
        self._journal.write(
            BackwardRan,
            loss=loss,
            grads=arrivals.to_entries(),
            terms=terms,
            splits=self._splits,
            scale=arrivals.scale.total if arrivals.scale else None,
        )

    def _read_terms(self, terms: Mapping[str, Tensor]) -> dict[str, dict[str, Slot]]:
        """Read each term's own gradient; the graph is kept and `.grad` is not touched."""
        pairs = [(tracked, tensor) for tracked, tensor in self._register if tensor.requires_grad]
        leaves = [tensor for _, tensor in pairs]
        self.clear(tracked.name for tracked, tensor in pairs if tensor.grad is None)
        slots: dict[str, dict[str, Slot]] = {}
        for name, term in terms.items():
            if not (isinstance(term, Tensor) and term.requires_grad):
                continue
            with torch.enable_grad():
                grads = torch.autograd.grad(term, leaves, retain_graph=True, allow_unused=True)
            slots[name] = {}
            for (tracked, _), grad in zip(pairs, grads, strict=True):
                if grad is not None:
                    (slots[name][tracked.name],) = self._kernel.read([grad])
                    self._sums.add(tracked.name, name, grad)
        self._splits = self._sums.split({t.name: t.kind == "parameter" for t, _ in pairs})
        return slots
