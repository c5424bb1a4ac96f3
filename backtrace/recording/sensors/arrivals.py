"""What each backward adds to the gradients: hooks every leaf, and writes BackwardRan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from torch import Tensor

from backtrace.explain.graph.no_values import has_no_values
from backtrace.ledger.events import BackwardRan, Entry
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.kernels.kernel import Slot
from backtrace.recording.sensors.loss_mixes import LossMixSensor
from backtrace.recording.tensors.inspection import is_same_reading, read_stamp
from backtrace.recording.tensors.shards import held, is_laid_out
from backtrace.recording.tensors.tracked import Stamp, Tracked


class _Arrivals:
    """The gradients of one backward, as they come in.

    `loss` is the scalar it started from, `scale` what a GradScaler had multiplied it by. `.grad`
    as the backward found it is remembered here.
    """

    def __init__(
        self, accounts: TensorAccounts, loss: Slot | None, scale: Slot | None = None
    ) -> None:
        self.loss = loss
        self.scale = scale
        self.terms: Mapping[str, Mapping[str, Slot]] = {}
        self._accounts = accounts
        self._inspector = accounts.inspector
        self._kernel = accounts.kernel
        self._before: dict[str, Stamp | None] = {t.name: t.grad for t, _ in accounts.register}
        self._incoming: dict[str, Slot] = {}
        self.arrived: dict[str, tuple[Slot | None, Slot]] = {}
        self._unread: dict[str, tuple[Tracked, Tensor]] = {}

    def __len__(self) -> int:
        return len(self.arrived) + len(self._unread)

    def __contains__(self, tracked: Tracked) -> bool:
        return tracked.name in self.arrived or tracked.name in self._unread

    def take_incoming(self, tracked: Tracked, grad: Tensor) -> None:
        """Read what is about to be added to a `.grad` that is there already."""
        tensor = tracked.ref()
        if tensor is not None and tensor.grad is not None:
            (self._incoming[tracked.name],) = self._kernel.read([held(grad)])

    def take_arrived(self, tracked: Tracked, leaf: Tensor, after: Slot | None = None) -> None:
        """Read `.grad` after the addition; where there was none, that is what was added.

        What is added to the shard of an FSDP parameter no hook of a leaf tells: it is not known.
        One that is on a device is read with the others, and then told as `after`.
        """
        name = tracked.name
        if after is None:
            if not leaf.is_cpu and self._inspector.is_late and _can_wait(leaf):
                self._unread[name] = (tracked, leaf)
                return
            after = self._inspector.restamp_grad(tracked, leaf)
        if after is not None:
            is_unknown = self._before.get(name) is not None and is_laid_out(leaf)
            delta = self._incoming.pop(name, None if is_unknown else after)
            self.arrived[name] = (delta, after)

    def read_waiting(self) -> None:
        """Read at once what has arrived on a device, where a launch costs more than its work."""
        if self._unread:
            unread, self._unread = self._unread.values(), {}
            self._inspector.restamp_grads(unread)
            for tracked, leaf in unread:
                if tracked.grad is not None:
                    self.take_arrived(tracked, leaf, tracked.grad.slot)

    def take_parts(self) -> None:
        """Read what FSDP1 has put into `.grad` of parameters that are no leaves of the graph.

        What a backward added to a gradient that was there already is not known. FSDP1 goes on
        with the old one under a new version, which tells nothing: the readings are compared.
        """
        pairs = [pair for pair in self._accounts.register if pair[0].part is not None]
        if not pairs:
            return
        stale = {tracked.name for tracked, tensor in pairs if tracked.has_stale_grad(tensor)}
        self._inspector.restamp_grads(pairs)
        self._kernel.settle()
        for tracked, _ in pairs:
            before, after = self._before.get(tracked.name), tracked.grad
            is_same = is_same_reading(read_stamp(before), read_stamp(after))
            if after is not None and (tracked.name in stale or not is_same):
                was_empty = before is None or before.slot.reading.norm == 0
                added = after.slot if was_empty else None
                self.arrived[tracked.name] = (added, after.slot)

    def take_interrupted(self) -> None:
        """Read what the backward had added, and its hook was not told of when it was raised."""
        for tracked, leaf in self._accounts.register:
            before = self._before.get(tracked.name)
            is_new = tracked.grad is not before or tracked.has_stale_grad(leaf)
            if is_new and tracked not in self and leaf.grad is not None:
                after = self._inspector.restamp_grad(tracked, leaf)
                delta = self._incoming.pop(tracked.name, after if before is None else None)
                if after is not None:
                    self.arrived[tracked.name] = (delta, after)

    def find_read(self) -> dict[str, object]:
        """Return what was read; the kernel must have settled."""
        before = self._before.get
        grads = {
            name: Entry(
                old.slot.reading if (old := before(name)) else None,
                after.reading,
                delta.reading if delta else None,
            )
            for name, (delta, after) in self.arrived.items()
        }
        terms = {
            term: {name: slot.reading for name, slot in found.items()}
            for term, found in self.terms.items()
        }
        return {
            "loss": self.loss.total if self.loss else None,
            "grads": grads,
            "terms": terms,
            "scale": self.scale.total if self.scale else None,
        }


class ArrivalSensor:
    """Enters backwards into the journal, one at a time."""

    def __init__(
        self, instrument: Instrument, accounts: TensorAccounts, mixes: LossMixSensor
    ) -> None:
        self._leaves = instrument.leaves
        self._accounts = accounts
        self._kernel = accounts.kernel
        self._mixes = mixes
        self._open: _Arrivals | None = None
        self.reached: set[str] = set()  # by the backward that is running, or was the last

    def read_waiting(self) -> None:
        """Read what has arrived so far: something is about to look at it, or to write to it."""
        if self._open is not None:
            self._open.read_waiting()

    def follow(self, tracked: Tracked, leaf: Tensor) -> None:
        """Hook a leaf."""
        tracked.unfollow = self._leaves.follow(
            leaf, partial(self._take_incoming, tracked), partial(self._take_arrived, tracked)
        )

    def begin(self, roots: Sequence[Tensor], scale: Tensor | None = None) -> None:
        """Remember every gradient as the backward from `roots`, times `scale`, finds it."""
        self._leaves.come_last()
        self.reached = set()
        is_loss = len(roots) == 1 and roots[0].numel() == 1 and not has_no_values(roots[0])
        loss = self._kernel.read_scalar(roots[0]) if is_loss else None
        factor = None if scale is None else self._kernel.read_scalar(scale)
        self._open = _Arrivals(self._accounts, loss, factor)

    def end(self, *, failed: bool, interrupted: bool = False) -> None:
        """Enter what was added; of a backward that raised, what it had added by then.

        It was `interrupted` where a signal's handler raised out of a leaf's hook of ours.
        """
        if self._open is not None:
            if failed or interrupted:
                self._open.take_interrupted()
            if not failed:
                self._open.take_parts()
        if self._open is not None and (self._open or not failed):
            self._write(self._open)
        self._open = None
        self._mixes.forget()

    def _take_incoming(self, tracked: Tracked, grad: Tensor) -> None:
        """A leaf's hook: this gradient is about to be added."""
        arrivals = self._open
        if arrivals is not None:
            if tracked in arrivals:
                arrivals = self._begin_anew(arrivals)
            arrivals.take_incoming(tracked, grad)

    def _take_arrived(self, tracked: Tracked, leaf: Tensor) -> None:
        """A leaf's hook: `.grad` of this leaf has it."""
        arrivals = self._open
        if arrivals is not None:
            if tracked in arrivals:
                arrivals = self._begin_anew(arrivals)
            arrivals.take_arrived(tracked, leaf)

    def _begin_anew(self, arrivals: _Arrivals) -> _Arrivals:
        """Begin a new entry where a gradient arrives twice, as a checkpointed part's does."""
        self._write(arrivals)
        self._open = _Arrivals(self._accounts, loss=None)
        return self._open

    def _write(self, arrivals: _Arrivals) -> None:
        arrivals.read_waiting()
        arrivals.terms = self._mixes.terms
        self.reached |= arrivals.arrived.keys()
        self._accounts.journal.write_read(
            BackwardRan, arrivals.find_read, splits=self._mixes.splits
        )


def _can_wait(leaf: Tensor) -> bool:
    """Whether nobody else is told of a gradient's arrival, and can take it away at once."""
    return len(leaf._post_accumulate_grad_hooks or ()) == 1
