"""The blocks of a comparison on a terminal: verdict, first difference, its growth, what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from backtrace.compare.comparison import Comparison, DifferingReading
from backtrace.compare.sentence import describe_outcome, describe_place, list_sentences
from backtrace.compare.values import show_reading
from backtrace.language import localized, translated
from backtrace.show.content.cells import literal, number
from backtrace.show.text.curve import loss_curve


def full_report(comparison: Comparison, console: Console) -> RenderableType:
    """Return all that is known of two runs: the verdict first, then what it rests on."""
    blocks = [
        verdict_block(comparison),
        place_table(comparison),
        growth_curve(comparison, console),
        settings_table(comparison),
        config_block(comparison.config),
    ]
    parts: list[RenderableType] = []
    for block in blocks:
        if block is not None:
            parts += [Text(), block] if parts else [block]
    return Group(*parts)


def verdict_block(comparison: Comparison) -> Group:
    """Return the verdict, a line a sentence, the outcome in bold."""
    sentences = list_sentences(comparison)
    bold = {sentences[0], describe_outcome(comparison)}
    return Group(
        *(Text(localized(each), style="bold" if each in bold else "") for each in sentences)
    )


def place_table(comparison: Comparison) -> Table | None:
    """Return where the runs differ first, with both numbers under each other: digits line up."""
    places = list(_places(comparison))
    if not places:
        return None
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", overflow="fold")
    table.add_column(overflow="fold")
    for label, place in places:
        table.add_row(translated(label), Text(localized(describe_place(place)), style="bold"))
        runs = (comparison.base, comparison.other)
        for run, reading in zip(runs, (place.base, place.other), strict=True):
            table.add_row(Text(f"  {literal(run.name)}"), show_reading(reading, place))
        if place.base is not None and place.other is not None:
            table.add_row(f"  {translated('difference')}", localized(_size(place)))
    return table


def growth_curve(comparison: Comparison, console: Console) -> Text | None:
    """Return the drawing of how the largest relative difference grows, if it does."""
    growth = comparison.growth
    if len(growth) < 2 or not any(growth):
        return None
    color = console.color_system is not None and not console.no_color
    title = translated("largest relative difference")
    # Of several optimizers' updates there are several of one number: they are counted.
    numbers = comparison.numbers
    is_rising = all(a < b for a, b in pairwise(numbers))
    drawn = loss_curve(
        {"": growth}, min(console.width, 100), 10, color=color, title=title,
        numbers=numbers if is_rising else (),
    )  # fmt: skip
    return Text.from_ansi(drawn)


def settings_table(comparison: Comparison) -> Table | None:
    """Return what else differs, with both values."""
    if not comparison.settings:
        return None
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, border_style="dim")
    table.add_column(translated("what also differs"), overflow="fold")
    for run in (comparison.base, comparison.other):
        table.add_column(Text(literal(run.name)), overflow="fold")
    for each in comparison.settings:
        table.add_row(*(Text(literal(part)) for part in (each.name, each.base, each.other)))
    return table


def config_block(lines: Sequence[str]) -> Group | None:
    """Return a diff of two configs or scripts, coloured as diffs are."""
    return (
        Group(Text(translated("source"), style="bold"), *map(_config_line, lines))
        if lines
        else None
    )


def _places(comparison: Comparison) -> Iterator[tuple[str, DifferingReading]]:
    if comparison.first is not None:
        yield "first difference", comparison.first
    if comparison.beyond is not None and comparison.beyond is not comparison.first:
        yield "beyond tolerance", comparison.beyond


def _size(place: DifferingReading) -> str:
    distance = place.distance
    if place.base is not None and place.other is not None and place.base.shape != place.other.shape:
        return "nothing in common"
    return f"{number(distance.largest, 4)}, relative {number(distance.relative, 3)}"


def _config_line(line: str) -> Text:
    style = {"+": "green", "-": "red", "@": "dim"}.get(line[:1], "")
    return Text(literal(line), style=style)
