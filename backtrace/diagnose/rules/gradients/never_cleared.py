"""Gradients are never cleared between steps.

## What it sees
A step finds in `.grad` what the step before it has read already, with a new gradient added, and
nothing cleared it in between; or, again and again, finds it as it was, because the backward in
between reached other parameters. Also an LBFGS closure that keeps what its last call left.

## Why it matters
`backward` adds to `.grad`. A step then follows the sum of all gradients since the last clearing, of
which the newest is a shrinking part: it works like momentum that never fades.

## Example
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()

## Instead
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()

## When it is intended
Gradient accumulation leaves gradients on purpose, but clears them once a step has read them.
Scaling the old gradients by hand before adding to them is momentum: this rule is silent about it.

## Source
torch.optim.Optimizer.zero_grad, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from backtrace.diagnose.gradients import cleared_by
from backtrace.diagnose.leftovers import Leftover, find_leftover, find_read_again
from backtrace.diagnose.optimizer_windows import MOST_OPTIMIZERS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan, Entry, Reading, StepTaken

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that step on what an earlier step has read already."""
    every = run.windows_by_optimizer
    if len(every) == MOST_OPTIMIZERS:
        yield RULE.not_checked(f"of many optimizers only the first {MOST_OPTIMIZERS} are looked at")
    for windows in every.values():
        for window, step in finished(windows):
            found = find_leftover(window) if "LBFGS" not in step.type else None
            if found is not None and found.clearing is None:
                yield _describe(found)
                break
            again = _find_uncleared_closure(window) if "LBFGS" in step.type else None
            if again is not None and not _calls_once(run, step):
                yield _describe_closure(window, step, again)
                break
        else:
            yield from _find_stale(run, windows)


def _describe(found: Leftover) -> Finding:
    window = found.window
    assert window.before is not None
    is_by_hand = not found.step.lr  # the loop's own lines have no rate
    return RULE.found(
        f"the step by hand at update {window.number} read gradients that still hold those of "
        f"{window.update_before}"
        if is_by_hand
        else f"{window.optimizer}.step at update {window.number} read gradients that still hold "
        f"those of {window.update_before}",
        "set the gradients to None, or to zero, after each step by hand"
        if is_by_hand
        else f"call {window.optimizer}.zero_grad() before each backward, or right after each step",
        window.number,
        found.step.where,
        found.names,
        window.optimizer,
        left_from_before=_norm(found.left),
        read_by_step=_norm(found.read),
    )


def _find_stale(run: Stretch, windows: list[Window]) -> Iterator[Finding]:
    """Give what is stepped with again and again though the last backward reached others only."""
    found: list[tuple[Window, StepTaken, tuple[str, ...]]] = []
    for window, step in finished(windows):
        names = find_read_again(window) if "LBFGS" not in step.type else ()
        # What was frozen meanwhile is moves-without-gradient's.
        frozen = {n for n in names if n in run.parameters and not run.parameters[n].requires_grad}
        if names := tuple(name for name in names if name not in frozen):
            found.append((window, step, names))
    if len(found) >= _ENOUGH:
        window, step, names = found[0]
        assert window.before is not None
        yield RULE.found(
            f"{window.optimizer}.step at update {window.number} read gradients that "
            f"{window.update_before} had read already; the backward between reached others only",
            f"call {window.optimizer}.zero_grad() before each backward, or right after each step",
            window.number,
            step.where,
            names,
            window.optimizer,
            read_again=_norm(step.grads[names[0]]),
            times=len(found),
        )


def _find_uncleared_closure(window: Window) -> BackwardRan | None:
    """Return the second backward of a closure that clears nothing: it adds to the first one."""
    if any(cleared_by(event) & window.own for event in window.in_step):
        return None
    found = [event for event in window.in_step if isinstance(event, BackwardRan)]
    for first, second in pairwise(found):
        if window.filled_by(first) & window.filled_by(second):
            return second
    return None


def _calls_once(run: Stretch, step: StepTaken) -> bool:
    """Whether the optimizer is told to call its closure once: then it adds up micro-batches."""
    seen = run.optimizers.get(step.optimizer)
    return seen is not None and any(group.options.get("max_iter") == 1 for group in seen.groups)


def _describe_closure(window: Window, step: StepTaken, backward: BackwardRan) -> Finding:
    names = tuple(name for name in step.values if name in window.filled_by(backward))
    # What has been renamed since stands in that backward under the name that it had.
    first = next((backward.grads[n] for n in names if n in backward.grads), Entry(None, None))
    return RULE.found(
        f"the closure of {window.optimizer}.step adds to the gradients that its own last call left",
        f"call {window.optimizer}.zero_grad() at the beginning of the closure",
        window.number,
        backward.where,
        names,
        window.optimizer,
        left_from_before=_norm(first.before),
        read_by_step=_norm(first.after),
    )


def _norm(reading: Reading | None) -> float:
    return reading.norm if reading is not None else 0.0


RULE = Rule("BT101", "never-cleared", "error", check, __doc__, cure="zero_grad")
