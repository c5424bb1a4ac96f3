"""A ReLU keeps the logarithm of a deviation from going below zero: no deviation is below 1.

## What it sees
In the source of a file that calls a model: what is called the logarithm of a deviation or a
variance is what a ReLU gives, cut or not, and the file takes the exponential of such a logarithm
and computes nothing else with it before. Or what is called a deviation is `exp(relu(...))`.

## Why it matters
The exponential of zero is 1. A policy never becomes sure of an action, however long it is trained,
and an autoencoder's draws are never narrower than its prior; where the layer says less than zero
its deviation stays at 1 and has no gradient. A lower limit below zero that follows does nothing.

## Example
    log_std = F.relu(self.log_std(hidden))
    log_std = log_std.clamp(-20, 2)
    std = log_std.exp()

## Instead
    log_std = self.log_std(hidden).clamp(-20, 2)
    std = log_std.exp()

## When it is intended
Where no deviation below 1 is wanted. Write it so: `std = 1 + F.softplus(x)`.

## Source
github.com/sweetice/Deep-reinforcement-learning-with-pytorch, Char09 SAC/SAC.py; T. Haarnoja and
others, "Soft Actor-Critic", 2018.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such logarithm or deviation."""
    for event in run.of(SlipSeen):
        if event.kind == "floored":
            yield RULE.found(
                f"{event.beside} is made of what a ReLU gives, {event.name}: it is never below "
                "zero where its exponential is taken, and no deviation is below 1",
                "leave the ReLU out: a logarithm may be negative; clamp it where it needs limits",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT551", "deviation-above-one", "warning", check, __doc__, needs=(FACTS,))
