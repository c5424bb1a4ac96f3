"""A model is evaluated while it is in training mode.

## What it sees
A model with dropout or batch norm that losses are taken of is called without gradients, in training
mode, and only now and then: in a quarter of the updates at most. Or, while a model in evaluation
mode is called without gradients, `F.batch_norm` is told `training=True`, a constant, with
statistics that are buffers of the model.

## Why it matters
Dropout goes on dropping, so that each evaluation says something else and something worse. Batch
norm normalises by the batch that is evaluated, and takes it into its running statistics: what is
evaluated changes the model. Where each call has one row, of images or texts, batch norm normalises
each by itself in training, too, and the evaluation is as the training: the rule is silent on that.

## Example
    with torch.no_grad():
        print(loss_fn(model(x_val), y_val))

## Instead
    model.eval()
    with torch.no_grad():
        print(loss_fn(model(x_val), y_val))
    model.train()

## When it is intended
Where dropout is to sample (Monte Carlo dropout), or statistics are to be taken anew.

## Source
torch.nn.Module.eval, PyTorch documentation; "Autograd mechanics", PyTorch documentation: no_grad
and eval() are independent of each other; torch.nn.functional.batch_norm: `training`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from backtrace.diagnose.called_parts import holder_of
from backtrace.diagnose.folded_parts import fold_parts
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Event, ForwardRan
from backtrace.ledger.facts import ModelSeen
from backtrace.ledger.layer_facts import NormedByBatch
from backtrace.ledger.loss_facts import LossCalled

_RARE = 0.25
_FEW = 4  # updates that must have been seen


@dataclass(slots=True)
class _Calls:
    """A model's calls: the updates that trained it, and those in which it was evaluated so."""

    trained: set[int] = field(default_factory=set)
    evaluated: dict[int, ForwardRan] = field(default_factory=dict)
    is_judged: bool = False
    has_rows: bool = False  # more than one in a call


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model that is evaluated so."""
    yield from fold_parts(run.models, _find(run))
    seen: set[str] = set()
    for event in run.of(NormedByBatch):
        if event.where not in seen:
            seen.add(event.where)
            yield RULE.found(
                f"{event.module} is in evaluation mode, and F.batch_norm is told training=True: it "
                "goes by the batch that is evaluated, and takes it into the running statistics",
                "tell it the mode: F.batch_norm(..., training=self.training)",
                run.update_at(event),
                event.where,
            )


def _find(run: Stretch) -> Iterator[tuple[str, Finding]]:
    for name, model in run.callees.items():
        if not model.switched:
            continue
        calls = _read(run, model)
        rare = _RARE * len(calls.trained)
        if not calls.has_rows and all("BatchNorm" in kind for kind in model.switched.values()):
            continue
        if calls.is_judged and len(calls.trained) >= _FEW and 0 < len(calls.evaluated) <= rare:
            first = next(iter(calls.evaluated.items()))
            yield name, _describe(name, model, *first, len(calls.evaluated))


def _read(run: Stretch, model: ModelSeen) -> _Calls:
    found = _Calls()
    own = set(model.parameters)
    for window in run.windows:
        if window.step is not None and own & set(window.step.values):
            found.trained.add(window.number)
        for event, following in _calls_of(run, window.events, model.module):
            if not event.training or set(event.resting) >= set(model.switched):
                continue
            found.has_rows |= event.rows != 1
            if event.grad_enabled:
                found.is_judged |= isinstance(following, LossCalled)
            elif not event.takes_grad:
                found.evaluated.setdefault(window.number, event)
    return found


def _calls_of(
    run: Stretch, events: Sequence[Event], module: str
) -> Iterator[tuple[ForwardRan, Event | None]]:
    """Give a model's calls, each with the model's call or the loss that comes next.

    What a part gives goes through others of its model first.
    """
    holder = holder_of(run.models, module)

    def is_other_part(event: ForwardRan | LossCalled) -> bool:
        if isinstance(event, LossCalled) or event.module == module:
            return False
        return event.module != holder and holder_of(run.models, event.module) == holder

    told = [event for event in events if isinstance(event, ForwardRan | LossCalled)]
    for event, following in pairwise([*(each for each in told if not is_other_part(each)), None]):
        if isinstance(event, ForwardRan) and event.module == module:
            yield event, following


def _describe(name: str, model: ModelSeen, update: int, event: ForwardRan, times: int) -> Finding:
    kinds = sorted(set(model.switched.values()))
    return RULE.found(
        f"{name} is evaluated in training mode: {', '.join(kinds)} "
        f"{'behaves' if len(kinds) == 1 else 'behave'} as in training",
        f"call {name}.eval() before the evaluation and {name}.train() after it",
        update,
        event.where,
        modules_that_differ=len(model.switched),
        updates_with_evaluation=times,
    )


RULE = Rule("BT314", "evaluated-in-training-mode", "warning", check, __doc__, needs=(FACTS,))
