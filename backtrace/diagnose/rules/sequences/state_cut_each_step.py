"""The state of a recurrent net is cut off its graph at each step: it learns from one step alone.

## What it sees
In two updates or more, a recurrent cell, or a layer that is called on one step at a time, is given
the state that it has just returned, detached (or as `.data`), several times before one backward.

## Why it matters
The gradient of a step ends at the step before. What the state should keep from further back, it
never learns to keep: the net uses of the past what comes along by chance.

## Example
    for t in range(steps):
        h = cell(x[:, t], h.detach())

## Instead
    for t in range(steps):
        h = cell(x[:, t], h)

## When it is intended
Backpropagation through time that is cut off after one step, to save memory. Where a backward, or a
sequence of several steps, lies between two cuts, nothing is said.

## Source
Williams and Peng, "An efficient gradient-based algorithm for on-line training of recurrent network
trajectories", 1990: through how many steps a gradient goes is what is learned of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, StepTaken
from backtrace.ledger.layer_facts import SequenceTaken, StateCarried

_UPDATES = 2
_CUTS = 4  # in all


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls a layer so."""
    found: dict[str, list[StateCarried]] = {}
    ended = -inf  # when the last backward or step was
    by_steps = _called_by_steps(run)
    for event in run.events:
        if isinstance(event, BackwardRan | StepTaken):
            ended = event.elapsed
        elif isinstance(event, StateCarried) and event.returned_at > ended:
            found.setdefault(event.where, []).append(event)
    for where, cuts in found.items():
        if cuts[0].type not in by_steps and not cuts[0].type.endswith("Cell"):
            continue
        if len(cuts) >= _CUTS and len({run.update_at(each) for each in cuts}) >= _UPDATES:
            yield RULE.found(
                f"{cuts[0].type} is given its own state detached at each step of a sequence: no "
                "gradient goes further back than one step",
                "give it the state as it is, and detach it between updates only",
                run.update_at(cuts[0]),
                where,
                times=len(cuts),
            )


def _called_by_steps(run: Stretch) -> set[str]:
    """Return the types of layers that were called on sequences of one step alone."""
    steps: dict[str, set[int]] = {}
    for event in run.of(SequenceTaken):
        steps.setdefault(event.type, set()).add(event.steps)
    return {kind for kind, lengths in steps.items() if lengths == {1}}


RULE = Rule("BT474", "state-cut-each-step", "warning", check, __doc__, needs=(FACTS,))
