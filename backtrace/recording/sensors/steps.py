"""`step`: hooks every optimizer's, and a GradScaler's, which may skip it; writes StepSkipped.

What a step finds and does is written by the open steps; while reading is paused, it is counted.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.optim import Optimizer

from backtrace.ledger.events import StepSkipped
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.edits import EditSensor
from backtrace.recording.sensors.open_steps import OpenSteps
from backtrace.recording.sensors.passed_steps import PassedSteps
from backtrace.recording.sensors.proxies import ProxySensor
from backtrace.recording.tensors.discovery import Discovery


class StepSensor:
    """Brings together what is to be done before a step, and after it."""

    def __init__(
        self,
        instrument: Instrument,
        accounts: TensorAccounts,
        discovery: Discovery,
        edits: EditSensor,
        open_steps: OpenSteps,
        passed_steps: PassedSteps,
        proxies: ProxySensor,
    ) -> None:
        self._instrument = instrument
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._journal = accounts.journal
        self._discovery = discovery
        self._edits = edits
        self._open_steps = open_steps
        self._passed_steps = passed_steps
        self._proxies = proxies

    def install(self) -> None:
        """Put on torch's hooks around every optimizer's `step`, and wrap `GradScaler.step`."""
        self._instrument.hooks.on_step(self._began, self._ended)
        self._instrument.patches.wrap(torch.amp.GradScaler, "step", self._around_scaler)

    def _began(self, optimizer: Optimizer) -> None:
        """Check both accounts, and keep a copy of the values that are about to change."""
        self._instrument.boundary.settle()
        if self._passed_steps.is_paused:
            return
        if self._open_steps.begin_part(optimizer):
            return
        self._discovery.register_optimizer(optimizer)
        self._edits.look(("grad",) if self._open_steps.is_open else ("grad", "value"))
        self._open_steps.begin(optimizer)

    def _ended(self, optimizer: Optimizer) -> None:
        """Enter what the step did to the values, unless it was one inside itself."""
        self._proxies.calls += 1
        if self._passed_steps.is_paused or self._open_steps.end(optimizer):
            self._passed_steps.take_step(optimizer)

    @skip_in_warning_stacklevel
    def _around_scaler(
        self,
        original: Original,
        scaler: Any,
        optimizer: Optimizer,
        *args: object,
        **kwargs: object,
    ) -> Any:
        counts: list[int] = []

        def note() -> None:
            counts.append(self._open_steps.count(optimizer))

        self._notify("GradScaler.step", note)
        result = original(scaler, optimizer, *args, **kwargs)
        self._notify("GradScaler.step", note)
        if len(counts) == 2 and counts[0] == counts[1]:
            self._proxies.calls += 1
            self._notify("step", self._skipped, optimizer)
        return result

    def _skipped(self, optimizer: Optimizer) -> None:
        """Enter that a GradScaler left the optimizer alone."""
        name = self._register.name_of(optimizer)
        reason = "the GradScaler found gradients that are not finite"
        self._journal.write(StepSkipped, optimizer=name, reason=reason)
