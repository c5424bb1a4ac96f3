"""Opens the accounts of tensors, and looks what became of them between two known calls."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from torch import Tensor

from backtrace.ledger.events import Account, Edited, ParameterSeen, Unseen
from backtrace.recording.hooks import Instrument, count_compiled_graphs
from backtrace.recording.journal import Journal
from backtrace.recording.kernels.kernel import Kernel
from backtrace.recording.sensors.backwards import Backwards
from backtrace.recording.sensors.model_facts import ModelFacts
from backtrace.recording.sensors.optimizers import OptimizerFacts
from backtrace.recording.tensors.inspection import Inspector, read_stamp
from backtrace.recording.tensors.tracked import Register, Tracked


class Admission:
    """Announces tensors, hooks their gradients, and enters edits."""

    def __init__(
        self,
        register: Register,
        inspector: Inspector,
        kernel: Kernel,
        journal: Journal,
        backwards: Backwards,
        instrument: Instrument,
    ) -> None:
        self._models = ModelFacts(register, journal)
        self._optimizers = OptimizerFacts(register, journal)
        self.write_forward = self._models.write_forward
        self.note_optimizer = self._optimizers.note
        self._register = register
        self._inspector = inspector
        self._kernel = kernel
        self._journal = journal
        self._backwards = backwards
        self._instrument = instrument
        self._lost: set[str] = set()
        self._compiled = count_compiled_graphs()

    def lost_sight(self, what: str, reason: str) -> None:
        """Say, once for each kind of call, that it could not be followed."""
        if what not in self._lost:
            self._lost.add(what)
            self._journal.write(Unseen, what=what, reason=reason)

    def announce(self) -> None:
        """Open accounts for the tensors that have none, and hook those that want gradients."""
        if self._register.models.is_stale:
            self._register.scan()
        fresh = []
        for tracked, tensor in list(self._register):  # some may have to be let go of
            if tracked.unfollow is None and tensor.requires_grad:
                tracked.unfollow = self._instrument.follow(
                    tensor,
                    partial(self._backwards.take_incoming, tracked),
                    partial(self._backwards.take_arrived, tracked),
                )
            if tensor.requires_grad != tracked.requires_grad:
                tracked.requires_grad, tracked.is_announced = tensor.requires_grad, False
            if not tracked.is_announced and self._can_open(tracked, tensor):
                fresh.append((tracked, tensor))
        self._kernel.settle()
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
                formerly=tracked.formerly,
            )
            tracked.formerly = ""
        self._models.write()
        self._optimizers.write()

    def look(self, thorough: Sequence[Account], *, in_step: bool) -> None:
        """Enter what changed since it was last seen; see `Inspector.look`."""
        if count_compiled_graphs() > self._compiled:
            reason = "torch.compile leaves no hooks in it; .grad and values are read around it"
            self.lost_sight("calls made inside compiled code", reason)
        for account, entries in self._inspector.look(thorough, in_step=in_step):
            self._journal.write(Edited, account=account, entries=entries)

    def _can_open(self, tracked: Tracked, tensor: Tensor) -> bool:
        """Read a tensor for the first time; one that cannot be read is said, and left alone."""
        try:
            if tracked.value is None:
                self._inspector.open(tracked, tensor)
        except Exception as error:
            self.lost_sight(tracked.name, f"{type(error).__name__}: {error}")
            self._register.forget_tensor(tensor)
            return False
        return True
