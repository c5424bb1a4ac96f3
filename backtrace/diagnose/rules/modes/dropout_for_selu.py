"""A dropout that is made for SELU, nn.AlphaDropout, stands behind another activation.

## What it sees
An `nn.AlphaDropout` or `nn.FeatureAlphaDropout` is called in training mode, and what it is given is
the result of a ReLU, LeakyReLU, GELU, SiLU, Tanh, Sigmoid or Softplus. Behind a layer or a norm,
and behind ELU and its like, it is left alone.

## Why it matters
It sets what it drops to -1.76, where SELU ends, and scales and shifts all the rest, so that a mean
of 0 and a deviation of 1 stay what they are. Behind a ReLU nothing is below zero and the mean is
not 0: what it writes is far from all that the activation gives, and what follows gets other means
and deviations in training than in evaluation, the more so the more layers there are.

## Example
    nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.AlphaDropout(0.3))

## Instead
    nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.3))

Or `nn.SELU()` before it, as it was meant.

## When it is intended
Never.

## Source
github.com/gc-os-ai/pyaptamer, pull request 362; torch.nn.AlphaDropout, PyTorch documentation ("goes
hand-in-hand with SELU activation function"); Klambauer et al., "Self-Normalizing Neural Networks",
2017.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import LayerDropped


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that makes such a layer."""
    told: set[str] = set()
    for event in run.of(LayerDropped):
        if event.behind and event.where not in told:
            told.add(event.where)
            plain = event.type.replace("FeatureAlpha", "").replace("Alpha", "")
            yield RULE.found(
                f"nn.{event.type} is made for SELU, and is given the result of {event.behind}: "
                "what it drops it sets below zero, and it shifts the rest",
                f"write nn.{plain}({event.share:g}), or nn.SELU() before it",
                run.update_at(event),
                event.where,
                p=event.share,
            )


RULE = Rule("BT599", "dropout-for-selu", "warning", check, __doc__, needs=(FACTS,))
