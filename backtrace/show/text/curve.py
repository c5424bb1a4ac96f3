"""Loss curves drawn with characters, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import ceil, floor, inf, isfinite, log10
from sys import float_info

from rich.cells import cell_len

from backtrace.language import localized, translated
from backtrace.show.content.cells import literal, number
from backtrace.show.content.plot import BLANK, draw_line, find_cells, find_column, find_line

# One of each per series: a series is told by its marker where there is no colour.
_MARKERS = ("•", "×", "○", "+", "▲", "◆")
_COLORS = (6, 3, 5, 2, 1, 4)  # cyan, yellow, magenta, green, red, blue
_LOG_DECADES = 3
_LEAST = (24, 6)
_MOST = float_info.max
_BELOW = 3  # lines: the axis, its numbers and its name

_Cell = tuple[str, int | None]  # a character, and which series it is of
_EMPTY: _Cell = (" ", None)


def loss_curve(
    series: Mapping[str, Sequence[float]],
    width: int = 80,
    height: int = 16,
    *,
    color: bool = False,
    title: str = "",
    xlabel: str = "",
    numbers: Sequence[int] = (),
) -> str:
    """Return the curves of `series`, point i of each at x = i + 1, in `width` × `height` cells.

    `numbers` names the points on the axis, where they are not counted from 1.

    Points that are not finite leave gaps, and a line under the picture says so. The scale is
    logarithmic where all values are positive and span more than three decades. However long a
    series is, its extremes are seen. Without `color` there is no escape sequence in the text.
    """
    title, xlabel = title or translated("loss"), xlabel or translated("update")
    remarks = [
        text for name, values in series.items() if (text := _remark(name, values, series, numbers))
    ]
    finite = [value for values in series.values() for value in values if isfinite(value)]
    if not finite:
        return "\n".join([localized(f"{title}: no finite values"), *remarks])
    is_log = min(finite) > 0 and log10(max(finite)) - log10(min(finite)) > _LOG_DECADES
    head = localized(f"{title}, log scale") if is_log else title
    legend = _legend(list(series), color=color) if len(series) > 1 else []
    width, height = max(width, _LEAST[0]), max(height, _LEAST[1])
    picture = _draw(
        series, finite, (width, height - _BELOW), is_log=is_log, color=color, numbers=numbers
    )
    name = " " * ((width - cell_len(xlabel)) // 2) + xlabel
    return "\n".join([head, *legend, *picture, name, *remarks])


def _draw(
    series: Mapping[str, Sequence[float]],
    finite: Sequence[float],
    size: tuple[int, int],
    *,
    is_log: bool,
    color: bool,
    numbers: Sequence[int],
) -> list[str]:
    """Return the lines with the curves, the numbers beside them, and the axis under them."""
    lines = size[1]
    ends, marks = _scale(min(finite), max(finite), lines, is_log=is_log)
    texts = {
        find_line(mark, lines, ends): number(10**mark if is_log else mark, 4) for mark in marks
    }
    room = max(map(len, texts.values()), default=0)
    columns = size[0] - room - 1
    count = max(2, *(_count(values) for values in series.values()))
    cells = [[_EMPTY] * columns for _ in range(lines)]
    for at, values in enumerate(series.values()):
        heights = [_height(value, is_log=is_log) for value in values[:count]]
        heights += [None] * (count - len(heights))
        if len(series) == 1 < len(values):
            curve = enumerate(draw_line(heights, columns, lines, ends))
            passed = [((y, x), dots) for y, line in curve for x, dots in enumerate(line)]
        else:
            mark = _MARKERS[at % len(_MARKERS)]
            passed = [(cell, mark) for cell in find_cells(heights, columns, lines, ends)]
        for (y, x), character in passed:
            if character != BLANK:
                cells[y][x] = (character, at)
    return [
        *(
            f"{texts.get(y, ''):>{room}}{'┤' if y in texts else '│'}{_join(line, color=color)}"
            for y, line in enumerate(cells)
        ),
        *(
            " " * room + line
            for line in _axis(count, columns, 2 if len(series) == 1 else 1, numbers)
        ),
    ]


def _join(cells: Sequence[_Cell], *, color: bool) -> str:
    """Return a line's cells as text; neighbours of one series are painted together."""
    parts = [
        (at, "".join(character for character, _ in some))
        for at, some in groupby(cells, key=lambda cell: cell[1])
    ]
    return "".join(
        text if at is None else _paint(text, at, color=color) for at, text in parts
    ).rstrip()


