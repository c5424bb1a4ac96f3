"""The programs that run on the device, in Triton: one pass over all elements of many tensors.

A tensor is cut into chunks, and each chunk is a program of its own, which leaves seven numbers:
sum, sum of squares, least, greatest, zeros, elements that are not finite, and those that are NaN.
A second launch adds up each tensor's chunks. Both go in a fixed order, so the same bytes give the
same bits. Sums are in float64; the elements of half types are read as float32, which is exact.

A `table` is what `Table` lays out: for so many tensors the addresses, those of their copies, the
sizes, the first chunk of each and of none, and then for each chunk the tensor that it is of.
"""

from __future__ import annotations

import triton
import triton.language as tl

CHUNK = tl.constexpr(16384)  # elements of a program
BLOCK = tl.constexpr(2048)  # elements that it reads at once
LANES = tl.constexpr(128)  # chunks that are added up at once
ROW = tl.constexpr(8)  # numbers that a reading has room for, before its single values
_COUNTS = ["tensors", "chunks", "stride"]  # no program of its own for every number of tensors


@triton.jit
def _point(address, kind: tl.constexpr):
    if kind == 0:
        found = address.to(tl.pointer_type(tl.float32))
    elif kind == 1:
        found = address.to(tl.pointer_type(tl.float64))
    elif kind == 2:
        found = address.to(tl.pointer_type(tl.float16))
    else:
        found = address.to(tl.pointer_type(tl.bfloat16))
    return found


@triton.jit
def _begin(width: tl.constexpr, wide: tl.constexpr):
    sums = tl.zeros([width], tl.float64)
    counts = tl.zeros([width], tl.int32)
    low = tl.full([width], float("inf"), wide)
    high = tl.full([width], float("-inf"), wide)
    return sums, sums, low, high, counts, counts, counts


@triton.jit
def _take(x, there, total, square, low, high, zeros, nonfinite, nans):
    is_nan = there & (x != x)  # noqa: PLR0124 - only NaN is not itself
    is_number = there & ~is_nan
    exact = tl.where(there, x, 0.0).to(tl.float64)
    low = tl.minimum(low, tl.where(is_number, x, float("inf")))
    high = tl.maximum(high, tl.where(is_number, x, float("-inf")))
    zeros += (there & (x == 0.0)).to(tl.int32)
    nonfinite += (there & ((x - x) != 0.0)).to(tl.int32)
    nans += is_nan.to(tl.int32)
    return total + exact, square + exact * exact, low, high, zeros, nonfinite, nans


@triton.jit
def _leave(row, total, square, low, high, zeros, nonfinite, nans):
    tl.store(row, tl.sum(total, 0))
    tl.store(row + 1, tl.sum(square, 0))
    tl.store(row + 2, tl.min(low, 0).to(tl.float64))
    tl.store(row + 3, tl.max(high, 0).to(tl.float64))
    tl.store(row + 4, tl.sum(zeros, 0).to(tl.float64))
    tl.store(row + 5, tl.sum(nonfinite, 0).to(tl.float64))
    tl.store(row + 6, tl.sum(nans, 0).to(tl.float64))


@triton.jit(do_not_specialize=_COUNTS)
def read_chunks(table, partial, tensors, chunks, kind: tl.constexpr, steps: tl.constexpr):
    """Leave each chunk's numbers; for `steps` those of the change since the copy as well, first.

    Change and value are read in one pass, for memory is what this waits for.
    """
    chunk = tl.program_id(0).to(tl.int64)
    tensor = tl.load(table + 4 * tensors + 1 + chunk)
    start = (chunk - tl.load(table + 3 * tensors + tensor)) * CHUNK
    size = tl.load(table + 2 * tensors + tensor)
    source = _point(tl.load(table + tensor), kind)
    copy = _point(tl.load(table + tensors + tensor), kind)
    wide: tl.constexpr = tl.float64 if kind == 1 else tl.float32
    a, b, c, d, e, f, g = _begin(BLOCK, wide)
    p, q, r, s, t, u, v = _begin(BLOCK, wide)
    for at in range(0, CHUNK, BLOCK):
        place = start + at + tl.arange(0, BLOCK)
        there = place < size
        x = tl.load(source + place, mask=there, other=1.0).to(wide)
        a, b, c, d, e, f, g = _take(x, there, a, b, c, d, e, f, g)
        if steps:
            x -= tl.load(copy + place, mask=there, other=0.0).to(wide)
            p, q, r, s, t, u, v = _take(x, there, p, q, r, s, t, u, v)
    if steps:
        _leave(partial + chunk * ROW, p, q, r, s, t, u, v)
        chunk += chunks
    _leave(partial + chunk * ROW, a, b, c, d, e, f, g)


@triton.jit(do_not_specialize=_COUNTS)
def add_chunks(
    table, partial, results, stride, tensors, chunks,
    kind: tl.constexpr, steps: tl.constexpr, values: tl.constexpr, few: tl.constexpr,
):  # fmt: skip
    """Add up each tensor's chunks into its row; of a tensor with few values, leave each one.

    Rows of changes come before those of values. `few` is a power of two, not below `values`.
    """
    row = tl.program_id(0).to(tl.int64)
    tensor = row % tensors
    first = tl.load(table + 3 * tensors + tensor)
    count = tl.load(table + 3 * tensors + tensor + 1) - first
    a, b, c, d, e, f, g = _begin(LANES, tl.float64)
    e, f, g = a, a, a
    for at in range(0, count, LANES):
        lane = at + tl.arange(0, LANES)
        there = lane < count
        part = partial + (row // tensors * chunks + first + lane) * ROW
        a += tl.load(part, mask=there, other=0.0)
        b += tl.load(part + 1, mask=there, other=0.0)
        c = tl.minimum(c, tl.load(part + 2, mask=there, other=float("inf")))
        d = tl.maximum(d, tl.load(part + 3, mask=there, other=float("-inf")))
        e += tl.load(part + 4, mask=there, other=0.0)
        f += tl.load(part + 5, mask=there, other=0.0)
        g += tl.load(part + 6, mask=there, other=0.0)
    _leave(results + row * stride, a, b, c, d, e, f, g)
    size = tl.load(table + 2 * tensors + tensor)
    if size <= values:
        place = tl.arange(0, few)
        there = place < size
        wide: tl.constexpr = tl.float64 if kind == 1 else tl.float32
        x = tl.load(_point(tl.load(table + tensor), kind) + place, mask=there).to(wide)
        if steps and row < tensors:
            copy = _point(tl.load(table + tensors + tensor), kind)
            x -= tl.load(copy + place, mask=there).to(wide)
        tl.store(results + row * stride + ROW + place, x.to(tl.float64), mask=there)
