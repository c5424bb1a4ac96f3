"""Padding: where rows of token ids end in a run of one id, what a loss has there, and masks."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from backtrace.recording.kernels.attention_masks import weighs_alone
from backtrace.recording.kernels.joined_ids import find_joined

_FEW_PLACES = 4  # of a row: with fewer, a class for each row is as many
_FLAGS = 2  # values that are no words
_MUCH = 0.1  # of all ids
_LARGEST = 2**26  # elements of a target of probabilities that is read
_LIKELY = 0.5  # the probability of the class that it stands for
_SLACK = 0.05
NO_CLASS = -1  # an id that no target has


def has_only_zeros_and_ones(mask: Tensor) -> bool:
    """Whether a mask of real numbers holds both 0 and 1 and nothing else."""
    mask = mask.detach()
    ones, zeros = mask == 1, mask == 0
    return bool((ones | zeros).all()) and bool(ones.any()) and bool(zeros.any())


@dataclass(frozen=True, slots=True)
class Padded:
    """Where rows of ids are padded: True in `mask` at the elements of the runs at their ends."""

    mask: Tensor
    ids: Tensor

    @property
    def share(self) -> float:
        """How much of all ids is padding."""
        return float(self.mask.float().mean())


def find_padding(ids: Tensor) -> Padded | None:
    """Return where rows, or columns, end in runs of one and the same id, of lengths that differ.

    `ids` are integers in rows; of a batch whose sequence comes first the columns are padded. None
    where they do not end so; where both do, what is padded the more.
    """
    found = [_in_rows(ids), _in_rows(ids.t())]
    masks = [each if at == 0 else each.t() for at, each in enumerate(found) if each is not None]
    return Padded(max(masks, key=lambda mask: int(mask.sum())), ids) if masks else None


def _in_rows(ids: Tensor) -> Tensor | None:
    last = ids[:, -1:]
    runs = (ids == last).flip(1).cumprod(1).flip(1).bool()
    lengths = runs.sum(1)
    padded = lengths > 1
    if int(padded.sum()) < 2 or bool((lengths == lengths[0]).all()):
        return None
    values = last[:, 0][padded]
    if bool((values != values[0]).any()):
        return None
    return runs & (last == values[0])


def find_ends(ids: Tensor) -> Tensor | None:
    """Return where words end in padding that is beyond doubt, as `(rows, places)`; else None.

    Its id stands nowhere else and fills more than a tenth; what is sorted may end so, too.
    """
    for words in (ids, ids.t()):
        ends = _in_rows(words)
        if ends is not None and _is_beyond_doubt(words, ends):
            return ends
    return None


def is_padded_with(ids: Tensor, ends: Tensor, value: int) -> bool:
    """Whether what `ids` are padded with, at `ends` as `find_ends` gave them, is a value."""
    words = ids if ends.shape == ids.shape else ids.t()
    return bool((words[ends] == value).all())


def _is_beyond_doubt(words: Tensor, ends: Tensor) -> bool:
    others, steps = words[~ends], words.diff(dim=1)
    is_alone = not bool((others == words[ends][0]).any())
    is_sorted = bool((steps >= 0).all()) or bool((steps <= 0).all())
    is_much = float(ends.float().mean()) > _MUCH
    return is_much and is_alone and not is_sorted and len(torch.unique(others)) > _FLAGS


def read_scored(padded: Padded, target: Tensor, ignored: int) -> tuple[float, int] | None:
    """Return the share of a target's elements that is padding and is scored, and the id there.

    None where the target has not one id there, or one that the loss leaves out. One that a model's
    own loss shifts lacks the last place of each row, or has what is left out there. It may be
    joined of the ids and of others.
    """
    mask, target, scored = padded.mask, target.detach(), target.numel()
    rows, length = mask.shape
    if target.device != mask.device:
        return None
    if scored > mask.numel():
        joined = find_joined(padded.ids, target)
        if joined is None:
            return None
        mask = mask[mask.shape[0] - joined.shape[0] :, length - joined.shape[1] :]
        target = joined
    elif scored == rows * (length - 1):
        mask = mask[:, 1:]
    elif scored != mask.numel():
        return None
    elif bool((target.reshape(mask.shape)[:, -1] == ignored).all()):
        mask, target = mask[:, 1:], target.reshape(mask.shape)[:, :-1]
    ids = target.reshape(mask.shape)[mask]
    if not len(ids) or bool((ids != ids[0]).any()) or int(ids[0]) == ignored:
        return None
    return len(ids) / scored, int(ids[0])


def read_chosen(padded: Padded, target: Tensor, ignored: int) -> tuple[float, int] | None:
    """Return the same of pairs that went through a model as one batch, the chosen ones first.

    The target is these, one place on, but for what the loss leaves out.
    """
    half, length = padded.mask.shape[0] // 2, padded.mask.shape[1]
    if length < _FEW_PLACES or target.numel() != half * (length - 1):
        return None
    ids, mask = padded.ids[:half], padded.mask[:half]
    told = target.detach().reshape(half, length - 1)
    if told.device != ids.device or bool(((told != ids[:, 1:]) & (told != ignored)).any()):
        return None
    return read_scored(Padded(mask, ids), target, ignored)


def is_mask_of(padded: Padded, mask: Tensor, *, turned_round: bool = False) -> bool:
    """Whether a mask of truth values is True exactly at the padding, or exactly elsewhere.

    A row of ids may be a row or a column of the mask. Of ids that have but two values besides the
    padding it is not said what is turned round: they may be flags themselves.
    """
    if mask.dtype != torch.bool or mask.device != padded.mask.device:
        return False
    wanted = ~padded.mask if turned_round else padded.mask
    alike = (each for each in (wanted, wanted.t()) if each.shape == mask.shape)
    if not any(torch.equal(each, mask) for each in alike):
        return False
    return not turned_round or len(torch.unique(padded.ids[~padded.mask])) > _FLAGS


def weighs_padding_alone(padded: Padded, weights: Tensor) -> bool:
    """Whether attention, over places in the last axis, weighs the padding and not one word.

    A row of ids may be a row or a column. As in `is_mask_of`, ids may not be flags themselves.
    """
    if not any(weighs_alone(weights, mask) for mask in (padded.mask, padded.mask.t())):
        return False
    return len(torch.unique(padded.ids[~padded.mask])) > _FLAGS


def fold_to_rows(mask: Tensor, rows: int, length: int) -> Tensor | None:
    """Return a mask of scores as one of `(rows, length)`; None where it is not one for each row.

    It may be repeated for heads and queries, between the rows and the places or in the first axis.
    """
    if not mask.numel() or mask.numel() % (rows * length) or mask.shape[0] % rows:
        return None
    each = mask.reshape(rows, -1, length)
    first = each[:, :1]
    return first[:, 0] if torch.equal(each, first.expand_as(each)) else None


def is_rows_of_ids(ids: object) -> bool:
    """Whether something is token ids in rows that can be read."""
    return (
        type(ids) is Tensor
        and ids.dim() == 2
        and ids.dtype in (torch.int64, torch.int32)
        and min(ids.shape) > 1
        and not ids.is_meta
    )


def find_classes(shares: Tensor) -> Tensor | None:
    """Return the class that each row of probabilities stands for, `NO_CLASS` for none.

    A minus may be in them, as in a loss that is written `-shares * log_probabilities`.
    """
    if shares.numel() > _LARGEST or not shares.is_floating_point():
        return None
    shares = shares.abs()
    largest, classes = shares.max(-1)
    is_one = (largest >= _LIKELY) & ((shares.sum(-1) - 1).abs() < _SLACK)
    return torch.where(is_one, classes, NO_CLASS)
