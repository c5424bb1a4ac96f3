"""An optimizer is given its saved state, and another one steps.

## What it sees
A `load_state_dict` of an optimizer that never steps afterwards, while another one takes at least
three steps over tensors that it holds.

## Why it matters
Momentum and second moments begin at nothing after all: a resumed run jumps, and Adam's first steps
are as large as on the first day.

## Example
    optimizer = Adam(model.parameters(), lr=1e-3)
    optimizer.load_state_dict(checkpoint["optimizer"])
    optimizer = Adam([p for p in model.parameters() if p.requires_grad], lr=1e-3)

## Instead
    optimizer = Adam([p for p in model.parameters() if p.requires_grad], lr=1e-3)
    optimizer.load_state_dict(checkpoint["optimizer"])

## When it is intended
An optimizer that is loaded for later, and whose tensors nothing else steps, is not meant here.

## Source
OpenNMT-py, issue "Optimizer state lost on train_from", github.com; torch.optim.Optimizer,
`load_state_dict`, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_STEPS = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer whose loaded state nobody steps with."""
    census = run.census
    if census is None:
        return
    for load in census.loads:
        event = load.event
        if event.kind != "optimizer" or census.rates.steps_of(event.target):
            continue
        held = set(census.held.get(event.target, ()))
        for other, steps in census.steps.items():
            shared = held.intersection(census.held.get(other, ()))
            if steps >= _STEPS and shared:
                yield RULE.found(
                    f"the state of {event.target} was loaded, and it never steps: {other} does, "
                    "over the same tensors and with a state of nothing",
                    f"load the state into {other}, after that optimizer is made",
                    load.steps + _STEPS,
                    event.where,
                    (),
                    other,
                    steps_of_the_other=steps,
                    tensors_of_both=len(shared),
                )
                break


RULE = Rule("BT215", "loaded-optimizer-unused", "warning", check, __doc__, needs=(CENSUS,))
