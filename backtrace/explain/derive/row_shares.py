"""Which rows of the batch made a gradient: each row's norm, and its share in the sum."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from backtrace.explain.derive.observed import LayerCall, ObservedUpdate
from backtrace.explain.derive.parameter_path import ParameterPath
from backtrace.explain.derive.parts import RowShare, RowShares
from backtrace.explain.derive.split_rows import RowProducts, split_by_rule, split_rows
from backtrace.explain.derive.tensor_numbers import measure_gap

MIXED = "batch norm mixes rows: a row is what came back to it at this layer"
WITH_STEPS = "a row is one of the layer's first dimension, with all its steps"

CANCEL = "the rows cancel: their sum is zero but for rounding, and none has a share in it"
_CANCELLED = 1e-10  # of the rows' norms added up, in float64

_Named = list[tuple[LayerCall, str]]


def share_rows(path: ParameterPath, seen: ObservedUpdate) -> RowShares:
    """Return the rows of an update behind what it added to the gradient of a parameter.

    They are told apart at the layer that has it, from the gradient that came back to its output.
    """
    batches = [
        [(call, name) for call in batch.calls if (name := path.name_in(call.module))]
        for batch in seen.micro_batches
    ]
    calls = [call for batch in batches for call, _ in batch]
    if not calls:
        return RowShares("", reason="no layer that has it was called")
    if ruleless := next((call for call in calls if call.rule is None), None):
        return RowShares("", reason=f"not derived: {ruleless.why}")
    with torch.no_grad():
        return _share(path, seen, batches)


def _share(path: ParameterPath, seen: ObservedUpdate, batches: list[_Named]) -> RowShares:
    whole = _sum_rules(path, batches)
    square = float(whole.square().sum())
    split = [_split(batch, whole) if batch else None for batch in batches]
    found = [each for each in split if each is not None]
    if len(found) < sum(map(bool, batches)) or not adds_up(found, square):
        kinds = ", ".join(dict.fromkeys(type(c.module).__name__ for b in batches for c, _ in b))
        return RowShares("", reason=f"the rows of a batch are not apart in {kinds}")
    rows = list_rows(split, square)
    notes = [*_notes(path.model, batches), *([CANCEL] if is_cancelled(rows) else [])]
    gap = None
    if seen.grad is not None:
        added = seen.grad if seen.held is None else seen.grad - seen.held
        held = 0.0 if seen.held is None else float(seen.held.abs().max())
        sizes = [held, sum(row.norm for row in rows)]
        gap = measure_gap(whole, added, sizes, seen.dtype, len(batches))
    return RowShares(found[0].means, rows, len(batches), gap, notes=tuple(notes))


def list_rows(split: Sequence[RowProducts | None], square: float) -> tuple[RowShare, ...]:
    """Return the rows of some micro-batches, the largest share first.

    `square` is the sum of the squares of the whole gradient; where the rows cancel but for
    rounding, none has a share in it.
    """
    size = sum(float(each.norms.sum()) for each in split if each is not None)
    square = 0.0 if square <= (_CANCELLED * size) ** 2 else square
    rows = [
        RowShare(number, at, norm, product / square if square else 0.0)
        for number, each in enumerate(split, start=1)
        if each is not None
        for at, (norm, product) in enumerate(
            zip(each.norms.tolist(), each.products.tolist(), strict=True), start=1
        )
    ]
    return tuple(sorted(rows, key=lambda row: (-abs(row.share), -row.norm)))


def _sum_rules(path: ParameterPath, batches: list[_Named]) -> Tensor:
    whole = torch.zeros_like(path.parameter, dtype=torch.float64, device="cpu")
    for batch in batches:
        for call, name in batch:
            assert call.rule is not None
            given = call.rule.backward(call.module, call.inputs, call.outputs, call.grads)
            whole = whole + given.parameters[name]
    return whole


def _split(batch: _Named, whole: Tensor) -> RowProducts | None:
    if len(batch) == 1:
        return split_rows(*batch[0], whole)
    if len({len(call.grads[0]) for call, _ in batch if call.grads[0].ndim}) != 1:
        return None
    return split_by_rule(batch, whole)


def is_cancelled(rows: Sequence[RowShare]) -> bool:
    """Whether rows gave something of which nothing is left."""
    return any(row.norm for row in rows) and not any(row.share for row in rows)


def adds_up(found: Sequence[RowProducts], square: float) -> bool:
    """Whether the rows' products with the whole add up to its square, as they must."""
    total = sum(float(each.products.sum()) for each in found)
    size = sum(float(each.products.abs().sum()) for each in found)
    return isclose(total, square, rel_tol=1e-8, abs_tol=1e-10 * size)


def _notes(model: nn.Module, batches: list[_Named]) -> list[str]:
    notes = []
    if any(isinstance(each, _BatchNorm) and each.training for each in model.modules()):
        notes.append(MIXED)
    if any(call.inputs[0].ndim != 2 for b in batches for call, _ in b
           if isinstance(call.module, nn.Linear)):  # fmt: skip
        notes.append(WITH_STEPS)
    return notes
