"""How many updates a training has, and the micro-batches of each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from backtrace.config.schema import Loop
from backtrace.errors import DataError
from backtrace.train.data import Batches
from backtrace.train.loop import Batch, group


@dataclass(frozen=True)
class LoopPlan:
    """The batches of a data set, and how the loop goes through them."""

    batches: Batches
    loop: Loop

    @property
    def updates_per_epoch(self) -> int | None:
        """How many steps an epoch has; None if the data set does not tell its length."""
        batches = self.batches.per_epoch
        return None if batches is None else math.ceil(batches / self.loop.accumulate)

    @property
    def epochs(self) -> int | None:
        """How many epochs there are at most; None if only `updates` ends the training."""
        return self.loop.epochs or (None if self.loop.updates else 1)

    @property
    def updates(self) -> int | None:
        """After how many updates training ends; None if that is not known beforehand."""
        if self.epochs is None:
            return self.loop.updates
        if self.updates_per_epoch is None:
            return None
        planned = self.epochs * self.updates_per_epoch
        return min(planned, self.loop.updates) if self.loop.updates else planned

    def windows(self) -> Iterator[list[Batch]]:
        """Yield the micro-batches of each update until `epochs` or `updates` is reached.

        Raises:
            DataError: an epoch gave no batch.
        """
        self.batches.restart()
        done = 0
        for _ in count() if self.epochs is None else range(self.epochs):
            before = done
            for window in group(self.batches, self.loop.accumulate):
                yield window
                done += 1
                if done == self.loop.updates:
                    return
            if done == before:
                raise DataError("the data set gave no batch")
