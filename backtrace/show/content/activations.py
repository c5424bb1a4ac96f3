"""What modules returned, in lines: elements where there are few, else statistics."""

from __future__ import annotations

from textwrap import wrap

from backtrace.ledger.updates import Given, Update
from backtrace.show.content.cells import literal, shape_text
from backtrace.show.content.heading import elements_text

_MOST = 24  # modules, where not all are asked for


def activation_lines(
    update: Update, *, is_short: bool, values: int = 8, width: int = 200
) -> list[str]:
    """Return a title and lines for each module that returned something; [] where none was read.

    Of many modules the first and the last are given, if it is to be short.
    """
    found = [given for given in update.given if not given.is_model]
    if not found:
        return []
    rows = [_cells(given, values) for given in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:3]
    lines = [_row(*row, widths=widths, width=width) for row in rows]
    cut = len(lines) - _MOST
    if is_short and cut > 0:
        half = _MOST // 2
        lines[half : half + cut] = [[f"  … {cut} more; --all shows them"]]
    return ["activations: what each module returned", *(line for row in lines for line in row)]


def _row(*cells: str, widths: list[int], width: int) -> list[str]:
    """Return a row; its numbers go on below where they do not fit beside the rest."""
    head = "  ".join(["", *map(str.ljust, cells, widths), ""])
    room = max(width, len(head) + 20)
    return wrap(
        cells[-1],
        room,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
    )


def _cells(given: Given, values: int) -> tuple[str, str, str, str]:
    name = literal(given.module + given.place)
    return (
        name,
        literal(given.type),
        shape_text(given.output.shape),
        elements_text(given.output, values),
    )
