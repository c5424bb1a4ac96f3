"""Whether a kept update that was run again is the recorded one, and what is said of that."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TextIO

from backtrace.compare.account_walk import walk_accounts
from backtrace.compare.comparison import DifferingReading
from backtrace.compare.measure import Tolerance, measure
from backtrace.compare.sentence import describe_place
from backtrace.driver.view import RunResult, View
from backtrace.ledger.updates import Update
from backtrace.show.content.cells import literal, number
from backtrace.steer.capsule.request import RerunRequest, RerunResult
from backtrace.tracefile.capsule_facts import CapsuleFacts, KeptUpdate

_FEW = 4  # names, or problems, that are listed


class ReplayView(View):
    """Holds the update against what was recorded of it, and says at the end whether it is that."""

    def __init__(
        self,
        facts: CapsuleFacts,
        kept: KeptUpdate,
        request: RerunRequest,
        stream: TextIO | None = None,
    ) -> None:
        self._facts = facts
        self._kept = kept
        self._request = request
        self._stream = stream or sys.stderr
        self._seen: dict[tuple[int, str], Update] = {}
        self.is_same = False

    def take_update(self, update: Update) -> None:
        """Keep the updates that were recorded."""
        self._seen[update.index, update.optimizer] = update

    def finish(self, result: RunResult) -> None:
        """Say it."""
        lines = list(self._describe())
        for line in lines:
            print(literal(line), file=self._stream)

    def _describe(self) -> Iterator[str]:
        result, name = self._request.result, self._request.path.name
        title = f"Update {self._kept.number} of {name} ({self._facts.reason})"
        parted = next(filter(None, map(self._find_parting, self._kept.seen)), "")
        self.is_same = self._judge(result, parted)
        if result.has_begun and self._was_interrupted and not result.error:
            self.is_same = True
            yield f"{title}, run again: it had no end that this could be held against."
        elif not result.has_begun:
            yield f"{title} was not reached: the program called no module before it ended."
        elif self.is_same:
            yield f"{title}, run again: {self._describe_sameness(result)}."
        else:
            yield f"{title}, run again: it is not the update that was recorded."
            yield from (f"  {line}" for line in self._describe_difference(result, parted))
        for problem in list(result.problems)[:_FEW]:
            yield f"  It could not be put in: {problem}."
        if self._kept.absent:
            yield f"  It was not kept: {_list(self._kept.absent)}."
        if not self.is_same and not self._request.from_start:
            yield (
                "  A capsule holds tensors, not the variables of the program: `--from-start` runs "
                "it up to there, with its counters and lists."
            )

    @property
    def _was_interrupted(self) -> bool:
        return self._facts.error.startswith("KeyboardInterrupt")

    @property
    def _has_end(self) -> bool:
        return bool(self._kept.seen) or self._kept.was_skipped

    def _judge(self, result: RerunResult, parted: str) -> bool:
        if not result.has_begun or result.error != self._facts.error:
            return False
        if not self._has_end:
            return bool(self._facts.error)
        if not result.has_ended or result.other_ends:
            return False
        return result.ends > 0 or not parted

    def _describe_sameness(self, result: RerunResult) -> str:
        if not self._has_end:
            return f"it raised the same, {self._facts.error.rstrip('.')}"
        if result.ends:
            same = f"the same bits in all {result.ends} values, gradients and states of optimizers"
            lost = result.ends_not_finite
            return f"{same} ({lost} of them not finite, which proves little)" if lost else same
        return "the same readings; of this one, the bits of its end were not kept"

    def _describe_difference(self, result: RerunResult, parted: str) -> Iterator[str]:
        if result.error != self._facts.error:
            raised, recorded = result.error or "nothing", self._facts.error or "nothing"
            yield f"It raised {raised}; recorded was {recorded}."
        if parted:
            yield parted
        if result.other_ends:
            yield f"Other bits when it was over: {_list(result.other_ends)}."
        elif not result.has_ended and self._has_end:
            yield "It did not come to its end."

    def _find_parting(self, recorded: Update) -> str:
        now = self._seen.get((recorded.index, recorded.optimizer))
        return "" if now is None else describe_parting(recorded, now)


def describe_parting(recorded: Update, now: Update) -> str:
    """Say where an update parts from the recorded one; '' where their readings are the same."""
    is_other_loss = repr(recorded.loss) != repr(now.loss)
    for place in _differences(recorded, now):
        if is_other_loss and place.call != "start":
            break
        return f"It parts at {describe_place(place)}."
    return f"The loss is {_loss(now)}; recorded was {_loss(recorded)}." if is_other_loss else ""


def _differences(recorded: Update, now: Update) -> Iterator[DifferingReading]:
    """Give where two updates differ; what was cleared was there before anything was put in."""
    for pair in walk_accounts(recorded, now):
        distance = measure(pair.base, pair.other, Tolerance())
        if pair.call != "zero_grad" and not distance.is_bitwise:
            yield DifferingReading(recorded.index, *pair, distance)


def _loss(update: Update) -> str:
    return "not known" if update.loss is None else number(update.loss)


def _list(names: tuple[str, ...] | list[str]) -> str:
    more = len(names) - _FEW
    return ", ".join(names[:_FEW]) + (f" and {more} more" if more > 0 else "")
