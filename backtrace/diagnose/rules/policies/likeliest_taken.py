"""A policy gradient is taken of the likeliest action: none is ever drawn, and none other is tried.

## What it sees
In the source of a file that calls a model: an action that is the `argmax` of a distribution's own
probabilities or logits, or its `mode`, and whose `log_prob` that distribution is then asked for.
The file draws no action anywhere.

## Why it matters
The gradient of an expected reward is a mean over actions that the policy draws. Of the likeliest
alone, it is none: what was best at first is all that is ever seen, and a reward above zero makes it
likelier still, whatever another would have brought.

## Example
    action = probs.argmax(-1)
    loss = -Categorical(probs).log_prob(action) * reward

## Instead
    dist = Categorical(probs)
    action = dist.sample()
    loss = -dist.log_prob(action) * reward

## When it is intended
For labels that a model gives itself, as in self-training: write those with F.cross_entropy.

## Source
Williams, "Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement
Learning", 1992; torch.distributions, PyTorch documentation, "Score function".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such action."""
    for slip in run.of(SlipSeen):
        if slip.kind == "likeliest-taken":
            yield RULE.found(
                f"{slip.name} is always the likeliest of {slip.beside}, which is then trained by "
                "its log_prob: no other action is ever tried",
                f"draw it in training: {slip.name} = {slip.beside}.sample()",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT442", "likeliest-taken", "warning", check, __doc__, needs=(FACTS,))
