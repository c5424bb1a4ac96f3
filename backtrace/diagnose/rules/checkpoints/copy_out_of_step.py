"""A copy of the model does not follow it as it should: at once, not at all, or being no copy.

## What it sees
In the source of a file that calls a model: an average of parameters that keeps a fifth or less of
itself in each update, and takes the rest from the model, or that is moved away from it by a wrong
sign, or is mixed with itself; an item of a `state_dict()` that is replaced, in a dict that nobody
loads; or, in a run of 30 steps or more, a target network or an average that is a copy of another,
is used, and is never given that one's values again, or whose update nothing calls; or what is
kept as the best in a loop and is the model itself, or the tensors of its `state_dict()`, and is
read later; or the largest decay of an average, which is overwritten with that of an update. Or, in
a run of 300 updates or more: a copy that one line renews, by `load_state_dict`, if a counter is a
multiple of a number that the file gives, or in a function that nothing calls; and that line did not
run since training began, in ten times as many updates. Or, in a run of 30 steps or more, an
AveragedModel of torch's that is called after the last step and into which nothing was ever put. Or
an average or a target that was copied from a model before a line of the same block loaded weights
into that, with which it was trained on. Or a loop that moves the parameters of a model towards
those of another, where the run calls the model and finds that it has none: its weights are buffers
or plain tensors.

## Why it matters
An average that forgets itself is the model, one step late: it smooths nothing. With a wrong sign it
grows by a part of itself in each update, while the model and its loss look well. A target that
stays says for ever what a model without training said, and the values that are learned from it stop
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
"Continuous control with deep reinforcement learning", 2016 (tau is 0.001); "EMA shadow weights
diverge", github.com/ostris/ai-toolkit, issue 1034; github.com/pytorch/pytorch, issue 46583;
github.com/huggingface/diffusers, issues 1864 and 5783.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.census import Census
from backtrace.diagnose.census.tally import MOST_LOADS
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen
from backtrace.ledger.state_facts import AverageUsed, CalledEmpty

_ENOUGH = 30  # steps: a target may be renewed seldom
_STEPS = {"no-copy": 2, "still-target": _ENOUGH, "still-average": _ENOUGH, "lost-write": 2}
_MANY, _TIMES = 300, 10  # steps, and times as many as those in which it should have come once

# What is said of each, and what to do.
_SAID = {
    "average": (
        "the average keeps {name} of itself in each update and takes {beside} from the model: it "
        "is the model, one step late",
        "turn the weights round: {beside} for the average, {name} for the model",
    ),
    "runaway": (
        "each update moves {name} away from {beside}, not towards it: the average runs away from "
        "the model",
        "turn the sign round: {name} = decay * {name} + (1 - decay) * {beside}",
    ),
    "own-mix": (
        "{name} is mixed with itself, which leaves it as it is: nothing of the model gets into it",
        "take the part that is new from the model: (1 - tau) * {name} + tau * the model's",
    ),
    "limit": (
        "{name} is overwritten with the smaller one of itself and {beside}: it stays at what that "
        "was first, and the average forgets at that rate",
        "leave {name} as it is, and keep the decay of an update under a name of its own",
    ),
    "limit-from-one": (
        "{name} is overwritten with 1 - min({name}, {beside}), and the next update takes that for "
        "the largest: it settles about a half, and the average is of the last few updates",
        "leave {name} as it is, and keep the rate of an update under a name of its own",
    ),
    "no-copy": (
        "{name} is {beside} itself, or its own tensors, and goes on training: no copy was made",
        "keep a copy: {name} = copy.deepcopy({beside}.state_dict())",
    ),
    "still-target": (
        "{name} is a copy that is never renewed: it says what the model said before training",
        "renew it now and then: {name}.load_state_dict(model.state_dict()), or move it a little in "
        "each update",
    ),
    "still-average": (
        "{name} is an average whose {beside} nothing calls: it says what the model said before "
        "training",
        "call {name}.{beside} after each step",
    ),
    "lost-write": (
        "an item of {name}.state_dict() is replaced, and nobody loads that dict: {name} stays as "
        "it is",
        "write into the tensors, with copy_, or load the dict: {name}.load_state_dict(...)",
    ),
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each average that is turned round, and each target that nothing renews."""
    for event in run.of(SlipSeen):
        if event.kind in _SAID and len(run.steps) >= _STEPS.get(event.kind, 0):
            message, fix = _SAID[event.kind]
            name, beside = event.name, event.beside
            yield RULE.found(
                message.format(name=name, beside=beside),
                fix.format(name=name, beside=beside),
                run.update_at(event),
                event.where,
            )
    if run.census is not None:
        yield from _find_early(run, run.census)
        yield from _find_unrenewed(run, run.census)
        yield from _find_empty(run, run.census)
    yield from _find_emptied(run)


def _find_emptied(run: Stretch) -> Iterator[Judgement]:
    """Give each loop through the parameters of a copy that has none."""
    empty = {each.where for each in run.of(CalledEmpty)}
    told: set[str] = set()
    for slip in run.of(SlipSeen) if empty and len(run.steps) >= _ENOUGH else ():
        at = f"{slip.where.rpartition(':')[0]}:{slip.every}"
        if slip.kind == "parameters-followed" and at in empty and slip.where not in told:
            told.add(slip.where)
            yield RULE.found(
                f"{slip.name} has no parameters, for its weights are buffers or plain tensors: "
                "this loop goes through nothing, and it stays as it was made",
                f"go through {slip.name}.state_dict().values(), or keep its weights as parameters",
                run.update_at(slip),
                slip.where,
            )


def _find_early(run: Stretch, census: Census) -> Iterator[Judgement]:
    """Give each copy of a model into which weights were loaded after that, before it trained."""
    loaded = {load.event.where for load in census.loads if not load.steps}
    for slip in run.of(SlipSeen):
        load = f"{slip.where.rpartition(':')[0]}:{slip.beside}"
        if slip.kind == "early-copy" and load in loaded and run.steps:
            yield RULE.found(
                f"{slip.name} was copied before {load} loaded weights into the model: it begins "
                "with what the model was made with",
                f"make {slip.name} behind the line that loads, or load its own weights as well",
                run.update_at(slip),
                slip.where,
            )


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
                updates_in_all=steps,
            )
            renewed.add(slip.name)


def _find_empty(run: Stretch, census: Census) -> Iterator[Judgement]:
    """Give an average of torch's that is called after the last step, and nothing was put into."""
    steps = sum(census.steps.values())
    slips = [each for each in census.slips if each.kind == "averaged-under"]
    # One that is made and never updated is told of by what the source says alone.
    told = {each.where for each in census.slips if each.kind == "still-average"}
    used = [each for each in run.of(AverageUsed) if run.update_at(each) > steps]
    if not slips or steps < _ENOUGH or all(each.made in told for each in used):
        return
    slip = slips[0]
    fix = "call it once per epoch, from where the average is to begin"
    if slip.every:
        fix = f"ask the epoch: {slip.beside} asks for the last turn of a loop that is over by then"
    yield RULE.found(
        f"an average is used that nothing was put into: {slip.beside} held in none of {steps} "
        "updates"
        if slip.beside
        else f"an average is used that nothing was put into in {steps} updates: {slip.name} was "
        "not reached",
        fix,
        steps,
        slip.where,
        updates_in_all=steps,
    )


RULE = Rule("BT462", "copy-out-of-step", "warning", check, __doc__, needs=(FACTS,))
