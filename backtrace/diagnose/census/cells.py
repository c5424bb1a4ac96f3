"""The truth table: what the facts of a tensor make of it, and whether that is all right.

Every combination of facts falls into the first line that fits it, and the last line of each half
fits whatever is left, so none goes without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Reached = Literal["never", "zeros", "little", "something"]
Held = Literal["nobody", "waiting", "stepped"]
Moved = Literal["never", "without gradient", "with gradient"]

REACHED: tuple[Reached, ...] = ("never", "zeros", "little", "something")
HELD: tuple[Held, ...] = ("nobody", "waiting", "stepped")
MOVED: tuple[Moved, ...] = ("never", "without gradient", "with gradient")


class Situation(NamedTuple):
    """The facts of one tensor over a run.

    `wanted` when it required a gradient at any time; `reached` by what backwards brought it at
    best (`little` is what may be rounding alone); `held` by an optimizer that waits (it never
    stepped) or stepped; `moved` by steps, with a gradient or without; `edited` when something
    other than a step changed it.
    """

    wanted: bool
    reached: Reached
    held: Held
    moved: Moved
    edited: bool


@dataclass(frozen=True, slots=True)
class CensusCell:
    """One line of the table: the facts that it asks for (None: any) and what they come to.

    `name` is what a census calls such tensors; `is_finding` when that must be said as a finding,
    unless a rule says why it is so.
    """

    name: str
    is_finding: bool = False
    wanted: bool | None = None
    reached: Reached | None = None
    held: Held | None = None
    moved: Moved | None = None
    edited: bool | None = None

    def fits(self, situation: Situation) -> bool:
        """Whether a situation has all that this line asks for."""
        asked = (self.wanted, self.reached, self.held, self.moved, self.edited)
        return all(want is None or want == is_ for want, is_ in zip(asked, situation, strict=True))


LEARNED = "learned"
BY_HAND = "moved by the loop itself"
FROZEN = "frozen"
UNUSED = "not used"
NEVER_REACHED = "held, and never reached"
ONLY_ZEROS = "got only zeros"
LITTLE = "got next to nothing"
NEVER_MOVED = "held, and never moved"
NO_GRADIENT = "moved without a gradient"
DRIFTED = "got only zeros, moved by decay"
NOT_STEPPED = "held by an optimizer that never steps"
IN_NO_OPTIMIZER = "in no optimizer"

TABLE: tuple[CensusCell, ...] = (
    CensusCell(LEARNED, moved="with gradient"),
    # What the loop writes into values itself is its own affair: averages, plain SGD, targets.
    CensusCell(BY_HAND, moved="never", edited=True),
    CensusCell(  # as weight decay moves it
        DRIFTED, is_finding=True, wanted=True, reached="zeros", moved="without gradient"
    ),
    CensusCell(NO_GRADIENT, is_finding=True, wanted=True, moved="without gradient"),
    CensusCell(BY_HAND, wanted=False, moved="without gradient"),  # an optimizer without gradients
    CensusCell(FROZEN, wanted=False),
    CensusCell(UNUSED, reached="never", held="nobody"),
    CensusCell(UNUSED, reached="never", held="waiting"),
    CensusCell(NEVER_REACHED, is_finding=True, reached="never", held="stepped"),
    CensusCell(UNUSED, reached="zeros", held="nobody"),
    CensusCell(ONLY_ZEROS, is_finding=True, reached="zeros"),
    CensusCell(LITTLE, reached="little"),
    # Whether a gradient that nobody reads was to be read is what BT201 looks into.
    CensusCell(IN_NO_OPTIMIZER, reached="something", held="nobody"),
    CensusCell(NOT_STEPPED, is_finding=True, reached="something", held="waiting"),
    CensusCell(NEVER_MOVED, is_finding=True, reached="something", held="stepped"),
)


def find_cell(situation: Situation) -> CensusCell:
    """Return the line of the table that a situation falls into.

    Raises:
        LookupError: none fits, which a test of all combinations rules out.
    """
    for cell in TABLE:
        if cell.fits(situation):
            return cell
    raise LookupError(f"no line for {situation}")
