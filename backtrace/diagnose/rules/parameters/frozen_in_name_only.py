"""A freeze that freezes nothing: `requires_grad` of a module, or its evaluation mode.

## What it sees
A module with an attribute `requires_grad` of False, while parameters in it require gradients, and
at least one of them got one. Or one that a line puts into evaluation mode, in a function or a
branch whose name, condition or printed text says that it freezes or ends a training, while the
steps after it go on moving its parameters. Or batch norms that three steps or more move while all
the rest of their part is frozen, though an option such as `train_bn=False` or `freeze_bn=True` says
otherwise.

## Why it matters
It is no freeze: the module trains on. Evaluation mode is of dropout and norms alone. A pretrained
body drifts away, a discriminator that is to stand still learns along. BackboneFinetuning of
Lightning leaves the norms of a frozen backbone to learn, whatever its `train_bn` is.

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
issue 4; github.com/Lightning-AI/pytorch-lightning, issue 13902.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.batch_norms import norms_of, parameters_of_norms, weight_of
from backtrace.diagnose.gradients import moved_by
from backtrace.diagnose.graph_lines import only_line
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.facts import ModelSeen
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 3
_OF_NORMS = "call requires_grad_(False) and eval() on the norms as well, after each train()"
_OF_LIGHTNING = (
    "override freeze_before_training: self.freeze(pl_module.backbone, train_bn=self.train_bn), as "
    "BackboneFinetuning leaves that out"
)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model with modules that are frozen in name only, and each put to rest for it."""
    if run.census is None:
        return
    yield from _rested(run)
    yield from _left_norms(run)
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


def _left_norms(run: Stretch) -> Iterator[Judgement]:
    """Give the batch norms that learn on in a frozen part, though an option was to freeze them."""
    slips = {event.where: event for event in run.of(SlipSeen) if event.kind == "norms-to-freeze"}
    if len(slips) != 1:
        return
    (slip,) = slips.values()
    told: set[str] = set()  # two models may share a part
    for model in run.models.values():
        left = _learning_alone(run, model)
        norms = [name for name, updates in left.items() if len(updates) >= _ENOUGH]
        if norms and told.isdisjoint(norms):
            told.update(norms)
            parts = [name.rpartition(".")[0] for name in norms]
            yield RULE.found(
                f"{slip.name} froze no norm: {listed(parts)} went on learning, while the rest of "
                "the part was frozen",
                _OF_LIGHTNING if slip.beside.endswith("BackboneFinetuning") else _OF_NORMS,
                min(left[name][0] for name in norms),
                slip.where,
                tuple(norms),
                batch_norms=len(norms),
            )


def _learning_alone(run: Stretch, model: ModelSeen) -> dict[str, list[int]]:
    """Return the updates in which a batch norm's weight moved, and nothing beside it, by weight."""
    own = parameters_of_norms(run)
    found: dict[str, list[int]] = {}
    for weight in (weight_of(model, norm) for norm in norms_of(model)):
        beside = _beside(weight, [name for name in model.parameters if name not in own])
        for window in run.windows if beside else ():
            moved = moved_by(window.step) if window.step is not None else set()
            if weight in moved and moved.isdisjoint(beside):
                found.setdefault(weight, []).append(window.number)
    return found


def _beside(weight: str, others: list[str]) -> list[str]:
    """Return the parameters of the innermost part that holds a norm and some of the others."""
    part = weight.rpartition(".")[0]
    while "." in part:
        part = part.rpartition(".")[0]
        if found := [name for name in others if name.startswith(f"{part}.")]:
            return found
    return []


def _is_in(parameter: str, module: str, model: str) -> bool:
    return module in ("", model) or parameter.startswith(f"{module}.")


RULE = Rule("BT216", "frozen-in-name-only", "error", check, __doc__, needs=(CENSUS,))
