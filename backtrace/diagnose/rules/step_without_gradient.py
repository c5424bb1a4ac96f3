"""An optimizer steps again and again, and no backward ever reaches what it steps.

## What it sees
Two or more steps that find no gradient at all, with no backward before any of them that reached one
of the optimizer's tensors, though these want gradients.

## Why it matters
A step skips what has no gradient, without a word: this part is not trained. It happens when
`backward` is forgotten, when a loss belongs to another network, or when what would connect them is
cut off, as by `detach()` in the generator's own loss.

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
gradients at some other time, and those whose tensors are all frozen.

## Source
torch.optim.Optimizer.step and torch.Tensor.detach, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.gradients import reached_by, read_by
from backtrace.diagnose.needs import BEGINNING, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan, Edited


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that step without a gradient."""
    reached, is_lost = set[str](), False
    for event in run.events:
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
        if any(map(read_by, steps)):
            continue
        optimizer = windows[0].optimizer
        others = sorted(reached)
        yield RULE.found(
            f"{optimizer}.step ran {len(steps)} times, and no backward reached a tensor of "
            f"{optimizer}",
            f"call backward on a loss that depends on {own[0]}"
            if others
            else f"call loss.backward() before {optimizer}.step()",
            windows[1].number,
            steps[1].where,
            own,
            windows[1].optimizer,
            steps=len(steps),
            tensors_of_others_that_got_gradients=len(others),
        )


def _wanting(run: Stretch, windows: Sequence[Window]) -> tuple[str, ...]:
    """Return what an optimizer holds that wants a gradient and still belongs to a model."""
    seen = run.parameters
    placed = {name for model in run.models.values() for name in model.parameters}
    return tuple(
        name
        for name in windows[0].own
        if name in seen and seen[name].requires_grad and (not placed or name in placed)
    )


RULE = Rule("BT104", "step-without-gradient", "error", check, __doc__, needs=(BEGINNING, UNSAMPLED))
