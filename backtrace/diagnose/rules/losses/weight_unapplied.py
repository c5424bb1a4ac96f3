"""The weight of a loss term is kept and never read: the term is added as it is.

## What it sees
In the source: a class keeps a weight that it is made with, or a function or a file has one as a
number, whose name says which term it weighs (`kl_coeff`, `lambda_gp`); nothing in the file reads
it; and in that class, function or file a loss is a sum in which this very term (`kl`, `gp_loss`)
stands without a factor.

## Why it matters
The term counts for 1, whatever the weight is set to. A term that is too heavy rules the loss: a
divergence that is to count for a tenth makes a posterior collapse. Searching for a better weight
changes nothing.

## Example
    self.kl_coeff = kl_coeff
    ...
    loss = kl + recon_loss

## Instead
    loss = self.kl_coeff * kl + recon_loss

## When it is intended
A weight of 1 is not looked at, nor one that the file may read by a name that does not stand in it.

## Source
github.com/Lightning-Universe/lightning-bolts, issue 328.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such term."""
    for event in run.of(SlipSeen):
        if event.kind == "weight-unapplied":
            yield RULE.found(
                f"{event.name} is never read: {event.beside} is added to the loss without its "
                "weight",
                f"add {event.name} * {event.beside}",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT327", "weight-unapplied", "warning", check, __doc__, needs=(FACTS,))
