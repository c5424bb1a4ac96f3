"""What was to be trained is frozen: all of it, or just the last layer.

## What it sees
An optimizer that steps, or a backward that fails, while nothing that the optimizer holds requires
a gradient; a model whose last layer alone is frozen; a model in which a lone bias is left to
train; and a model of which nothing is frozen but one parameter, no bias, that is all zeros, where
the source freezes more than a part by its name.

## Why it matters
Nothing moves, or not what was meant to. Freezing a body after its head was exchanged freezes the
new head with it, and `module.requires_grad = True` only sets an attribute that nobody reads.

## Example
    model.fc = nn.Linear(512, 10)
    for p in model.parameters():
        p.requires_grad = False

## Instead
    for p in model.parameters():
        p.requires_grad = False
    model.fc = nn.Linear(512, 10)

`model.fc.requires_grad_(True)` unfreezes all of a module.

## When it is intended
A frozen body with a trained head, adapters beside frozen layers, and biases trained alone in all
layers are not meant here; nor is a network that is frozen only while another one is trained, or
values that the loop moves itself, such as running statistics kept as parameters.

## Source
"Transfer Learning for Computer Vision Tutorial", PyTorch tutorials.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

from backtrace.diagnose.gradients import moved_by
from backtrace.diagnose.holdings import listed, read_holdings
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Edited, Event, ParameterSeen, StepTaken
from backtrace.ledger.facts import BackwardFailed, OptimizerSeen
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.source_facts import FreezeWritten

_MANY = 6  # of which a lone one may be forgotten
_FIX = "set requires_grad_(True) on the modules that are to be trained, before they are used"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give optimizers with nothing to train, and models with the wrong part frozen."""
    lines = sorted({event.where for event in run.of(FreezeWritten)})
    for found in list(_all_frozen(run)) or _odd_parts(run):
        # At the line that freezes, where it can be no other.
        yield replace(found, where=lines[0]) if len(lines) == 1 else found


def _all_frozen(run: Stretch) -> Iterator[Finding]:
    trains: dict[str, bool] = {}
    holds: dict[str, list[str]] = {}
    told: set[str] = set()
    for event in run.events:
        if isinstance(event, ParameterSeen):
            trains[event.name] = event.requires_grad
        elif isinstance(event, OptimizerSeen):
            holds[event.optimizer] = [name for group in event.groups for name in group.parameters]
        elif isinstance(event, StepTaken) and not moved_by(event):  # some do without gradients
            yield from _frozen(run, event, event.optimizer, list(event.values), trains, told)
        elif _had_no_graph(event):
            for optimizer, names in holds.items():
                if all(not _is_training(names, trains) for names in holds.values()):
                    yield from _frozen(run, event, optimizer, names, trains, told)


def _had_no_graph(event: Event) -> bool:
    """Whether a backward went through nothing, or failed because there was nothing to go through.

    It may fail for another reason while a model rests, as where the input's gradient is asked for.
    """
    match event:
        case GraphSeen():
            return not event.requires_grad
        case BackwardFailed():
            return event.is_without_graph
    return False


def _is_training(names: Sequence[str], trains: dict[str, bool]) -> bool:
    return any(trains.get(name, True) for name in names)


def _frozen(
    run: Stretch,
    event: Event,
    optimizer: str,
    names: list[str],
    trains: dict[str, bool],
    told: set[str],
) -> Iterator[Finding]:
    if names and not _is_training(names, trains) and optimizer not in told:
        told.add(optimizer)
        yield RULE.found(
            f"nothing that {optimizer} holds requires a gradient: {listed(names)}",
            _FIX,
            run.update_at(event, optimizer),
            event.where,
            tuple(names),
            optimizer,
            frozen_tensors=len(names),
        )


def _odd_parts(run: Stretch) -> Iterator[Finding]:
    """Give models of which the last layer alone is frozen, or a lone bias is not."""
    if not run.steps or not run.is_start:  # whoever froze it later had it trained before
        return
    moved = {name for step in run.steps for name in moved_by(step)} | _moved_in_training(run)
    held, step = read_holdings(run).held, run.steps[0]
    for model in run.models.values():
        names = [name for name in model.parameters if name in run.parameters]
        trained = [name for name in names if run.parameters[name].requires_grad]
        frozen = [name for name in names if name not in trained]
        if not frozen or {*frozen} & (moved | run.learned_later) or not any(map(held.get, trained)):
            continue
        if _is_last_layer(run, names, frozen) and any("." in name for name in trained):
            message = f"the last layer of {model.module} alone is frozen: {listed(frozen)}"
        elif len(frozen) > 2 and _is_lone_bias(trained, frozen):
            message = f"of {model.module} only {trained[0]} is trained, not even its weight"
        elif _is_left_at_zero(run, trained, frozen):
            message = f"{frozen[0]}, all zeros, is frozen: the rest of {model.module} is trained"
        else:
            continue
        finding = RULE.found(
            message,
            _FIX,
            run.update_at(step),
            step.where,
            tuple(frozen),
            frozen_tensors=len(frozen),
            trained_tensors=len(trained),
        )
        yield replace(finding, severity="warning")  # it may be meant, though seldom


def _moved_in_training(run: Stretch) -> set[str]:
    """Return what the loop itself moved since the first backward: statistics, averages, a target.

    What was written before it is how the values began.
    """
    began = next((event.index for event in run.of(BackwardRan)), None)
    edits = (e for e in run.of(Edited) if e.account == "value")
    return {name for e in edits if began is not None and e.index > began for name in e.entries}


def _is_last_layer(run: Stretch, names: Sequence[str], frozen: Sequence[str]) -> bool:
    """Whether what is frozen is a model's last layer, no embedding and not of an adapted model."""
    last = [name for name in names if _module(name) == _module(names[-1])]
    if frozen != last or "." not in names[-1] or run.parameters[names[-1]].aliases:
        return False
    is_adapted = any("lora" in part for name in names for part in name.split("."))
    return "emb" not in names[-1] and not is_adapted


def _is_lone_bias(trained: Sequence[str], frozen: Sequence[str]) -> bool:
    return len(trained) == 1 and (
        trained[0].endswith("bias") and f"{trained[0][:-4]}weight" in frozen
    )


def _is_left_at_zero(run: Stretch, trained: Sequence[str], frozen: Sequence[str]) -> bool:
    """Whether all was frozen and all but one made to train again, which is as it was made.

    A bias is frozen at zero on purpose, as behind a norm; what is made so from the first, too.
    """
    value = run.parameters[frozen[0]].value
    is_zero = value is not None and not value.norm and prod(value.shape) > 1
    parts = {part for name in (*trained, *frozen) for part in name.split(".")}
    was_whole = any(e.name.rpartition(".")[2] not in parts for e in run.of(FreezeWritten))
    is_lone = len(frozen) == 1 and len(trained) >= _MANY and not frozen[0].endswith("bias")
    return is_lone and is_zero and was_whole


def _module(name: str) -> str:
    return name.rpartition(".")[0]


RULE = Rule("BT205", "frozen-by-mistake", "error", check, __doc__, cure="unfreeze={parameters}")
