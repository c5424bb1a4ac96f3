"""Gradients are cleared for one part of what is trained, and not for the other.

## What it sees
Between two steps the gradients of some tensors are cleared, while others, which are trained as
well, keep what a step has read already. Or: an optimizer clears after its own step, then the
backward of another one's loss reaches its tensors as well, and its next step reads that too. Or
both are cleared at once, and what the loss of one that has stepped left in the other pulls against
the other's own loss, in most of its steps.

## Why it matters
The part that was forgotten follows the sum of old and new gradients. In a GAN the discriminator
then also follows the generator's loss, which pulls it the opposite way.

## Example
    for real in loader:
        lossD = d_loss(real, G(z).detach())
        lossD.backward()
        optD.step()
        optD.zero_grad()
        lossG = g_loss(G(z))
        lossG.backward()        # reaches D's parameters as well
        optG.step()
        optG.zero_grad()        # D keeps what lossG left

## Instead
    for real in loader:
        optD.zero_grad()        # right before D's own backward
        lossD = d_loss(real, G(z).detach())
        lossD.backward()
        optD.step()
        optG.zero_grad()
        lossG = g_loss(G(z))
        lossG.backward()
        optG.step()

## When it is intended
The generator's backward may fill the discriminator's gradients as long as they are cleared before
the discriminator's own backward. Losses may add up in tensors that several optimizers reach.

## Source
torch.optim.Optimizer.zero_grad, and the DCGAN tutorial of the PyTorch documentation, which clears
each network right before its own backward.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtrace.diagnose.leftovers import Leftover, find_leftover
from backtrace.diagnose.opposed import cosine
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan, StepTaken

_OPPOSED = -0.2  # the cosine under which two gradients count as opposed
_ENOUGH = 5  # steps in which they are


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that keep gradients while others' are cleared."""
    for windows in run.windows_by_optimizer.values():
        for window, step in finished(windows):
            found = find_leftover(window) if "LBFGS" not in step.type else None
            if found is not None and found.clearing is not None:
                yield _describe(found)
                break
        else:
            leak = (_find_leak(windows) if run.begins else None) or _find_opposed(windows)
            if leak is not None:
                yield _describe_leak(leak)


def _describe(found: Leftover) -> Finding:
    window, step = found.window, found.step
    assert window.before is not None and found.clearing is not None
    left, read = found.left, found.read
    return RULE.found(
        f"{found.clearing.call} cleared other gradients, but not those of {found.names[0]}"
        f"{_and_more(found.names)}: {window.optimizer}.step at update {window.number} read them "
        f"with those of {window.update_before}",
        f"call {window.optimizer}.zero_grad() as well",
        window.number,
        step.where,
        found.names,
        window.optimizer,
        left_from_before=left.norm if left else 0.0,
        read_by_step=read.norm if read else 0.0,
    )


@dataclass(frozen=True, slots=True)
class _Leak:
    """A backward that another optimizer's step was for, and that this one read as well."""

    window: Window
    step: StepTaken
    other: StepTaken
    backward: BackwardRan
    names: tuple[str, ...]


def _find_leak(windows: Sequence[Window]) -> _Leak | None:
    """Return what reaches an optimizer's steps from its second one on, and not its first.

    That it was not there in the first tells it from losses that are meant to add up: only what
    an earlier turn of the loop left comes later than the loop itself.
    """
    if len(windows) < 2 or not windows[0].is_first:
        return None
    own_lines = {backward.where for backward in windows[0].counted}
    for window, step in finished(windows[1:]):
        counted = window.counted
        if len(counted) < 2 or counted[0].where in own_lines:
            return None
        first = counted[0]
        other = _find_reader(window, first, counted[1])
        if other is None:
            return None
        names = tuple(name for name in step.values if name in window.filled_by(first))
        return _Leak(window, step, other, first, names)
    return None


def _find_opposed(windows: Sequence[Window]) -> _Leak | None:
    """Return what is in most steps of an optimizer and pulls against its own loss.

    Losses that are meant to add up in tensors do not do so time and again.
    """
    found: list[_Leak] = []
    seen = 0
    for window, step in finished(windows):
        counted = window.counted
        other = _find_reader(window, *counted) if len(counted) == 2 else None
        if other is None:
            continue
        seen += 1
        filled = window.filled_by(counted[0]) & window.filled_by(counted[1])
        if cosine(counted[0], counted[1], filled) < _OPPOSED:
            names = tuple(name for name in step.values if name in filled)
            found.append(_Leak(window, step, other, counted[0], names))
    return found[0] if len(found) >= _ENOUGH and 2 * len(found) > seen else None


def _find_reader(window: Window, first: BackwardRan, second: BackwardRan) -> StepTaken | None:
    """Return the step of another optimizer, between two backwards, that was for the first."""
    for event in window.events:
        is_between = first.index < event.index < second.index
        if isinstance(event, StepTaken) and is_between and event.optimizer != window.optimizer:
            moved = set(event.values) - window.own
            if moved & set(first.grads):
                return event
    return None


def _describe_leak(leak: _Leak) -> Finding:
    name = leak.window.optimizer
    delta = leak.backward.grads[leak.names[0]].delta
    return RULE.found(
        f"the backward at {leak.backward.where}, whose step is {leak.other.optimizer}'s, also "
        f"filled gradients of {name}, which nothing cleared before {name}'s own backward",
        f"call {name}.zero_grad() right before the backward of its own loss",
        leak.window.number,
        leak.step.where,
        leak.names,
        name,
        left_by_the_other_loss=delta.norm if delta else 0.0,
    )


def _and_more(names: tuple[str, ...]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""


RULE = Rule("BT103", "one-side-uncleared", "error", check, __doc__, cure="zero_grad=all")
