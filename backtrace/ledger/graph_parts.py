"""Parts of a graph that a backward is about to walk, of which GraphSeen is made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Regrouping:
    """A view that took elements from axis to axis: the shape before, after, and what made it.

    `module` is the last module before it, '' where that is not known. `by_values` says that no
    view was seen: elements of pictures are like those that would be their neighbours.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    module: str = ""
    by_values: bool = False


@dataclass(frozen=True, slots=True)
class Activation:
    """What left an activation function: shares of its elements, and of its units over the batch.

    `dead` is the share of units (all dimensions but the first) that are zero in every row, None
    where there is one row. `saturated` is the share of elements within 0.01 of the function's
    bounds, for sigmoid and tanh; None of one that is to be nearly a step. `name` is the module's,
    or the operation's with its number.
    """

    name: str
    function: str
    rows: int
    zeros: float
    dead: float | None = None
    saturated: float | None = None


@dataclass(frozen=True, slots=True)
class Addend:
    """A part of a loss with a graph: the operation that ends it, and what it is multiplied by.

    The operation of a mean or a sum of absolute values is that of these, `AbsBackward0`.
    """

    operation: str
    weight: float


# The one node of these functions' graphs, whose value is then what they returned.
LOSS_NODES = {
    "binary_cross_entropy": "BinaryCrossEntropyBackward",
    "binary_cross_entropy_with_logits": "BinaryCrossEntropyWithLogitsBackward",
    "cross_entropy": "NllLoss",
    "huber_loss": "HuberLossBackward",
    "l1_loss": "AbsBackward",
    "mse_loss": "MseLossBackward",
    "nll_loss": "NllLoss",
    "smooth_l1_loss": "SmoothL1LossBackward",
}
