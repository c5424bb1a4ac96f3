"""The trends of a long run for the terminal: a line on its loss, and a table of its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtrace.language import localized, translated
from backtrace.show.content.cells import ABSENT, literal, number
from backtrace.show.content.trends import LossTrend, RunTrends, TensorTrends, Trend
from backtrace.show.text.fold import fold_parts

_DIGITS = 4
_ROOMY = 116  # cells from which on values stand in the table, too
_NARROW = 28  # cells of the longest name shown whole


def print_trends(console: Console, found: RunTrends, *, limit: int | None) -> None:
    """Print them; of more than `limit` tensors, those whose gradient or value grew or fell most."""
    title = localized(
        f"overview of {found.updates} updates, medians of the first and the last quarter"
    )
    console.print(Text(title, style="bold"))
    for each in found.losses:
        named = f"{literal(each.optimizer)}: " if len(found.losses) > 1 else ""
        console.print(Text(fold_parts(named + _loss_line(each, found.per), console.width)))
    if any(each.value.last is not None for each in found.tensors):
        console.print()
        console.print(_table(_choose(found.tensors, limit), console.width, found.per))
        hidden = 0 if limit is None else max(len(found.tensors) - limit, 0)
        if hidden:
            told = localized(
                f"{limit} of {len(found.tensors)} parameters, those that changed most; "
                "--all shows the rest"
            )
            console.print(Text(told, style="dim"))
    console.print()


def _loss_line(found: LossTrend, per: int) -> str:
    loss = found.loss
    if loss.first is None or loss.last is None:
        told = [f"{translated('loss')}  {localized('too few losses were seen for a trend')}"]
    else:
        text = f"{translated('loss')}  {number(loss.first, _DIGITS)} → {number(loss.last, _DIGITS)}"
        text += f" {_times(loss.factor)}".rstrip()
        told = [f"{text} {localized(f'({found.quarter} updates each)')}"]
        if loss.slope is not None:
            told.append(localized(f"{_times(loss.slope)} in {per} updates"))
    if found.lowest is not None:
        lowest = number(found.lowest[0], _DIGITS)
        told.append(localized(f"lowest {lowest} at update {found.lowest[1]}"))
    if found.nonfinite:
        told.append(localized(f"{found.nonfinite} not finite"))
    return translated(", ").join(told)


def _choose(tensors: Sequence[TensorTrends], limit: int | None) -> Sequence[TensorTrends]:
    if limit is None or len(tensors) <= limit:
        return tensors
    best = {each.name for each in sorted(tensors, key=_movement, reverse=True)[:limit]}
    return [each for each in tensors if each.name in best]


def _movement(each: TensorTrends) -> float:
    factors = (each.grad.factor, each.value.factor)
    return max((abs(log(factor)) for factor in factors if factor), default=0.0)


def _table(tensors: Sequence[TensorTrends], width: int, per: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, border_style="dim")
    least = min(_NARROW, max(len(each.name) for each in tensors))
    table.add_column(translated("parameter"), no_wrap=True, overflow="ellipsis", min_width=least)
    kinds = ["grad", "value", "change/value"] if width >= _ROOMY else ["grad", "change/value"]
    for kind in kinds:
        first, last = (translated(each) for each in ("first", "last"))
        for title in (
            f"{translated(kind)}\n{first}", f"\n{last}", localized(f"in {per}\nupdates"),
        ):  # fmt: skip
            table.add_column(Text(title), justify="right", no_wrap=True)
    for each in tensors:
        trends = [each.grad, each.value, each.ratio] if width >= _ROOMY else [each.grad, each.ratio]
        cells = [Text(cell) for trend in trends for cell in _cells(trend)]
        table.add_row(Text(literal(each.name)), *cells)
    return table


def _cells(trend: Trend) -> tuple[str, str, str]:
    first, last = (
        ABSENT if each is None else number(each, _DIGITS) for each in (trend.first, trend.last)
    )
    return first, last, _times(trend.slope) or ABSENT


def _times(factor: float | None) -> str:
    """Return `×0.31`; '' for no factor."""
    if factor is None:
        return ""
    return f"×{factor:.3g}" if factor < 1000 else f"×{number(factor, _DIGITS)}"
