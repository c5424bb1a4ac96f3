"""What a rule of an autograd node is: what the node kept of its forward, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

Shape = tuple[int, ...]
_WRAPPED = 2**63  # negative numbers come out of torch as if they had no sign


@dataclass(frozen=True)
class NodeFacts:
    """What one node kept of its forward, its tensors in one type of floating-point numbers.

    `saved` is under torch's own names, without `_saved_`; `inputs` are the shapes of what the
    operation was given, None where no gradient is asked for, and `outputs` those of its results.
    """

    name: str
    saved: Mapping[str, object]
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape, ...]

    def tensor(self, name: str) -> Tensor:
        """Return a tensor that was saved.

        Raises:
            NotKeptError: it was not.
        """
        found = self.saved.get(name)
        if not isinstance(found, Tensor):
            raise NotKeptError(f"it did not keep {name}")
        return found

    def maybe(self, name: str) -> Tensor | None:
        """Return a tensor that need not have been saved."""
        found = self.saved.get(name)
        return found if isinstance(found, Tensor) else None

    def factor(self, name: str) -> Tensor | float:
        """Return what may be a tensor or a number."""
        found = self.saved.get(name)
        return found if isinstance(found, Tensor) else self.number(name)

    def number(self, name: str, default: float | None = None) -> float:
        """Return a number that was saved, or the default where it was None."""
        found = self.saved.get(name)
        if isinstance(found, int | float):
            return found
        if default is None:
            raise NotKeptError(f"it did not keep {name}")
        return default

    def integer(self, name: str) -> int:
        """Return an integer."""
        return unwrap(int(self.number(name)))

    def integers(self, name: str) -> tuple[int, ...]:
        """Return a list of integers, () where there was none."""
        found = self.saved.get(name)
        if isinstance(found, int):
            return (unwrap(found),)
        return tuple(map(unwrap, found)) if isinstance(found, tuple | list) else ()

    def is_set(self, name: str) -> bool:
        """Return a flag."""
        return self.saved.get(name) is True

    def shape(self, at: int = 0) -> Shape:
        """Return the shape of an input that asks for a gradient."""
        found = self.inputs[at]
        assert found is not None  # else nothing is asked of the rule for it
        return found

    def wants(self, at: int) -> bool:
        """Whether a gradient is asked for."""
        return at < len(self.inputs) and self.inputs[at] is not None


class NotKeptError(Exception):
    """A node did not keep what its rule needs."""


# (facts, the gradient at the output, the number of the input) → the gradient at that input, in a
# shape that broadcasting may have stretched: it is summed back.
OneWay = Callable[[NodeFacts, Tensor, int], Tensor]
# The same of a node with several outputs or inputs that are worked out together; zeros stand
# where nothing came to an output.
AllWays = Callable[[NodeFacts, tuple[Tensor, ...]], tuple[Tensor | None, ...]]


@dataclass(frozen=True)
class Formula:
    """The way back to one input, for a reader: `{g}` is ∂L/∂ of the output.

    `shown` are the letters in it, each with the name that it was saved under.
    """

    text: str
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NodeRule:
    """The way back through one kind of node; there is one formula an input, or one for all.

    Args:
        moves: whether the gradient is only put elsewhere, in other words all slopes are 0 or 1.
        refuse: says which option the rule does not cover, or nothing.
    """

    back: AllWays
    formulas: tuple[Formula, ...]
    moves: bool = False
    refuse: Callable[[NodeFacts], str] = lambda facts: ""

    def formula(self, at: int) -> Formula:
        """Return the formula of an input."""
        return self.formulas[min(at, len(self.formulas) - 1)]


Rules = dict[str, NodeRule]


def one_way(back: OneWay, *formulas: Formula, moves: bool = False) -> NodeRule:
    """Return the rule of a node with one output, each of whose inputs is worked out alone."""

    def all_ways(facts: NodeFacts, grads: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
        return tuple(
            None if shape is None else sum_back(back(facts, grads[0], at), shape)
            for at, shape in enumerate(facts.inputs)
        )

    return NodeRule(all_ways, formulas, moves)


def sum_back(grad: Tensor, shape: Shape) -> Tensor:
    """Return a gradient summed over the dimensions along which an input was broadcast."""
    if tuple(grad.shape) == shape:
        return grad
    over = tuple(range(grad.ndim - len(shape)))
    grad = grad.sum(over) if over else grad
    stretched = [at for at, size in enumerate(shape) if size == 1 and grad.shape[at] != 1]
    grad = grad.sum(stretched, keepdim=True) if stretched else grad
    return grad.expand(shape)


def kept_dims(tensor: Tensor, dims: tuple[int, ...], ndim: int) -> Tensor:
    """Return the result of a reduction that did not keep its dimensions as if it had."""
    for at in sorted(each % ndim for each in dims) if ndim else ():
        tensor = tensor.unsqueeze(at)
    return tensor


def unwrap(number: int) -> int:
    """Return the negative number that was meant."""
    return number - 2 * _WRAPPED if number >= _WRAPPED else number


def zeros(shape: Shape, like: Tensor) -> Tensor:
    """Return zeros of a shape, of the type of another tensor."""
    return torch.zeros(shape, dtype=like.dtype, device=like.device)
