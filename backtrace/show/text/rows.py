"""Which rows of the batch made a gradient, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from backtrace.explain.derive.parts import RowShares
from backtrace.show.content.row_words import row_cells, rows_notes, rows_title
from backtrace.show.text.styled_line import StyledLine

_INDENT = "  "


def row_lines(found: RowShares) -> Iterator[StyledLine]:
    """Give the title, a line a row with its norm and its share, and what must be known."""
    yield StyledLine(rows_title(found), "title")
    cells = [("", "norm", "share"), *row_cells(found)]
    widths = [max(cell_len(row[at]) for row in cells) for at in range(3)]
    if found.rows:
        for name, norm, share in cells:
            yield StyledLine(
                f"{_INDENT}{name:<{widths[0]}}  {norm:>{widths[1]}}  {share:>{widths[2]}}"
            )
    for note in rows_notes(found):
        yield StyledLine(f"{_INDENT}{note}", "dim")
