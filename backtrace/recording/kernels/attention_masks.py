"""Whether a mask, or the weights, let a position see a later one, or nothing that is filled."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.graph.no_values import has_no_values

_HIDDEN = -1e4  # what is added to a score that is not to count; a half holds no less than -65504
_NOTHING = 1e-6
_MUCH = 0.1  # of all places
_MOST = 0.5  # of all sequences


def sees_ahead(mask: Tensor) -> bool:
    """Whether a mask (…, length, length), truth values or numbers to add, leaves later ones in."""
    return _is_open_ahead(mask if mask.dtype is torch.bool else mask > _HIDDEN)


def weighs_ahead(weights: Tensor) -> bool:
    """Whether weights (…, length, length) give later positions more than rounding."""
    return _is_open_ahead(weights > _NOTHING)


def _is_open_ahead(seen: Tensor) -> bool:
    """Whether in most sequences places see later ones, and has no place that sees a single one.

    Of a causal sequence the first place sees one alone. What its other rows show need not be
    true: where a mask leaves nothing, as for padding that asks, a softmax weighs all alike, or
    by which number was added how often.
    """
    length = seen.shape[-1]
    rows = seen.expand(*seen.shape[:-2], length, length)
    later = rows.triu(1)
    is_first = ((rows.sum(-1) == 1) & ~later.any(-1))[..., :-1].any(-1)  # the last sees all of them
    return bool((later.flatten(-2).any(-1) & ~is_first).float().mean() > _MOST)


def weighs_nothing_at(weights: Tensor, filled: Tensor, axis: int) -> bool:
    """Whether in a row along `axis` that is filled in part, what is filled has no weight at all."""
    filled = filled.expand_as(weights)
    in_part = filled.any(axis) & ~filled.all(axis)
    return bool((in_part & ((weights * filled).sum(axis) < _NOTHING)).any())


def leaves_out_much(mask: Tensor) -> bool:
    """Whether a mask of padding, True there, leaves out a tenth or more, of some rows more."""
    if mask.dim() != 2 or mask.dtype is not torch.bool or has_no_values(mask) or not mask.numel():
        return False
    counts = mask.sum(1)
    are_unlike = int(counts.min()) < int(counts.max()) < mask.shape[1]
    return are_unlike and float(mask.float().mean()) > _MUCH
