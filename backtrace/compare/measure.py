"""Two readings of one tensor: by how much they differ, and whether equal ones are proved equal.

The same bits are told apart from numbers that are equal within a tolerance. Of tensors too large
for their elements to be kept, the statistics are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf, isfinite, isnan, nan

from backtrace.ledger.events import Reading


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`|a - b| <= absolute + relative * |b|`, as torch.allclose has it."""

    relative: float = 1e-5
    absolute: float = 1e-8


def read_tolerance(relative: float | None, absolute: float | None) -> Tolerance | None:
    """Return the tolerance that was asked for, None if none was; what was not said of it is 0."""
    if relative is None and absolute is None:
        return None
    return Tolerance(relative or 0.0, absolute or 0.0)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far two readings of one tensor are apart.

    `largest` is the largest difference of two elements, or of two statistics where the elements
    were not kept; `relative` is that over the largest magnitude; `ratio` is other / base, of the
    norms, signed where there is one element. They are NaN where there is nothing to subtract:
    only one of the two is None, or their shapes differ.
    """

    is_bitwise: bool
    is_close: bool
    largest: float
    relative: float
    ratio: float


_NOTHING_IN_COMMON = Distance(False, False, nan, nan, nan)


def measure(base: Reading | None, other: Reading | None, tolerance: Tolerance) -> Distance:
    """Return how two readings differ; None, a gradient that is not there, only equals None."""
    if base is None and other is None:
        return Distance(True, True, 0.0, 0.0, nan)
    if base is None or other is None or base.shape != other.shape:
        return _NOTHING_IN_COMMON
    ratio = _ratio(base, other)
    if is_bitwise_equal(base, other):
        return Distance(True, True, 0.0, 0.0, ratio)
    pairs = list(_numbers(base, other))
    largest = max((abs(a - b) if a != b else 0.0 for a, b in pairs), default=0.0)
    size = max((max(abs(a), abs(b)) for a, b in pairs), default=0.0)
    if not isfinite(largest):
        return Distance(False, False, largest, inf, ratio)
    bound = tolerance.absolute + tolerance.relative * size
    return Distance(False, largest <= bound, largest, largest / size if size else 0.0, ratio)


def is_bitwise_equal(base: Reading, other: Reading) -> bool:
    """Whether two readings are of the same bits, as far as they can tell."""
    if base.digest and other.digest:
        same_kind = base.dtype == other.dtype and base.shape == other.shape
        return same_kind and base.digest == other.digest
    # By repr, so that NaN equals NaN and -0.0 does not equal 0.0.
    return repr(replace(base, digest=None)) == repr(replace(other, digest=None))


def is_proof(base: Reading | None, other: Reading | None) -> bool:
    """Whether two readings that are equal prove equal bits: by digest, or by all their elements.

    Where neither was kept, the statistics are equal, which other bits may have too.
    """
    if base is None or other is None:
        return True
    has_values = base.values is not None and other.values is not None
    return has_values or bool(base.digest and other.digest)


def _numbers(base: Reading, other: Reading) -> Iterator[tuple[float, float]]:
    if base.values is not None and other.values is not None:
        yield from zip(base.values, other.values, strict=True)
        return
    yield base.norm, other.norm
    for one, two in ((base.min, other.min), (base.max, other.max)):
        if not (isnan(one) and isnan(two)):  # a file of norms keeps neither
            yield one, two


def _ratio(base: Reading, other: Reading) -> float:
    one, two = base.norm, other.norm
    if base.numel == other.numel == 1:
        one, two = base.mean, other.mean
    if one == 0:
        return 1.0 if two == 0 else inf
    return two / one
