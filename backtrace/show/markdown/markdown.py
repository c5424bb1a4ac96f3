"""An update as GitHub Markdown: a heading, its calls and loss, the table, and the books."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from backtrace.language import localized, translated
from backtrace.ledger.updates import Update
from backtrace.show.content.activations import activation_lines
from backtrace.show.content.balance import AccountVerdict, judge_books
from backtrace.show.content.call_line import calls_line
from backtrace.show.content.cells import Detail, literal
from backtrace.show.content.grid import GridRow, build_grid
from backtrace.show.content.heading import loss_text, score_lines, title_text
from backtrace.show.content.note_texts import note_texts

_SPECIAL = "\\`*_[]<>#|~&"
_LINE = "<br>"
_MOST = 40  # cells that hold several lines are not worth padding for


def update_to_markdown(
    update: Update,
    *,
    params: Sequence[str] = (),
    values: int = 8,
    detail: Detail = "short",
    by_term: bool = False,
    limit: int | None = 12,
    with_optimizer: bool = False,
) -> str:
    """Return `update` as Markdown whose table is aligned as text too."""
    grid = build_grid(
        update, params=params, values=values, detail=detail, by_term=by_term, limit=limit
    )
    calls = code(calls_line(update.calls) or translated("no calls"))
    title = escape(title_text(update, with_optimizer=with_optimizer))
    parts = [f"### {title}", f"{calls}  \n{escape(loss_text(update))}"]
    if scores := score_lines(update):
        parts.append("  \n".join(code(line) for line in scores))
    rows = [*grid.rows, *([grid.total] if grid.total else [])]
    if rows:
        titles = [*_heads(), *(column.text for column in grid.columns)]
        lines = [_row_cells(row) for row in rows]
        if any(row.labels for row in rows):
            titles.insert(2, "")
            for cells, row in zip(lines, rows, strict=True):
                cells.insert(2, _LINE.join(map(escape, row.labels)))
        parts.append(_table([escape(title) for title in titles], lines, len(grid.columns)))
    if grid.total is not None:
        parts.append(localized(f"{grid.hidden} parameters that changed less are left out."))
    activations = activation_lines(update, is_short=limit is not None, values=values, width=10_000)
    if activations:
        head, *returned = activations
        parts.append("  \n".join([head, *(code(line.strip()) for line in returned)]))
    books = [line for verdict in judge_books(update) for line in _verdict(verdict)]
    notes = [f"- {translated('note')}: {escape(note)}" for note in note_texts(update, grid.notes)]
    parts.append("\n".join([*books, *notes]))
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Return `text` such that Markdown shows it as it is."""
    return "".join(f"\\{c}" if c in _SPECIAL else c for c in literal(text))


def code(text: str) -> str:
    """Return `text` as a code span that may stand in a table."""
    text, ticks = literal(text), "`"
    while ticks in text:
        ticks += "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}".replace("|", "\\|")


def _heads() -> tuple[str, str]:
    return translated("parameter"), translated("shape")


def _row_cells(row: GridRow) -> list[str]:
    numbers = [_LINE.join(cell.lines) for cell in row.cells]
    return [code(row.name), row.shape, *numbers]


def _table(titles: list[str], rows: list[list[str]], numbers: int) -> str:
    """Return a table whose last `numbers` columns are right-justified."""
    columns = list(zip(titles, *rows, strict=True))
    widths = [min(_MOST, max(3, *map(cell_len, column))) for column in columns]
    left = len(titles) - numbers
    rule = ["-" * w if at < left else "-" * (w - 1) + ":" for at, w in enumerate(widths)]
    return "\n".join(_line(cells, widths, left) for cells in (titles, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = []
    for at, (text, width) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (width - cell_len(text))
        padded.append(text + space if at < left else space + text)
    return f"| {' | '.join(padded)} |"


def _verdict(verdict: AccountVerdict) -> list[str]:
    mark = "**" if verdict.state in ("unbalanced", "unknown") else ""
    text = f"{escape(verdict.equation)}: {escape(verdict.result)}"
    lines = [f"- {translated('books')}, `{verdict.label}`: {mark}{text}{mark}"]
    return [*lines, *(f"  - {escape(line)}" for line in verdict.evidence)]
