"""Which tensors have accounts: reads each when it is first seen, and writes ParameterSeen."""

from __future__ import annotations

from torch import Tensor

from backtrace.interrupts import comes_from_user
from backtrace.ledger.events import ParameterSeen
from backtrace.ledger.rank_facts import ShardSeen
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.sensors.arrivals import ArrivalSensor
from backtrace.recording.sensors.initialisers import InitialiserSensor
from backtrace.recording.sensors.models import ModelSensor
from backtrace.recording.sensors.optimizers import OptimizerSensor
from backtrace.recording.tensors.inspection import read_stamp
from backtrace.recording.tensors.shards import held, is_shard, placements_text
from backtrace.recording.tensors.tracked import Tracked


class ParameterSensor:
    """Announces tensors, and after them the models and optimizers that hold them."""

    def __init__(
        self,
        accounts: TensorAccounts,
        arrivals: ArrivalSensor,
        models: ModelSensor,
        optimizers: OptimizerSensor,
        initialisers: InitialiserSensor,
    ) -> None:
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._arrivals = arrivals
        self._models = models
        self._optimizers = optimizers
        self._initialisers = initialisers

    def announce(self) -> None:
        """Open accounts for the tensors that have none, and hook those that want gradients."""
        if self._register.models.is_stale:
            self._register.scan()
        fresh, opened = [], []
        for tracked, tensor in self._register:
            wants_grad = tensor.requires_grad
            if wants_grad and tracked.unfollow is None and tracked.part is None:
                self._arrivals.follow(tracked, tensor)
            if wants_grad != tracked.requires_grad:
                tracked.requires_grad, tracked.is_announced = wants_grad, False
            is_new = tracked.value is None
            if not tracked.is_announced and self._can_open(tracked, tensor):
                fresh.append((tracked, tensor))
                if is_new:
                    opened.append((tracked, tensor))
        if fresh:
            self._kernel.settle()
        for tracked, tensor in fresh:
            self._write(tracked, tensor)
        for tracked, tensor in opened:
            self._initialisers.opened(tracked.name, tensor, read_stamp(tracked.value))
        self._models.write()
        self._optimizers.write()

    def _can_open(self, tracked: Tracked, tensor: Tensor) -> bool:
        """Read a tensor for the first time; one that cannot be read is said, and left alone."""
        try:
            if tracked.value is None:
                self._inspector.open(tracked, tensor)
        except Exception as error:
            if comes_from_user(error):
                raise
            self._journal.report_failure(tracked.name, f"{type(error).__name__}: {error}")
            self._register.forget_tensor(tensor)
            return False
        return True

    def _write_shard(self, name: str, shape: tuple[int, ...], placements: str) -> None:
        self._journal.write(ShardSeen, name=name, shape=shape, placements=placements)

    def _write(self, tracked: Tracked, tensor: Tensor) -> None:
        tracked.is_announced = True
        part = tracked.part
        if part is not None and part.is_shard:
            self._write_shard(tracked.name, part.shape, part.placements)
        elif is_shard(tensor):
            self._write_shard(tracked.name, tuple(tensor.shape), placements_text(tensor))
        self._journal.write(
            ParameterSeen,
            name=tracked.name,
            shape=tuple(held(tensor).shape),
            dtype=str(tensor.dtype).removeprefix("torch."),
            device=str(tensor.device),
            requires_grad=tensor.requires_grad,
            kind=tracked.kind,
            aliases=tracked.aliases,
            optimizer=tracked.optimizer,
            value=read_stamp(tracked.value),
            formerly=tracked.formerly,
            copy=tracked.copy,
        )
        tracked.formerly = ""
