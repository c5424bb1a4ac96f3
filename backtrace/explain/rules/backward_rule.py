"""What a backward rule is: a function of what the forward had and the gradient that comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from torch import Tensor, nn

Tensors = tuple[Tensor, ...]
M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class Gradients:
    """What a rule gives: the gradient of each input, and of each parameter by its name.

    None stands for an input that has no gradient, such as indices or a loss's target.
    """

    inputs: tuple[Tensor | None, ...]
    parameters: dict[str, Tensor] = field(default_factory=dict)


# (module, inputs, outputs, gradient of each output) → gradients. Tensors that the module drew in
# its forward, such as a dropout's mask, stand after the inputs.
Backward = Callable[[M, Tensors, Tensors, Tensors], Gradients]


def refuse_nothing(module: nn.Module) -> str:
    """Return that a rule covers every option of its module."""
    return ""


def remark_nothing(module: nn.Module, inputs: Tensors, outputs: Tensors) -> str:
    """Return that nothing about a forward needs to be said."""
    return ""


@dataclass(frozen=True)
class BackwardRule(Generic[M]):
    """A backward rule of the modules of a class.

    `formula` is one line for a reader. `refuse(module)` says which option the rule does not cover,
    or nothing. `remark(module, inputs, outputs)` says where a forward touched a kink or a tie, or
    nothing. `draws` tells that the module's forward draws a mask, which the rule must be given.
    """

    name: str
    formula: str
    backward: Backward[M]
    refuse: Callable[[M], str] = refuse_nothing
    remark: Callable[[M, Tensors, Tensors], str] = remark_nothing
    draws: bool = False


FoundRule = BackwardRule[Any]  # found by the class of its module, so the module fits
Rules = dict[type[nn.Module], FoundRule]
