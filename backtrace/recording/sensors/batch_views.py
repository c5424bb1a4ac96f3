"""What a batch was viewed from, where time and rows have changed places without a transpose."""

from __future__ import annotations

from math import prod

from torch import Tensor

Shape = tuple[int, ...]


def viewed_from(taken: Tensor) -> Shape:
    """Return the shape of what (T, B, F) was viewed from, if that has B rows first; () if not.

    It may be a part of the view, some of its rows or its columns. Rows that are cut into pieces,
    as long as there are rows, look so: (B, T, F) to (B·T/B, B, F).
    """
    base = taken._base
    if base is None or base.dim() < 2 or taken.requires_grad or not base.is_contiguous():
        return ()
    first, second, features = taken.shape
    wide, along, inner = taken.stride()
    if not features or (along, inner) != (features, 1) or wide % features:
        return ()
    rows, row = wide // features, prod(base.shape[1:])
    steps = row // features
    if rows != base.shape[0] or row % features or min(rows, steps) < 2 or steps % rows == 0:
        return ()
    is_part = (first == steps and second <= rows) or (first < steps and second == rows)
    return tuple(base.shape) if is_part and min(first, second) > 1 else ()
