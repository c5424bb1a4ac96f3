"""Loss curves drawn with characters, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, isfinite, log10
from typing import Any

from backtrace.show.content.cells import literal, number

# One of each per series: a series is told by its marker where there is no colour.
_MARKERS = ("•", "×", "○", "+", "▲", "◆")
_ALONE = "braille"
_COLORS = ("cyan", "orange", "magenta", "green", "red", "blue")
_LOG_DECADES = 3
_LEAST = (24, 6)

Point = tuple[float, float]


def loss_curve(
    series: Mapping[str, Sequence[float]],
    width: int = 80,
    height: int = 16,
    *,
    color: bool = False,
    title: str = "loss",
    xlabel: str = "update",
) -> str:
    """Return the curves of `series`, point i of each at x = i + 1, in `width` × `height` cells.

    Points that are not finite are left out, and a line under the picture says so. The scale is
    logarithmic where all values are positive and span more than three decades. A long series is
    thinned such that its extremes stay. Without `color` there is no escape sequence in the text.
    """
    points = {name: _finite_points(values) for name, values in series.items()}
    remarks = [text for name, values in series.items() if (text := _remark(name, values, series))]
    drawn = {name: found for name, found in points.items() if found}
    if not drawn:
        return "\n".join([f"{title}: no finite values", *remarks])
    is_log = _needs_log([y for found in drawn.values() for _, y in found])
    head = f"{title}, log scale" if is_log else title
    width, height = max(width, _LEAST[0]), max(height, _LEAST[1])
    plot = _plot(drawn, list(series), (width, height), is_log=is_log, xlabel=xlabel)
    legend = _legend(list(series), color=color) if len(series) > 1 else []
    return "\n".join([head, *legend, *_draw(plot, color=color), *remarks])


def thin(points: Sequence[Point], most: int) -> list[Point]:
    """Return at most about `most` of the points: the lowest and the highest of each stretch."""
    if len(points) <= most:
        return list(points)
    buckets = max(1, most // 2)
    kept: list[Point] = []
    for at in range(buckets):
        part = points[len(points) * at // buckets : len(points) * (at + 1) // buckets]
        ends = {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
        kept += sorted(ends)
    return kept


def _plot(
    drawn: Mapping[str, Sequence[Point]],
    names: Sequence[str],
    size: tuple[int, int],
    *,
    is_log: bool,
    xlabel: str,
) -> Any:
    import plotext

    plotext.terminal.limit(False, False)
    plot = plotext.figure
    plot.clear()
    plot.theme("colorless")
    plot.canvas("default")
    plot.plot_size(*size)
    for name, points in drawn.items():
        at = names.index(name)
        symbol = _ALONE if len(names) == 1 < len(points) else _MARKERS[at % len(_MARKERS)]
        xs, ys = zip(*thin(points, 2 * size[0]), strict=True)
        heights = [log10(y) for y in ys] if is_log else list(ys)
        pixel = plotext.pixel(_COLORS[at % len(_COLORS)])
        signal = plot.signal(list(xs), heights, marker=plotext.marker(symbol, pixel))
        plot.draw(signal.lines())
    _set_axes(plot, drawn, size, is_log=is_log)
    plot.label(xlabel)
    return plot


def _set_axes(
    plot: Any, drawn: Mapping[str, Sequence[Point]], size: tuple[int, int], *, is_log: bool
) -> None:
    """Put round numbers on both axes, and room around a curve that is one level line."""
    last = max(points[-1][0] for points in drawn.values())
    heights = [y for points in drawn.values() for _, y in points]
    low, high = min(heights), max(heights)
    if is_log:
        low, high = log10(low), log10(high)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        marks, room = [low], abs(low) / 2 or 1.0
        low, high = low - room, high + room
    else:
        marks = _ticks(low, high, max(2, size[1] // 3), least=float(is_log))
    labels = [_tick_text(10**mark if is_log else mark) for mark in marks]
    plot.ruler("y").lim(low, high).ticks(marks, labels)
    end = max(last, 2.0)
    places = [x for x in _ticks(1, end, max(2, size[0] // 12), least=1.0) if x > 1 + end / 20]
    plot.ruler("x").lim(1, end).ticks([1, *places], [str(int(x)) for x in (1, *places)])
    plot.axes(False, side=1)


def _tick_text(value: float) -> str:
    return number(value, 4)


def _legend(names: Sequence[str], *, color: bool) -> list[str]:
    """Return one line that tells each series' marker."""
    import plotext

    parts = []
    for at, name in enumerate(names):
        symbol = _MARKERS[at % len(_MARKERS)]
        if color:
            pixel = plotext.pixel(_COLORS[at % len(_COLORS)])
            symbol = plotext.colorize(symbol).fill(pixel).string()
        parts.append(f"{symbol} {literal(name)}")
    return ["   ".join(parts)]


def _remark(name: str, values: Sequence[float], series: Mapping[str, Sequence[float]]) -> str:
    """Return where a series is not finite, or nothing."""
    lost = [at for at, value in enumerate(values, 1) if not isfinite(value)]
    if not lost:
        return ""
    who = f"{literal(name)}: " if len(series) > 1 else ""
    if len(lost) == len(values) - lost[0] + 1:
        return f"{who}not finite from update {lost[0]} on"
    return f"{who}not finite at {len(lost)} of {len(values)} updates, first at {lost[0]}"


def _draw(plot: Any, *, color: bool) -> list[str]:
    text: str = plot.build().string(colorless=not color)
    return [line.rstrip() for line in text.rstrip("\n").split("\n")]


def _ticks(low: float, high: float, count: int, *, least: float = 0.0) -> list[float]:
    """Return about `count` round numbers from `low` to `high`: multiples of 1, 2 or 5.

    They stand at least `least` apart.
    """
    rough = max((high - low) / max(1, count), least)
    power = 10.0 ** floor(log10(rough))
    size = next(power * step for step in (1, 2, 5, 10) if power * step >= rough * 0.999)
    first = ceil(low / size - 1e-9)
    return [at * size for at in range(first, floor(high / size + 1e-9) + 1)]


def _needs_log(values: Sequence[float]) -> bool:
    return min(values) > 0 and log10(max(values)) - log10(min(values)) > _LOG_DECADES


def _finite_points(values: Sequence[float]) -> list[Point]:
    return [(float(at), value) for at, value in enumerate(values, 1) if isfinite(value)]
