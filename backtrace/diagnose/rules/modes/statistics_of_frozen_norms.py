"""A part that has learned is frozen, and its batch norms go on counting other data.

## What it sees
A batch norm whose weights were moved by steps earlier in the run and are frozen now, in a model
that is called in training mode for the last ten steps or more, none of which holds these weights.

## Why it matters
`requires_grad=False` holds the weights. The running mean and variance are no parameters: in
training mode every forward moves them towards the data of the moment, and what was learned before
no longer fits them.

## Example
    for parameter in backbone.parameters():
        parameter.requires_grad_(False)
    backbone.train()

## Instead
    for parameter in backbone.parameters():
        parameter.requires_grad_(False)
    backbone.eval()

## When it is intended
To adapt the statistics to new data is a method of its own. A part that was never trained in the
run is not looked at.

## Source
"freeze() for nn.Module (running_mean and running_var are still updated)",
github.com/pytorch/pytorch, issue 9046.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import commonpath

from backtrace.diagnose.batch_norms import norms_of, weight_of
from backtrace.diagnose.called_parts import holder_of
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.facts import ModelSeen
from backtrace.ledger.source_facts import FreezeWritten

_LAST = 10


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model with such norms."""
    if run.census is None:
        return
    moved = {each.name for each in run.census.tensors if each.tally.moved}
    last = [window for window in run.windows if window.step is not None][-_LAST:]
    for model in run.callees.values() if len(last) == _LAST else ():
        norms = [name for name in norms_of(model) if _is_frozen(run, weight_of(model, name), moved)]
        counting = [name for name in norms if all(_counts(model, name, each) for each in last)]
        if counting:
            calls = [call for call in last[-1].of(ForwardRan) if call.module == model.module]
            first = _first(run, model, counting)
            yield RULE.found(
                f"{listed(counting)} {'is' if len(counting) == 1 else 'are'} frozen after having "
                "learned, and in training mode: the running statistics follow the new data",
                f"call {_holder(run, model, counting)}.eval() after each train()",
                first,
                calls[-1].mode_set or _frozen_at(run, counting) or calls[-1].where,
                tuple(weight_of(model, name) for name in counting),
                batch_norms=len(counting),
            )


def _frozen_at(run: Stretch, norms: list[str]) -> str:
    """Return the one line that freezes them, by which `eval()` should stand; '' of several.

    Of several lines it is the one that names a part which holds all of them.
    """
    parts = {*norms[0].split(".")}.intersection(*(name.split(".") for name in norms))
    freezes = list(run.of(FreezeWritten))
    for found in (freezes, [e for e in freezes if e.name.rpartition(".")[2] in parts]):
        lines = {event.where for event in found}
        if len(lines) == 1:
            return lines.pop()
    return ""


def _first(run: Stretch, model: ModelSeen, norms: list[str]) -> int:
    """Return the update from which on all steps leave out the norms, which go on counting."""
    number = 1
    for window in reversed([window for window in run.windows if window.step is not None]):
        if not all(_counts(model, name, window) for name in norms):
            break
        number = window.number
    return number


def _holder(run: Stretch, model: ModelSeen, norms: list[str]) -> str:
    """Return the innermost part that holds all of them, as the user would write it."""
    whole = holder_of(run.models, model.module)
    paths = [name.removeprefix(f"{whole}.").replace(".", "/") for name in norms]
    part = commonpath(paths).replace("/", ".")
    return ".".join(filter(None, (whole.partition("#")[0], part)))


def _is_frozen(run: Stretch, name: str, moved: set[str]) -> bool:
    seen = run.parameters.get(name)
    return seen is not None and not seen.requires_grad and name in moved


def _counts(model: ModelSeen, norm: str, window: Window) -> bool:
    """Whether a norm was called in training mode before a step that does not hold it."""
    calls = [call for call in window.of(ForwardRan) if call.module == model.module]
    held = window.step is not None and weight_of(model, norm) in window.step.values
    return not held and any(call.training and norm not in call.resting for call in calls)


RULE = Rule("BT308", "statistics-of-frozen-norms", "warning", check, __doc__, needs=(CENSUS, FACTS))
