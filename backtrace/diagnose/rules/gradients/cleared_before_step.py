"""Gradients are cleared after backward and before the step that should read them.

## What it sees
A backward gives an optimizer's tensors a gradient, something clears it, and the step that follows
finds none. Also an accumulation that clears in every micro-batch, so that a step reads only the
last of them.

## Why it matters
The step has nothing to go by: nothing is learned, or only from the last micro-batch. The loss is
still printed, and with weight decay or momentum the values still move.

## Example
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()

## Instead
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

## When it is intended
A backward whose gradient is looked at and thrown away (adversarial examples, sharpness-aware steps,
gradient surgery, a Fisher matrix, a loss that was not finite) is no mistake. This rule is silent
where such a gradient was used by hand, came from another line, or was thrown away only once.

## Source
torch.optim.Optimizer.zero_grad, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from backtrace.diagnose.gradients import cleared_by, is_something
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan, Edited, Event, StepTaken
from backtrace.ledger.loader_facts import LoaderEnded


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers whose gradients are gone when they step."""
    for windows in run.windows_by_optimizer.values():
        finding = _find_emptied(windows) or _find_thrown_away(windows)
        if finding is not None:
            yield finding


def _find_emptied(windows: Sequence[Window]) -> Finding | None:
    """Return a finding when the first step, or two in a row, found all gradients cleared."""
    in_a_row = 0
    for window, step in finished(windows):
        lost, clearing = _lost(window)
        is_empty = not any(is_something(grad) for grad in step.grads.values())
        in_a_row = in_a_row + 1 if is_empty and lost and clearing is not None else 0
        if in_a_row and clearing is not None and (window.is_first or in_a_row > 1):
            names = tuple(name for name in step.values if name in lost)
            delta = lost[names[0]].grads[names[0]].delta
            return RULE.found(
                f"the gradients of update {window.number} were cleared after backward and before "
                f"{window.optimizer}.step, which found none",
                f"clear the gradients before the backward or after {window.optimizer}.step()",
                window.number,
                clearing.where,
                names,
                window.optimizer,
                lost_gradient=delta.norm if delta else 0.0,
            )
    return None


def _lost(window: Window) -> tuple[dict[str, BackwardRan], Event | None]:
    """Return the backwards whose gradients were cleared, by tensor, and the last clearing."""
    pending: dict[str, BackwardRan] = {}
    lost: dict[str, BackwardRan] = {}
    clearing = None
    for event in window.events:
        if isinstance(event, BackwardRan):
            if event.loss is None or isfinite(event.loss):
                pending |= dict.fromkeys(window.filled_by(event), event)
        elif gone := cleared_by(event) & set(pending):
            lost |= {name: pending.pop(name) for name in gone}
            clearing = event
    return lost, clearing


def _find_thrown_away(windows: Sequence[Window]) -> Finding | None:
    """Return a finding when two steps in a row read only the last of several alike backwards."""
    in_a_row = 0
    for window, step in finished(windows):
        thrown = _thrown_away(window)
        in_a_row = in_a_row + 1 if thrown else 0
        if in_a_row > 1:
            return _tell_thrown_away(window, step, len(thrown))
    return None


def _tell_thrown_away(window: Window, step: StepTaken, thrown: int) -> Finding:
    lost, clearing = _lost(window)
    names = tuple(name for name in step.values if name in lost)
    if _clearings(window, set(names)) < thrown:
        # As Accelerate's optimizer does that is asked to clear before each micro-batch: it acts
        # in the last of them only.
        message = (
            f"{window.optimizer}.step at update {window.number} read 1 of {thrown + 1} backwards: "
            "the gradients of the others were cleared before the last of them"
        )
        fix = f"clear the gradients after {window.optimizer}.step(), not before the last backward"
    else:
        message = (
            f"{window.optimizer}.step at update {window.number} read 1 of {thrown + 1} backwards: "
            "the gradients were cleared after each of the others"
        )
        fix = (
            f"clear the gradients once for each {window.optimizer}.step(), not once for "
            "each backward"
        )
    return RULE.found(
        message,
        fix,
        window.number,
        clearing.where if clearing else "",
        names,
        window.optimizer,
        backwards=thrown + 1,
        read_by_the_step=1,
    )


def _clearings(window: Window, names: set[str]) -> int:
    """Return how often what backwards had filled was cleared."""
    count, filled = 0, False
    for event in window.events:
        if isinstance(event, BackwardRan):
            filled = filled or bool(window.filled_by(event))
        elif filled and cleared_by(event) & names:
            count, filled = count + 1, False
    return count


def _thrown_away(window: Window) -> list[BackwardRan]:
    """Return the backwards that no step read though they are like the one that it read.

    Empty where a step of another optimizer read them, where something was done by hand, and for
    closures, which are called as often as the optimizer likes.
    """
    counted = window.counted
    if len(counted) != 1 or window.has_closure:
        return []
    last = counted[0]
    found = []
    for event in window.events:
        if isinstance(event, Edited):
            return []
        if isinstance(event, LoaderEnded) and event.index > last.index:
            return []  # the step stands outside of the loop, which is another rule's
        if isinstance(event, StepTaken) and event is not window.step:
            return []
        if isinstance(event, BackwardRan) and event is not last and window.filled_by(event):
            is_alike = event.where == last.where and set(event.grads) == set(last.grads)
            if not is_alike or not set(event.grads) <= window.own:
                return []
            found.append(event)
    return found


RULE = Rule("BT102", "cleared-before-step", "error", check, __doc__, cure="zero_grad=instead")
