"""A teacher's soft targets at a temperature are a term of a loss, without the square of it.

## What it sees
In the source of a file that calls a model: a divergence or a cross entropy of two softmaxes whose
inputs are divided by one and the same temperature, which is above 1 by a number of the file, and
that is added to another loss. Nothing in the file is multiplied by a temperature.

## Why it matters
The gradient of such a term is smaller by about the square of the temperature: at 5, the teacher has
a twenty-fifth of the say that its weight gives it, and the labels rule. With each other temperature
the balance is another one.

## Example
    soft = F.kl_div(F.log_softmax(s / T, 1), F.softmax(t / T, 1), reduction="batchmean")
    loss = 0.7 * soft + 0.3 * F.cross_entropy(s, y)

## Instead
    loss = 0.7 * T**2 * soft + 0.3 * F.cross_entropy(s, y)

## When it is intended
Where the weight of the term was found by trial at this one temperature. A term with a weight above
1, one that stands alone, and temperatures of two kinds are left out.

## Source
Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2;
github.com/IntelLabs/distiller, issue 122.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such term."""
    for slip in run.of(SlipSeen):
        if slip.kind == "temperature-unsquared":
            yield RULE.found(
                f"both softmaxes are divided by {slip.name}, and the loss beside the labels' is "
                "not multiplied by its square: its gradient is as many times too small",
                f"multiply this term by {slip.name} ** 2",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT495", "temperature-unsquared", "warning", check, __doc__, needs=(FACTS,))
