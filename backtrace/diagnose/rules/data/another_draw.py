"""Something is drawn once more where the draw of before was meant.

## What it sees
In the source of a file that calls a model: noise that is drawn, becomes the target of a loss, and
is read by nothing else, so that the model's input holds another draw; or `log_prob` of a new
sample of a distribution, of which another sample was kept.

## Why it matters
The target has nothing to do with the input: all that can be learned is its mean. A policy that is
scored for an action that was not taken learns from rewards of another one.

## Example
    noisy = add_noise(x, t)  # which draws its own
    noise = torch.randn_like(x)
    loss = F.mse_loss(model(noisy, t), noise)

## Instead
    noise = torch.randn_like(x)
    noisy = add_noise(x, t, noise)
    loss = F.mse_loss(model(noisy, t), noise)

## When it is intended
Hardly for noise: a target that nothing else knows cannot be learned. An entropy may be estimated by
`log_prob` of a new sample: nothing is said where no other is kept.

## Source
Ho et al., "Denoising Diffusion Probabilistic Models", 2020, algorithm 1: the noise that is added is
what is predicted. "Score function", torch.distributions, PyTorch documentation: log_prob of the
action that was taken.
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
        if event.kind == "other-noise":
            yield RULE.found(
                f"{event.name} is the target of a loss, and nothing else reads it: the noise in "
                "what the model was given is another",
                f"draw {event.name} once, and give it to what adds noise to the input as well",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "other-sample":
            yield RULE.found(
                f"log_prob scores a new sample of {event.name}, and not {event.beside}, which was "
                "drawn from it to be acted on",
                f"score what was drawn: {event.name}.log_prob({event.beside})",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT483", "another-draw", "warning", check, __doc__, needs=(FACTS,))
