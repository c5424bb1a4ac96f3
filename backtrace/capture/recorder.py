"""What the instrument sees becomes events: the accounts are opened, entered and checked here."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from backtrace.capture.backwards import Backwards
from backtrace.capture.inspection import Inspector, is_same_reading, read_stamp
from backtrace.capture.instrument import Instrument, count_compiled_graphs
from backtrace.capture.journal import Journal, Sink
from backtrace.capture.steps import Steps
from backtrace.capture.summarize import Summarizer
from backtrace.capture.tracked import Register, Stamp, Tracked
from backtrace.events import (
    Account,
    Edited,
    Entry,
    ForwardRan,
    GradsRescaled,
    GradsZeroed,
    ParameterSeen,
    StepSkipped,
    Unseen,
)

if TYPE_CHECKING:
    from backtrace.capture.receipts import ReceiptWriter


class Recorder:
    """The instrument's observer and the announcements' listener; events go to `sink`.

    Args:
        values: the largest number of elements of which every single one is kept.
        digest: whether readings name their exact bits.
        by_term: whether each loss term's own gradient is taken, one extra backward a term.
        receipt: whether the arithmetic of each step is done again, on copies of all it reads.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        values: int = 16,
        digest: bool = False,
        by_term: bool = False,
        receipt: bool = False,
    ) -> None:
        self._journal = Journal(sink)
        self._register = Register()
        self._summarizer = Summarizer(values, digest=digest)
        self._inspector = Inspector(self._register, self._summarizer)
        self._backwards = Backwards(
            self._register, self._inspector, self._summarizer, self._journal, by_term=by_term
        )
        self._receipts = _make_receipts(values) if receipt else None
        self._steps = Steps(
            self._register, self._inspector, self._summarizer, self._journal, self._receipts
        )
        self.instrument = Instrument(self)
        self._cleared: dict[str, Stamp | None] = {}
        self._rescaled: dict[str, Stamp | None] = {}
        self._lost: set[str] = set()
        self._compiled = count_compiled_graphs()
        self._scaled: tuple[weakref.ref[Tensor], Tensor] | None = None

    # -- announcements ---------------------------------------------------------------------

    def watch(self, *things: Any, **named: Any) -> None:
        """Take in models, optimizers and tensors; see `backtrace.watch`."""
        pairs = [(None, thing) for thing in things] + list(named.items())
        for name, thing in pairs:  # models first, so that optimizers find names
            if isinstance(thing, nn.Module):
                self._watch_module(thing, name)
        for name, thing in pairs:
            if isinstance(thing, torch.optim.Optimizer):
                self._register.add_optimizer(thing, name)
            elif isinstance(thing, Tensor):
                self._register.add_tensor(thing, name)
            elif not isinstance(thing, nn.Module):
                kind = type(thing).__name__
                raise TypeError(f"watch takes nn.Module, Optimizer or Tensor, not {kind}")
        self._announce()

    def note_loss(self, total: Any, terms: dict[str, Any]) -> None:
        """Take in a loss mix; see `backtrace.note_loss`."""
        self.instrument.tell(self._backwards.note_loss, total, terms)

    # -- what the instrument tells -----------------------------------------------------------

    def zero_grad_began(self, target: object) -> None:
        """Remember the gradients of what is about to be cleared."""
        if isinstance(target, torch.optim.Optimizer):
            self.optimizer_seen(target)
        self._look(())
        self._cleared = {t.name: t.grad for t, _ in self._register.tracked_of(target)}

    def zero_grad_ended(self, target: object, set_to_none: bool) -> None:
        """Enter what was cleared."""
        pairs = list(self._register.tracked_of(target))
        for tracked, tensor in pairs:
            self._inspector.restamp_grad(tracked, tensor)
        self._summarizer.settle()
        entries = {
            t.name: Entry(read_stamp(self._cleared.get(t.name)), read_stamp(t.grad))
            for t, _ in pairs
        }
        self._backwards.clear(entries)
        call = f"{self._register.name_of(target)}.zero_grad"
        self._journal.write(GradsZeroed, call=call, set_to_none=set_to_none, grads=entries)

    def forward_began(self, args: tuple[Any, ...]) -> None:
        """Open accounts for inputs that want a gradient."""
        found = [x for x in args if isinstance(x, Tensor) and x.requires_grad and x.is_leaf]
        if any(torch._C._functorch.is_functorch_wrapped_tensor(x) for x in found):
            return  # torch.func differentiates these by itself
        for position, tensor in enumerate(found):
            if self._register.find(tensor) is not None:
                continue
            name = "input" if position == 0 else f"input[{position}]"
            old = self._register.forget(name)
            if old is not None and old.unfollow:
                old.unfollow()
            self._register.track(tensor, name, "input")
        self._announce()

    def forward_ended(self, module: nn.Module) -> None:
        """Enter a forward."""
        self._journal.write(ForwardRan, module=self._register.name_of(module))

    def backward_began(self, tensors: object) -> None:
        """Remember every gradient as this backward finds it."""
        self._look(("grad",))
        roots = [tensors] if isinstance(tensors, Tensor) else list(tensors)  # type: ignore[call-overload]
        if len(roots) == 1 and self._scaled is not None and self._scaled[0]() is roots[0]:
            roots = [self._scaled[1]]  # the loss itself, not what a GradScaler made of it
        self._backwards.begin(roots)

    def backward_ended(self, *, failed: bool) -> None:
        """Enter what the backward added."""
        self._backwards.end(failed=failed)
        if self._receipts:
            self._receipts.reread_grads()

    def rescale_began(self) -> None:
        """Remember the gradients before clipping or unscaling."""
        self._look(("grad",))
        self._rescaled = {t.name: t.grad for t, _ in self._register}

    def rescale_ended(self, call: str) -> None:
        """Enter the gradients that were rewritten."""
        pairs = list(self._register)
        written = {t.name for t, x in pairs if t.has_stale_grad(x)}
        for tracked, tensor in pairs:  # all of them: unscaling does not raise the version
            self._inspector.restamp_grad(tracked, tensor)
        self._summarizer.settle()
        entries = {}
        for tracked, _ in pairs:
            before, after = read_stamp(self._rescaled.get(tracked.name)), read_stamp(tracked.grad)
            if tracked.name in written or not is_same_reading(before, after):
                entries[tracked.name] = Entry(before, after)
        self._journal.write(GradsRescaled, call=call, grads=entries)
        if self._receipts:
            self._receipts.reread_grads()

    def step_began(self, optimizer: torch.optim.Optimizer) -> None:
        """Check both accounts, and keep a copy of the values that are about to change."""
        self.optimizer_seen(optimizer)
        self._look(("grad",) if self._steps.is_open else ("grad", "value"))
        self._steps.begin(optimizer)

    def step_ended(self, optimizer: torch.optim.Optimizer) -> None:
        """Enter what the step did to the values."""
        self._steps.end(optimizer)

    def step_count(self, optimizer: torch.optim.Optimizer) -> int:
        """Return how many steps of `optimizer` were entered."""
        return self._steps.count(optimizer)

    def step_skipped(self, optimizer: torch.optim.Optimizer, reason: str) -> None:
        """Enter that a GradScaler left the optimizer alone."""
        self._journal.write(StepSkipped, optimizer=self._register.name_of(optimizer), reason=reason)

    def module_registered(self, parent: nn.Module, child: object) -> None:
        """Take note of a module that came into being or was changed."""
        self._register.notice(parent, child)

    def optimizer_seen(self, optimizer: torch.optim.Optimizer) -> None:
        """Open accounts for whatever an optimizer steps."""
        known = self._register.modules[:]
        self._register.add_optimizer(optimizer)
        for _, ref in self._register.modules[len(known) :]:
            if (module := ref()) is not None:
                self.instrument.follow_module(module)

    def used_elsewhere(self, target: object) -> None:
        """Let go of what another thread works on: reading it would race with that thread."""
        for _, tensor in list(self._register.tracked_of(target)):
            self._register.forget_tensor(tensor)

    def loss_scaled(self, loss: object, scaled: object) -> None:
        """Remember which loss was scaled, so that the books show that one."""
        if isinstance(loss, Tensor) and isinstance(scaled, Tensor):
            self._scaled = (weakref.ref(scaled), loss.detach())

    def lost_sight(self, what: str, error: Exception) -> None:
        """Say, once for each kind of call, that it could not be followed."""
        if what not in self._lost:
            self._lost.add(what)
            self._journal.write(Unseen, what=what, reason=f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Look once more, so that what changed after the last call is not lost."""
        self._look(("grad", "value"))

    # -- inside --------------------------------------------------------------------------------

    def _watch_module(self, module: nn.Module, name: str | None) -> None:
        if self._register.add_module(module, name):
            self.instrument.follow_module(module)

    def _announce(self) -> None:
        """Open accounts for the tensors that have none, and hook those that want gradients."""
        if self._register.is_stale:
            self._register.scan()
        fresh = []
        for tracked, tensor in list(self._register):  # some may have to be let go of
            if tracked.unfollow is None and tensor.requires_grad:
                tracked.unfollow = self.instrument.follow(
                    tensor,
                    partial(self._backwards.take_incoming, tracked),
                    partial(self._backwards.take_arrived, tracked),
                )
            if not tracked.is_announced and self._can_open(tracked, tensor):
                fresh.append((tracked, tensor))
        self._summarizer.settle()
        for tracked, tensor in fresh:
            tracked.is_announced = True
            self._journal.write(
                ParameterSeen,
                name=tracked.name,
                shape=tuple(tensor.shape),
                dtype=str(tensor.dtype).removeprefix("torch."),
                device=str(tensor.device),
                requires_grad=tensor.requires_grad,
                kind=tracked.kind,
                aliases=tracked.aliases,
                optimizer=tracked.optimizer,
                value=read_stamp(tracked.value),
            )

    def _can_open(self, tracked: Tracked, tensor: Tensor) -> bool:
        """Read a tensor for the first time; one that cannot be read is said, and left alone."""
        try:
            if tracked.value is None:
                self._inspector.open(tracked, tensor)
        except Exception as error:
            self.lost_sight(tracked.name, error)
            self._register.forget_tensor(tensor)
            return False
        return True

    def _look(self, thorough: Sequence[Account]) -> None:
        self._announce()
        if "compiled code" not in self._lost and count_compiled_graphs() > self._compiled:
            self._lost.add("compiled code")
            reason = "torch.compile leaves no hooks in it; .grad and values are read around it"
            self._journal.write(Unseen, what="calls made inside compiled code", reason=reason)
        self._steps.drop_failed()
        for account, entries in self._inspector.look(thorough, in_step=self._steps.is_open):
            self._journal.write(Edited, account=account, entries=entries)


def _make_receipts(values: int) -> ReceiptWriter:
    """Load the arithmetic of all optimizers, which only receipts need."""
    from backtrace.capture.receipts import ReceiptWriter

    return ReceiptWriter(values)
