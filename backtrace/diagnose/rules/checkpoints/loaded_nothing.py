"""A state was loaded of which no entry is for a parameter of the model.

## What it sees
A `load_state_dict` with at least two entries, none of which has the name of a parameter of the
model that it was loaded into, which has some. It raised nothing: `strict=False` said so.

## Why it matters
The model keeps the weights it was made with. What is believed to be pretrained is random.

## Example
    state = torch.load("backbone.pt")  # "module.layer1.weight", ...
    model.load_state_dict(state, strict=False)

## Instead
    state = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected, unexpected

## When it is intended
Never: it changes nothing. What holds buffers alone is not meant here.

## Source
torch.nn.Module, `load_state_dict`, PyTorch documentation: it returns the keys that are missing and
those that were not expected.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_FEW = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each place at which nothing was loaded."""
    told: set[str] = set()
    for load in run.census.loads if run.census else ():
        event = load.event
        is_none = event.kind == "model" and event.given >= _FEW and not event.tensors
        if is_none and event.holds and event.where not in told:
            told.add(event.where)
            yield RULE.found(
                f"of {event.given} entries that load_state_dict was given, none is for a parameter "
                f"of {event.target}: nothing was loaded",
                "bring the names of the state in line with the model's, and look at what "
                "load_state_dict(strict=False) returns",
                load.steps + 1,
                event.where,
                entries=event.given,
                parameters_of_the_model=event.holds,
            )


RULE = Rule("BT217", "loaded-nothing", "error", check, __doc__, needs=(CENSUS,))
