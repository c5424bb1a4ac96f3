"""What the first loss of a run says of outputs that are far too large."""

from __future__ import annotations

from collections.abc import Iterator
from math import log, sqrt

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Event, Reading, StepTaken
from backtrace.ledger.loss_facts import LossCalled

_TIMES_A_GUESS = 3
_TIMES_THE_TARGETS = 5
_ERRORS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
_BINARY = "binary_cross_entropy_with_logits"


def before(run: Stretch, step: StepTaken) -> Iterator[Event]:
    """Give what came before a step."""
    for event in run.events:
        if event is step:
            return
        yield event


def tell_first_loss(run: Stretch, step: StepTaken) -> str:
    """Return how far off the first loss before a step is, in words; '' where it says nothing.

    A cross entropy of more than three times what a guess comes to is; and outputs of more than
    five times the size of the targets of a squared or absolute error.
    """
    losses = (each for each in before(run, step) if isinstance(each, LossCalled))
    loss = next(losses, None)
    return _tell(loss) if loss is not None and loss.input_from else ""


def _tell(loss: LossCalled) -> str:
    """Return what the first loss says of outputs that are too large; '' where it says nothing."""
    if loss.function in _ERRORS and loss.output is not None and loss.expected is not None:
        size, wanted = _size(loss.output), _size(loss.expected)
        is_far = size > _TIMES_THE_TARGETS * wanted > 0
        return f"the first are {size:.3g}, and the targets {wanted:.3g}" if is_far else ""
    guess = log(2) if loss.function == _BINARY else 0.0
    if loss.function == "cross_entropy" and len(loss.input_shape) > 1:
        guess = log(loss.input_shape[1])
    if (
        loss.reduction != "mean"
        or loss.value is None
        or not loss.value > _TIMES_A_GUESS * guess > 0
    ):
        return ""
    return f"the first loss is {loss.value:.3g}, that of a guess {guess:.2g}"


def _size(reading: Reading) -> float:
    """Return a root mean square."""
    return reading.norm / sqrt(reading.numel) if reading.numel else 0.0
