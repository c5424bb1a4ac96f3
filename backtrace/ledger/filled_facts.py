"""What weights are like when they are first seen."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledAlike(Fact):
    """When a matrix was first seen, `torch.nn.init` had put one number everywhere in it.

    The event is at the line that did so.
    """

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLarge(Fact):
    """A Linear's or a convolution's weight as it was first seen makes outputs that are too large.

    `gain` is the root mean square of its elements times the root of how many of them an output
    adds up: by how much the deviation of independent inputs grows. The event is at the line of
    `torch.nn.init` that filled it, if one did.
    """

    name: str
    gain: float
