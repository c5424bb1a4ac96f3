"""Noise is drawn between 0 and 1 where a normal draw is meant.

## What it sees
In the source of a file that calls a model: what `torch.rand` or `rand_like` gives is multiplied by
a deviation, the exponential of a logarithm, and added to a mean; or it is mixed with data by roots
of a schedule, or by `add_noise`, and is what a loss compares a model's output with, in a file that
draws normal noise elsewhere.

## Why it matters
A draw between 0 and 1 has a mean of 0.5 and a deviation of 0.29. What an autoencoder decodes lies
above each mean and in no more than a deviation, and new draws from a normal distribution are others
than what its decoder has learned. A diffusion that begins its samples with normal noise begins
where the model has never been.

## Example
    std = torch.exp(0.5 * log_var)
    z = mu + std * torch.rand_like(std)

## Instead
    std = torch.exp(0.5 * log_var)
    z = mu + std * torch.randn_like(std)

## When it is intended
Where samples begin with uniform noise as well, and a divergence is that of a uniform distribution.

## Source
github.com/acids-ircam/diffusion_models, issue 8; D. P. Kingma and M. Welling, "Auto-Encoding
Variational Bayes", 2013, section 2.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such draw."""
    for event in run.of(SlipSeen):
        if event.kind != "uniform":
            continue
        owner, dot, call = event.name.rpartition(".")
        normal = f"{owner}{dot}{call.replace('rand', 'randn')}"
        if event.beside:
            message = (
                f"{event.beside} multiplies what {event.name} gives: numbers between 0 and 1, "
                "and not normal ones around 0"
            )
        else:
            message = (
                f"the noise that a model learns to predict is what {event.name} gives: numbers "
                "between 0 and 1, and not normal ones around 0"
            )
        yield RULE.found(message, f"draw it with {normal}", run.update_at(event), event.where)


RULE = Rule("BT540", "uniform-for-normal", "warning", check, __doc__, needs=(FACTS,))
