"""A series of numbers as a line through the cells of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

BLANK = "\u2800"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille character

Values = Sequence[float | None]


def draw_line(
    values: Values, columns: int, lines: int, ends: tuple[float, float] | None = None
) -> list[str]:
    """Return `lines` of braille, `columns` wide: a cell is 2 × 4 dots.

    In each half column stand all dots from the lowest to the highest value, so that no extreme
    is lost, however many values there are. What is not finite leaves a gap. `ends` are the values
    at the lower and the upper edge: where they are not given, the lowest and the highest one.
    """
    grid = [[ord(BLANK)] * columns for _ in range(lines)]
    for x, dots in _spans(values, 2 * columns, 4 * lines, ends):
        for y in dots:
            grid[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
    return ["".join(map(chr, line)) for line in grid]


def find_cells(
    values: Values, columns: int, lines: int, ends: tuple[float, float] | None = None
) -> Iterator[tuple[int, int]]:
    """Go through the line and the column of each cell that the line passes."""
    for x, cells in _spans(values, columns, lines, ends):
        yield from ((y, x) for y in cells)


def find_column(at: int, count: int, columns: int, dots: int = 2) -> int:
    """Return the column in which value `at` of `count` stands, each column `dots` wide."""
    if count >= dots * columns:
        return ((at + 1) * dots * columns - 1) // count // dots
    return min(round(at * (dots * columns - 1) / max(count - 1, 1)) // dots, columns - 1)


def find_line(value: float, lines: int, ends: tuple[float, float], dots: int = 4) -> int:
    """Return the line in which a value stands, counted from the top, each line `dots` high."""
    return _dot(value, dots * lines, ends) // dots


def _spans(
    values: Values, width: int, height: int, ends: tuple[float, float] | None
) -> Iterator[tuple[int, range]]:
    """Go through the columns of dots, each with the dots that the line passes in it."""
    spread = _spread([v if v is not None and isfinite(v) else None for v in values], width)
    finite = [value for value in spread if value is not None]
    ends = ends or (min(finite, default=0.0), max(finite, default=1.0))
    before: int | None = None
    for x in range(width):
        part = spread[x * len(spread) // width : (x + 1) * len(spread) // width]
        passed = [_dot(value, height, ends) for value in part if value is not None]
        if not passed:
            before = None
            continue
        top, bottom = min(passed), max(passed)
        if before is not None:  # joined with what came before
            top, bottom = min(top, before + 1), max(bottom, before - 1)
        before = passed[-1]
        yield x, range(top, bottom + 1)


def _dot(value: float, height: int, ends: tuple[float, float]) -> int:
    """Return the dot of a value, counted from the top."""
    low, high, at = ends[0] / 2, ends[1] / 2, value / 2  # no difference of halves is infinite
    return round((high - at) / ((high - low) or 1.0) * (height - 1))


def _spread(values: Values, width: int) -> Values:
    """Return at least as many numbers as there is room for: between two values, a straight line."""
    last = len(values) - 1
    if not values or last >= width - 1:
        return values
    found: list[float | None] = []
    for x in range(width):
        at, rest = divmod(x * last, width - 1)
        one, two = values[at], values[min(at + 1, last)]
        if one is None or two is None:
            found.append(None)
        else:
            share = rest / (width - 1)
            found.append(one * (1 - share) + two * share if one != two else one)
    for at, value in enumerate(values):  # one that stands between two gaps
        x = round(at * (width - 1) / max(last, 1))
        found[x] = value if found[x] is None else found[x]
    return found
