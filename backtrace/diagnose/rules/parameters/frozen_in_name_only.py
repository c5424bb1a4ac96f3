"""`requires_grad = False` was set on a module, where nobody reads it.

## What it sees
A module with an attribute `requires_grad` of False, while parameters in it require gradients, and
at least one of them got one.

## Why it matters
It is no freeze: the module trains on. A pretrained body drifts away, a discriminator that is to
stand still learns along.

## Example
    for block in model.body:
        block.requires_grad = False

## Instead
    for block in model.body:
        block.requires_grad_(False)

## When it is intended
Never: a module has no such attribute of its own.

## Source
torch.nn.Module, `requires_grad_`, PyTorch documentation; "Freeze layers: requires_grad on a
module", discuss.pytorch.org.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import only_line
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model with modules that are frozen in name only."""
    if run.census is None:
        return
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


def _is_in(parameter: str, module: str, model: str) -> bool:
    return module in ("", model) or parameter.startswith(f"{module}.")


RULE = Rule("BT216", "frozen-in-name-only", "error", check, __doc__, needs=(CENSUS,))
