"""What clipping and unscaling made of a gradient between its last backward and the step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import hypot, isclose

import torch
from torch import Tensor

from backtrace.explain.derive.observed import ObservedUpdate
from backtrace.explain.derive.parts import RescaledGradient, TensorNumbers
from backtrace.explain.derive.tensor_numbers import from_reading, to_numbers
from backtrace.ledger.events import GradsRescaled


def list_rescalings(name: str, seen: ObservedUpdate) -> Iterator[RescaledGradient]:
    """Give the calls that rewrote a gradient, in their order, each with what it found and left.

    What the first one found and the last one left is known in full; between them stand readings.
    """
    calls = [each for each in seen.rescaled if name in each.grads]
    if not calls or seen.grad is None or seen.at_step is None:
        return
    between = [from_reading(each.grads[name].after) for each in calls[:-1]]
    moments = [to_numbers(seen.grad), *between, to_numbers(seen.at_step)]
    whole = (seen.grad, seen.at_step) if len(calls) == 1 else None
    for call, (before, after) in zip(calls, pairwise(moments), strict=True):
        if before is not None and after is not None:
            yield _tell(call, before, after, whole)


def _tell(
    event: GradsRescaled,
    before: TensorNumbers,
    after: TensorNumbers,
    whole: tuple[Tensor, Tensor] | None,
) -> RescaledGradient:
    if event.call == "clip_grad_value_":
        return RescaledGradient(event.call, before, after, None, event.limit)
    factor = after.norm / before.norm if before.norm else 1.0
    norm = _norm_of_all(event)
    # Where it does not explain the factor, another norm than the Euclidean was limited.
    is_euclidean = event.limit is not None and _explains(factor, norm, event.limit)
    is_one = whole is None or torch.allclose(whole[0] * factor, whole[1], rtol=1e-4, atol=1e-12)
    return RescaledGradient(
        event.call,
        before,
        after,
        factor if is_one else None,
        event.limit,
        norm if is_euclidean else None,
    )


def _norm_of_all(event: GradsRescaled) -> float:
    """Return the norm of all gradients that a call rewrote, as it found them."""
    befores = [entry.before for entry in event.grads.values()]
    return hypot(*(reading.norm for reading in befores if reading is not None))


def _explains(factor: float, norm: float, limit: float) -> bool:
    return isclose(norm * factor, min(norm, limit), rel_tol=1e-3)
