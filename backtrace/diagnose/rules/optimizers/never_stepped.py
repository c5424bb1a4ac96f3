"""Gradients are computed and cleared again and again, and the optimizer never steps.

## What it sees
An optimizer whose parameters are given gradients at least three times, with a clearing between
them, or over two epochs of a loader; and that no step, taken or skipped, ever follows.

## Why it matters
Only `step` changes values. The loss changes from batch to batch all the same, which looks like
training.

## Example
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()

## Instead
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()

## When it is intended
Gradients may be computed only to look at them. Whoever does that needs no optimizer.

## Source
torch.optim, "Taking an optimization step", PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from backtrace.diagnose.gradients import reached_by
from backtrace.diagnose.graph_lines import lone_line
from backtrace.diagnose.holdings import read_holdings
from backtrace.diagnose.needs import BEGINNING
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, GradsZeroed, StepBegan, StepSkipped, StepTaken
from backtrace.ledger.facts import ProxySeen, StepsPassed
from backtrace.ledger.loader_facts import LoaderEnded

_TURNS = StepBegan | StepTaken | StepSkipped | StepsPassed
_GUARDED = (
    "leave this condition out if it stands within accelerator.accumulate: step() waits for the end "
    "of a window itself, and does nothing before"
)
_ENOUGH = 3  # gradients that went to waste


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that only ever clear gradients."""
    active = {e.optimizer for e in run.events if isinstance(e, _TURNS)}
    moved = {name for step in run.steps for name in step.values}
    held = read_holdings(run).held
    for optimizer in run.optimizers:
        own = dict.fromkeys(name for name, owners in held.items() if optimizer in owners)
        if optimizer in active or not own or own.keys() & (moved | run.learned_later):
            continue
        if any(held[name].keys() & active for name in own):  # one that raised, or goes on
            continue
        waste = _count(run, own.keys())
        if waste.last is not None and (waste.times >= _ENOUGH or waste.epochs > 1):
            fix, where = f"call {optimizer}.step() after backward", waste.last.where
            guard = lone_line(run, "guard", where)
            if guard != where and any(e.type.startswith("Accelerated") for e in run.of(ProxySeen)):
                fix, where = _GUARDED, guard
            yield RULE.found(
                f"{optimizer} never steps, though its parameters got gradients {waste.times} times",
                fix,
                run.update_at(waste.last, optimizer),
                where,
                tuple(own),
                optimizer,
                backwards_without_a_step=waste.times,
            )


@dataclass(slots=True)
class _Waste:
    """How often gradients were cleared, or are left at the end, that nothing had read.

    `epochs` are those that ended with such gradients, `last` is the backward that shows enough.
    """

    cleared: int = 0
    epochs: int = 0
    is_waiting: bool = False
    last: BackwardRan | None = None

    @property
    def times(self) -> int:
        return self.cleared + self.is_waiting


def _count(run: Stretch, own: Set[str]) -> _Waste:
    waste = _Waste()
    for event in run.events:
        if isinstance(event, BackwardRan) and own & reached_by(event):
            waste.is_waiting = True
            waste.last = event if waste.cleared < _ENOUGH else waste.last
        elif isinstance(event, GradsZeroed) and own & event.grads.keys():
            waste.cleared += waste.is_waiting
            waste.is_waiting = False
        elif isinstance(event, LoaderEnded):
            waste.epochs += waste.is_waiting
    return waste


RULE = Rule(
    "BT213",
    "never-stepped",
    "error",
    check,
    __doc__,
    needs=(BEGINNING,),
    cure="step_after_backward",
)
