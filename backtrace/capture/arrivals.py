"""What one backward adds to each gradient, gathered from the hooks on the leaves."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from backtrace.capture.inspection import Inspector, read_stamp
from backtrace.capture.summarize import Slot, Summarizer
from backtrace.capture.tracked import Register, Stamp, Tracked
from backtrace.events import Entry


class Arrivals:
    """The gradients of one backward, as they come in.

    `loss` is the scalar it started from. `.grad` as the backward found it is remembered here.
    """

    def __init__(self, register: Register, inspector: Inspector, loss: Slot | None) -> None:
        self.loss = loss
        self._inspector = inspector
        self._before: dict[str, Stamp | None] = {t.name: t.grad for t, _ in register}
        self._incoming: dict[str, Slot] = {}
        self._arrived: dict[str, tuple[Slot, Slot]] = {}

    def __len__(self) -> int:
        return len(self._arrived)

    def __contains__(self, tracked: Tracked) -> bool:
        return tracked.name in self._arrived

    def take_incoming(self, tracked: Tracked, grad: Tensor, summarizer: Summarizer) -> None:
        """Read what is about to be added to a `.grad` that is there already."""
        tensor = tracked.ref()
        if tensor is not None and tensor.grad is not None:
            self._incoming[tracked.name] = summarizer.read(grad)

    def take_arrived(self, tracked: Tracked, leaf: Tensor) -> None:
        """Read `.grad` after the addition; where there was none, that is what was added."""
        after = self._inspector.restamp_grad(tracked, leaf)
        if after is not None:
            delta = self._incoming.pop(tracked.name, after)
            self._arrived[tracked.name] = (delta, after)

    def to_entries(self) -> dict[str, Entry]:
        """Return the entries; the summarizer must have settled."""
        return {
            name: Entry(read_stamp(self._before.get(name)), after.reading, delta.reading)
            for name, (delta, after) in self._arrived.items()
        }


def read_terms(
    register: Register, summarizer: Summarizer, terms: Mapping[str, object]
) -> dict[str, dict[str, Slot]]:
    """Read each loss term's own gradient for every tensor that it reaches.

    The graph is kept and `.grad` is not touched: one extra backward per term.
    """
    pairs = [(tracked, tensor) for tracked, tensor in register if tensor.requires_grad]
    slots: dict[str, dict[str, Slot]] = {}
    for name, term in terms.items():
        if not (isinstance(term, Tensor) and term.requires_grad):
            continue
        with torch.enable_grad():
            leaves = [tensor for _, tensor in pairs]
            grads = torch.autograd.grad(term, leaves, retain_graph=True, allow_unused=True)
        slots[name] = {
            tracked.name: summarizer.read(grad)
            for (tracked, _), grad in zip(pairs, grads, strict=True)
            if grad is not None
        }
    return slots
