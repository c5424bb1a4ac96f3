"""A freeze that freezes nothing: `requires_grad` of a module, or its evaluation mode.

## What it sees
A module with an attribute `requires_grad` of False, while parameters in it require gradients, and
at least one of them got one. Or one that a line puts into evaluation mode, in a function or a
branch whose name, condition or printed text says that it freezes or ends a training, while the
steps after it go on moving its parameters.

## Why it matters
It is no freeze: the module trains on. Evaluation mode is of dropout and norms alone. A pretrained
body drifts away, a discriminator that is to stand still learns along.

## Example
    for block in model.body:
        block.requires_grad = False

## Instead
    for block in model.body:
        block.requires_grad_(False)

## When it is intended
Never: a module has no such attribute of its own. Where a part is to learn on in evaluation mode,
nothing beside it speaks of a freeze; where it is a norm's, it is not looked at.

## Source
torch.nn.Module, `requires_grad_`, PyTorch documentation; "Freeze layers: requires_grad on a
module", discuss.pytorch.org; github.com/kohya-ss/sd-scripts,
issue 4.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.gradients import moved_by
from backtrace.diagnose.graph_lines import only_line
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model with modules that are frozen in name only, and each put to rest for it."""
    if run.census is None:
        return
    yield from _rested(run)
    learned = run.census.learned
    for model in run.models.values():
        modules = tuple(
            name
            for name in model.marked
            if any(_is_in(each, name, model.module) for each in learned)
        )
        names = tuple(
            name
            for name in model.parameters
            if name in learned and any(_is_in(name, module, model.module) for module in modules)
        )
        if names:
            yield RULE.found(
                f"requires_grad = False was set on the module {listed(modules)}, which freezes "
                f"nothing: {listed(names)} went on learning",
                f"call {modules[0]}.requires_grad_(False), which sets it on its parameters",
                1,
                only_line(run, "mark") or model.where,
                names,
                modules_marked=len(modules),
                parameters_that_learned=len(names),
            )


def _rested(run: Stretch) -> Iterator[Judgement]:
    """Give each module that is called in evaluation mode for a freeze, and moved all the same."""
    said = {event.where: event for event in run.of(SlipSeen) if event.kind == "rested-for-frozen"}
    given: set[str] = set()
    for window in run.windows if said else ():
        moved = moved_by(window.step) if window.step is not None else set()
        for call in window.of(ForwardRan):
            if call.mode_set not in said or call.training or call.mode_set in given:
                continue
            model = run.callees.get(call.module)
            names = [name for name in model.parameters if name in moved] if model else []
            if names:
                given.add(call.mode_set)
                written = said[call.mode_set].name
                yield RULE.found(
                    f"{written} was put into evaluation mode, which freezes nothing: "
                    f"{listed(names)} went on learning",
                    f"call {written}.requires_grad_(False) as well",
                    window.number,
                    call.mode_set,
                    tuple(names),
                    parameters_that_learned=len(names),
                )


def _is_in(parameter: str, module: str, model: str) -> bool:
    return module in ("", model) or parameter.startswith(f"{module}.")


RULE = Rule("BT216", "frozen-in-name-only", "error", check, __doc__, needs=(CENSUS,))
