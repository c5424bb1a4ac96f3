"""What a rule's symbols stand for in one call, in the order in which a reader works them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from backtrace.explain.rules.backward_rule import Tensors

FEW = 12  # elements that are all shown; of more, the norm and the range


@dataclass(frozen=True)
class Worked:
    """A quantity on the way: its symbol, what it is made of, and what it comes to.

    In texts `{x}` and `{y}` stand for the call's input and output, `{g}` for the gradient at the
    output; of a loss `{x}` is the output and `{y}` the target.
    """

    symbol: str
    formula: str
    value: Tensor


@dataclass(frozen=True)
class Working:
    """The quantities that a gradient is made of, and the formula of the gradient in them."""

    steps: tuple[Worked, ...]
    formula: str


@dataclass(frozen=True)
class LossWorking:
    """The quantities behind a loss: `value` and `slope` are its formulas, for one element of n."""

    steps: tuple[Worked, ...]
    value: str
    slope: str


@dataclass(frozen=True)
class GivenCall:
    """One call in float64: what a rule is given."""

    inputs: Tensors
    outputs: Tensors
    grads: Tensors


def first_rows(
    symbol: str, tensor: Tensor, rows: Sequence[int] = (0,), *, is_shown: bool = False
) -> Iterator[Worked]:
    """Give what a formula reads: whole where it is small, else the rows of its first numbers.

    `rows` are those of a matrix or a vector; of what has more dimensions it is `x[0,0]`. Rows that
    are long themselves are left out, and the whole is where it `is_shown` anyway.
    """
    if tensor.numel() <= FEW:
        if not is_shown:
            yield Worked(symbol, "", tensor)
    elif tensor.ndim == 1 or tensor.shape[-1] <= FEW:
        for row in rows:
            at = (*[0] * (tensor.ndim - 2), row)
            yield Worked(f"{symbol}[{','.join(map(str, at))}]", "", tensor[at])


# (module, call, name of the parameter or '' for the input) → working
Work = Callable[[Any, GivenCall, str], Working]
LossWork = Callable[[Any, GivenCall], LossWorking]
Workings = dict[type[nn.Module], Work]
LossWorkings = dict[type[nn.Module], LossWork]
