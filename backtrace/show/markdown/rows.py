"""Which rows of the batch made a gradient, as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.explain.derive.parts import RowShares
from backtrace.language import translated
from backtrace.show.content.row_words import row_cells, rows_notes, rows_title
from backtrace.show.markdown.markdown import escape


def rows_to_markdown(found: RowShares) -> Iterator[str]:
    """Give a sentence, the table, and what must be known of it."""
    yield escape(rows_title(found))
    if found.rows:
        heads = map(translated, ("row", "norm", "share"))
        lines = [f"| {' | '.join(heads)} |", "| --- | ---: | ---: |"]
        yield "\n".join([*lines, *(f"| {' | '.join(cells)} |" for cells in row_cells(found))])
    if notes := [f"- {escape(note)}" for note in rows_notes(found)]:
        yield "\n".join(notes)
