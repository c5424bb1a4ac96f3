"""A run that is resumed begins its schedule anew: the rate that was restored is overwritten.

## What it sees
The state of an optimizer is loaded, and at its next step every group's rate is more than 1.5 times
what was loaded, with a scheduler on that optimizer. Or one that was made before, and was not loaded
itself, counts from its beginning after the load, and raises the rate to so much.

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

from backtrace.diagnose.census.resumes import Resume
from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_MORE = 1.5


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each step after a load whose rate is the schedule's first again."""
    for resume in run.census.resumes if run.census else ():
        if _is_anew(resume.loaded, resume.taken):
            yield _describe(resume)
        elif _is_anew(resume.loaded, resume.fresh):
            yield _describe_count(resume)


def _is_anew(kept: tuple[float, ...], now: tuple[float, ...]) -> bool:
    pairs = list(zip(kept, now, strict=False))
    return bool(pairs) and len(kept) == len(now) and all(b > _MORE * a > 0 for a, b in pairs)


def _describe(resume: Resume) -> Finding:
    made = f" made at {resume.made}" if resume.made else ""
    return RULE.found(
        f"the rate of {resume.optimizer} was {resume.loaded[0]:.4g} as it was loaded, and "
        f"{resume.taken[0]:.4g} at its next step: the {resume.scheduler}{made} began anew",
        "make the scheduler before the optimizer's state is loaded, and load its own state as "
        "well, or tell it how far it had come: last_epoch",
        resume.update,
        resume.made or resume.where,
        (),
        resume.optimizer,
        rate_loaded=resume.loaded[0],
        rate_at_the_next_step=resume.taken[0],
    )


def _describe_count(resume: Resume) -> Finding:
    return RULE.found(
        f"the state of {resume.optimizer} was loaded, at a rate of {resume.loaded[0]:.4g}, and the "
        f"{resume.scheduler} counted from its beginning then: it raised the rate to "
        f"{resume.fresh[0]:.4g}",
        "save the scheduler's state_dict() beside the optimizer's, and load it as well",
        resume.update,
        resume.where,
        (),
        resume.optimizer,
        rate_loaded=resume.loaded[0],
        highest_rate_since=resume.fresh[0],
    )


RULE = Rule("BT516", "rate-begun-anew", "warning", check, __doc__, needs=(FACTS, CENSUS))
