"""Which rows of the batch made a gradient, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from backtrace.explain.derive.parts import RowShares
from backtrace.language import translated
from backtrace.show.content.row_words import row_cells, rows_notes, rows_title
from backtrace.show.text.layout import padded
from backtrace.show.text.styled_line import StyledLine

_INDENT = "  "


def row_lines(found: RowShares) -> Iterator[StyledLine]:
    """Give the title, a line a row with its norm and its share, and what must be known."""
    yield StyledLine(rows_title(found), "title")
    cells = [("", translated("norm"), translated("share")), *row_cells(found)]
    widths = [max(cell_len(row[at]) for row in cells) for at in range(3)]
    if found.rows:
        for name, norm, share in cells:
            line = (
                f"{padded(name, widths[0])}  {_right(norm, widths[1])}  {_right(share, widths[2])}"
            )
            yield StyledLine(f"{_INDENT}{line}")
    for note in rows_notes(found):
        yield StyledLine(f"{_INDENT}{note}", "dim")


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text
