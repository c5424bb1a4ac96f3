"""A model is trained while it, or a part of it, is still in evaluation mode.

## What it sees
A model that was trained in training mode is called in evaluation mode in two updates running. Or it
is in evaluation mode from the start, has dropout or batch norm and nothing frozen. Or a part with
dropout that was in training mode no longer is, after the whole model was evaluated. Or a part with
dropout and nothing frozen is in evaluation mode from the start, because a library such as
`from_pretrained` left it so, and not the user's own lines.

## Why it matters
`eval()` stays until `train()` is called. Without it dropout no longer drops, batch norm uses its
running statistics and stops updating them: the model is trained as another one than was meant.
Lightning, from 2.2 on, leaves each part in the mode that it has when `fit` begins.

## Example
    for epoch in range(epochs):
        train(model)
        model.eval()
        validate(model)

## Instead
    for epoch in range(epochs):
        model.train()
        train(model)
        model.eval()
        validate(model)

## When it is intended
Batch norms of a fine-tuned network are often kept in evaluation mode on purpose, and so is a
frozen part. This rule is silent where only batch norms rest, and where something is frozen. It is
silent as well where `train(False)`, and not `eval()`, was called for the training that followed.

## Source
torch.nn.Module.train and torch.nn.Module.eval, PyTorch documentation;
github.com/Lightning-AI/pytorch-lightning, issue 20128: a part from `from_pretrained`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, takewhile

from backtrace.diagnose.folded_parts import fold_parts
from backtrace.diagnose.modes import Trained, find_trained
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, ForwardRan
from backtrace.ledger.facts import ModelSeen, PartAtRest


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model that was trained in evaluation mode."""
    yield from fold_parts(run.models, _find(run))


def _find(run: Stretch) -> Iterator[tuple[str, Finding]]:
    for name, model in run.callees.items():
        trained = find_trained(run, model) if model.switched else []
        found = (
            _whole(run, model, trained)
            or _part(run, model, trained)
            or _loaded(run, model, trained)
        )
        if found:
            yield name, found


def _whole(run: Stretch, model: ModelSeen, trained: list[Trained]) -> Finding | None:
    """Return the first of two updates in evaluation mode, after training mode or from the start.

    One that rests at first and trains later may be warmed up so: what counts is its rest after it.
    """
    was_training, never_trains = False, _never_trains(trained)
    for first, second in pairwise(trained):
        was_training |= not first.is_resting
        if first.is_resting and second.is_resting:
            if not was_training and _has_frozen(run, model):
                return None
            if not (was_training or never_trains) or _is_chosen(run, first, was_training):
                continue
            since = "though it was in training mode before" if was_training else "from the start"
            kinds = sorted(set(model.switched.values()))
            return RULE.found(
                f"{model.module} is trained in evaluation mode {since}: "
                f"{', '.join(kinds)} {'behaves' if len(kinds) == 1 else 'behave'} as in evaluation",
                f"call {_called(model)}.train() before the training loop and after each evaluation",
                first.number,
                first.forwards[-1].mode_set or first.forwards[-1].where,
                modules_switched=len(model.switched),
                updates_in_evaluation_mode=sum(each.is_resting for each in trained),
            )
    return None


def _part(run: Stretch, model: ModelSeen, trained: list[Trained]) -> Finding | None:
    """Return the update from which dropouts rest that did not before the last evaluation."""
    for at in range(1, len(trained) - 1):
        before, first, second = (each.forwards[-1] for each in trained[at - 1 : at + 2])
        now = set(first.resting) & set(second.resting) - set(before.resting)
        left = sorted(name for name in now if "Dropout" in model.switched.get(name, ""))
        if left and first.training and _was_evaluated(run, model, before.index, first.index):
            return RULE.found(
                f"{left[0]} of {model.module} is still in evaluation mode after an evaluation, "
                "while the rest trains",
                f"call {_called(model)}.train() after each evaluation: it reaches every part",
                trained[at].number,
                first.where,
                modules_left=len(left),
            )
    return None


def _loaded(run: Stretch, model: ModelSeen, trained: list[Trained]) -> Finding | None:
    """Return the part with dropout that a library gave in evaluation mode, and that is trained."""
    for part in run.of(PartAtRest):
        if part.module != model.module or len(trained) < 2 or trained[0].is_resting:
            continue
        rests = set.intersection(*(set(f.resting) for each in trained[:2] for f in each.forwards))
        left = [name for name in part.resting if "Dropout" in model.switched.get(name, "")]
        if left and rests.issuperset(left) and _learns_whole(run, part.part):
            return RULE.found(
                f"{part.part} is in evaluation mode from the start, as what made it left it, while "
                "the rest trains: its dropout drops nothing"
                if part.part == model.module
                else f"{part.part} of {model.module} is in evaluation mode from the start, as what "
                "made it left it, while the rest trains: its dropout drops nothing",
                f"call {part.part}.train() after it is made",
                trained[0].number,
                part.where,
                modules_left=len(left),
            )
    return None


def _learns_whole(run: Stretch, part: str) -> bool:
    """Whether something in a part is stepped, and nothing in it is frozen."""
    inside = {name: each for name, each in run.parameters.items() if name.startswith(f"{part}.")}
    stepped = {name for window in run.windows if window.step for name in window.step.values}
    return bool(inside.keys() & stepped) and all(each.requires_grad for each in inside.values())


def _was_evaluated(run: Stretch, model: ModelSeen, start: int, end: int) -> bool:
    calls = (f for f in run.of(ForwardRan) if f.module == model.module and start < f.index < end)
    return any(not call.training or not call.grad_enabled for call in calls)


def _is_chosen(run: Stretch, update: Trained, was_training: bool) -> bool:
    """Whether `train(False)` put the model into this mode, and training is what followed."""
    last = update.forwards[-1]
    if not (last.mode_chosen and was_training):
        return last.mode_chosen
    calls = [f for f in run.of(ForwardRan) if f.module == last.module]
    chosen = takewhile(
        lambda f: f.mode_chosen, reversed([f for f in calls if f.index <= last.index])
    )
    *_, first = chosen
    following = next((f.index for f in calls if f.index > first.index), None)
    return first.takes_grad and any(
        first.index < each.index < (following or each.index + 1) for each in run.of(BackwardRan)
    )


def _has_frozen(run: Stretch, model: ModelSeen) -> bool:
    seen = (run.parameters[name] for name in model.parameters if name in run.parameters)
    return any(not each.requires_grad for each in seen)


def _never_trains(trained: list[Trained]) -> bool:
    return all(each.is_resting for each in trained)


def _called(model: ModelSeen) -> str:
    return model.module or "model"


RULE = Rule("BT305", "left-in-eval", "warning", check, __doc__, needs=(FACTS,), cure="train_mode")
