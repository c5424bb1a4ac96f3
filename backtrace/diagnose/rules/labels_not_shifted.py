"""A causal model is asked for the token that it is given, not for the next one.

## What it sees
In each loss that was compared with the ids before it, the target at every place is the id at this
place; and every attention over the sequence in the graph of that loss looks at no later place.

## Why it matters
The answer stands in the input. The loss falls to nothing within a few updates, while the model
learns to hand on what it is given: it repeats one token for ever when it has to go on by itself.

## Example
    logits = model(ids)  # with a causal mask
    loss = F.cross_entropy(logits.flatten(0, 1), ids.flatten())

## Instead
    logits = model(ids[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())

## When it is intended
A model without a causal mask may be asked for its own tokens, as an autoencoder is: it is left
alone, and so is a model of which further losses are taken of the next tokens.

## Source
"Causal language modeling", Transformers documentation: the labels are shifted inside the model, and
whoever writes the loss has to shift them.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the line of such a loss, where it was seen in two backwards."""
    losses = [loss for loss in run.of(LossCalled) if loss.input_from]
    if any(loss.is_next or loss.is_after_next for loss in losses):
        return
    found: list[LossCalled] = []
    last: LossCalled | None = None
    for event in run.events:
        if isinstance(event, LossCalled) and event.input_from:
            last = event
        elif isinstance(event, GraphSeen):
            if last is not None and last.is_same and event.causal and not event.ahead:
                found.append(last)
            last = None
    if len(found) >= _ENOUGH:
        yield RULE.found(
            f"the targets of {found[0].function} are the input's tokens, place by place, and "
            "attention lets each place see its own: the answer stands in the input",
            "shift them by one: model(ids[:, :-1]) against ids[:, 1:]",
            run.update_at(found[0]),
            found[0].where,
            losses_looked_at=len(found),
        )


RULE = Rule("BT436", "labels-not-shifted", "warning", check, __doc__, needs=(FACTS,))
