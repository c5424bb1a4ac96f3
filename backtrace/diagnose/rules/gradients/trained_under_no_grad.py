"""A model is called with gradients switched off, and then trained.

## What it sees
Every call of a model before a backward was made under `no_grad`, `inference_mode` or
`set_grad_enabled(False)`, and the backward failed or reached no parameter, or was passed by while
two steps found no gradient. Or one of several models is only ever called so, while an optimizer
is to train it.

## Why it matters
Without a graph there is nothing to differentiate: the parameters get no gradient and stay as they
are. A `set_grad_enabled(False)` before an evaluation switches gradients off until they are
switched on again.

## Example
    with torch.no_grad():
        features = encoder(x)
    loss = loss_fn(head(features), y)

## Instead
    features = encoder(x)
    loss = loss_fn(head(features), y)

## When it is intended
Evaluation, target networks, teachers and frozen encoders belong under `no_grad`. No optimizer
holds them, or they are called with gradients as well. Evolution strategies put their own numbers
into `.grad`, which this rule leaves alone.

## Source
torch.no_grad and torch.set_grad_enabled, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from backtrace.diagnose.gradients import moved_by, reached_by, read_by
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, ForwardRan
from backtrace.ledger.facts import BackwardFailed, ModelSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first update without a graph, else the models that never have one."""
    windows = list(run.windows)
    for window, following in zip_longest(windows, windows[1:]):
        if window.is_blind and (_is_trained(window) or _is_bare(window, following)):
            forward = window.of(ForwardRan)[-1]
            yield RULE.found(
                f"{forward.module} was called with gradients switched off, and there was nothing "
                "for backward to go through",
                "call the model outside torch.no_grad(), and after an evaluation switch gradients "
                "on again",
                window.number,
                forward.where,
                calls_in_this_update=len(window.of(ForwardRan)),
            )
            return
    for model in run.callees.values():
        yield from _never_with_gradients(run, model, windows)


def _is_trained(window: Window) -> bool:
    """Whether a backward was tried in vain, and meant."""
    backwards = window.of(BackwardRan)
    failed = any(each.is_without_graph for each in window.of(BackwardFailed))
    return failed or bool(backwards and window.step and not any(map(reached_by, backwards)))


def _is_bare(window: Window, following: Window | None) -> bool:
    """Whether this step and the next found no gradient at all, after calls meant for training."""
    return all(
        each is not None
        and each.is_blind
        and any(call.training for call in each.of(ForwardRan))
        and each.step is not None
        and not any(each.step.grads.values())
        and not moved_by(each.step)
        for each in (window, following)
    )


def _never_with_gradients(
    run: Stretch, model: ModelSeen, windows: list[Window]
) -> Iterator[Judgement]:
    """Give a model that an optimizer is to train and that has no graph in any update."""
    calls = [(w.number, f) for w in windows for f in w.of(ForwardRan) if f.module == model.module]
    numbers = [number for number, _ in calls]
    if any(call.grad_enabled for _, call in calls) or len(set(numbers)) < 2:
        return
    lost = _held_in_vain(run, model)
    if not lost or not run.learned_later.isdisjoint(lost):
        return
    yield RULE.found(
        f"{model.module} is only ever called with gradients switched off, so its "
        f"{len(lost)} parameters get none",
        f"call {model.module} outside torch.no_grad(), or leave its parameters out of the "
        "optimizer",
        numbers[0],
        calls[0][1].where,
        lost,
        calls_without_gradients=len(calls),
    )


def _held_in_vain(run: Stretch, model: ModelSeen) -> tuple[str, ...]:
    """Return what steps hold of a model, to be trained, when nothing of it ever got a gradient."""
    got = {name for backward in run.of(BackwardRan) for name in reached_by(backward)}
    got |= {name for step in run.steps for name in read_by(step)}
    stepped = {name for step in run.steps for name in step.values}
    seen = run.parameters
    held = (name for name in model.parameters if name in stepped and name in seen)
    return () if got & set(model.parameters) else tuple(n for n in held if seen[n].requires_grad)


RULE = Rule("BT304", "trained-under-no-grad", "error", check, __doc__, cure="grad_on")
