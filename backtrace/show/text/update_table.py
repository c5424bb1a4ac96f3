"""An update as a table for the terminal, which fits the width that it is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from backtrace.language import localized, translated
from backtrace.ledger.updates import Update
from backtrace.show.content.balance import State, judge_books
from backtrace.show.content.call_line import calls_line
from backtrace.show.content.cells import Detail, Tone
from backtrace.show.content.grid import Grid, GridRow, Role, build_grid
from backtrace.show.content.heading import loss_text, score_lines, title_text
from backtrace.show.content.note_texts import note_texts
from backtrace.show.text.layout import (
    CARDS,
    LAYOUTS,
    Layout,
    Steady,
    all_rows,
    column_cells,
    name_lines,
    natural_width,
    padded,
    title_lines,
    wrap_items,
    wrap_name,
)

_TONES: dict[Tone, str] = {
    "plain": "",
    "none": "dim italic",
    "zeros": "cyan",
    "nonfinite": "bold red",
    "absent": "dim",
}
_ROLES: dict[Role, str] = {"value": "", "grad": "", "added": "", "change": "bold"}
_STATES: dict[State, str] = {
    "balanced": "green",
    "unbalanced": "bold red",
    "unknown": "bold yellow",
    "empty": "dim",
}
_LINES = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")


def update_table(
    update: Update,
    *,
    params: Sequence[str] = (),
    values: int = 8,
    detail: Detail | None = None,
    by_term: bool = False,
    limit: int | None = 12,
    with_optimizer: bool = False,
    steady: Steady | None = None,
) -> RenderableType:
    """Return `update` as something for `rich.console.Console.print`.

    With a `detail` of None, as many statistics are shown as the width has room for. Tables that
    share `steady` are laid out alike.
    """
    steady = steady or Steady()
    return _UpdateTable(update, params, values, detail, by_term, limit, with_optimizer, steady)


@dataclass(frozen=True, slots=True)
class _UpdateTable:
    """What is to be drawn, until the width is known."""

    update: Update
    params: Sequence[str]
    values: int
    detail: Detail | None
    by_term: bool
    limit: int | None
    with_optimizer: bool
    steady: Steady

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        layout, grid = self._fit(options.max_width)
        yield from _heading(self.update, self.with_optimizer, options.max_width)
        if layout is None:
            yield from _cards(grid, options.max_width)
        elif grid.rows:
            yield Text("")
            yield _table(grid, layout)
        yield Text("")
        yield from _footing(self.update, grid, options.max_width)

    def _fit(self, width: int) -> tuple[Layout | None, Grid]:
        """Return the first layout whose table is not wider than `width`, and its grid."""
        for at, layout in enumerate(LAYOUTS[self.steady.least :], start=self.steady.least):
            if self.detail not in (None, layout.detail) or width < layout.least_width:
                continue
            grid = self._grid(layout)
            if natural_width(grid, layout) <= width:
                self.steady.least = at
                return layout, grid
        return None, self._grid(CARDS)

    def _grid(self, layout: Layout) -> Grid:
        return build_grid(
            self.update,
            params=self.params,
            values=self.values,
            detail=self.detail or layout.detail,
            by_term=self.by_term,
            limit=self.limit,
            digits=layout.digits,
            most_added=layout.most_added,
        )


def _heading(update: Update, with_optimizer: bool, width: int) -> Iterator[RenderableType]:
    yield Text(title_text(update, with_optimizer=with_optimizer), style="bold")
    calls = Text(calls_line(update.calls) or localized("no calls"))
    calls.highlight_words(["→"], style="dim")
    yield calls
    yield Text(loss_text(update))
    for line in score_lines(update):
        fits = cell_len(line) + 2 <= width
        yield Text(f"  {line}", style="dim") if fits else _hanging("  ", line, "dim")


def _table(grid: Grid, layout: Layout) -> Table:
    rows = all_rows(grid)
    has_labels = any(row.labels for row in rows)
    padding = (0, layout.gap - 1, 0, 0)  # the line between columns is a blank of its own
    table = Table(box=_LINES, show_edge=False, pad_edge=False, padding=padding, border_style="dim")
    table.add_column(translated("parameter"), no_wrap=True, vertical="top")
    if layout.has_shape:
        table.add_column(translated("shape"), no_wrap=True, style="dim")
    if has_labels:
        table.add_column("", no_wrap=True, style="dim")
    height = max(len(title_lines(column, layout)) for column in grid.columns)
    for column in grid.columns:
        title = title_lines(column, layout)
        head = "\n".join([*title, *[""] * (height - len(title))])
        table.add_column(Text(head), justify="right", no_wrap=True, style=_ROLES[column.role])
    columns = [column_cells(grid, at, layout) for at in range(len(grid.columns))]
    for at, row in enumerate(rows):
        texts = [
            Text("\n".join(column[at]), style=_TONES[cell.tone], justify="right")
            for column, cell in zip(columns, row.cells, strict=True)
        ]
        shape = [Text(row.shape)] if layout.has_shape else []
        labels = [Text("\n".join(row.labels))] if has_labels else []
        ends = at + 1 < len(rows) and _starts_section(row, rows[at + 1], grid)
        table.add_row(_name(row, layout), *shape, *labels, *texts, end_section=ends)
    return table


def _starts_section(row: GridRow, following: GridRow, grid: Grid) -> bool:
    """Whether a line stands between two rows: before the inputs, and before the total."""
    return following is grid.total or (row.kind != "input" and following.kind == "input")


def _name(row: GridRow, layout: Layout) -> Text:
    text = Text("\n".join(wrap_name(row.name, layout.name_width)))
    rest = name_lines(row, layout)[len(text.plain.split("\n")) :]
    for line in rest:
        text.append(f"\n{line}", style="dim")
    return text


def _cards(grid: Grid, width: int) -> Iterator[Text]:
    """Give one block of lines per tensor: a line an entry, its numbers beside it."""
    margin = max(cell_len(column.text) for column in grid.columns) + 3
    for row in all_rows(grid):
        head = Text("\n".join(wrap_name(row.name, width)), style="bold")
        head.append(f" {row.shape}" if row.shape else "", style="not bold dim")
        yield from (Text(""), head)
        entries: list[tuple[str, Sequence[str], str]] = [("", row.labels, "dim")]
        for column, cell in zip(grid.columns, row.cells, strict=True):
            entries.append((column.text, cell.lines, _TONES[cell.tone] or _ROLES[column.role]))
        widths = _card_widths([lines for _, lines, _ in entries], is_even=not row.labels)
        for title, lines, style in entries:
            for at, line in enumerate(wrap_items(lines, widths, width - margin)):
                if line:
                    yield Text(f" {padded(title if at == 0 else '', margin - 1)}").append(
                        line, style
                    )


def _card_widths(entries: Sequence[Sequence[str]], *, is_even: bool) -> list[int]:
    """Return the width of each item over all entries; elements are all given the same."""
    count = max(len(lines) for lines in entries)
    widths = [
        max((cell_len(lines[at]) for lines in entries if at < len(lines)), default=0)
        for at in range(count)
    ]
    return [max(widths)] * count if is_even else widths


def _footing(update: Update, grid: Grid, width: int) -> Iterator[RenderableType]:
    """Give the check of the books, which is never left out, and the notes."""
    if grid.total is not None:
        shown = sum(row.kind != "input" for row in grid.rows)
        what = localized(
            f"{shown} of {shown + grid.hidden} parameters, those that changed most; "
            "--all shows the rest"
        )
        yield Text(what, style="dim")
    verdicts = judge_books(update)
    size = max(cell_len(verdict.equation) for verdict in verdicts)
    label = padded(translated("books"), 7)
    for at, verdict in enumerate(verdicts):
        left = f"{label if at == 0 else ' ' * cell_len(label)}{padded(verdict.label, 5)}  "
        margin = cell_len(left)
        text = Text(f"{left}{verdict.equation}")
        room = width - margin - cell_len(verdict.result) - 3
        if size <= room:
            text.append(" " * (size - cell_len(verdict.equation) + 3))
        elif cell_len(verdict.equation) <= room:
            text.append("   ")
        else:
            text.append("\n" + " " * margin)
        text.append(verdict.result, style=_STATES[verdict.state])
        yield text
        for line in verdict.evidence:
            yield _hanging(" " * margin, line, _STATES[verdict.state])
    for note in note_texts(update, grid.notes):
        yield _hanging(translated("note   "), note)


def _hanging(label: str, text: str, style: str = "") -> Table:
    """Return a text that wraps beside its label, not under it."""
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(label), Text(text, style=style))
    return grid
