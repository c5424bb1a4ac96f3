"""Ends a program out of one of its steps, when there have been enough of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

from torch.optim import Optimizer
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from backtrace.interrupts import LimitReached
from backtrace.recording.weak_keys import weak_keys


@contextmanager
def stop_after(
    updates: int | None, seconds: float | None = None, error: type[LimitReached] = LimitReached
) -> Iterator[None]:
    """Raise LimitReached at the end of any optimizer's step that is at least its `updates`-th.

    So does the first step that ends after `seconds`. `error` is a LimitReached of another kind.

    Steps are counted here, and not by what is read of them: of some, nothing is read.
    """
    # By identity, here and elsewhere: a class of the user's may compare and hash as it likes.
    counts: MutableMapping[Optimizer, int] = weak_keys()
    depths: MutableMapping[Optimizer, int] = weak_keys()
    end = math.inf if seconds is None else monotonic() + seconds

    def enter(optimizer: Optimizer, *call: Any) -> None:
        depths[optimizer] = depths.get(optimizer, 0) + 1

    def leave(optimizer: Optimizer, *call: Any) -> None:
        depths[optimizer] = depths.get(optimizer, 0) - 1
        if depths[optimizer] <= 0:  # else it is the step of its parent class, inside its own
            depths[optimizer] = 0
            counts[optimizer] = counts.get(optimizer, 0) + 1
            if updates is not None and counts[optimizer] >= updates:
                raise error("backtrace: --limit was reached")
            if monotonic() >= end:
                raise error("backtrace: the time was over")

    handles = register_optimizer_step_pre_hook(enter), register_optimizer_step_post_hook(leave)
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
