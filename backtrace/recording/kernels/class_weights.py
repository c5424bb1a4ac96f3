"""How often classes occur in a target: what their weights, and a constant answer, are held to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from backtrace.recording.kernels.class_scores import CLASSES

_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_MOST = 128  # classes
_SAMPLE = 8192  # elements of a target that are counted
WEIGHT_OF = {  # which argument weighs classes, of which loss
    **dict.fromkeys(CLASSES, "weight"),
    "binary_cross_entropy_with_logits": "pos_weight",
}


def count_targets(
    function: str, given: Mapping[str, Any], source: Tensor, target: Tensor
) -> dict[str, Any]:
    """Return how often each class was the target's, and the weights where there are any.

    Without weights, only the classes of rows are counted, and not those of places in rows.

    Args:
        function: the loss function's name.
        given: the arguments, by their names.
        source: the scores, (rows, classes) where there are no weights.
        target: as `count_classes` takes it; (rows,) where there are no weights.
    """
    weight = given.get(WEIGHT_OF.get(function, ""))
    if weight is not None:
        return count_classes(function, weight, given, target)
    if function in _BINARY and type(given.get("weight")) is Tensor:
        return _count_weighed(given["weight"].detach(), target.detach())
    if function not in CLASSES or source.dim() != 2 or target.is_floating_point():
        return {}
    found = count_classes(function, source.detach()[0], given, target) if len(source) else {}
    return {**found, "weights": ()} if found else {}


def count_classes(
    function: str, weight: object, given: Mapping[str, Any], target: Tensor
) -> dict[str, Any]:
    """Return the weights, how often each class was the target's, and how many targets there were.

    Args:
        function: the loss function's name, one of `WEIGHT_OF`.
        weight: (classes,); of a binary loss, one number or one for each of the last dimension.
        given: the arguments, by their names.
        target: of a binary loss, (..., columns) of 0 and 1; of another, classes of any shape, or
            (rows, classes, ...) of probabilities. Of many elements some are counted.
    """
    if type(weight) is not Tensor or weight.is_meta or not 1 <= weight.numel() <= _MOST:
        return {}
    target = target.detach()
    if function not in CLASSES:
        rows = _positives(weight, target)
    elif target.is_floating_point():
        is_by_class = target.dim() > 1 and target.shape[1] == weight.numel()
        rows = target.movedim(1, -1).reshape(-1, target.shape[1]) if is_by_class else None
    else:
        flat = _some(target.reshape(-1, 1))
        rows = flat == torch.arange(weight.numel(), device=flat.device)
        ignored = given.get("ignore_index", -100)
        if type(ignored) is int and 0 <= ignored < weight.numel():
            rows[:, ignored] = False
    if rows is None or not rows.numel():
        return {}
    rows = _some(rows)
    counts = rows.sum(0, dtype=torch.float64).tolist()
    return {"weights": tuple(weight.detach().reshape(-1).tolist()), "counts": tuple(counts),
            "counted": rows.shape[0]}  # fmt: skip


def _count_weighed(weight: Tensor, target: Tensor) -> dict[str, Any]:
    """Return by how much positives outweigh negatives where a weight for each element says so.

    Nothing where either has several weights, or a target is neither 0 nor 1.
    """
    if weight.shape != target.shape or target.numel() < 2 or weight.is_meta:
        return {}
    positive = target == 1
    ones, zeros = weight[positive], weight[target == 0]
    if not ones.numel() or not zeros.numel() or ones.numel() + zeros.numel() < target.numel():
        return {}
    if bool((ones != ones[0]).any()) or bool((zeros != zeros[0]).any()) or not bool(zeros[0] > 0):
        return {}
    return {"weights": ((ones[0] / zeros[0]).item(),), "counts": (float(ones.numel()),),
            "counted": target.numel()}  # fmt: skip


def _positives(weight: Tensor, target: Tensor) -> Tensor | None:
    """Return a binary target with a column for each weight."""
    if weight.numel() == 1:
        return target.reshape(-1, 1)
    if weight.dim() == 1 and target.dim() > 1 and target.shape[-1] == weight.numel():
        return target.reshape(-1, weight.numel())
    return None


def _some(rows: Tensor) -> Tensor:
    """Return some of many rows, an odd number apart, so that they do not share a column."""
    apart = (rows.shape[0] // _SAMPLE) | 1
    return rows[::apart] if apart > 1 else rows
