"""A mean and its deviation are one part of a network's output, by two names.

## What it sees
In the source of a file that calls a model: what is called the logarithm of a variance, a variance
or a deviation is the same slice of the same variable as what is called a mean, or is given by the
same layer of the module, called on the same thing.

## Why it matters
The deviation grows with the mean and cannot be learned by itself: a divergence from a standard
normal draws both to 0, and the code tells little. The other half of the layer, or the other layer,
learns nothing.

## Example
    h = self.encoder(x)
    mu = h[:, : self.latent]
    log_var = h[:, : self.latent]

## Instead
    h = self.encoder(x)
    mu = h[:, : self.latent]
    log_var = h[:, self.latent :]

## When it is intended
A distribution whose deviation is its mean, as an exponential one's. Write it so: `std = mean`.

## Source
github.com/kaist-dmlab/TRAP, pull request 1; github.com/giannifranchi/LP_BNN, issue 3;
github.com/OpenTalker/SadTalker, issue 969.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each deviation that is the mean."""
    for event in run.of(SlipSeen):
        if event.kind == "one-part":
            yield RULE.found(
                f"{event.name} is computed just as {event.beside} is: both are one and the same "
                "part of what the network says",
                f"give {event.name} a part of its own: the other slice, or the other layer",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT541", "one-part-twice", "warning", check, __doc__, needs=(FACTS,))
