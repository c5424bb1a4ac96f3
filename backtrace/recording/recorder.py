"""What the instrument sees becomes events: the accounts are opened, entered and checked here."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from backtrace.ledger.events import Account, StepSkipped
from backtrace.ledger.facts import CallIgnored, StepsPassed
from backtrace.recording.hooks import Instrument
from backtrace.recording.journal import Journal, Sink
from backtrace.recording.kernels.fingerprints import count_rows, fingerprint, wants_grad
from backtrace.recording.kernels.kernel import Kernel
from backtrace.recording.kernels.torch_kernel import TorchKernel
from backtrace.recording.sampling import Sampling
from backtrace.recording.sensors.backwards import Backwards
from backtrace.recording.sensors.graphs import GraphWitness
from backtrace.recording.sensors.loaders_and_schedulers import Surroundings
from backtrace.recording.sensors.manual_steps import HandSteps
from backtrace.recording.sensors.rewrites import Rewrites
from backtrace.recording.sensors.steps import Steps
from backtrace.recording.tensors.admission import Admission
from backtrace.recording.tensors.discovery import Discovery
from backtrace.recording.tensors.inspection import Inspector
from backtrace.recording.tensors.tracked import Register

if TYPE_CHECKING:
    from backtrace.recording.sensors.receipts import ReceiptWriter


class Recorder:
    """The instrument's observer and the announcements' listener; events go to `sink`.

    Args:
        values: the largest number of elements of which every single one is kept.
        digest: whether readings name their exact bits.
        by_term: whether each loss term's own gradient is taken, one extra backward a term.
        receipt: whether the arithmetic of each step is done again, on copies of all it reads.
        every: how many updates go by for each that is read; see `Sampling`.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        values: int = 16,
        digest: bool = False,
        by_term: bool = False,
        receipt: bool = False,
        every: int = 1,
    ) -> None:
        self._journal = journal = Journal(sink)
        self._register = register = Register()
        kernel: Kernel = TorchKernel(values, digest=digest)
        self._inspector = inspector = Inspector(register, kernel)
        parts = (register, inspector, kernel, journal)
        self._backwards = Backwards(*parts, by_term=by_term)
        self._receipts = _make_receipts(values) if receipt else None
        self._steps = Steps(*parts, self._receipts)
        self._rewrites = Rewrites(*parts, self._backwards)
        self._graphs = GraphWitness(register, journal)
        self.instrument = Instrument(self)
        self._admission = Admission(*parts, self._backwards, self.instrument)
        self._hand = HandSteps(*parts)
        self._discovery = Discovery(register, self._admission, self.instrument, self._hand)
        self._graphs.register_leaves = self._discovery.meet_hidden
        self._sampling = Sampling(every)
        self._surroundings = Surroundings(register, journal)
        self._scaled: tuple[weakref.ref[Tensor], Tensor, Tensor | None] | None = None

    # -- announcements ---------------------------------------------------------------------

    def watch(self, *things: Any, **named: Any) -> None:
        """Take in models, optimizers and tensors; see `backtrace.watch`."""
        self._discovery.watch(*things, **named)

    def note_loss(self, total: Any, terms: dict[str, Any]) -> None:
        """Take in a loss mix; see `backtrace.note_loss`."""
        self.instrument.tell(self._backwards.note_loss, total, terms)

    # -- what the instrument tells -----------------------------------------------------------

    def zero_grad_began(self, target: object) -> None:
        """Remember the gradients of what is about to be cleared."""
        if isinstance(target, torch.optim.Optimizer):
            self.optimizer_seen(target)
        self._look(())
        self._rewrites.clearing_began(target)

    def zero_grad_ended(self, target: object, set_to_none: bool) -> None:
        """Enter what was cleared."""
        self._rewrites.clearing_ended(target, set_to_none)

    def forward_began(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """Open accounts for inputs that want a gradient."""
        self._discovery.meet_inputs(args)

    def forward_ended(
        self, module: nn.Module, inputs: object, output: object, grad_enabled: bool
    ) -> None:
        """Enter a forward."""
        self._admission.write_forward(
            module,
            grad_enabled=grad_enabled,
            takes_grad=wants_grad(output),
            rows=count_rows(inputs),
            data=fingerprint(inputs),
        )

    def module_called(self, module: nn.Module, output: object) -> None:
        """Pass on that any module was called."""
        self._register.models.meet(module)
        self._graphs.forward_ended(module, output)

    def loss_called(
        self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: object
    ) -> None:
        """Pass on what a loss function returned."""
        self._graphs.loss_called(function, args, kwargs, result)

    def backward_began(self, tensors: object, *, retain_graph: bool) -> None:
        """Remember every gradient as this backward finds it."""
        roots = [tensors] if isinstance(tensors, Tensor) else list(tensors)  # type: ignore[call-overload]
        self._discovery.meet_graph(roots)
        self._look(("grad",))
        self.instrument.leaves.come_last()
        self._graphs.backward_began(roots, retain_graph=retain_graph)
        scale = None
        if len(roots) == 1 and self._scaled is not None and self._scaled[0]() is roots[0]:
            _, loss, scale = self._scaled
            roots = [loss]  # the loss itself, not what a GradScaler made of it
        self._backwards.begin(roots, scale)

    def backward_ended(self) -> None:
        """Enter what the backward added."""
        self._backwards.end(failed=False)
        self._hand.keep()
        self._graphs.backward_ended()
        if self._receipts:
            self._receipts.reread_grads()

    def backward_failed(self, error: BaseException) -> None:
        """Enter what the backward had added when it raised."""
        self._backwards.end(failed=True)
        self._graphs.backward_failed(error)
        if self._receipts:
            self._receipts.reread_grads()

    def packing_began(self) -> None:
        """Pass on that saved-tensor hooks were put on."""
        self._graphs.packed.began()

    def packing_ended(self) -> None:
        """Pass on that they were taken off."""
        self._graphs.packed.ended()

    def rescale_began(self) -> None:
        """Remember the gradients before clipping or unscaling."""
        self._look(("grad",))
        self._rewrites.rescale_began()

    def rescale_ended(self, call: str, limit: float | None) -> None:
        """Enter the gradients that were rewritten."""
        self._rewrites.rescale_ended(call, limit)
        if self._receipts:
            self._receipts.reread_grads()

    def step_began(self, optimizer: torch.optim.Optimizer) -> None:
        """Check both accounts, and keep a copy of the values that are about to change."""
        if self._sampling.is_asleep:
            return
        self.optimizer_seen(optimizer)
        self._look(("grad",) if self._steps.is_open else ("grad", "value"))
        self._steps.begin(optimizer)

    def step_ended(self, optimizer: torch.optim.Optimizer) -> None:
        """Enter what the step did to the values; while nothing is read, count it."""
        if not self._sampling.is_asleep and not self._steps.end(optimizer):
            return
        known = (name for name, ref in self._register.optimizers.values() if ref() is not None)
        turn = self._sampling.take_step(self._register.name_of(optimizer), known)
        if turn == "sleep":
            self.instrument.sleep()
        elif turn == "wake":
            self._wake()

    def step_count(self, optimizer: torch.optim.Optimizer) -> int:
        """Return how many steps of `optimizer` were entered."""
        return self._steps.count(optimizer)

    def step_skipped(self, optimizer: torch.optim.Optimizer, reason: str) -> None:
        """Enter that a GradScaler left the optimizer alone."""
        self._journal.write(StepSkipped, optimizer=self._register.name_of(optimizer), reason=reason)

    def module_registered(
        self, parent: nn.Module, children: Sequence[object], name: str = ""
    ) -> None:
        """Take note of a module that came into being or was changed."""
        self._register.models.notice(parent, children, name)

    def optimizer_seen(self, optimizer: torch.optim.Optimizer) -> None:
        """Open accounts for whatever an optimizer steps."""
        self._discovery.meet_optimizer(optimizer)

    def call_ignored(self, proxy: object, inner: object, call: str) -> None:
        """Enter a call that was asked for and passed by."""
        name = self._register.name_of(inner if inner is not None else proxy)
        reason = f"{type(proxy).__name__} did not hand it on"
        self._journal.write(CallIgnored, call=f"{name}.{call}", reason=reason)

    def loader_began(self, loader: Any, iterator: object) -> None:
        """Pass on that a loader is gone through."""
        self._surroundings.loader_began(loader, iterator)

    def batch_drawn(self, iterator: object, batch: object) -> None:
        """Pass on that it gave a batch."""
        self._surroundings.batch_drawn(iterator, batch, is_read=not self._sampling.is_asleep)

    def loader_ended(self, iterator: object) -> None:
        """Pass on that it had no more."""
        self._surroundings.loader_ended(iterator)

    def scheduler_stepped(self, scheduler: Any, before: tuple[float, ...]) -> None:
        """Pass on that learning rates were moved."""
        self._surroundings.scheduler_stepped(scheduler, before)

    def used_elsewhere(self, target: object) -> None:
        """Let go of what another thread works on: reading it would race with that thread."""
        for _, tensor in list(self._register.tracked_of(target)):
            self._register.forget_tensor(tensor)

    def loss_scaled(self, loss: object, scaled: object, scale: object) -> None:
        """Remember which loss was scaled, so that the books show that one."""
        if isinstance(loss, Tensor) and isinstance(scaled, Tensor):
            factor = scale if isinstance(scale, Tensor) and scaled is not loss else None
            self._scaled = (weakref.ref(scaled), loss.detach(), factor)

    def lost_sight(self, what: str, error: Exception) -> None:
        """Say, once for each kind of call, that it could not be followed."""
        self._admission.lost_sight(what, f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Look once more, so that what changed after the last call is not lost."""
        if self._sampling.is_asleep:
            self._write_passed()
        elif not self._hand.look():  # its lines may clear the gradients too, which opens no update
            self._look(("grad", "value"))

    # -- inside --------------------------------------------------------------------------------

    def _write_passed(self) -> None:
        for optimizer, count in self._sampling.take_passed().items():
            self._journal.write(StepsPassed, optimizer=optimizer, count=count)

    def _wake(self) -> None:
        """Read everything as it is now: what changed meanwhile is no edit."""
        self._write_passed()
        self.instrument.wake()
        self._hand.forget()
        for tracked, _ in self._register:
            tracked.unfollow = None  # the hooks came off; announcing puts them on again
        self._inspector.restamp_all()
        self._admission.announce()

    def _look(self, thorough: Sequence[Account]) -> None:
        self._admission.announce()
        self._steps.drop_failed()
        if not self._steps.is_open:
            self._hand.look()
        self._admission.look(thorough, in_step=self._steps.is_open)


def _make_receipts(values: int) -> ReceiptWriter:
    """Load the arithmetic of all optimizers, which only receipts need."""
    from backtrace.recording.sensors.receipts import ReceiptWriter

    return ReceiptWriter(values)
