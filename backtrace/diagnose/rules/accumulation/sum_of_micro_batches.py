"""Gradients are accumulated over micro-batches without averaging.

## What it sees
Several backwards on one line, each over a batch of its own, are read by one step; every loss is a
mean over its micro-batch, and none was divided by their number. Under transformers' Trainer, whose
model takes `**kwargs` in its `forward` and asks for no `num_items_in_batch`, at that line.

## Why it matters
The step reads a sum: it is as many times too large as there are micro-batches, and grows when
someone changes their number. The learning rate of one large batch does not fit any more.

## Example
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y)
        loss.backward()
        if (i + 1) % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()

## Instead
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y) / 4
        loss.backward()
        if (i + 1) % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()

## When it is intended
Losses that are sums themselves, losses of several tasks, and gradients that are divided by hand
before the step are left alone. Someone may have chosen the learning rate for the sum.

## Source
"Gradient accumulation", Automatic Mixed Precision examples, PyTorch documentation;
github.com/huggingface/transformers, issue 47688.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.accumulation import AccumulatedBackward, find_micro_batches, is_undivided
from backtrace.diagnose.framework_lines import has_framework_train
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import Edited, GradsRescaled
from backtrace.ledger.facts import ProxySeen
from backtrace.ledger.loader_facts import LoaderEnded
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that read sums of mean losses, twice in a row."""
    unknown = False
    for windows in run.windows_by_optimizer.values():
        in_a_row = 0
        for window, step in finished(windows):
            found = find_micro_batches(window)
            if not found or _is_edited(window) or _is_epoch(window, found):
                in_a_row = 0
                continue
            unknown |= any(each.factor is None and _is_mean(each) for each in found)
            in_a_row = in_a_row + 1 if all(is_undivided(each, len(found)) for each in found) else 0
            if in_a_row == 2:
                names = tuple(n for n in step.values if n in window.filled_by(found[0].backward))
                yield _tell(run, window, found, names)
                return
    if unknown:
        yield RULE.not_checked("it is not known how the micro-batches' losses were weighted")


def _tell(
    run: Stretch, window: Window, found: Sequence[AccumulatedBackward], names: tuple[str, ...]
) -> Finding:
    left = next((each for each in run.of(SlipSeen) if each.kind == "division-left"), None)
    if left is None:
        message = (
            f"{window.optimizer}.step reads the sum of {len(found)} micro-batches, each with a "
            "mean loss that is not divided by their number"
        )
        fix = f"divide the loss by {len(found)} before backward"
        if _is_trainers(run, found[0]):
            fix = (
                "set accepts_loss_kwargs = False on the model before the Trainer is made, so that "
                "it divides itself, or divide by num_items_in_batch in the loss"
            )
    else:
        message = (
            f"{window.optimizer}.step reads the sum of {len(found)} micro-batches, each with a "
            f"mean loss: forward of {left.name} takes any options, so that the Trainer leaves the "
            "division to it"
        )
        fix = (
            f"set accepts_loss_kwargs = False in {left.name}, or divide by num_items_in_batch in "
            "its forward"
        )
    return RULE.found(
        message,
        fix,
        window.number,
        left.where if left is not None else _line(run, found[0]),
        names,
        window.optimizer,
        micro_batches=len(found),
        loss_of_the_last=_number(found[-1].backward.loss),
    )


def _line(run: Stretch, found: AccumulatedBackward) -> str:
    """Return the line of the backward, or of the user's loss where a framework goes backward."""
    where, loss = found.backward.where, found.loss
    is_called = loss is not None and loss.where and has_framework_train(run, where)
    return loss.where if loss is not None and is_called else where


def _is_trainers(run: Stretch, found: AccumulatedBackward) -> bool:
    """Whether transformers' Trainer goes backward: it steps in the same line, by Accelerate's."""
    is_accelerated = any(each.type == "AcceleratedOptimizer" for each in run.of(ProxySeen))
    return is_accelerated and has_framework_train(run, found.backward.where)


def _is_mean(found: AccumulatedBackward) -> bool:
    return found.loss is None or found.loss.reduction == "mean"


def _is_edited(window: Window) -> bool:
    """Whether the gradients were written to by hand: they may have been divided there."""
    return any(
        (isinstance(e, Edited) and e.account == "grad")
        or (isinstance(e, GradsRescaled) and e.call == "average")  # an experiment has divided them
        for e in window.events
    )


def _is_epoch(window: Window, found: Sequence[AccumulatedBackward]) -> bool:
    """Whether the step comes after the whole epoch: then it stands outside of the loop."""
    last = found[-1].backward.index
    return any(isinstance(e, LoaderEnded) and e.index > last for e in window.events) and (
        found[0].batch is not None and found[0].batch.number == 1
    )


def _number(value: float | None) -> float | str:
    return value if value is not None else "unknown"


RULE = Rule("BT108", "sum-of-micro-batches", "warning", check, __doc__, cure="average")
