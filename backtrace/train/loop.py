"""The training loop: plain PyTorch, with no tracing in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

import torch
from torch import Tensor, nn

from backtrace.announce import note_loss

Batch = tuple[Tensor, Tensor]
Criterion = Callable[[Tensor, Tensor], Mapping[str, Tensor]]


def train(
    model: nn.Module,
    criterion: Criterion,
    optimizer: torch.optim.Optimizer,
    windows: Iterable[list[Batch]],
    *,
    zero_grad: bool = True,
    set_to_none: bool = True,
    average: bool = True,
    clip: Callable[[], object] | None = None,
    schedule: Callable[[int], None] | None = None,
) -> None:
    """Train `model`: one update per window of micro-batches.

    Args:
        criterion: gives the weighted terms of the loss for (output, target); they are added up.
        windows: the micro-batches of each update.
        average: whether each micro-batch's loss is divided by their number.
        clip: called between `backward` and `step`.
        schedule: called after each `step` with the number of updates so far.
    """
    for update, window in enumerate(windows, start=1):
        if zero_grad:
            optimizer.zero_grad(set_to_none=set_to_none)
        for x, y in window:
            terms = criterion(model(x), y)
            if average and len(window) > 1:
                terms = {name: term / len(window) for name, term in terms.items()}
            first, *others = terms.values()
            loss = sum(others, start=first)
            note_loss(loss, **terms)
            loss.backward()  # type: ignore[no-untyped-call]
        if clip:
            clip()
        optimizer.step()
        if schedule:
            schedule(update)


def group(batches: Iterable[Batch], size: int) -> Iterator[list[Batch]]:
    """Yield windows of `size` micro-batches; the last of an epoch may be smaller."""
    iterator = iter(batches)
    while window := list(islice(iterator, size)):
        yield window
