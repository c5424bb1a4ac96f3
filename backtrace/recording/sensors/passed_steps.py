"""Steps of which nothing is read, where only some updates are: pauses, writes StepsPassed."""

from __future__ import annotations

from torch.optim import Optimizer

from backtrace.ledger.facts import StepsPassed
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.sampling import Sampling
from backtrace.recording.sensors.manual_steps import ManualStepSensor
from backtrace.recording.sensors.parameters import ParameterSensor


class PassedSteps:
    """Pauses and resumes the instrument, as the sampling says at the end of each step."""

    def __init__(
        self,
        instrument: Instrument,
        accounts: TensorAccounts,
        sampling: Sampling,
        parameters: ParameterSensor,
        manual_steps: ManualStepSensor,
    ) -> None:
        self._instrument = instrument
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._journal = accounts.journal
        self._sampling = sampling
        self._parameters = parameters
        self._manual_steps = manual_steps
        self.steps = 0  # that were taken, read or not

    @property
    def is_paused(self) -> bool:
        """Whether nothing is read."""
        return self._sampling.is_paused

    def take_step(self, optimizer: Optimizer) -> None:
        """A step has ended, whether it was read or not."""
        self.steps += 1
        known = (name for name, ref in self._register.optimizers.values() if ref() is not None)
        turn = self._sampling.take_step(self._register.name_of(optimizer), known)
        if turn == "pause":
            self._instrument.pause()
        elif turn == "resume":
            self._resume()

    def write(self) -> None:
        """Enter how many steps were passed by."""
        for optimizer, count in self._sampling.take_passed().items():
            self._journal.write(StepsPassed, optimizer=optimizer, count=count)

    def _resume(self) -> None:
        self.write()
        self._instrument.resume()
        self.read_anew()

    def read_anew(self) -> None:
        """Read everything as it is now: what changed meanwhile is no edit."""
        self._manual_steps.forget()
        self._instrument.leaves.remove_all()
        for tracked, _ in self._register:
            tracked.unfollow = None  # the hooks came off; announcing puts them on again
        self._inspector.restamp_all()
        self._parameters.announce()
