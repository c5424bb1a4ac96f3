"""How many rows of a batch are there once copies are left out."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

_ROWS, _COLUMNS = 512, 64  # that are looked at
_LEAST = 16
_ELEMENTS = 1 << 22  # of another input that are compared, one row with its like


def count_distinct_rows(batch: Tensor, others: Sequence[Tensor] = ()) -> tuple[int, int] | None:
    """Return how many of the rows looked at are distinct, and how many were looked at.

    Args:
        batch: (rows, …), real numbers. None where there are few rows, or whole numbers alone:
            what is counted or one-hot may well come several times. None, too, of what another
            module returned: the rows to be looked at are those that it was given.
        others: what the model was given beside it. Where it has as many rows, it belongs to them;
            None where it may tell them apart in another way, as the edges of a graph do.
    """
    if (
        batch.grad_fn is not None
        or batch.dim() < 2
        or batch.shape[0] < _LEAST
        or not batch[0].numel()
        or not all(_is_beside(other, len(batch)) for other in others)
    ):
        return None
    chosen = _choose(batch)
    if bool((chosen == chosen.round()).all()) or not bool(torch.isfinite(chosen).all()):
        return None
    beside = [other for other in others if other.dim() and len(other) == len(batch)]
    all_chosen = [chosen, *(_choose(other).to(chosen) for other in beside if other[0].numel())]
    distinct, which = torch.unique(torch.cat(all_chosen, 1), dim=0, return_inverse=True)
    if any(_parts_copies(other, which) for other in beside):
        return None
    return len(distinct), len(chosen)


def _is_beside(other: Tensor, rows: int) -> bool:
    """Whether a tensor can be read, and has the rows of a batch or is one thing for all of them."""
    is_plain = type(other) is Tensor and not torch._C._functorch.is_functorch_wrapped_tensor(other)
    if not is_plain or other.layout is not torch.strided or other.is_meta or other.is_complex():
        return False
    is_one = other.dim() < 2 and (other.is_floating_point() or other.numel() < 2)
    return is_one or (other.grad_fn is None and len(other) == rows)


def _choose(batch: Tensor) -> Tensor:
    rows = batch.detach()[:_ROWS].reshape(min(len(batch), _ROWS), -1)
    return rows[:, :: (rows.shape[1] // _COLUMNS) | 1]


def _parts_copies(other: Tensor, which: Tensor) -> bool:
    """Whether rows that looked alike are not: of a wide row, few places were looked at.

    Args:
        other: (rows, …).
        which: (rows that were looked at,), the number of each one's like.
    """
    rows = other.detach()[: len(which)].reshape(len(which), -1)
    first = torch.full_like(which, len(which))
    places = torch.arange(len(which), device=which.device)
    first = first.scatter_reduce(0, which, places, "amin")[which]
    copies = (first != places).nonzero()[: _ELEMENTS // max(rows.shape[1], 1), 0]
    return not torch.equal(rows[copies], rows[first[copies]])
