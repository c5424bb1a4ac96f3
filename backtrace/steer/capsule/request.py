"""Which kept update is to be run again, and what came of that: plain data, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backtrace.errors import UsageError, describe_error
from backtrace.interrupts import LimitReached
from backtrace.tracefile.capsule_facts import CapsuleFacts


@dataclass
class RerunResult:
    """What came of it.

    `has_begun` says whether the update was reached. `problems` say what could not be put in,
    `other_ends` what was not the same bits when its last step was over, of `ends` that were
    compared; `ends_not_finite` of these prove little, for all NaN are alike. `differed` is what
    was not as kept already when it was put in. `error` is what the program raised meanwhile.
    """

    has_begun: bool = False
    has_ended: bool = False
    problems: dict[str, None] = field(default_factory=dict)
    ends: int = 0
    ends_not_finite: int = 0
    other_ends: list[str] = field(default_factory=list)
    differed: list[str] = field(default_factory=list)
    error: str = ""

    def note_error(self, error: BaseException) -> None:
        """The program has ended with an error."""
        if not isinstance(error, LimitReached):
            self.error = self.error or describe_error(error)


@dataclass(frozen=True)
class RerunRequest:
    """Update `update` of the capsule at `path` is to be run, and those that are kept after it.

    The run ends after `updates` of them, if that is given. With `from_start` the program runs up
    to there first, so that its own variables are what they were; else the first update of its loop
    that has the same steps is taken.
    """

    path: Path
    update: int
    updates: int | None = None
    from_start: bool = False
    result: RerunResult = field(default_factory=RerunResult, compare=False)


def find_kept(facts: CapsuleFacts, number: int | None, path: Path) -> int:
    """Return the place of the kept update of this number, of the last one for None.

    Raises:
        UsageError: it is not kept.
    """
    numbers: Sequence[int] = [each.number for each in facts.updates]
    if number is None:
        return len(numbers) - 1
    if number not in numbers:
        said = ", ".join(map(str, numbers))
        raise UsageError(f"--update {number}: {path} holds update{'s' * (len(numbers) > 1)} {said}")
    return len(numbers) - 1 - numbers[::-1].index(number)
