"""What is to be restored is the model itself: it was kept by reference.

## What it sees
A `load_state_dict` after steps were taken, in which every tensor for a parameter is that parameter,
in the same memory.

## Why it matters
`state_dict()` copies nothing: it refers to the tensors that are trained on. "The best weights" that
were kept this way are the last ones, whatever the epoch that they were kept in.

## Example
    if accuracy > best:
        best, best_state = accuracy, model.state_dict()
    ...
    model.load_state_dict(best_state)

## Instead
    if accuracy > best:
        best, best_state = accuracy, copy.deepcopy(model.state_dict())
    ...
    model.load_state_dict(best_state)

## When it is intended
Never: it changes nothing.

## Source
"Saving and Loading Models", PyTorch tutorials: `best_model_state = deepcopy(model.state_dict())`.
"""

from __future__ import annotations

from collections.abc import Iterator

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
            yield RULE.found(
                f"load_state_dict gave {event.target} its own tensors: what was to be "
                f"restored went along with the {load.steps} steps before it",
                "keep a copy: copy.deepcopy(model.state_dict())",
                load.steps,
                event.where,
                tensors=event.tensors,
                steps_before=load.steps,
            )


RULE = Rule("BT214", "restored-onto-itself", "error", check, __doc__, needs=(CENSUS,))
