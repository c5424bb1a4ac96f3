"""Cosine similarities are multiplied by a temperature below 1: all of them are nearly the same.

## What it sees
A cross entropy whose logits are products multiplied by a number of at most 0.5 (or divided by 2 or
more), and in ten calls or more, all of them, none is larger than that number: the products were of
vectors of length 1. Either the norm that they were divided by is seen, or some come near to the
number.

## Why it matters
A softmax over logits between -0.07 and 0.07 gives all classes nearly the same probability, whatever
the vectors are. The loss stays at the logarithm of their number, and gradients are small.

## Example
    logits = a @ b.T * 0.07

## Instead
    logits = a @ b.T / 0.07

## When it is intended
Hardly: a temperature above 1 makes a softmax flatter, and similarities are flat as they are.

## Source
Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", 2020; "SimCLR
loss stuck at log(N)", discuss.pytorch.org."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 10
_MOST = 0.5
_NEAR = 0.9
_STUCK = 0.9  # of what guessing gives
_PLAIN = ("T", "Transpose", "View", "UnsafeView", "Reshape", "Unsqueeze", "Squeeze", "Permute")
_PRODUCTS = ("Mm", "Bmm", "Addmm")
_NORMS = ("LinalgVectorNorm", "Norm")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss whose logits are bounded so."""
    paths = [graph.path for graph in run.of(GraphSeen) if graph.path]
    factors = {factor: path for path in paths if (factor := _factor_of(path))}
    if len(factors) != 1:
        return
    ((factor, path),) = factors.items()
    is_seen = any(_kind(op) in _NORMS for op in path)
    for (where, function), calls in trained_losses(run).items():
        sizes = [_largest(call) for call in calls]
        is_bounded = all(0 < size <= 1.02 * factor for size in sizes)
        if function != "cross_entropy" or len(calls) < _ENOUGH or not is_bounded:
            continue
        if all(map(_is_stuck, calls)) and (is_seen or max(sizes) >= _NEAR * factor):
            yield RULE.found(
                f"the logits of cross_entropy are similarities times {factor:g}: none is larger, "
                "and a softmax makes nearly the same of all",
                f"divide by the temperature {factor:g}",
                run.update_at(calls[_ENOUGH - 1]),
                where,
                factor=factor,
                largest=max(sizes),
                calls=len(calls),
            )


def _kind(op: Op) -> str:
    return op.name.rstrip("0123456789").removesuffix("Backward")


def _factor_of(path: tuple[Op, ...]) -> float:
    """Return what the product under the first softmax is multiplied by, 0 where it is none."""
    kinds = [_kind(op) for op in path]
    if "LogSoftmax" not in kinds:
        return 0.0
    factor = 0.0
    for op, kind in list(zip(path, kinds, strict=True))[kinds.index("LogSoftmax") + 1 :]:
        if kind in ("Mul", "Div") and op.scalar and not factor:
            factor = op.scalar if kind == "Mul" else 1 / op.scalar
        elif kind in _PRODUCTS:
            return factor if 0 < factor <= _MOST else 0.0
        elif kind not in _PLAIN:
            return 0.0
    return 0.0


def _largest(call: LossCalled) -> float:
    return max(abs(call.output.min), abs(call.output.max)) if call.output is not None else 0.0


def _is_stuck(call: LossCalled) -> bool:
    """Whether a loss is what guessing gives, or not much less."""
    classes = call.input_shape[1] if len(call.input_shape) > 1 else 0
    return call.value is not None and classes > 1 and call.value >= _STUCK * log(classes)


RULE = Rule("BT468", "similarities-shrunk", "warning", check, __doc__, needs=(FACTS,))