def _scale(
    low: float, high: float, lines: int, *, is_log: bool
) -> tuple[tuple[float, float], list[float]]:
    """Return what stands at the lower and the upper edge, and the round numbers in between.

    A curve that is one level line gets room above and below.
    """
    if is_log:
        low, high = log10(low), log10(high)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        room = abs(low) / 2 or 1.0
        return (max(low - room, -_MOST), min(low + room, _MOST)), [low]
    if not 1e-300 < high - low < inf:  # no power of ten to count in
        return (low, high), [low, high]
    return (low, high), _ticks(low, high, max(2, lines // 3 + 1), least=float(is_log))


def _axis(count: int, columns: int, dots: int, named: Sequence[int] = ()) -> list[str]:
    """Return the line under the curves, and the numbers of some points under it."""
    ticks = map(round, _ticks(1, count, max(2, columns // 12), least=1.0))
    line, numbers = ["─"] * columns, ""
    for place in (1, *(x for x in ticks if x > 1 + count / 20)):
        column = find_column(place - 1, count, columns, dots)
        text = str(named[place - 1] if named else place)
        line[column] = "┬"
        start = min(max(column - len(text) // 2, 0), columns - len(text))
        if start > len(numbers) or not numbers:
            numbers = numbers.ljust(start) + text
    return ["└" + "".join(line), " " + numbers]


def _height(value: float, *, is_log: bool) -> float | None:
    if not isfinite(value):
        return None
    return log10(value) if is_log else value


def _count(values: Sequence[float]) -> int:
    """Return how many values there are up to the last finite one."""
    return max((at for at, value in enumerate(values, 1) if isfinite(value)), default=0)


def _paint(text: str, at: int, *, color: bool) -> str:
    return f"\x1b[38;5;{_COLORS[at % len(_COLORS)]}m{text}\x1b[0m" if color else text


def _legend(names: Sequence[str], *, color: bool) -> list[str]:
    """Return one line that tells each series' marker."""
    marks = [_paint(_MARKERS[at % len(_MARKERS)], at, color=color) for at in range(len(names))]
    return ["   ".join(f"{mark} {literal(name)}" for mark, name in zip(marks, names, strict=True))]


def _remark(
    name: str,
    values: Sequence[float],
    series: Mapping[str, Sequence[float]],
    numbers: Sequence[int],
) -> str:
    """Return where a series is not finite, or nothing."""
    lost = [at for at, value in enumerate(values, 1) if not isfinite(value)]
    if not lost:
        return ""
    first = numbers[lost[0] - 1] if numbers else lost[0]
    who = f"{literal(name)}: " if len(series) > 1 else ""
    if len(lost) == len(values) - lost[0] + 1:
        return localized(f"{who}not finite from update {first} on")
    return localized(f"{who}not finite at {len(lost)} of {len(values)} updates, first at {first}")


def _ticks(low: float, high: float, count: int, *, least: float = 0.0) -> list[float]:
    """Return about `count` round numbers from `low` to `high`: multiples of 1, 2 or 5.

    They stand at least `least` apart.
    """
    rough = max((high - low) / max(1, count), least)
    power = 10.0 ** floor(log10(rough))
    size = next(power * step for step in (1, 2, 5, 10) if power * step >= rough * 0.999)
    first = ceil(low / size - 1e-9)
    return [at * size for at in range(first, floor(high / size + 1e-9) + 1)]
