"""A state, or a part of it, was loaded of which no entry is for a parameter of the model.

## What it sees
A `load_state_dict` with at least two entries, none of which has the name of a parameter of the
model that it was loaded into, which has some. It raised nothing: `strict=False` said so. Or
one of whose entries at least three, of two layers, are for no parameter, while the model has
parameters that are in no entry and would be in these but for one prefix, shapes and all; where the
statement throws away what `load_state_dict` returns, and nothing else is loaded into the model.

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
those that were not expected; github.com/alibaba-mmai-research/TAdaConv, issue 5, and
github.com/pytorch/pytorch, issue 141256: names that are passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.census.tally import Load
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_FEW = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each place at which nothing was loaded, or a part was not."""
    told: set[str] = set()
    loads = run.census.loads if run.census else ()
    for load in loads:
        event = load.event
        if event.kind != "model" or event.where in told:
            continue
        if event.given >= _FEW and not event.tensors and event.holds:
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
        elif event.misnamed and [each.event.target for each in loads].count(event.target) == 1:
            told.add(event.where)
            yield replace(_tell_part(load), severity="warning")


def _tell_part(load: Load) -> Finding:
    event = load.event
    return RULE.found(
        f"{event.misnamed} parameters of {event.target} were left as they were: the state has them "
        f"under another prefix, {event.entry} for {event.parameter}",
        "give the entries the model's names before they are loaded, and look at what "
        "load_state_dict(strict=False) returns",
        load.steps + 1,
        event.where,
        parameters_not_loaded=event.misnamed,
        parameters_of_the_model=event.holds,
    )


RULE = Rule("BT217", "loaded-nothing", "error", check, __doc__, needs=(CENSUS,))
