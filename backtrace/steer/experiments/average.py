"""Averages accumulated gradients before each step, where the loop adds them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls

_Marks = list[tuple[int, int]]


class Average(Experiment):
    """Divides gradients by the number of backwards that reached them since the last step.

    Dividing the sum by a power of two gives the bits that dividing each loss gives; by another
    number it rounds otherwise.
    """

    key = "average"
    flag = "--average"
    does = "Divide gradients by the number of backwards since the last step, before each step."
    done = "the sum of several backwards was averaged {times}"
    never = "no step came after more than one backward, so there was nothing to average"

    def install(self, controls: Controls) -> None:
        """Count backwards, and divide before each step."""
        counts: dict[int, int] = {}
        before: dict[int, _Marks] = {}

        def mark() -> None:
            before.clear()
            before.update((id(each), _marks(each)) for each in controls.optimizers())

        def count() -> None:
            for optimizer in controls.optimizers():
                key = id(optimizer)
                if _marks(optimizer) != before.get(key, []):
                    counts[key] = counts.get(key, 0) + 1

        def divide(optimizer: Optimizer) -> None:
            number = counts.pop(id(optimizer), 0)
            if number < 2:
                return
            controls.recorder.rescale("average", lambda: _divide(optimizer, number))
            name = controls.register.name_of(optimizer)
            controls.note(f"divided what {name} reads by {number}")

        controls.around_backward(mark, count)
        controls.around_step(divide)


def _marks(optimizer: Optimizer) -> _Marks:
    """Return what tells whether a backward has written into any of an optimizer's gradients."""
    grads = (tensor.grad for group in optimizer.param_groups for tensor in group["params"])
    return [(id(grad), grad._version) for grad in grads if grad is not None]


def _divide(optimizer: Optimizer, number: int) -> None:
    from backtrace.steer.controls import tensors_of

    for tensor in tensors_of(optimizer):
        if tensor.grad is not None:
            tensor.grad.div_(number)
