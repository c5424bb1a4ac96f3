"""Facts of the masks that attention is given."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskTurnedRound(Fact):
    """An attention layer was given a mask that leaves out all but the padding of embedded ids.

    `mask` is what its parameter is called, `type` the layer's class.
    """

    type: str
    mask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskOpen(Fact):
    """A module was given a mask, all of one number, of ids that end in padding.

    `mask` is what its parameter is called, `type` the module's class.
    """

    type: str
    mask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskAdded(Fact):
    """An attention layer was given a mask of the real numbers 0 and 1, which it adds to its scores.

    `mask` is what its parameter is called, `type` the layer's class.
    """

    type: str
    mask: str
