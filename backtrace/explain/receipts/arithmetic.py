"""What a step finds, and the terms whose sum is what it does to one parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Before:
    """One parameter as a step finds it.

    `value` and `grad` are in float64; `state` holds the optimizer's own tensors as they were
    (empty before the first step), `options` the parameter group's with numbers for tensors.
    `dtype` is the parameter's own, for rules that depend on its rounding, and `eps` the relative
    rounding error of the step: that of `dtype`, or of an option that is a coarser tensor.
    """

    value: Tensor
    grad: Tensor
    state: Mapping[str, Any]
    options: Mapping[str, Any]
    dtype: torch.dtype
    eps: float = 0.0

    @property
    def lr(self) -> float:
        """The learning rate."""
        return float(self.options["lr"])

    @property
    def weight_decay(self) -> float:
        """The weight decay, 0 where the optimizer has none."""
        return float(self.options.get("weight_decay") or 0.0)

    @property
    def slope(self) -> Tensor:
        """The gradient of what is minimized: negated under `maximize`."""
        return -self.grad if self.options.get("maximize") else self.grad

    @property
    def sign(self) -> str:
        """The sign that the gradient has in the change: `−`, or `+` under `maximize`."""
        return "+" if self.options.get("maximize") else "−"

    @property
    def count(self) -> int:
        """The number of this step, from 1 up, by the parameter's own counter."""
        return round(float(self.state.get("step", 0))) + 1

    def kept(self, name: str) -> Tensor:
        """Return a tensor of the state in float64; zeros while there is none."""
        found = self.state.get(name)
        return torch.zeros_like(self.value) if found is None else widen(found)


@dataclass(frozen=True)
class ChangeTerm:
    """One part of the change.

    `rate` is the learning rate that it was multiplied by, None where no single number was.
    `magnified` is how many times its relative rounding error is larger than that of a few
    operations, where numbers nearly cancel on the way.
    """

    formula: str
    change: Tensor
    rate: float | None
    magnified: Tensor | float = 1.0


@dataclass(frozen=True)
class Arithmetic:
    """The terms of a change by name, and in `where` what the letters in their formulas mean.

    `divisor` holds the numbers of the letter D, where the formulas have it, and `given` those of
    letters that stand for no option and no state.
    """

    terms: Mapping[str, ChangeTerm]
    where: str = ""
    divisor: Tensor | None = None
    given: Mapping[str, Tensor | float] = field(default_factory=dict)

    @property
    def formula(self) -> str:
        """The change as the sum of its terms."""
        first, *rest = [term.formula for term in self.terms.values()]
        return " ".join([f"change = {first}", *(f"{each[0]} {each[1:]}" for each in rest)])


StepRule = Callable[[Before], Arithmetic]


def widen(tensor: Tensor) -> Tensor:
    """Return `tensor` in float64, which holds every smaller type exactly."""
    tensor = tensor.detach()
    return (tensor.cpu() if tensor.device.type == "mps" else tensor).double()
