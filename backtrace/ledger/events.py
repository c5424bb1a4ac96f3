"""What can happen in a training loop, and what one tensor looked like at one moment.

Events are plain and frozen: no tensor, module or file handle is in them, so a trace can be
kept, compared and replayed without torch. They are named in the past tense, and hold what the
instrument saw, never what it concludes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Literal

from backtrace.ledger.printer import Printer
from backtrace.ledger.quick_init import quick_init

Account = Literal["grad", "value"]
Kind = Literal["parameter", "input", "tensor"]


@quick_init
@dataclass(frozen=True, slots=True)
class Reading:
    """The statistics of one tensor at one moment.

    `norm` is the Euclidean norm, `zeros` and `nonfinite` count elements. When some elements
    are not finite, the other statistics are NaN or infinite with them, as torch computes them.
    `values` holds all elements in row-major order when there are few. `digest` names the exact
    bits (and is only taken when it was asked for): equal digests mean bitwise equal tensors.
    """

    shape: tuple[int, ...]
    dtype: str
    norm: float
    mean: float
    min: float
    max: float
    zeros: int
    nonfinite: int
    values: tuple[float, ...] | None = None
    digest: str | None = None

    @property
    def numel(self) -> int:
        """The number of elements."""
        return prod(self.shape)

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        printer.text(f"<Reading of {self.shape}: norm {self.norm:.6g}, mean {self.mean:.6g}>")


@quick_init
@dataclass(frozen=True, slots=True)
class Entry:
    """What one call did to one account of one tensor.

    A gradient that is None reads None, and so does a `delta` that the call does not have:
    `backward` adds one to a gradient and `step` to a value, while clearing and clipping only
    have a before and an after.
    """

    before: Reading | None
    after: Reading | None
    delta: Reading | None = None


Entries = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class ReceiptTerm:
    """One part of what a step did to a parameter, in the arithmetic of its optimizer.

    `share` is its projection on the change (1 is all of it; it may be negative or above 1), None
    where nothing changed. `rate` is the learning rate that it was multiplied by, None where no
    single number was. `values` holds all elements when there are few.
    """

    formula: str
    norm: float
    share: float | None
    rate: float | None = None
    values: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The arithmetic of one step for one parameter: the change as a sum of terms.

    `residual` is how far the sum is from the step, `bound` what rounding explains, `where` tells
    letters in `formula`, `divisor` D's numbers, `given` others' if few; `reason` why no terms.
    """

    terms: Mapping[str, ReceiptTerm]
    residual: float
    bound: float
    formula: str = ""
    where: str = ""
    reason: str = ""
    divisor: tuple[float, ...] | None = None
    given: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """How the terms of a loss mix share a gradient, summed since it was last cleared.

    `shares` are projections on the sum and add up to 1; `cosines` are of two terms, under
    `a, b`. They are NaN where a gradient is zero.
    """

    norms: Mapping[str, float]
    shares: Mapping[str, float]
    cosines: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened: its number in the trace, when, and where in the user's code.

    `elapsed` is in seconds since recording began. `where` is `file:line` of the innermost frame
    of the user's own code: not torch's, ours, the standard library's or an installed package's.
    """

    index: int
    elapsed: float
    where: str = ""
    rank: int = 0

    def __init_subclass__(cls) -> None:  # of a class IPython asks its own, then its `__repr__`
        cls._repr_pretty_ = Event._repr_pretty_  # type: ignore[method-assign]

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        where = f", {self.where}" if self.where else ""
        printer.text(f"<{type(self).__name__} {self.index}{where}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSeen(Event):
    """A tensor came into view: it has an account from here on.

    `aliases` are its further names; `optimizer` steps it or, on this rank or another, its `copy`.
    It is written again when any of this changes; `formerly` is the name that it had until now.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    device: str
    requires_grad: bool
    kind: Kind = "parameter"
    aliases: tuple[str, ...] = ()
    optimizer: str | None = None
    value: Reading | None = None
    formerly: str = ""
    copy: str = ""


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class GradsZeroed(Event):
    """`zero_grad` was called; `call` says on what, and `set_to_none` how gradients were cleared."""

    call: str
    set_to_none: bool
    grads: Entries


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardRan(Event):
    """A watched model, or a part of one alone, was called: `model.judge` for `module`.

    `training` is its own mode, set last in `mode_set`, ended by train(False) if `mode_chosen`;
    `resting`: modules in evaluation mode that act otherwise in training: all, if a norm takes its
    statistics anew without gradients. `data` names the inputs' bits. `takes_grad`, `from_grad`: its
    result, or an input, requires one. Of a few, `distinct` of `looked_at` rows are no copies.
    """

    module: str
    training: bool = True
    grad_enabled: bool = True
    takes_grad: bool = True
    from_grad: bool = False
    cut_from: str = ""
    mode_set: str = ""
    mode_chosen: bool = False
    distinct: int = 0
    looked_at: int = 0
    resting: tuple[str, ...] = ()
    rows: int | None = None
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossComputed(Event):
    """A loss mix was announced: its total and its weighted terms, which add up to it."""

    total: float
    terms: Mapping[str, float]


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class BackwardRan(Event):
    """`backward` added gradients. `loss` is the scalar it started from, None for a tensor.

    `scale` is the factor that a GradScaler had multiplied that loss by; `loss` is without it.
    `terms` holds, when it was asked for, each loss term's own part of what was added, and
    `splits` how they share what was added since the last clearing; under '', of all parameters.
    """

    loss: float | None
    grads: Entries
    terms: Mapping[str, Mapping[str, Reading]] = field(default_factory=dict)
    splits: Mapping[str, Split] = field(default_factory=dict)
    scale: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradsRescaled(Event):
    """A known call changed gradients in place: clipping, or a GradScaler's unscaling.

    `limit` is the norm or the value that clipping was told to keep to, None where that is unknown.
    """

    call: str
    grads: Entries
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradsReduced(Event):
    """Gradients were made the same on all ranks: what this rank had, and what all have now.

    `by` says what did it: `DistributedDataParallel`, or the call that was made by hand.
    """

    by: str
    grads: Entries


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken(Event):
    """`step` ran: the gradients as it found them, and what it did to the values.

    `lr` holds each parameter group's learning rate as the step began, `receipts`, when asked for,
    the arithmetic behind each change.
    """

    optimizer: str
    type: str
    lr: tuple[float, ...]
    grads: Mapping[str, Reading | None]
    values: Entries
    receipts: Mapping[str, Receipt] = field(default_factory=dict)


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class StepBegan(Event):
    """`step` was entered; calls up to its `StepTaken` are a closure's.

    `written` is the user's name for the optimizer, such as `self.opt`; '' where none is its own.
    `unscales` when a GradScaler had the step itself divide the gradients, as a fused one does.
    """

    optimizer: str
    written: str = ""
    unscales: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped(Event):
    """A step did not take place: a GradScaler left the optimizer alone, or `step` raised.

    `had_begun` when a `StepBegan` came before it, so that it is one that raised.
    """

    optimizer: str
    reason: str
    had_begun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Event):
    """An account changed between two known calls; `where` found it so, or is torch.nn.init's."""

    account: Account
    entries: Entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen(Event):
    """Something that could not be watched, and why."""

    what: str
    reason: str
