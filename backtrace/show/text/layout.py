"""How a table is laid out at a given width: which detail, how many digits, where titles break."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isinf, isnan

from rich.cells import cell_len, chop_cells

from backtrace.language import translated
from backtrace.show.content.cells import Detail
from backtrace.show.content.grid import Grid, GridColumn, GridRow


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to draw a grid.

    `is_aligned` puts decimal points under each other, `has_shape` gives shapes a column of their
    own, `is_tall` breaks titles in two, and `gap` is the space between columns.
    """

    detail: Detail
    digits: int
    gap: int = 2
    is_aligned: bool = False
    has_shape: bool = False
    is_tall: bool = True
    most_added: int = 4
    name_width: int = 32
    least_width: int = 0


@dataclass(slots=True)
class Steady:
    """Keeps the tables of a run alike: a layout that had to be given up is not taken again."""

    least: int = 0


# From the richest to the poorest; the first that fits is taken.
LAYOUTS = (
    Layout("full", 6, 3, True, True, is_tall=False, name_width=48, least_width=140),
    Layout("full", 5, 2, False, True, is_tall=False, name_width=48, least_width=140),
    Layout("full", 5, 2, False, True, least_width=140),
    Layout("full", 4, 2, False, True, name_width=24, least_width=140),
    Layout("short", 6, 3, True, True, is_tall=False),
    Layout("short", 6, 2, True, True),
    Layout("short", 6, 1, True, True),
    Layout("short", 6, 2, True, name_width=24),
    Layout("short", 5, 2, False, True, name_width=24),
    Layout("short", 5, 2, name_width=20),
    Layout("short", 4, 1, name_width=20),
    Layout("short", 4, 2, most_added=2, name_width=22),
    Layout("short", 4, 1, most_added=2, name_width=16),
    Layout("norm", 4, 1, most_added=2, name_width=16),
)
CARDS = Layout("full", 5)


def natural_width(grid: Grid, layout: Layout) -> int:
    """Return the width of the widest line, in cells."""
    columns = list(_text_columns(grid, layout))
    widths = [max((cell_len(line) for line in column), default=0) for column in columns]
    return sum(widths) + layout.gap * (len(columns) - 1)


def title_lines(column: GridColumn, layout: Layout) -> list[str]:
    """Return a column's title in the lines that the layout gives it."""
    return list(column.title) if layout.is_tall else [column.text]


def name_lines(row: GridRow, layout: Layout) -> list[str]:
    """Return a row's name, and below it the shape where that has no column."""
    lines = wrap_name(row.name, layout.name_width)
    return lines if layout.has_shape or not row.shape else [*lines, row.shape]


def column_cells(grid: Grid, at: int, layout: Layout) -> list[list[str]]:
    """Return the lines of each cell of one column."""
    cells = [row.cells[at].lines for row in all_rows(grid)]
    lines = [line for cell in cells for line in cell]
    drawn = iter(align_points(lines) if layout.is_aligned else lines)
    return [[next(drawn) for _ in cell] for cell in cells]


def all_rows(grid: Grid) -> list[GridRow]:
    """Return the rows and, last, their total."""
    return [*grid.rows, *([grid.total] if grid.total else [])]


def padded(text: str, width: int) -> str:
    """Return a text with blanks behind it up to `width` cells."""
    return text + " " * (width - cell_len(text))


def wrap_name(name: str, width: int) -> list[str]:
    """Return a name in lines of at most `width` cells, broken after a dot or a blank if it can."""
    parts = re.split(r"(?<=[. ])", name)
    pieces = [piece for part in parts for piece in chop_cells(part, width)]
    lines = [""]
    for piece in pieces:
        if cell_len(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece
    return lines


def wrap_items(items: Sequence[str], widths: Sequence[int], most: int) -> list[str]:
    """Return items, right-justified to their widths, in lines of at most `most` cells."""
    lines = [""]
    for item, width in zip(items, widths, strict=False):
        text = f"{' ' * (width - cell_len(item))}{item}"
        if lines[-1] and cell_len(lines[-1]) + 2 + width > most:
            lines.append("")
        lines[-1] += f"  {text}" if lines[-1] else text
    return lines


def _text_columns(grid: Grid, layout: Layout) -> Iterator[list[str]]:
    """Give each column's lines as they will be drawn, its title's included."""
    rows = all_rows(grid)
    yield [translated("parameter"), *(line for row in rows for line in name_lines(row, layout))]
    if layout.has_shape:
        yield [translated("shape"), *(row.shape for row in rows)]
    if any(row.labels for row in rows):
        yield [label for row in rows for label in row.labels]
    for at, column in enumerate(grid.columns):
        lines = [line for cell in column_cells(grid, at, layout) for line in cell]
        yield [*title_lines(column, layout), *lines]


def align_points(lines: Sequence[str]) -> list[str]:
    """Return a column's lines padded so that decimal points stand under each other.

    Words, percentages and ranges are no numbers: they stay at the right edge.
    """
    split = [_split_number(line) for line in lines]
    whole = max((len(parts[0]) for parts in split if parts), default=0)
    rest = max((len(parts[1]) for parts in split if parts), default=0)
    width = max([whole + rest, *(cell_len(line) for line in lines)], default=0)
    return [
        (parts[0].rjust(width - rest) + parts[1].ljust(rest) if parts else line)
        for parts, line in zip(split, lines, strict=True)
    ]


def _split_number(line: str) -> tuple[str, str] | None:
    """Return a number's text before its point and from there on; None for other text."""
    try:
        if not line or isnan(float(line)) or isinf(float(line)):
            return None
    except ValueError:
        return None
    for mark in (".", "e"):
        at = line.find(mark)
        if at >= 0:
            return line[:at], line[at:]
    return line, ""
