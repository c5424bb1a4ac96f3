"""Two names of one tensor have become two tensors.

## What it sees
A model in which two parameters were the same tensor, and are two now, while training goes on.

## Why it matters
Tied weights are trained as one, and that is what the model was designed and sized for. Once
parted they drift away from each other, and only one may be held by the optimizer.

## Example
    model.lm_head.weight = model.embedding.weight
    model.load_state_dict(checkpoint, assign=True)

## Instead
    model.load_state_dict(checkpoint, assign=True)
    model.lm_head.weight = model.embedding.weight

## When it is intended
Weights may be untied on purpose, for example before a model is fine-tuned. Turn this rule off
there.

## Source
"Using the Output Embedding to Improve Language Models", Press and Wolf, 2017.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import ModelSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the pairs that parted and were not tied again before a step."""
    parted: dict[tuple[str, tuple[str, str]], ModelSeen] = {}
    for model in run.of(ModelSeen):
        for pair in model.parted:
            parted.setdefault((model.module, pair), model)
    for (module, (one, other)), model in parted.items():
        step = next((step for step in run.steps if step.index > model.index), None)
        if step is None or _is_tied_again(run, model.index, {one, other}):
            continue
        yield RULE.found(
            f"{one} and {other} were one tensor, and are two now",
            f"tie them again after what replaced one of them, before the optimizer is made: "
            f"{other} = {one}",
            run.update_at(step),
            model.where,
            (one, other),
            model=module,
        )


def _is_tied_again(run: Stretch, since: int, pair: set[str]) -> bool:
    return any(
        seen.index > since and pair <= {seen.name, *seen.aliases}
        for seen in run.parameters.values()
    )


RULE = Rule("BT212", "tied-weights-parted", "warning", check, __doc__, needs=(FACTS,))
