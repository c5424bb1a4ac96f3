"""A GradScaler leaves out every step.

## What it sees
An optimizer that never stepped, because the GradScaler found gradients that are not finite: twice,
when the loss was not finite either, and otherwise 10 times in a row.

## Why it matters
Nothing is trained, and nothing is said: `scaler.step` passes by in silence, and halves its scale
each time. It begins at 65 536; after 10 halvings it is 64, and a gradient that overflows then is
above 1000 itself.

## Example
    scaler.scale(loss / n_valid).backward()  # n_valid is 0: the loss is NaN
    scaler.step(optimizer)
    scaler.update()

## Instead
    scaler.scale(loss / max(n_valid, 1)).backward()
    scaler.step(optimizer)
    scaler.update()

## When it is intended
The first steps are often left out, until the scale fits: up to nine with a finite loss are silent.

## Source
torch.amp, PyTorch documentation, and "Automatic Mixed Precision examples: the scale is too large
at first"; "GradScaler: loss is NaN and all steps are skipped", discuss.pytorch.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from backtrace.diagnose.needs import BEGINNING
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, StepSkipped, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.graph_seen import GraphSeen

_LOST = 2
_FINITE = 10


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that a scaler has kept from stepping from the beginning to the end."""
    stepped = {
        event.optimizer for event in run.events if isinstance(event, StepTaken | StepsPassed)
    }
    found: dict[str, list[_Skip]] = {}
    backward: BackwardRan | None = None
    origin = ""
    for event in run.events:
        if isinstance(event, BackwardRan):
            backward = event
        elif isinstance(event, GraphSeen):
            origin = event.first_nonfinite or origin
        elif isinstance(event, StepSkipped) and "GradScaler" in event.reason:
            found.setdefault(event.optimizer, []).append(_Skip(event, backward, origin))
    for optimizer, skips in found.items():
        lost = [skip for skip in skips if skip.is_lost]
        enough = lost[_LOST - 1 : _LOST] or skips[_FINITE - 1 : _FINITE]
        if optimizer not in stepped and enough:
            yield _describe(optimizer, skips, lost, skips.index(enough[0]) + 1)


@dataclass(frozen=True, slots=True)
class _Skip:
    event: StepSkipped
    backward: BackwardRan | None
    origin: str

    @property
    def is_lost(self) -> bool:
        """Whether the loss itself was not finite."""
        loss = self.backward.loss if self.backward else None
        return loss is not None and not isfinite(loss)


def _describe(optimizer: str, skips: list[_Skip], lost: list[_Skip], update: int) -> Finding:
    what = f"the GradScaler left out all {len(skips)} steps of {optimizer}"
    fix = "look which gradients are infinite, and bring the loss into a smaller range"
    if lost:
        what += f": the loss is {lost[0].backward.loss if lost[0].backward else 'lost'}"
        what += f", first in {lost[0].origin}" if lost[0].origin else ""
        fix = "mend the loss: no scale makes it finite"
    return RULE.found(
        what,
        fix,
        update,
        skips[0].event.where,
        (),
        optimizer,
        steps_left_out=len(skips),
        losses_not_finite=len(lost),
    )


RULE = Rule("BT511", "scaler-skips-every-step", "error", check, __doc__, needs=(BEGINNING,))
