"""One reading as the columns of its rows, and back.

A database has no NaN (it is NULL here), no negative zero among its numbers, and integers of 64
bits: where a column cannot tell the exact number, `exact` has it as JSON, and wins.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from math import copysign
from struct import Struct
from typing import Any

from backtrace.ledger.events import Reading
from backtrace.ledger.quick_init import quick_maker
from backtrace.tracefile import codec
from backtrace.tracefile.codec import NAN

Column = int | float | str | bytes | None  # what a database holds
Columns = tuple[Column, ...]
Tensors = Mapping[int, tuple[str, tuple[int, ...], str]]  # name, shape and type, by id
_LARGEST = 2**63
_make = quick_maker(Reading)
_MOST = 2**26  # bytes: a tensor of which every number is kept is a small one


def to_columns(reading: Reading) -> tuple[Columns, Columns]:
    """Return `(norm, zeros, nonfinite)` and `(mean, min, max, width, elements, digest, exact)`."""
    norm, mean, low, high = reading.norm, reading.mean, reading.min, reading.max
    zeros: int | None = reading.zeros
    nonfinite: int | None = reading.nonfinite
    width, elements = (None, None) if reading.values is None else _pack(reading)
    exact = None
    if not (norm and mean and low and high) or None in (fit(reading.zeros), fit(reading.nonfinite)):
        exact = _exact(reading)
        zeros, nonfinite = fit(reading.zeros), fit(reading.nonfinite)
    return (norm, zeros, nonfinite), (
        mean,
        low,
        high,
        width,
        elements,
        pack_text(reading.digest),
        exact,
    )


def read_readings(
    rows: Sequence[tuple[Any, ...]], tensors: Tensors
) -> Iterator[tuple[int, Reading]]:
    """Yield the readings of rows with their ids: a column at a time, those that hold nothing odd.

    A row is `(id, tensor, norm, zeros, nonfinite, reading, mean, min, max, width, elements, digest,
    exact)`, the latter from `reading` on None where the details were thinned out.

    Raises:
        ValueError, TypeError: a row does not hold a reading.
    """
    plain = rows
    columns = tuple(zip(*rows, strict=True))
    if rows and (None in columns[5] or columns[12].count(None) < len(rows)):
        plain = [row for row in rows if row[12] is None and row[5] is not None]
        columns = tuple(zip(*plain, strict=True))
    if plain and _are_plain(columns):
        ids, owners, norms, zeros, nonfinite, _, means, lows, highs, widths, packed, *_ = columns
        _, shapes, dtypes = zip(*map(tensors.__getitem__, owners), strict=True)
        values = _unpack_all(widths, packed)
        made = map(_make, shapes, dtypes, norms, means, lows, highs, zeros, nonfinite, values)
        yield from zip(ids, made, strict=True)
        if len(plain) == len(rows):
            return
        rows = [row for row in rows if row[12] is not None or row[5] is None]
    for row in rows:
        _, shape, dtype = tensors[row[1]]
        details = None if row[5] is None else row[6:]
        yield row[0], from_columns(shape, dtype, row[2:5], details)


def _are_plain(columns: Sequence[Sequence[object]]) -> bool:
    """Whether statistics are floats, counts integers, and there is no digest."""
    numbers = chain(columns[2], *columns[6:9])
    counts, digests = chain(*columns[3:5]), columns[11]
    return (
        {*map(type, numbers)} == {float}
        and {*map(type, counts)} == {int}
        and digests.count(None) == len(digests)
    )


def from_columns(
    shape: tuple[int, ...], dtype: str, brief: Columns, details: Columns | None
) -> Reading:
    """Return the reading; what was thinned out reads NaN.

    Raises:
        ValueError, TypeError: the columns do not hold a reading.
    """
    norm, zeros, nonfinite = brief
    if details is None:
        return Reading(shape, dtype, _float(norm), NAN, NAN, NAN, _int(zeros), _int(nonfinite))
    mean, low, high, width, elements, digest, exact = details
    if exact is not None:
        if not isinstance(exact, str):
            raise ValueError(f"{exact!r:.60} where text belongs")
        norm, mean, low, high, zeros, nonfinite = codec.load(
            exact, tuple[float, float, float, float, int, int]
        )
    values = None if elements is None else _unpack(width, elements)
    return Reading(
        shape, dtype, _float(norm), _float(mean), _float(low), _float(high),
        _int(zeros), _int(nonfinite), values, unpack_text(digest),
    )  # fmt: skip


def fit(number: int) -> int | None:
    """Return what a column can hold of an integer."""
    return number if -_LARGEST <= number < _LARGEST else None


def pack_text(text: str | None) -> str | bytes | None:
    """Return text as a column can hold it: lone surrogates, as odd file names have, are no text."""
    if text is None or text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def unpack_text(found: object) -> str | None:
    """Return what `pack_text` was given.

    Raises:
        ValueError: the column holds something else.
    """
    if isinstance(found, bytes):
        return found.decode("utf-8", "surrogatepass")
    if found is None or isinstance(found, str):
        return found
    raise ValueError(f"{found!r:.60} where text belongs")


def _exact(reading: Reading) -> str | None:
    """Return the statistics as JSON where columns would round them."""
    numbers = (reading.norm, reading.mean, reading.min, reading.max)
    counts = (reading.zeros, reading.nonfinite)
    if all(n or copysign(1, n) > 0 for n in numbers) and None not in map(fit, counts):
        return None
    return codec.dump((*numbers, *counts))


def _pack(reading: Reading) -> tuple[int, bytes]:
    """Return the width of an element in bytes, and the elements: little-endian floats."""
    values = reading.values or ()
    found = array("d", values)
    if reading.dtype != "float64" and not reading.nonfinite:
        narrow = array("f", values)
        if array("d", narrow) == found:
            found = narrow
    if sys.byteorder == "big":
        found.byteswap()
    return found.itemsize, found.tobytes()


def _unpack(width: object, elements: object) -> tuple[float, ...]:
    if width not in (4, 8) or not isinstance(elements, bytes) or len(elements) % width:
        raise ValueError("the elements are not floats")
    if len(elements) > _MOST:
        raise ValueError("too many elements")
    return _unpacker(width, len(elements))(elements)


def _unpack_all(widths: Sequence[Any], packed: Sequence[Any]) -> Sequence[tuple[float, ...] | None]:
    """Return the elements of many readings: all at once where they are as many in each."""
    width, first = widths[0], packed[0]
    if width in (4, 8) and {*map(type, packed)} == {bytes} and {*widths} == {width} and first:
        size = len(first)
        if {*map(len, packed)} == {size} and size % width == 0 and size * len(packed) <= _MOST:
            numbers = iter(_unpacker(width, size * len(packed))(b"".join(packed)))
            return list(zip(*[numbers] * (size // width), strict=True))
    return [
        None if elements is None else _unpack(width, elements)
        for width, elements in zip(widths, packed, strict=True)
    ]


@lru_cache(64)
def _unpacker(width: int, size: int) -> Callable[[bytes], tuple[float, ...]]:
    """Return what makes a tuple of that many bytes: of tensors of few sizes, again and again."""
    return Struct(f"<{size // width}{'f' if width == 4 else 'd'}").unpack


def _float(found: object) -> float:
    if found is None:
        return NAN
    if isinstance(found, float):
        return found
    raise ValueError(f"{found!r:.60} where a number belongs")


def _int(found: object) -> int:
    if isinstance(found, int):
        return found
    raise ValueError(f"{found!r:.60} where a count belongs")
