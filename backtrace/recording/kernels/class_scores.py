"""Scores of classes, or of rows with each other: which are alike, and which a loss leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

CLASSES = {"cross_entropy", "nll_loss"}
_FEWEST = 4  # rows: of fewer, it may be chance
_SLACK = 2e-2  # of a sum of probabilities, in half precision
_ROUNDING = 5e-7  # of the greatest score: one item, multiplied in another place of a matrix
_SPREAD = 1e-3  # of the greatest score: rows that are drawn into one point tell nothing
_MOST = 0.5  # of all pairs


def scores_itself(scores: Tensor, target: Tensor) -> bool:
    """Whether each row's greatest score is its own place's, which is no row's target.

    Args:
        scores: (rows, rows), as similarities of rows with each other are.
        target: (rows,), the place of the right one.
    """
    rows = scores.shape[0]
    if scores.shape != (rows, rows) or target.shape != (rows,) or rows < _FEWEST:
        return False
    if target.is_floating_point() or target.device != scores.device:
        return False
    own = torch.arange(rows, device=target.device)
    is_greatest = (scores.detach().argmax(1) == own).all()
    return bool(is_greatest & (target.detach() != own).all())


def count_tied(scores: Tensor, target: Tensor) -> int:
    """Return how many rows have the item of another row: as what they score, or are scored with.

    The target of either is then scored just as the other's is. Where most pairs are so, rows are
    not told apart yet.

    Args:
        scores: (rows, rows), as similarities of rows with each other are.
        target: (rows,), the place of the right one, of each row another.
    """
    rows = scores.shape[0]
    if scores.shape != (rows, rows) or target.shape != (rows,) or rows < _FEWEST:
        return 0
    if target.is_floating_point() or target.device != scores.device or scores.element_size() < 4:
        return 0
    if not torch.equal(target.sort().values, torch.arange(rows, device=target.device)):
        return 0
    ordered = scores.detach()[:, target]
    largest = torch.nan_to_num(ordered, nan=0.0, posinf=0.0, neginf=0.0).abs().amax()
    return max(_count_pairs(ordered, largest), _count_pairs(ordered.t(), largest))


def _count_pairs(ordered: Tensor, largest: Tensor) -> int:
    """Return how many rows score the target of another as their own, which does so as well."""
    off = (ordered - ordered.diagonal().unsqueeze(1)).abs()
    tied = (off <= largest * _ROUNDING).fill_diagonal_(False)
    is_spread = bool((off > largest * _SPREAD).float().mean() > _MOST)
    return int((tied & tied.t()).any(1).sum()) if is_spread else 0


def share_left_out(given: Mapping[str, Any], scores: Tensor, target: Tensor) -> float:
    """Return the share of rows whose target is a class of the scores that `ignore_index` names.

    Args:
        given: the arguments of `cross_entropy` or `nll_loss`, by their names.
        scores: (rows, classes); of more dimensions, what is left out may be padding or a border.
        target: (rows,), classes.
    """
    ignored = given.get("ignore_index")
    if type(ignored) is not int or scores.dim() != 2 or target.dim() != 1 or not target.numel():
        return 0.0
    if not 0 <= ignored < scores.shape[1]:
        return 0.0
    return float((target.detach() == ignored).float().mean())


def share_off_one(target: Tensor) -> float:
    """Return the share of rows of probabilities that do not add up to 1.

    Args:
        target: (rows, classes), floating point; of another shape, or of one class, it is 0.
    """
    if not target.is_floating_point() or target.dim() != 2:
        return 0.0
    if target.shape[0] < 1 or target.shape[1] < 2:
        return 0.0
    off = (target.detach().float().sum(1) - 1).abs() > _SLACK
    return float(off.float().mean())


def are_rows_unlike(scores: Tensor) -> bool:
    """Whether some rows differ, as those of a prior that was given to each row do not.

    Args:
        scores: (rows, ...).
    """
    if scores.dim() < 2 or scores.shape[0] < 2:
        return False
    return bool((scores[1:].detach() != scores[:1].detach()).any())
