"""A seed that each turn of the training loop sets anew: what is drawn is the same each time.

## What it sees
In the source of a file that calls a model: a loop that calls `backward`, each turn of which sets a
seed of torch, NumPy or Python to one and the same number, under no condition, and draws numbers
after it; or calls a function before its backward that does. And a run of several updates.

## Why it matters
Noise, masks, steps in time or choices are the same in each update. The model learns those few by
heart: the loss falls, and with any others it is wrong.

## Example
    for x, _ in loader:
        torch.manual_seed(42)
        noise = torch.randn_like(x)
        loss = F.mse_loss(model(x + noise), noise)

## Instead
    torch.manual_seed(42)
    for x, _ in loader:
        noise = torch.randn_like(x)
        loss = F.mse_loss(model(x + noise), noise)

## When it is intended
To overfit one draw on purpose. Numbers that are to stay, such as those of an evaluation, come from
a generator of their own: nothing is said of that.

## Source
"Reproducibility", PyTorch documentation: a seed is set once, and numbers follow each other from
there; torch.manual_seed.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each seed that a training loop sets again and again."""
    for event in run.of(SlipSeen):
        if event.kind == "seed" and len(run.steps) > 1:
            yield RULE.found(
                f"each turn of the training loop begins anew with {event.name}: {event.beside} "
                "draws the same numbers in every update",
                "set the seed once, before the loop; what is to stay the same comes from a "
                "torch.Generator of its own",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT472", "same-numbers-drawn", "warning", check, __doc__, needs=(FACTS,))
