"""Averages of models: writes AverageUsed of one that is called while nothing was put into it.

Those are torch's, `torch.optim.swa_utils.AveragedModel`; it counts what it has taken in.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from backtrace.as_data import attributes_of
from backtrace.ledger.state_facts import AverageUsed
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.weak_keys import weak_keys


class AverageSensor:
    """Enters the first call of an empty average, and after each step the first one again.

    Steps are heard of from such a call on: most programs have none.
    """

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._patches = instrument.patches
        self._hooks = instrument.hooks
        self._notify = instrument.boundary.notify
        self._journal = accounts.journal
        self._made: MutableMapping[AveragedModel, str] = weak_keys()
        self._calm: MutableMapping[AveragedModel, bool] = weak_keys()
        self._is_told = False

    def install(self) -> None:
        """Wrap the making of an average and its call."""
        self._patches.wrap(AveragedModel, "__init__", self._around_making, while_paused=True)
        self._patches.wrap(AveragedModel, "forward", self._around_call)

    @skip_in_warning_stacklevel
    def _around_making(
        self, original: Original, average: Any, *args: object, **kwargs: object
    ) -> Any:
        result = original(average, *args, **kwargs)
        self._notify("averages", self._note_made, average)
        return result

    def _note_made(self, average: AveragedModel) -> None:
        self._made[average] = find_caller()

    @skip_in_warning_stacklevel
    def _around_call(
        self, original: Original, average: Any, *args: object, **kwargs: object
    ) -> Any:
        if average not in self._calm:
            self._notify("averages", self._called, average)
        return original(average, *args, **kwargs)

    def _called(self, average: AveragedModel) -> None:
        """`average` is called, for the first time since a step."""
        self._calm[average] = True
        if not self._is_told:
            self._is_told = True
            self._hooks.before_step(self._steps)
        count = attributes_of(average)["_buffers"].get("n_averaged")
        if count is not None and count.numel() == 1 and read_number(count) == 0:
            self._journal.write(AverageUsed, made=self._made.get(average, ""))

    def _steps(self, _: Optimizer) -> None:
        if self._calm:
            self._calm.clear()
