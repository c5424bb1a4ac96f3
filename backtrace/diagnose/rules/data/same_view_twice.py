"""A contrastive loss compares two views that are one and the same: there is nothing to learn.

## What it sees
In the source of a file that calls a model: two names, alike but for a number or a letter, that are
given the same slice of one tensor, or the same call of a model on the same thing; a loss compares
both, or they are joined or multiplied with each other. Calls only where a model gave the same
numbers twice in these lines, before one of the first backwards.

## Why it matters
What is the same has the same embedding whatever the network says. The loss of the positives is at
its best from the beginning, and no likeness between different views of a thing is learned: what the
views change is kept, and what is looked for may be lost. The loss is lower than it should be.

## Example
    z1 = model(batch["aug1"])
    z2 = model(batch["aug1"])
    loss = nt_xent(z1, z2)

## Instead
    z1 = model(batch["aug1"])
    z2 = model(batch["aug2"])
    loss = nt_xent(z1, z2)

## When it is intended
SimCSE and R-Drop call a model twice on one batch, for its dropout makes two views of it: where what
a model gave is not the same, nothing is said.

## Source
github.com/catalyst-team/catalyst, pull request 1278; github.com/microsoft/A-CLIP, pull request 4;
T. Chen and others, "A Simple Framework for Contrastive Learning of Visual Representations", 2020,
section 2.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import OutputsAlike
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each slice that is taken twice, and each call that gave the same twice."""
    alike = {event.where: event for event in run.of(OutputsAlike)}
    for slip in run.of(SlipSeen):
        if slip.kind == "same-slice":
            yield RULE.found(
                f"{slip.name} is the same slice as {slip.beside}, and a loss compares both",
                "take the other part of what holds both views: z[:n] and z[n:]",
                run.update_at(slip),
                slip.where,
            )
        elif slip.kind == "same-view" and slip.where in alike:
            yield RULE.found(
                f"{slip.name} is called as {slip.beside} is, on the same view: both were the same "
                "numbers, and a loss compares them",
                "call it on the other view",
                run.update_at(alike[slip.where]),
                slip.where,
            )


RULE = Rule("BT562", "same-view-twice", "warning", check, __doc__, needs=(FACTS,))
