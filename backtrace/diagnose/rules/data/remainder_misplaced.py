"""A remainder is that of something else: what is to come every so many steps never does, or always.

## What it sees
In the source of a file that calls a model: a comparison of `a + b % n` with zero, where `a` is a
variable. `%` binds before `+`, so that the remainder is that of `b` alone. Or an optimizer is
stepped where `i % n` is zero, and `i` counts the things of a tuple or list that stands in the file:
fewer than `n`, or as many, wherever the file gives `n` a number.

## Why it matters
What counts from zero on is zero but once: the sum is zero at the start, if at all. A rate that is
to fall every so many steps stays, gradients that are to be stepped with every four batches pile up,
or nothing is evaluated; and no error is raised. A number that is below `n` throughout is its own
remainder: what is to come with every fifth batch comes with each one.

## Example
    if epoch * len(loader) + step + 1 % every == 0:
        optimizer.step()

    for i, optimizer in enumerate((generator_optimizer, critic_optimizer)):
        if i % n_critic == 0:
            train_generator()

## Instead
    if (epoch * len(loader) + step + 1) % every == 0:
        optimizer.step()

    for i, optimizer in enumerate((generator_optimizer, critic_optimizer)):
        if i == 0 and batch_index % n_critic == 0:
            train_generator()

## When it is intended
Never, as far as is known.

## Source
github.com/Ugness/PiCANet-Implementation, issue 28; Python's documentation, operator precedence;
github.com/nocotan/pytorch-lightning-gans, issue 7: the index of the optimizer.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each remainder of a part of a sum, and of what counts too few things."""
    for slip in run.of(SlipSeen):
        if slip.kind == "remainder":
            yield RULE.found(
                f"{slip.name} == 0 takes the remainder of the last part alone: it holds at the "
                "start, if at all, and not every so many steps",
                f"put the sum in brackets: {slip.beside} == 0",
                run.update_at(slip),
                slip.where,
            )
        elif slip.kind == "short-counter":
            yield RULE.found(
                f"{slip.beside} counts {slip.every} things and never comes to what it is divided "
                f"by: {slip.name} holds at the first one each time, and leaves no step out",
                "take the remainder of what counts the batches or the updates, as batch_index % n "
                "does",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT577", "remainder-misplaced", "warning", check, __doc__, needs=(FACTS,))
