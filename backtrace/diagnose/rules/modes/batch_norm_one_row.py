"""Batch norm is trained on a batch of one row.

## What it sees
A model with batch norm in training mode is trained on one row, where other batches have more or
where each batch is another single row; or the last batch of an epoch has one row, and the script
ended there.

## Why it matters
Batch norm subtracts the mean of the batch. Of one row without further dimensions nothing is left,
and torch refuses it; with further dimensions each image is normalised by itself, and the running
statistics that evaluation uses take in the noise of single images.

## Example
    loader = DataLoader(data, batch_size=32)   # 97 rows: the last batch has one

## Instead
    loader = DataLoader(data, batch_size=32, drop_last=True)

## When it is intended
A network that is fitted to one single image, as in deep image prior, sees the same row in every
update; this rule is silent there. Where no DataLoader draws the rows, each of which is a batch, as
where one image is masked anew in each update, it is a note. For batches of one row by design use
GroupNorm.

## Source
torch.nn.BatchNorm1d, PyTorch documentation; torch's own error "Expected more than 1 value
per channel when training".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.modes import find_trained
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan, GradsZeroed
from backtrace.ledger.facts import ModelSeen
from backtrace.ledger.loader_facts import BatchDrawn

_FIX = "give the DataLoader drop_last=True or larger batches, or use GroupNorm"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model whose batch norms were trained on one row."""
    for model in run.callees.values():
        norms = {name for name, kind in model.switched.items() if "BatchNorm" in kind}
        if norms:
            yield from _one_row(run, model, norms)
    yield from _refused(run)


def _one_row(run: Stretch, model: ModelSeen, norms: set[str]) -> Iterator[Judgement]:
    """Give the first update on one row, unless all updates are on the same one."""
    calls = [(t.number, call) for t in find_trained(run, model) for call in t.forwards]
    lone = [(n, call) for n, call in calls if call.rows == 1 and _learns(call, norms)]
    if not lone or len({call.data for _, call in calls}) == 1:
        return
    number, call = lone[0]
    found = RULE.found(
        f"{model.module} normalises over a batch of one row in training mode",
        _FIX,
        number,
        call.where,
        batch_norms=len(norms),
        batches_of_one_row=len(lone),
        batches=len(calls),
    )
    # One image may be masked anew in each update; a loader would draw others.
    is_chosen = len(lone) == len(calls) and not any(run.of(BatchDrawn))
    yield replace(found, severity="note") if is_chosen else found


def _learns(call: ForwardRan, norms: set[str]) -> bool:
    return call.training and bool(norms - set(call.resting))


def _refused(run: Stretch) -> Iterator[Judgement]:
    """Give a last batch of one row with which the script ended."""
    drawn = [place for place, event in enumerate(run.events) if isinstance(event, BatchDrawn)]
    last = run.events[drawn[-1]] if drawn else None
    if not isinstance(last, BatchDrawn) or last.rows != 1 or last.number != last.batches:
        return
    if not all(isinstance(event, GradsZeroed) for event in run.events[drawn[-1] + 1 :]):
        return  # the batch was left out, or went through
    kinds = {kind for model in run.callees.values() for kind in model.switched.values()}
    larger = max((each.rows or 0 for each in run.of(BatchDrawn)), default=0)
    if "BatchNorm1d" in kinds and larger > 1:
        yield RULE.found(
            f"the last batch of {last.loader} has one row, which BatchNorm1d cannot normalise, "
            "and the script ended there",
            _FIX,
            run.update_at(last),
            last.where,
            rows=1,
            rows_of_other_batches=larger,
        )


RULE = Rule("BT306", "batch-norm-one-row", "warning", check, __doc__, needs=(FACTS,))
