"""The losses of several runs in one picture, each at the numbers of its own updates."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from rich.console import Console
from rich.text import Text

from backtrace.compare.runs import ComparedRun
from backtrace.show.text.curve import loss_curve
from backtrace.show.text.curve_points import Points, on_one_axis


def print_losses(console: Console, runs: Sequence[ComparedRun]) -> None:
    """Print the curves, if any run has more than one update."""
    points = {run.name: _points_of(run) for run in runs}
    if all(len(each) < 2 for each in points.values()):
        return
    # Of several optimizers' updates there are several of one number: these are counted.
    series, numbers = on_one_axis(points)
    color = console.color_system is not None and not console.no_color
    curve = loss_curve(series, min(console.width, 100), 16, color=color, numbers=numbers)
    console.print(Text.from_ansi(curve))
    console.print()


def _points_of(run: ComparedRun) -> Points:
    """Return the losses with their updates' numbers; NaN where none was seen."""
    return [(each.index, nan if each.loss is None else each.loss) for each in run.updates]
