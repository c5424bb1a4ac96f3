"""An optimizer steps again and again, and no backward ever reaches what it steps.

## What it sees
Two or more steps that find no gradient at all, with no backward before any of them that reached one
of the optimizer's tensors, though these want gradients.

## Why it matters
A step skips what has no gradient, without a word: this part is not trained. It happens when
`backward` is forgotten, when a loss belongs to another network, when what would connect them is
cut off, as by `detach()` in the generator's own loss, or when a `training_step`, which a trainer
calls, does not return its loss.

## Example
    fake = generator(z).detach()
    loss = bce(discriminator(fake), ones)
    loss.backward()
    generator_optimizer.step()

## Instead
    fake = generator(z)
    loss = bce(discriminator(fake), ones)
    loss.backward()
    generator_optimizer.step()

## When it is intended
One step without gradients, as before a scheduler's first, is left alone; so are optimizers that get
gradients at some other time, and those whose tensors are all frozen. Steps between which nothing is
computed and the rate moves are there to look at a schedule.

## Source
torch.optim.Optimizer.step and torch.Tensor.detach, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.census.dry_steps import DryBook
from backtrace.diagnose.gradients import reached_by, read_by
from backtrace.diagnose.needs import BEGINNING, UNSAMPLED
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan, Edited, ForwardRan, StepTaken
from backtrace.ledger.source_facts import SlipSeen

Names = tuple[str, ...]


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that step without a gradient."""
    reached, is_lost, dry = set[str](), False, DryBook()
    for event in run.events:
        dry.take(event)
        if isinstance(event, BackwardRan):
            reached |= reached_by(event)
            is_lost |= not reached_by(event)  # it reached nothing at all, which is another rule's
        elif isinstance(event, Edited) and event.account == "grad":
            reached |= set(event.entries)
    for windows in run.windows_by_optimizer.values():
        steps = [step for _, step in finished(windows)]
        own = _wanting(run, windows)
        if len(steps) < 2 or not own or is_lost or reached & windows[0].own:
            continue
        if any(map(read_by, steps)) or windows[0].optimizer in dry.schedules():
            continue
        yield _describe(run, windows, steps, own, len(reached))


def _describe(
    run: Stretch, windows: Sequence[Window], steps: Sequence[StepTaken], own: Names, others: int
) -> Finding:
    optimizer, second = windows[0].optimizer, windows[1]
    said = (
        f"{optimizer}.step ran {len(steps)} times, and no backward reached a tensor of {optimizer}"
    )
    fix = f"call loss.backward() before {optimizer}.step()"
    where, cut = steps[1].where, _cut_off(run, second)
    if cut is not None:
        said += f": what {cut.module} was given carried no graph"
        fix = (
            f"give {cut.module} what it is to judge without detach(), and not computed under "
            f"no_grad, in the loss of {optimizer}"
        )
        where = cut.where
    elif step := next((each for each in run.of(SlipSeen) if each.kind == "unreturned"), None):
        said += f": {step.beside} takes {step.name} and returns nothing to go backward from"
        fix = f"end {step.beside} with `return {step.name}`"
        where = step.where
    elif others:
        fix = f"call backward on a loss that depends on {own[0]}"
    return RULE.found(
        said, fix, second.number, where, own, second.optimizer,
        steps=len(steps),
        tensors_of_others_that_got_gradients=others,
    )  # fmt: skip


def _cut_off(run: Stretch, window: Window) -> ForwardRan | None:
    """Return the call of another's model, for the last loss, that was given nothing with a graph.

    Its own model has been called since its step before, so there was something to give.
    """
    calls: list[ForwardRan] = []
    last: list[ForwardRan] = []
    for event in window.events:
        if isinstance(event, ForwardRan) and event.takes_grad:
            calls.append(event)
        elif isinstance(event, BackwardRan):
            calls, last = [], [each for each in calls if not _is_of(run, each, window.own)]
        elif isinstance(event, StepTaken) and event.optimizer != window.optimizer:
            last = []
    was_called = any(_is_of(run, call, window.own) for call in window.of(ForwardRan))
    if not was_called or not last or any(call.from_grad for call in last):
        return None
    return last[0]


def _is_of(run: Stretch, call: ForwardRan, own: frozenset[str]) -> bool:
    return not own.isdisjoint(run.parameters_called(call))


def _wanting(run: Stretch, windows: Sequence[Window]) -> Names:
    """Return what an optimizer holds that wants a gradient and still belongs to a model."""
    seen = run.parameters
    placed = {name for model in run.models.values() for name in model.parameters}
    own = windows[0].own
    return tuple(
        name
        for name, each in seen.items()
        if name in own and each.requires_grad and (not placed or name in placed)
    )


RULE = Rule("BT104", "step-without-gradient", "error", check, __doc__, needs=(BEGINNING, UNSAMPLED))
