"""A word for each row of a batch, the same for equal rows, made in a few calls for all of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from backtrace.recording.kernels.leaves import MOST, Leaves

_COLUMNS = 256  # that are looked at, of each tensor
_LEAST = 4  # columns of real numbers: places on a grid may well be the same by intention
_BITS = {2: torch.int16, 4: torch.int32, 8: torch.int64}
_ODD, _OTHER = 0x1E3779B97F4A7C15, 0x3F58476D1CE4E5B9


def read_row_words(leaves: Leaves) -> Tensor | None:
    """Return a word for each row of a batch, of all its tensors together.

    None where rows may well be equal by chance: where none of the tensors has real numbers that
    are not whole, in a few columns.
    """
    tensors = [leaf for leaf in leaves if type(leaf) is Tensor and leaf.dim()][:MOST]
    if not tensors or not all(_is_plain(each, tensors[0].shape[0]) for each in tensors):
        return None
    words, says_much = torch.zeros(tensors[0].shape[0], dtype=torch.int64, device="cpu"), False
    for tensor in tensors:
        rows = tensor.detach().reshape(tensor.shape[0], -1)
        rows = rows[:, :: (rows.shape[1] // _COLUMNS) | 1].contiguous()
        if rows.is_floating_point():
            says_much |= rows.shape[1] >= _LEAST and not bool((rows == rows.round()).all())
            rows = rows.view(_BITS[rows.element_size()])
        words = words * _ODD + (rows.long() * _make_factors(rows.shape[1])).sum(1)
    return words if says_much else None


def read_constants(leaves: Leaves) -> dict[int, float]:
    """Return the number that all rows of a tensor have, by its place, where rows have one each."""
    found: dict[int, float] = {}
    for place, leaf in enumerate(leaves[:MOST]):
        if type(leaf) is not Tensor or not leaf.dim() or leaf.numel() != len(leaf):
            continue
        if _is_plain(leaf, len(leaf)) and bool((leaf == leaf.flatten()[0]).all()):
            found[place] = float(leaf.flatten()[0])
    return found


def _is_plain(tensor: Tensor, rows: int) -> bool:
    is_strided = tensor.layout is torch.strided and tensor.device.type == "cpu"
    if not is_strided or tensor.is_complex() or tensor.is_quantized or tensor.is_neg():
        return False
    is_known = not tensor.is_floating_point() or tensor.element_size() in _BITS
    return is_known and tensor.shape[0] == rows and tensor.numel() > 0


@lru_cache(maxsize=32)
def _make_factors(columns: int) -> Tensor:
    """Return an odd number for each column, of bits that look drawn by chance."""
    mixed = torch.arange(1, columns + 1, dtype=torch.int64, device="cpu") * _ODD
    mixed = (mixed ^ (mixed >> 29)) * _OTHER
    return (mixed ^ (mixed >> 31)) | 1


def share_in(rows: Tensor, known: Tensor) -> float:
    """Return which part of some words is among the known ones."""
    return float(torch.isin(rows, known).double().mean()) if rows.numel() else 0.0


def share_of_twins(rows: Tensor) -> float:
    """Return which part of some words comes more than once."""
    _, counts = torch.unique(rows, return_counts=True)
    return float(counts[counts > 1].sum()) / max(1, rows.numel())


def join_words(*parts: Tensor) -> Tensor:
    """Return the words of all parts, one after the other."""
    return torch.cat(parts)


def take_words(words: Tensor, places: Tensor | None) -> Tensor | None:
    """Return the words at some places, or all of them; None where one is beyond the end."""
    if places is None:
        return words
    return words[places] if int(places.max()) < len(words) else None


def as_words(numbers: Any) -> Tensor | None:
    """Return indices as words; None where they are none, or count from the end."""
    if type(numbers) is range:
        numbers = list(numbers)
    is_whole = type(numbers) is list and all(
        type(each) is int or type(each) is np.int64 for each in numbers
    )
    if is_whole:
        found = torch.tensor(numbers, dtype=torch.int64, device="cpu")
    elif type(numbers) is Tensor and numbers.device.type == "cpu" and not numbers.is_complex():
        found = numbers.detach()
    else:
        return _as_words_of_array(numbers)
    return _checked(found)


def _as_words_of_array(numbers: Any) -> Tensor | None:
    if type(numbers) is not np.ndarray or numbers.dtype.kind != "i":
        return None
    return _checked(torch.from_numpy(numbers.astype("int64")))


def _checked(found: Tensor) -> Tensor | None:
    is_whole = found.dim() == 1 and not found.is_floating_point() and found.dtype != torch.bool
    if not is_whole or not found.numel() or int(found.min()) < 0:
        return None
    return found.long()
