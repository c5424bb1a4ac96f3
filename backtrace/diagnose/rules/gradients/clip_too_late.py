"""Gradients are clipped when it does not help: after step, before backward or unscaling, in parts.

## What it sees
A clipping call that only ever finds gradients which a step has read already, or none because the
backward is still to come; or one whose gradients a GradScaler unscales afterwards. Or, in two
updates or more, one line that clips again and again, and between its calls a backward adds to what
it has clipped (a warning).

## Why it matters
The step reads gradients that nothing clipped. Before unscaling it is worse: the scaled gradients
are clipped to the limit, and what is left after unscaling is thousands of times too small. Where
gradients are accumulated, what is clipped after each micro-batch is a part of the sum: the first
ones are clipped several times, and the last weigh the most.

## Example
    loss.backward()
    optimizer.step()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)

## Instead
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()

With a GradScaler, `scaler.unscale_(optimizer)` comes before clipping.

## When it is intended
Clipping to an infinite norm only measures, and may stand anywhere. Gradients that are clipped for
each sample, kept elsewhere and cleared, as for differential privacy, are no parts of a sum.

## Source
"Working with Unscaled Gradients", Automatic Mixed Precision examples, PyTorch documentation; "The
implementation of grad clipping is not correct when gradient accumulation is enabled",
github.com/huggingface/transformers, issue 1563.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.clip_calls import ClipCall, find_clip_calls
from backtrace.diagnose.partial_clips import PartialClip, find_partial_clips
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that clips at the wrong time."""
    by_line: dict[str, list[ClipCall]] = {}
    for clipping in find_clip_calls(run):
        by_line.setdefault(clipping.event.where, []).append(clipping)
    for found in by_line.values():
        scaled = [each for each in found if each.unscaled is not None]
        if scaled:
            yield _describe_scaled(scaled[0])
        elif not any(each.found in ("new", "nothing") for each in found):
            late = [each for each in found if each.found == "read" and each.after]
            early = [each for each in found if each.found == "cleared" and each.served]
            if late:
                yield _describe_late(late[0])
            elif early:
                yield _describe_early(early[0])
    for partial in find_partial_clips(run):
        if partial.updates >= _ENOUGH:
            yield _describe_partial(partial)


def _describe_late(clipping: ClipCall) -> Finding:
    assert clipping.after is not None
    number, step = clipping.after
    return _found(
        clipping,
        number,
        step.optimizer,
        f"{clipping.event.call} ran after {step.optimizer}.step had read the gradients",
        f"clip between backward and {step.optimizer}.step()",
    )


def _describe_early(clipping: ClipCall) -> Finding:
    assert clipping.served is not None
    number, step = clipping.served
    return _found(
        clipping,
        number,
        step.optimizer,
        f"{clipping.event.call} ran before backward, when there was no gradient to clip",
        f"clip between backward and {step.optimizer}.step()",
    )


def _describe_scaled(clipping: ClipCall) -> Finding:
    number, step = clipping.served or clipping.after or (1, None)
    optimizer = step.optimizer if step else ""
    return _found(
        clipping,
        number,
        optimizer,
        f"{clipping.event.call} ran on scaled gradients, before the GradScaler unscaled them",
        f"call scaler.unscale_({optimizer}) before clipping",
    )


def _describe_partial(partial: PartialClip) -> Finding:
    event, window = partial.event, partial.window
    found = RULE.found(
        f"{event.call} ran after each micro-batch: what is clipped is a part of the sum that "
        f"{window.optimizer}.step reads, {partial.times} times or more before each step",
        f"clip once, after the last backward, right before {window.optimizer}.step()",
        window.number,
        event.where,
        tuple(event.grads),
        window.optimizer,
        limit="unknown" if event.limit is None else event.limit,
        updates=partial.updates,
    )
    return replace(found, severity="warning")


def _found(clipping: ClipCall, number: int, optimizer: str, message: str, fix: str) -> Finding:
    event = clipping.event
    size = sum(e.before.norm**2 for e in event.grads.values() if e.before is not None) ** 0.5
    limit = "unknown" if event.limit is None else event.limit
    return RULE.found(
        message, fix, number, event.where, tuple(event.grads), optimizer,
        limit=limit, norm_that_it_found=size,
    )  # fmt: skip


RULE = Rule("BT107", "clip-too-late", "error", check, __doc__, cure="move_clipping={limit}")
