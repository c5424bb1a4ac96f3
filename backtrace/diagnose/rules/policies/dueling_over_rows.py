"""A dueling network takes the mean of its advantages over all rows of a batch.

## What it sees
In the source of a file that calls a model with several rows: a value plus advantages less their
mean, `value + advantage - advantage.mean()`, where the mean is of all numbers there are, or goes
over axis 0, the rows.

## Why it matters
The mean is to be that of a state's own actions: it tells the value of a state from what its actions
add. Over a batch it is one number, and what a state is worth depends on which others are drawn
beside it; with one state, as when acting, it is another number than in training.

## Example
    return value + advantage - advantage.mean()

## Instead
    return value + advantage - advantage.mean(dim=1, keepdim=True)

## When it is intended
A model that is only ever called with one state is left alone.

## Source
Z. Wang and others, "Dueling Network Architectures for Deep Reinforcement Learning", 2016, equation
9; github.com/PacktPublishing/Deep-Reinforcement-Learning-Hands-On, issues 6 and 52.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum, where a model is given more than one row."""
    slips = [event for event in run.of(SlipSeen) if event.kind == "dueling"]
    calls = [call for call in run.of(ForwardRan) if (call.rows or 0) > 1] if slips else []
    for event in slips:
        if calls and (event.every or any(call.looked_at for call in calls)):
            yield RULE.found(
                f"{event.beside} is taken from {event.name}, the advantages: it is a mean over the "
                "rows of the batch, and not over the actions of each",
                "take it over the actions of each row: mean(dim=1, keepdim=True)",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT552", "dueling-over-rows", "warning", check, __doc__, needs=(FACTS,))
