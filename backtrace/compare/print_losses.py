"""The losses of several runs in one picture, each at the numbers of its own updates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import nan

from rich.console import Console
from rich.text import Text

from backtrace.compare.runs import ComparedRun
from backtrace.show.text.curve import loss_curve

_Points = list[tuple[int, float]]


def print_losses(console: Console, runs: Sequence[ComparedRun]) -> None:
    """Print the curves, if any run has more than one update."""
    points = [_points_of(run) for run in runs]
    if all(len(each) < 2 for each in points):
        return
    numbers: list[int] = []
    # Of several optimizers' updates there are several of one number: these are counted.
    if all(_is_rising(each) for each in points):
        numbers = sorted({number for each in points for number, _ in each})
        losses = [_spread(each, numbers) for each in points]
    else:
        losses = [[loss for _, loss in each] for each in points]
    series = dict(zip((run.name for run in runs), losses, strict=True))
    color = console.color_system is not None and not console.no_color
    curve = loss_curve(series, min(console.width, 100), 16, color=color, numbers=numbers)
    console.print(Text.from_ansi(curve))
    console.print()


def _points_of(run: ComparedRun) -> _Points:
    """Return the losses with their updates' numbers; NaN where none was seen."""
    return [(each.index, nan if each.loss is None else each.loss) for each in run.updates]


def _is_rising(points: _Points) -> bool:
    return all(one < two for (one, _), (two, _) in pairwise(points))


def _spread(points: _Points, numbers: Sequence[int]) -> list[float]:
    """Return a loss for each of the numbers up to the last that was read.

    Updates that were not read lie on the line between their neighbours, as it is drawn.
    """
    found, wanted = dict(points), set(numbers)
    for (one, low), (two, high) in pairwise(points):
        for number in wanted.intersection(range(one + 1, two)):
            found[number] = low + (high - low) * (number - one) / (two - one)
    end = points[-1][0] if points else 0
    return [found.get(number, nan) for number in numbers if number <= end]
