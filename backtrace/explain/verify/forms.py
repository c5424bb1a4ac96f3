"""Linear's two forms beside each other: the broadcast products against the matrix products."""

from __future__ import annotations

from torch import Tensor, nn

from backtrace.explain.chain.captured_calls import CapturedCall
from backtrace.explain.rules import Gradients
from backtrace.explain.rules.backward_rule import Tensors
from backtrace.explain.rules.linear import (
    TooLargeError,
    broadcast_cost,
    flat_rows,
    linear_broadcast,
    matrix_cost,
)
from backtrace.explain.verify.checks import measure
from backtrace.explain.verify.verification_facts import Form, GradientDifference
from backtrace.train.memory import available_bytes

LIMIT = 2 * 10**9  # bytes that the broadcast products may take, if that much is available


def compare_forms(
    call: CapturedCall, grads: Tensors, given: Gradients, floor: float = 0.0
) -> Form | None:
    """Compare the broadcast form with what the matrix products gave; None if it is no Linear."""
    module = call.module
    if not isinstance(module, nn.Linear):
        return None
    rows = len(flat_rows(call.inputs[0]))
    sizes = rows, module.in_features, module.out_features
    available = available_bytes()
    limit = LIMIT if available is None else min(LIMIT, available)
    reason, difference = "", None
    try:
        other = linear_broadcast(module, call.inputs, grads, limit)
        difference = _furthest(_pairs(other, given), floor)
    except TooLargeError as error:
        reason = str(error)
    return Form(
        layer=call.name,
        shape=broadcast_cost(*sizes).shape,
        bytes_float32=broadcast_cost(*sizes).size,
        bytes_matrix=matrix_cost(*sizes).size,
        difference=difference,
        reason=reason,
    )


def _pairs(one: Gradients, other: Gradients) -> list[tuple[Tensor, Tensor]]:
    pairs = [(one.parameters[name], other.parameters[name]) for name in other.parameters]
    inputs = zip(one.inputs, other.inputs, strict=True)
    return pairs + [(a, b) for a, b in inputs if a is not None and b is not None]


def _furthest(pairs: list[tuple[Tensor, Tensor]], floor: float) -> GradientDifference:
    found = [measure(a, b, floor) for a, b in pairs]
    return GradientDifference(
        absolute=max(each.absolute for each in found),
        relative=max((r for each in found if (r := each.relative) is not None), default=None),
        is_close=all(each.is_close for each in found),
    )
