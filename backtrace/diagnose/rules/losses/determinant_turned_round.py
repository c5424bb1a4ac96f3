"""The log-determinant of a flow has the wrong sign beside the density that it goes with.

## What it sees
In the source of a file that calls a model: a sum of the logarithm of a density and of the
log-determinant that a flow returned, `prior.log_prob(z) + log_det`. The layers of the flow stand in
the file, and return what they multiply by `exp(s)` or by a scale together with the sum of `s` or of
the scale's logarithm. It is added to the density of what came out and taken from that of what went
in; what a layer multiplies by `exp(-s)` has `-s`.

## Why it matters
With the sign turned round, what is trained is no likelihood: a flow is paid for what it should be
charged for. It swells or shrinks what it is given without end, its loss falls far below that of any
density, and what is drawn from it has nothing of the data.

## Example
    z = (x - shift) * torch.exp(-log_scale)
    return z, log_scale.sum(dim=1)

## Instead
    z = (x - shift) * torch.exp(-log_scale)
    return z, -log_scale.sum(dim=1)

## When it is intended
Layers that return the log-determinant of the other direction are right where it is taken away: such
a pair is left alone.

## Source
github.com/ikostrikov/pytorch-flows, issue 16; github.com/VincentStimper/normalizing-flows, issue 27
and pull request 28; github.com/danielward27/flowjax, issue 208.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such log-determinant: of a layer once, however many sums read it."""
    told: set[str] = set()
    for slip in run.of(SlipSeen):
        if slip.where in told:
            continue
        if slip.kind == "determinant-layer":
            told.add(slip.where)
            yield RULE.found(
                f"{slip.name} has the wrong sign for a log-determinant of what is returned beside "
                "it: it is that of the other direction",
                "turn its sign round: what is multiplied by exp(s) has s.sum(), what is multiplied "
                "by exp(-s) or divided by exp(s) has -s.sum()",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind == "determinant-taken":
            told.add(slip.where)
            yield RULE.found(
                f"the log-determinant {slip.name} of {slip.beside} has the wrong sign beside the "
                "density: what is trained is no likelihood",
                "add it to the logarithm of the density of what came out: log_prob(z) + log_det; "
                "or take it from that of what went in",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT579", "determinant-turned-round", "warning", check, __doc__, needs=(FACTS,))
