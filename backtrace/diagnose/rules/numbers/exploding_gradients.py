"""Gradients and loss grow together from update to update.

## What it sees
The norm of all gradients of an optimizer grows at two updates in a row or more, to at least 100
times what it was, and the loss grows with it at each of them, to at least 10 times and to more than
the run began with. Gradients that are clipped are not looked at.

## Why it matters
Each step leads to a place that is steeper than the one before. A few more, and the numbers
overflow. For a quadratic loss, gradients that grow by a factor of 10 are a loss that grows by 100:
the two thresholds are far below what a divergence brings about.

## Example
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    loss.backward()
    optimizer.step()

## Instead
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()

## When it is intended
Never. Gradients that grow while the loss falls, as when training leaves a plateau, are fine, and so
is one batch that is much harder than the others.

## Source
"On the difficulty of training Recurrent Neural Networks", R. Pascanu, T. Mikolov, Y. Bengio, 2013.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from backtrace.diagnose.progress import Progress, distance, optimizers_of, read_progress
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_GRADIENT = 100.0
_LOSS = 10.0
_FAR = 0.5  # norms of the values that steps changed in all: less, and it is the data
_LEAST = 1.2  # less than this at an update is noise


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers whose gradients grow with the loss."""
    if not run.begins:  # what training began with is not known
        return
    for optimizer in optimizers_of(run):
        found = _find(read_progress(run, optimizer))
        if found is None:
            continue
        first, last = found
        assert first.loss is not None and last.loss is not None
        rate = max(last.step.lr, default=0)
        yield RULE.found(
            f"the gradients that {optimizer}.step read grew {last.grad_norm / first.grad_norm:.3g} "
            f"times from update {first.number} to update {last.number}, and the loss from "
            f"{first.loss:.3g} to {last.loss:.3g}",
            f"lower the learning rate of {optimizer} (now {rate:g}), and clip gradients between "
            "backward and step"
            if rate
            else "make the steps by hand smaller, and clip gradients between backward and step",
            last.number,
            last.where,
            (),
            optimizer,
            gradient_norm_before=first.grad_norm,
            gradient_norm=last.grad_norm,
            loss_before=first.loss,
            loss=last.loss,
        )


def _find(updates: list[Progress]) -> tuple[Progress, Progress] | None:
    """Return where a growth begins, and where it is beyond doubt."""
    begin: Progress | None = None
    before: Progress | None = None
    for at, update in enumerate(updates):
        if update.loss is None or not isfinite(update.grad_norm) or update.is_clipped:
            begin = before = None
            continue
        grows = before is not None and _grows(before, update)
        is_second = begin is not None and grows and before is not begin
        is_far = distance(updates[: at + 1]) >= _FAR
        if begin and is_second and is_far and _is_beyond(begin, update, updates[0]):
            return begin, update
        begin = begin if grows else update
        before = update
    return None


def _grows(one: Progress, other: Progress) -> bool:
    assert one.loss is not None and other.loss is not None
    return other.grad_norm > _LEAST * one.grad_norm > 0 and other.loss > one.loss


def _is_beyond(one: Progress, other: Progress, first: Progress) -> bool:
    """Whether it grew out of measure: by far, and to more than training began with.

    Where the loss is nearly nothing, one row that is hard makes a hundred times as much of it.
    """
    assert one.loss is not None and other.loss is not None
    grads, loss = other.grad_norm / one.grad_norm, abs(one.loss)
    began = first.loss if first.loss is not None else other.loss
    return grads >= _GRADIENT and other.loss >= max(_LOSS * loss, began) and loss > 0


RULE = Rule(
    "BT502",
    "exploding-gradients",
    "warning",
    check,
    __doc__,
    cure="clip_norm=1",
    told=("step-size",),
)
