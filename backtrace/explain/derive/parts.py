"""What a derivation says: the links from the loss to a parameter, the sum, the step. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backtrace.ledger.events import Receipt

Source = Literal["by hand", "autograd"]


@dataclass(frozen=True, slots=True)
class TensorNumbers:
    """A tensor in plain numbers: all of them in row-major order if there are few."""

    shape: tuple[int, ...]
    norm: float
    min: float
    max: float
    values: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """What a formula is filled with: `ŷ − y`, the input of a layer."""

    symbol: str
    latex: str
    numbers: TensorNumbers


@dataclass(frozen=True, slots=True)
class ElementProducts:
    """Numbers whose products add up to one element of a result; `place` is its index."""

    place: str
    products: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One equation of the chain rule: `symbol = formula = result`.

    Args:
        place: the layer or loss term, and `kind` its class.
        latex: the equation without its result; empty if the formula is not to be had as LaTeX.
        factors: numbers that stand in the formula.
        rate: a number before the first factor as it is written, such as `2/3`.
        products: numbers whose products add up to the result, if they are few.
        elements: the same for each element of a result that has a few.
        shapes: the shapes as they move, and `sum over …` between them.
        source: `autograd` where there was no rule and the number is torch's.
        note: why there was no rule, or what else must be known.
        where: the user's `file:line` that made it, where that was seen.
    """

    place: str
    kind: str
    symbol: str
    formula: str
    latex: str
    result: TensorNumbers
    factors: tuple[Factor, ...] = ()
    rate: str = ""
    products: tuple[tuple[float, ...], ...] = ()
    elements: tuple[ElementProducts, ...] = ()
    shapes: tuple[str, ...] = ()
    source: Source = "by hand"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class ElementTerm:
    """One product of the sum that an element of a gradient is: ∂L/∂y[k] · ∂y[k]/∂w[element].

    `place` says whose output y is, and `index` is k.
    """

    place: str
    index: tuple[int, ...]
    grad: float
    slope: float

    @property
    def value(self) -> float:
        """The product."""
        return self.grad * self.slope


@dataclass(frozen=True, slots=True)
class ElementSum:
    """One element of a gradient as a sum of products, the largest first.

    `count` are all products that are not 0, and `rest` is the sum of those that `terms` leaves
    out; `seen` is that element of `.grad`.
    """

    index: tuple[int, ...]
    terms: tuple[ElementTerm, ...]
    count: int
    rest: float
    held: float
    total: float
    seen: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """One summand of `.grad`: `by_hand` is None where it was not derived."""

    name: str
    by_hand: TensorNumbers | None
    seen: TensorNumbers | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the gradient by hand is from `.grad`, and how far rounding may bring it.

    `residual` is the largest absolute difference over all elements; it may be NaN.
    """

    residual: float
    bound: float

    @property
    def is_explained(self) -> bool:
        """Whether rounding explains it."""
        return self.residual <= self.bound


@dataclass(frozen=True, slots=True)
class RescaledGradient:
    """What clipping or unscaling made of `.grad`; `factor` is None where it was not one for all.

    `limit` is what it was told to keep to, and `norm` that of all gradients together; None where
    they are not known, and `norm` where each element was kept within the limit on its own.
    """

    call: str
    before: TensorNumbers
    after: TensorNumbers
    factor: float | None
    limit: float | None = None
    norm: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What the optimizer made of it; None where there was nothing."""

    optimizer: str
    receipt: Receipt | None
    before: TensorNumbers | None
    change: TensorNumbers | None
    after: TensorNumbers | None


@dataclass(frozen=True, slots=True)
class RowShare:
    """What one row of one micro-batch (both from 1 up) gave to a gradient.

    `norm` is that of its own gradient, `share` the projection of that on the whole: the shares of
    all rows add up to 1, and one that pulls against the sum is negative.
    """

    micro_batch: int
    row: int
    norm: float
    share: float


@dataclass(frozen=True, slots=True)
class RowShares:
    """The rows behind what an update added to one gradient, the largest share first.

    `means` says how they were told apart; it is empty, and `reason` says why, where they were
    not. `gap` is how far their sum is from what `backward` added, None if that is not known.
    """

    means: str
    rows: tuple[RowShare, ...] = ()
    micro_batches: int = 1
    gap: Gap | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derivation of one parameter's gradient at one update.

    Args:
        loss: of all micro-batches of the update.
        chain: the chain rule in one line, and the same as LaTeX.
        links: of the first micro-batch, from the loss to the parameter.
        terms: of a loss mix, what each term gives; over all micro-batches.
        parts: what `.grad` is the sum of: what it held before, and each micro-batch.
        by_hand: the sum of the parts; None if some part was not derived.
        grad: `.grad` after the last backward, before any clipping; None if it has none.
        gap: None if there is nothing to compare.
        rescalings: what clipping and unscaling made of it, in the order of the calls.
        rows: which rows of the batch made it, where that was asked for.
        element: one element of it as a sum, where it was asked for.
    """

    target: str
    update: int
    param: str
    shape: tuple[int, ...]
    loss: float
    micro_batches: int
    chain: str
    chain_latex: str
    links: tuple[Link, ...]
    terms: tuple[Part, ...]
    parts: tuple[Part, ...]
    by_hand: TensorNumbers | None
    grad: TensorNumbers | None
    gap: Gap | None
    rescalings: tuple[RescaledGradient, ...]
    step: Step
    notes: tuple[str, ...] = ()
    rows: RowShares | None = None
    element: ElementSum | None = None

    @property
    def agrees(self) -> bool:
        """Whether the gradient by hand is `.grad`, or could not be compared with it."""
        return self.gap is None or self.gap.is_explained
