"""A copy of the model does not follow it as it should: at once, not at all, or being no copy.

## What it sees
In the source of a file that calls a model: an average of parameters that keeps a fifth or less of
itself in each update, and takes the rest from the model; or, in a run of 30 steps or more, a target
network that is a copy of another, is called, and is never given that one's values again; or what is
kept as the best in a loop and is the model itself, or the tensors of its `state_dict()`, and is
read later; or the largest decay of an average, which is overwritten with that of an update. Or, in
a run of 300 updates or more: a copy that one line renews, by `load_state_dict`, if a counter is a
multiple of a number that the file gives, or in a function that nothing calls; and that line did not
run since training began, in ten times as many updates.

## Why it matters
An average that forgets itself is the model, one step late: it smooths nothing. A target that stays
says for ever what a model without training said, and the values that are learned from it stop
there.

## Example
    for e, p in zip(ema.parameters(), model.parameters()):
        e.mul_(1 - 0.999).add_(p, alpha=0.999)

## Instead
    for e, p in zip(ema.parameters(), model.parameters()):
        e.mul_(0.999).add_(p, alpha=1 - 0.999)

## When it is intended
A reference that is to stay is no target network: call it `reference`, and nothing is said.

## Source
Mnih et al., "Human-level control through deep reinforcement learning", 2015; Lillicrap et al.,
"Continuous control with deep reinforcement learning", 2016 (tau is 0.001).
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.census import Census
from backtrace.diagnose.census.tally import MOST_LOADS
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 30  # steps: a target may be renewed seldom
_MANY, _TIMES = 300, 10  # steps, and times as many as those in which it should have come once


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each average that is turned round, and each target that nothing renews."""
    for event in run.of(SlipSeen):
        if event.kind == "average":
            yield RULE.found(
                f"the average keeps {event.name} of itself in each update and takes {event.beside} "
                "from the model: it is the model, one step late",
                f"turn the weights round: {event.beside} for the average, {event.name} for the "
                "model",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "limit":
            yield RULE.found(
                f"{event.name} is overwritten with the smaller one of itself and {event.beside}: "
                "it stays at what that was first, and the average forgets at that rate",
                f"leave {event.name} as it is, and keep the decay of an update under a name of its "
                "own",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "no-copy" and len(run.steps) > 1:
            yield RULE.found(
                f"{event.name} is {event.beside} itself, or its own tensors, and goes on training: "
                "no copy was made",
                f"keep a copy: {event.name} = copy.deepcopy({event.beside}.state_dict())",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "still-target" and len(run.steps) >= _ENOUGH:
            yield RULE.found(
                f"{event.name} is a copy that is never renewed: it says what the model said before "
                "training",
                f"renew it now and then: {event.name}.load_state_dict(model.state_dict()), or "
                "move it a little in each update",
                run.update_at(event),
                event.where,
            )
    if run.census is not None:
        yield from _find_unrenewed(run, run.census)


def _find_unrenewed(run: Stretch, census: Census) -> Iterator[Judgement]:
    """Give each copy that a line was to renew which did not run once training had begun."""
    steps = sum(census.steps.values())
    if run.is_sampled or run.unread or steps < _MANY or len(census.loads) >= MOST_LOADS:
        return
    loaded = {load.event.where for load in census.loads if load.steps}
    slips = [each for each in census.slips if each.kind == "renewal"]
    renewed = {each.name for each in slips if each.where in loaded}
    for slip in slips:
        if slip.name not in renewed and 0 < slip.every * _TIMES <= steps:
            message = (
                f"{slip.name} is a copy that was never renewed: {slip.beside} held in none of "
                f"{steps} updates"
                if slip.beside
                else f"{slip.name} is a copy that nothing renewed in {steps} updates"
            )
            yield RULE.found(
                message,
                "ask a counter that rises by 1 in each update, or call this line in each",
                min(slip.every, steps),
                slip.where,
                updates=steps,
            )
            renewed.add(slip.name)


RULE = Rule("BT462", "copy-out-of-step", "warning", check, __doc__, needs=(FACTS,))
