"""A parameter that gets no gradient moves all the same, by weight decay or momentum.

## What it sees
A parameter that is frozen, or that no backward reaches any more, while steps go on changing it:
its `.grad` is zero or an old one instead of None. So too one whose gradient is set to zero by hand
in two updates or more, between backward and step, while others keep theirs.

## Why it matters
`step` passes by a gradient that is None. One of zeros counts: weight decay pulls the parameter to
zero, and momentum carries it on. What was to be kept is lost, without a word.

## Example
    body.requires_grad_(False)  # after some training; .grad stays
    optimizer.zero_grad(set_to_none=False)

## Instead
    body.requires_grad_(False)
    for p in body.parameters():
        p.grad = None

## When it is intended
Where gradients come and go, as for heads that take turns, momentum and decay between them are usual
and not meant here; nor are gradients that a backward found to be zero.

## Source
torch.optim.Optimizer.zero_grad, `set_to_none`, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.gradients import is_something, reached_by, read_by
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Edited, Entry, ParameterSeen, StepTaken

_PATIENCE = 3  # steps without a backward's gradient, of a parameter that still wants one
_WIPED = 2  # steps with a gradient that was set to zero by hand


def check(run: Stretch) -> Iterator[Judgement]:
    """Give what moves without a gradient, by optimizer, and whether it is frozen."""
    trains: dict[str, bool] = {}
    moved: dict[tuple[str, str], list[StepTaken]] = {}
    others: set[str] = set()  # what backwards have reached since the last step
    for event in run.events:
        if isinstance(event, ParameterSeen):
            trains[event.name] = event.requires_grad
        elif isinstance(event, BackwardRan):
            reached = reached_by(event)
            others |= reached
            for optimizer, name in list(moved):
                if name in reached:
                    del moved[optimizer, name]
        elif isinstance(event, StepTaken):
            if others & set(event.values):  # else the step itself is the mistake
                for name, entry in event.values.items():
                    is_bare = name not in others and event.grads.get(name) is not None
                    if is_bare and is_something(entry.delta):
                        moved.setdefault((event.optimizer, name), []).append(event)
            others -= set(event.values)
    yield from _judge(run, moved, trains)
    yield from _judge_wiped(run)


def _judge_wiped(run: Stretch) -> Iterator[Judgement]:
    """Give what moves though its gradient, and not that of others, was set to zero by hand."""
    moved = _find_wiped(run)
    found: dict[str, list[str]] = {}
    for (optimizer, name), steps in moved.items():
        if len(steps) >= _WIPED:
            found.setdefault(optimizer, []).append(name)
    for optimizer, names in found.items():
        steps = moved[optimizer, names[0]]
        delta = steps[1].values[names[0]].delta
        yield RULE.found(
            f"{optimizer}.step moves {listed(names)}, though .grad was set to zero by hand",
            "set requires_grad_(False) on what is to stay, and .grad to None, not to zero",
            run.update_at(steps[1], optimizer),
            steps[1].where,
            tuple(names),
            optimizer,
            change_norm=delta.norm if delta else 0.0,
            gradient_norm=0.0,
            steps=len(steps),
        )


def _find_wiped(run: Stretch) -> dict[tuple[str, str], list[StepTaken]]:
    """Return the steps that moved what was set to zero by hand, by optimizer and tensor."""
    wiped: set[str] = set()
    moved: dict[tuple[str, str], list[StepTaken]] = {}
    for event in run.events:
        if isinstance(event, Edited) and event.account == "grad":
            wiped |= {name for name, entry in event.entries.items() if _is_wiped(entry)}
        elif isinstance(event, StepTaken):
            given = read_by(event)
            for name, entry in event.values.items():
                if given and name in wiped - given and is_something(entry.delta):
                    moved.setdefault((event.optimizer, name), []).append(event)
            wiped -= set(event.values)
    return moved


def _is_wiped(entry: Entry) -> bool:
    is_zero = entry.after is not None and entry.after.norm == 0
    return is_zero and entry.before is not None and entry.before.norm > 0


def _judge(
    run: Stretch, moved: dict[tuple[str, str], list[StepTaken]], trains: dict[str, bool]
) -> Iterator[Judgement]:
    found: dict[tuple[str, bool], list[str]] = {}
    for (optimizer, name), steps in moved.items():
        is_frozen = not trains.get(name, True)
        if is_frozen or len(steps) >= _PATIENCE:
            found.setdefault((optimizer, is_frozen), []).append(name)
    for (optimizer, is_frozen), names in found.items():
        steps = moved[optimizer, names[0]]
        at = steps[0] if is_frozen else steps[_PATIENCE - 1]
        why = "frozen" if is_frozen else "without a new gradient"
        delta, grad = at.values[names[0]].delta, at.grads[names[0]]
        yield RULE.found(
            f"{optimizer}.step moves {listed(names)}, {why}: .grad is "
            f"{'an old one' if grad and grad.norm else 'zero'} instead of None",
            "set .grad to None: zero_grad(set_to_none=True), or take them out of the optimizer",
            run.update_at(at, optimizer),
            at.where,
            tuple(names),
            optimizer,
            change_norm=delta.norm if delta else 0.0,
            gradient_norm=grad.norm if grad else 0.0,
            steps=len(steps),
        )


RULE = Rule("BT211", "moves-without-gradient", "warning", check, __doc__, cure="set_to_none=true")
