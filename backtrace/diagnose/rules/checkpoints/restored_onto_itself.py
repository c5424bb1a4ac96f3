"""What is to be restored is the model itself: it was kept by reference.

## What it sees
A `load_state_dict` after steps were taken, in which every tensor for a parameter is that parameter,
in the same memory.

## Why it matters
`state_dict()` copies nothing: it refers to the tensors that are trained on. "The best weights" that
were kept this way are the last ones, whatever the epoch that they were kept in. Where two models
that are loaded from each other are one object, there is no second one: a target network moves at
every step.

## Example
    if accuracy > best:
        best, best_state = accuracy, model.state_dict()
    ...
    model.load_state_dict(best_state)

    target = policy
    target.load_state_dict(policy.state_dict())

## Instead
    if accuracy > best:
        best, best_state = accuracy, copy.deepcopy(model.state_dict())
    ...
    model.load_state_dict(best_state)

    target = copy.deepcopy(policy)
    target.load_state_dict(policy.state_dict())

## When it is intended
Never: it changes nothing.

## Source
"Saving and Loading Models", PyTorch tutorials: `best_model_state = deepcopy(model.state_dict())`;
github.com/datawhalechina/easy-rl, pull request 117.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.tally import Load
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first time that each model was restored from itself."""
    told: set[str] = set()
    for load in run.census.loads if run.census else ():
        event = load.event
        is_same = event.kind == "model" and 0 < event.tensors == event.own
        if is_same and load.steps and event.target not in told:
            told.add(event.target)
            message, fix = _say(load)
            yield RULE.found(
                message,
                fix,
                load.steps,
                event.where,
                tensors=event.tensors,
                steps_before=load.steps,
            )


def _say(load: Load) -> tuple[str, str]:
    """Return what is wrong, and the fix; a kept state may be that of a second name, too."""
    target = load.event.written or load.event.target
    if load.event.is_live:
        return (
            f"load_state_dict gave {target} its own tensors: the model that is loaded and the one "
            "that it is loaded from have the same parameters",
            "make the second model by copy.deepcopy(model), or, where there are two already, load "
            "the state_dict() of the other one",
        )
    return (
        f"load_state_dict gave {target} its own tensors: what was to be restored went along with "
        f"the {load.steps} steps before it",
        "keep a copy: copy.deepcopy(model.state_dict()); if these are meant to be two models, make "
        "the second one by copy.deepcopy(model)",
    )


RULE = Rule("BT214", "restored-onto-itself", "error", check, __doc__, needs=(CENSUS,))
