"""Schedulers that multiply a learning rate by zero, as with `gamma=0`: it never comes back."""

from __future__ import annotations

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import SchedulerStepped

# What a scheduler of torch's calls the number that it multiplies the rate by.
FACTORS = {
    "ExponentialLR": "gamma",
    "MultiStepLR": "gamma",
    "ReduceLROnPlateau": "factor",
    "StepLR": "gamma",
}
_FEWEST = 3  # steps at zero: a run may end with it
_LONG = 10
_TINY = 1e-200  # below it, any factor gives zero in the end


def find_zero_gamma(run: Stretch, optimizer: str) -> SchedulerStepped | None:
    """Return the step of a scheduler after which the rate is zero for long, as its factor is.

    Long are ten steps, or more than there were before.
    """
    moved = [event for event in run.of(SchedulerStepped) if event.optimizer == optimizer]
    found = next((event for event in moved if _is_zeroing(event)), None)
    if found is None or not run.begins:
        return None
    steps = [step for step in run.of(StepTaken) if step.optimizer == optimizer]
    after = [step for step in steps if step.index > found.index]
    is_long = len(after) >= min(_LONG, max(_FEWEST, len(steps) - len(after) + 1))
    return found if is_long and not any(any(step.lr) for step in after) else None


def _is_zeroing(event: SchedulerStepped) -> bool:
    is_multiplied = event.type in FACTORS and len(event.before) == len(event.after)
    return is_multiplied and max(event.before, default=0.0) > _TINY and not any(event.after)
