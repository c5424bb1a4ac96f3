"""A sum of advantages goes on past an episode's end, or is cut off at the end of another step.

## What it sees
In the source of a file that collects steps past the ends of episodes: a loop from the last step to
the first that carries a discounted sum on, as of generalized advantages or of lambda-returns, by
discounts alone, where what it adds, or the lines above that compute this, multiplies the next value
by a mask of ends. Or a loop whose values are cut off by the end of the step after, `dones[t + 1]`,
where the one line that stores ends stores that of the step itself, with its reward.

## Why it matters
What the next episode earned is added to the last steps of the one before, which it has nothing to
do with: an action that ended an episode is praised for what came after the reset. Returns that are
made of such advantages grow beyond what can be earned, and the critic follows them. Cut off one
step early, the reward that an episode ends with reaches none of the steps that led to it.

## Example
    delta = rewards[t] + gamma * values[t + 1] * (1 - dones[t]) - values[t]
    gae = delta + gamma * lam * gae

## Instead
    delta = rewards[t] + gamma * values[t + 1] * (1 - dones[t]) - values[t]
    gae = delta + gamma * lam * (1 - dones[t]) * gae

## When it is intended
Where each loop goes over one episode, whose end is its last step.

## Source
"Fatal bug in implementation of GAE", github.com/vietnh1009/Super-mario-bros-PPO-pytorch, issue 21;
github.com/RITCHIEHuang/MAGAIL, issue 2; github.com/vwxyzjn/cleanrl, pull request 494;
github.com/DLR-RM/stable-baselines3, issue 105.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

# What is 1 where an episode goes on, by a part of its name.
_GOES_ON = ("mask", "not", "nonterm")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum."""
    yield from _find_shifted(run)
    for event in run.of(SlipSeen):
        if event.kind == "past-end":
            is_on = any(each in event.beside.lower() for each in _GOES_ON)
            factor = event.beside if is_on else f"1 - {event.beside}"
            yield RULE.found(
                f"{event.name} is carried on past the ends of episodes: {event.beside} cuts off "
                "the value that follows, and not what was summed",
                f"multiply what is carried on by {factor}, too",
                run.update_at(event),
                event.where,
            )


def _find_shifted(run: Stretch) -> Iterator[Judgement]:
    """Give each line that stores the end of a step where a loop asks for the one before."""
    asked = {_path_of(each): each for each in run.of(SlipSeen) if each.kind == "end-asked"}
    stored: dict[str, list[SlipSeen]] = {}
    for each in run.of(SlipSeen):
        if each.kind == "end-stored":
            stored.setdefault(_path_of(each), []).append(each)
    for path, found in stored.items():
        if path in asked and len(found) == 1:
            slip, ahead = found[0], asked[path]
            yield RULE.found(
                f"{slip.name} is stored with the step that it ends, and {ahead.name} is asked for "
                f"beside that step's reward ({ahead.where}): an episode ends one step too early, "
                "and its last reward is followed by the next one's values",
                f"store the end that came before the observation, or ask for {_of_now(ahead.name)}",
                run.update_at(slip),
                slip.where,
            )


def _path_of(slip: SlipSeen) -> str:
    return slip.where.rpartition(":")[0]


def _of_now(text: str) -> str:
    return text.replace(" + 1]", "]")


RULE = Rule("BT558", "advantage-past-end", "warning", check, __doc__, needs=(FACTS,))
