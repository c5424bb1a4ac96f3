"""A part of what an optimizer steps learns nothing in the whole run.

## What it sees
Over at least three steps, trainable tensors that an optimizer holds and that did not learn: no
backward ever reached them, every gradient that they got was exactly zero, they were moved only
where they had no gradient, or they had gradients and never moved; and that no other rule says why.

## Why it matters
It is counted, saved and paid for as the rest is, and stays what it was at the beginning. An exactly
zero gradient is rarely small by chance: something cut it off or multiplies it by nought, such as
a softmax over one element, a clamp at its bound, a mask, the state before a recurrent layer's first
step, or the state of a layer below another, `h_n[0]`.

## Example
    weights = torch.softmax(self.score(h), dim=-1)  # one score per row: the weight is always 1
    pooled = (weights * h).sum(dim=1)

## Instead
    weights = torch.softmax(self.score(h), dim=1)  # over the steps of the sequence
    pooled = (weights * h).sum(dim=1)

## When it is intended
A part that is to stay as it is says so with `requires_grad_(False)`, and is not meant here. That a
recurrent layer is given zeros, and goes by its state alone, is only noted.

## Source
"How to check if a model is training: zero gradients", discuss.pytorch.org;
github.com/tejaslodaya/timeseries-clustering-vae, issue 3: the first layer's state for the last's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.census import cells
from backtrace.diagnose.census.census import STEPS, Census, Inhabitant
from backtrace.diagnose.flat_operations import RELU, advise
from backtrace.diagnose.graph_lines import line_in_any
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import UNEXPLAINED
from backtrace.diagnose.recurrent_layers import (
    explain_upper_layer,
    is_fed_zeros,
    part_by_reason,
)
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.unused_states import explain_unused_state
from backtrace.diagnose.zero_factors import find_zero_factors
from backtrace.diagnose.zero_inputs import explain_zero_input
from backtrace.ledger.filled_facts import FilledAlike

_FACTORS = "begin one of two factors with random numbers: the gradient of each is times the other"
_MOST = "initialise at most the last of them with zeros, and the others with random numbers"
_ONLY_ZEROS = (
    "every gradient of {} was exactly zero, in all {} steps",
    "look for what multiplies it by nought on the way to the loss: a clamp at its bound, a softmax "
    "over one element, a mask, a loss at its limit",
)
_ZEROS = (cells.ONLY_ZEROS, cells.DRIFTED)
_TOLD = {
    cells.NEVER_REACHED: (
        "no backward reached {} in {} steps",
        "see that the loss depends on it, or freeze it with requires_grad_(False)",
    ),
    cells.ONLY_ZEROS: _ONLY_ZEROS,
    cells.DRIFTED: _ONLY_ZEROS,
    cells.NEVER_MOVED: (
        "none of {1} steps moved {0}, though gradients came",
        "look at the learning rate of the group, whether the change is lost to rounding, and "
        "whether the step writes to a copy (contiguous(), to())",
    ),
    cells.NO_GRADIENT: (
        "of {1} steps only those without a gradient moved {0}",
        "keep gradients until step has read them, or take what has none out of the optimizer",
    ),
    cells.NOT_STEPPED: (
        "the optimizer that holds {} never stepped, though gradients came",
        "call the step of that optimizer, or take it out of the loop",
    ),
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give one finding for each optimizer and each way not to learn."""
    census = run.census
    if census is None or census.is_met or sum(census.steps.values()) < STEPS:
        return
    found: dict[tuple[str, str], list[Inhabitant]] = {}
    for each in census.tensors:
        if each.optimizer in census.schedules:
            continue
        if each.is_amiss and not _is_spare(each, census):
            found.setdefault((each.cell.name, each.optimizer), []).append(each)
    for (cell, optimizer), tensors in found.items():
        if cell not in _ZEROS:
            yield _describe(run, cell, optimizer, tensors)
            continue
        for names in part_by_reason(run, [each.name for each in tensors]):
            part = [each for each in tensors if each.name in names]
            finding = _describe(run, cell, optimizer, part)
            is_start = all(is_fed_zeros(name, census.learned) for name in names)
            yield replace(finding, severity="note") if is_start else finding


def _describe(run: Stretch, cell: str, optimizer: str, tensors: list[Inhabitant]) -> Finding:
    names = tuple(each.name for each in tensors)
    message, fix = _TOLD[cell]
    where = tensors[0].tally.step_at
    if cell in _ZEROS:
        what, better, line = _find_cause(run, names)
        message, fix, where = message + what, better or fix, line or where
    steps = max(each.tally.steps for each in tensors)
    return RULE.found(
        message.format(listed(names), steps),
        fix,
        min(steps, STEPS) or 1,
        where,
        names,
        optimizer,
        tensors=len(tensors),
        elements=sum(each.numel for each in tensors),
        gradients_that_were_zero=sum(each.tally.zeros for each in tensors),
        gradients_that_were_not=sum(each.tally.filled for each in tensors),
    )


def _find_cause(run: Stretch, names: tuple[str, ...]) -> tuple[str, str, str]:
    """Return what makes zeros of the gradients of `names`, what to do, and where; '' if unseen."""
    for label, behind in (run.census.flat if run.census else {}).items():
        if set(names) <= set(behind) and label != RELU:  # which may be a hinge that is met at times
            what = f": {label} lies between these and the loss"
            return what, advise(label), line_in_any(run, label)
    seen = [run.parameters[name].value for name in names if name in run.parameters]
    zeros = [each for each in seen if each is not None and each.norm == 0]
    if 1 < len(names) == len(zeros):
        return ": they began as zeros, and each is multiplied by another of them", _FACTORS, ""
    if factors := find_zero_factors(run, names):
        return (
            f": {listed(factors)} began as zeros, and none moves while the others are zero",
            _MOST,
            next((each.where for each in run.of(FilledAlike) if each.name in factors), ""),
        )
    return (
        explain_zero_input(run, names)
        or explain_upper_layer(run, names)
        or explain_unused_state(run, names)
    )


def _is_spare(each: Inhabitant, census: Census) -> bool:
    """Whether it is a bias beside a weight that learns, or is where it would be.

    Losses and norms exist that cancel a bias; and at a minimum rounding alone decides what is 0.
    """
    module, _, last = each.name.rpartition(".")
    prefix = f"{module}." if module else ""
    beside = (o for o in census.tensors if o.name == f"{prefix}{last[:-4]}weight")
    return last.endswith("bias") and any(o.has_learned or _is_settled(o) for o in beside)


def _is_settled(each: Inhabitant) -> bool:
    """Whether it did not move because its gradients are too small to move it."""
    return each.cell.name == cells.NEVER_MOVED and not each.is_amiss


RULE = Rule("BT602", "part-unlearned", "warning", check, __doc__, needs=(UNEXPLAINED,))
