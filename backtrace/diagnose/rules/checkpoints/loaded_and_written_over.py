"""What was loaded into a model is written over before the model is used.

## What it sees
When a model is called for the first time since a state was loaded into it, with no step in between,
parameters hold numbers that have nothing to do with those that were loaded: those with most of its
elements, or two or more of which one is the model's first.

## Why it matters
The checkpoint is gone, and nothing raises: training begins from the start, or nearly so, while all
believe that it goes on.

## Example
    model.load_state_dict(torch.load("last.pt"))
    model.apply(init_weights)

## Instead
    model.apply(init_weights)
    model.load_state_dict(torch.load("last.pt"))

## When it is intended
Never. A head, or the upper layers, that are initialised anew are not the model's first; what
pruning, rounding and averaging leave is like what was loaded.

## Source
"Saving and Loading Models", PyTorch tutorials.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.state_facts import LoadedOver, StateLoaded

_MOST = 0.5
_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each load of which most was written over."""
    loads: set[str] = set()  # since the last step, by their lines
    told: set[str] = set()
    for event in run.events:
        if isinstance(event, StepTaken | StepsPassed):
            loads.clear()
        elif isinstance(event, StateLoaded):
            loads.add(event.where)
        elif isinstance(event, LoadedOver) and _is_much(event):
            if event.loaded in loads - told:
                yield _describe(run, event)
            told.add(event.loaded)


def _is_much(event: LoadedOver) -> bool:
    return event.over > _MOST * event.given or (event.is_first and event.tensors >= _ENOUGH)


def _describe(run: Stretch, event: LoadedOver) -> Judgement:
    return RULE.found(
        f"what load_state_dict gave {event.target} at {event.loaded} was written over before its "
        f"first call: {event.over} of {event.given} elements belong to parameters that were set "
        "anew",
        "load the state after whatever initialises the model (apply, nn.init, reset_parameters)",
        run.update_at(event),
        event.made or event.loaded,
        elements_loaded=event.given,
        elements_written_over=event.over,
    )


RULE = Rule("BT225", "loaded-and-written-over", "error", check, __doc__, needs=(FACTS,))
