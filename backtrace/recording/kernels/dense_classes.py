"""Which classes there are in a target that has many places a row, where they are one or two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from backtrace.recording.kernels.class_scores import CLASSES
from backtrace.recording.kernels.loss_values import BINARY

_FEWEST = 4  # rows: of fewer, it may be chance
_SCORED = 3  # classes: of two, all batches have the same
_MOST = 2


def find_few_classes(
    function: str, given: Mapping[str, Any], scores: Tensor, target: Tensor
) -> tuple[int, ...]:
    """Return the classes of a target, the ignored one left out; none where they are more than two.

    Args:
        function: the loss function's name.
        given: its arguments, by their names.
        scores: (rows, classes, ...), or of a target in one dimension (places, classes).
        target: (rows, ...), integers, or a view of such; of a binary loss (rows, classes, ...).
    """
    if function in CLASSES and not target.is_floating_point():
        return _of_integers(given, scores, target)
    if function in BINARY and target.dim() > _MOST and target.is_floating_point():
        return _of_channels(target.detach())
    return ()


def _of_integers(given: Mapping[str, Any], scores: Tensor, target: Tensor) -> tuple[int, ...]:
    whole = _before_the_view(target)
    has_places = whole.dim() > 1 and whole.numel() > whole.shape[0] >= _FEWEST
    if not has_places or scores.dim() < 2 or scores.shape[1] < _SCORED:
        return ()
    ignored = given.get("ignore_index", -100)
    kept = target[target != ignored] if type(ignored) is int else target
    if not kept.numel():
        return ()
    low, high = torch.aminmax(kept)
    is_all = ((kept == low) | (kept == high)).all()
    least, most, are_all = torch.stack((low, high, is_all.to(low.dtype))).tolist()
    return tuple(sorted({int(least), int(most)})) if are_all else ()


def _before_the_view(target: Tensor) -> Tensor:
    """Return what a target in one dimension is a view of, if that has the same elements."""
    base = target._base
    is_view = target.dim() == 1 and base is not None and base.numel() == target.numel()
    return base if is_view and base is not None else target


def _of_channels(target: Tensor) -> tuple[int, ...]:
    if target.shape[0] < _FEWEST or target.shape[1] < _SCORED:
        return ()
    classes = (target > 0).movedim(1, 0).flatten(1).any(1).tolist()
    found = tuple(number for number, is_there in enumerate(classes) if is_there)
    return found if len(found) <= _MOST else ()
