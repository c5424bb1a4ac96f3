"""A run that is resumed begins its schedule anew: the rate that was restored is overwritten.

## What it sees
The state of an optimizer is loaded, and at its next step every group's rate is more than 1.5 times
what was loaded, with a scheduler on that optimizer.

## Why it matters
A scheduler sets the rates of its optimizer when it is made. Made after the optimizer's state was
loaded, and not told how far it had come, it starts again at its first rate: what was learned at
the end of a decay is shaken up by a rate from its beginning.

## Example
    optimizer.load_state_dict(checkpoint["optimizer"])
    scheduler = LambdaLR(optimizer, decay)

## Instead
    scheduler = LambdaLR(optimizer, decay)
    optimizer.load_state_dict(checkpoint["optimizer"])
    scheduler.load_state_dict(checkpoint["scheduler"])

## When it is intended
A warm restart from a kept state; then the first rate is meant.

## Source
"Resumed training starts with the initial learning rate", github.com/ultralytics/yolov5, issue 292;
`last_epoch` in torch.optim.lr_scheduler.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import SchedulerStepped, StateLoaded

_MORE = 1.5


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first such step of each optimizer after its state was loaded."""
    loaded: dict[str, StateLoaded] = {}
    steps: dict[str, tuple[StateLoaded, StepTaken]] = {}
    for event in run.events:
        if isinstance(event, StateLoaded) and event.kind == "optimizer":
            loaded[event.target] = event
        elif isinstance(event, StepTaken) and event.optimizer in loaded:
            steps[event.optimizer] = loaded.pop(event.optimizer), event
        elif isinstance(event, SchedulerStepped) and event.optimizer in steps:
            load, step = steps.pop(event.optimizer)
            if _is_anew(load.lr, step.lr):
                yield _describe(run, load, step, event)


def _is_anew(kept: tuple[float, ...], now: tuple[float, ...]) -> bool:
    pairs = list(zip(kept, now, strict=False))
    return bool(pairs) and len(kept) == len(now) and all(b > _MORE * a > 0 for a, b in pairs)


def _describe(
    run: Stretch, load: StateLoaded, step: StepTaken, scheduler: SchedulerStepped
) -> Finding:
    made = f" made at {scheduler.made}" if scheduler.made else ""
    return RULE.found(
        f"the rate of {step.optimizer} was {load.lr[0]:.4g} as it was loaded, and "
        f"{step.lr[0]:.4g} at its next step: the {scheduler.type}{made} began anew",
        "make the scheduler before the optimizer's state is loaded, and load its own state as "
        "well, or tell it how far it had come: last_epoch",
        run.update_at(step, step.optimizer),
        scheduler.made or load.where,
        (),
        step.optimizer,
        rate_loaded=load.lr[0],
        rate_at_the_next_step=step.lr[0],
    )


RULE = Rule("BT516", "rate-begun-anew", "warning", check, __doc__, needs=(FACTS,))
