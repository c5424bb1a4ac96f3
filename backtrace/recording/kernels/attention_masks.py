"""Whether a mask, or the weights, let a position see a later one, or nothing that is filled."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.graph.no_values import has_no_values

_HIDDEN = -1e4  # what is added to a score that is not to count; a half holds no less than -65504
_NOTHING = 1e-6
_SLACK = 1e-2  # of a half's rounding
_MUCH = 0.1  # of all places
_MOST = 0.5  # of all sequences


def sees_ahead(mask: Tensor) -> bool:
    """Whether a mask (…, length, length), truth values or numbers to add, leaves later ones in."""
    return _is_open_ahead(seen_by(mask))


def weighs_ahead(weights: Tensor) -> bool:
    """Whether weights (…, length, length) give later positions more than rounding."""
    return _is_open_ahead(weights > _NOTHING)


def seen_by(mask: Tensor) -> Tensor:
    """Return what a mask for attention, of truth values or of numbers to add, leaves in."""
    return mask if mask.dtype is torch.bool else mask > _HIDDEN


def share_among(mask: Tensor) -> Tensor:
    """Return weights that share what a mask leaves in evenly among its places."""
    seen = seen_by(mask).float()
    return seen / seen.sum(-1, keepdim=True).clamp(min=1)


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


def weighs_alone(weights: Tensor, ends: Tensor) -> bool:
    """Whether all that rows weigh in attention is the padding that they end in, and no word at all.

    `ends` is True at the padding of `(rows, places)`; the weights, or truth values for them, may be
    those of heads and queries. What is said is of rows that are padded in part: the others have
    nothing left, and a softmax then weighs all alike. A query may see nothing.
    """
    rows, length = ends.shape
    shape = tuple(weights.shape)
    is_of_rows = len(shape) > 1 and shape[-1] == length and shape[0] > 0 and shape[0] % rows == 0
    in_part = ends.any(1) & ~ends.all(1)
    if not is_of_rows or weights.device != ends.device or not bool(in_part.any()):
        return False
    given, ends = weights.reshape(rows, -1, length)[in_part].float(), ends[in_part].unsqueeze(1)
    if not bool(((given == 0) | ends).all()):
        return False
    return bool(((given * ends).sum(-1) > 1 - _SLACK).any(1).all())


def leaves_out_much(mask: Tensor) -> bool:
    """Whether a mask of padding, True there, leaves out a tenth or more, of some rows more."""
    if mask.dim() != 2 or mask.dtype is not torch.bool or has_no_values(mask) or not mask.numel():
        return False
    counts = mask.sum(1)
    are_unlike = int(counts.min()) < int(counts.max()) < mask.shape[1]
    return are_unlike and float(mask.float().mean()) > _MUCH


def leaves_none_out(mask: Tensor, rows: int, length: int) -> bool:
    """Whether a mask of rows of so many places, for queries too or not, is one number throughout.

    Which number that is does not count: one that left all out would leave attention nothing.
    """
    inner = mask.shape[1:-1]
    is_of_rows = mask.dim() > 1 and mask.shape[0] == rows and mask.shape[-1] == length
    if not is_of_rows or has_no_values(mask) or any(size not in (1, length) for size in inner):
        return False
    return bool((mask == mask.reshape(-1)[0]).all())


def weighs_ends(weights: Tensor, ends: Tensor) -> bool:
    """Whether most words of rows that end in padding give it more than rounding in attention.

    `ends` is True at the padding of `(rows, places)`; the weights may be those of several heads.
    """
    seen = _by_rows(weights, ends)
    if seen is None:
        return False
    asking = (~ends & ends.any(1, keepdim=True)).unsqueeze(1).expand(seen.shape[:3])
    given = (seen * ends[:, None, None, :]).sum(-1)[asking]
    return bool(len(given)) and bool((given > _NOTHING).float().mean() > _MOST)


def shows_ends(mask: Tensor, ends: Tensor) -> bool:
    """Whether a mask for attention, of truth values or of numbers to add, shows the padding."""
    rows, length = ends.shape
    seen = seen_by(mask)
    return weighs_ends(seen.float().expand(rows, *seen.shape[1:-2], length, length), ends)


def fills_queries(filled: Tensor, weights: Tensor, ends: Tensor) -> bool:
    """Whether scores are filled in whole rows, those of the words that are padding alone."""
    if filled.dim() > weights.dim() or filled.device != ends.device:
        return False
    seen = _by_rows(filled.expand_as(weights), ends)
    wanted = ends[:, None, :, None]
    return seen is not None and bool((seen == wanted).all())


def _by_rows(weights: Tensor, ends: Tensor) -> Tensor | None:
    """Return weights as `(rows, heads, places, places)`; None of attention over another sequence.

    Heads may stand in the first axis, behind their row.
    """
    rows, length = ends.shape
    shape = tuple(weights.shape)
    is_square = len(shape) > 2 and shape[-2:] == (length, length) and shape[0] % rows == 0
    if not is_square or weights.device != ends.device:
        return None
    return weights.reshape(rows, -1, length, length)
