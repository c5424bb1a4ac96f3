"""The history of a number for the terminal: a line a call, the latest first, at any width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from backtrace.explain.history.asked_number import AskedNumber
from backtrace.explain.history.number_history import NumberHistory, UpdateHistory
from backtrace.language import localized, translated
from backtrace.show.content.history_heads import (
    BY_OPTION,
    empty_text,
    fact_texts,
    now_text,
    rest_text,
    update_text,
)
from backtrace.show.content.history_rows import HistoryRow, history_rows
from backtrace.show.text.styled_line import LINE_STYLES, LineTone, StyledLine

_ARROW, _INDENT = "← ", "    "
_GAP = "  "
_TITLES = ("before", "by", "after")
_LEAST = 24  # cells for the words of a call
_ACCOUNT = len(_GAP) + 5  # cells for value or .grad
_PLAIN = StyledLine("")


@dataclass(frozen=True, slots=True)
class HistoryText:
    """The history as what a console prints, in its width."""

    history: NumberHistory
    deeper: str = BY_OPTION

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in history_lines(self.history, options.max_width, self.deeper):
            yield Text(line.text, style=LINE_STYLES[line.tone], no_wrap=True, overflow="fold")


def history_lines(history: NumberHistory, width: int, deeper: str = BY_OPTION) -> list[StyledLine]:
    """Return the history in lines of at most `width` cells; `deeper` is as for `rest_text`."""
    lines = [*_wrap(localized(now_text(history)), width, StyledLine("", "title"))]
    for text in fact_texts(history):
        lines += _wrap(localized(text), width, _PLAIN)
    tables = [_localized_rows(update, history.asked) for update in history.updates]
    rows = [row for table in tables for row in table]
    sizes = _sizes(rows)
    room = _room(rows, sizes, width)
    for update, table in zip(history.updates, tables, strict=True):
        lines.append(StyledLine(""))
        title = localized(update_text(update))
        heads = _numbers(list(map(translated, _TITLES)), sizes)
        if table and _has_columns(sizes, width) and room >= cell_len(title):
            title += " " * (room - cell_len(title))
            title = f"{title}{'':{_ACCOUNT}}{heads}".rstrip()
        lines.append(StyledLine(set_cell_size(title, min(width, cell_len(title))), "title"))
        for row in table:
            lines += _draw(row, sizes, room, width)
        if not any(row.account for row in table):
            lines += _wrap(localized(empty_text(history)), width, _PLAIN)
    if rest := rest_text(history, deeper):
        lines += [StyledLine(""), *_wrap(localized(rest), width, _PLAIN)]
    return lines


def _localized_rows(update: UpdateHistory, asked: AskedNumber) -> list[HistoryRow]:
    return [replace(row, text=localized(row.text)) for row in history_rows(update, asked)]


def _sizes(rows: Sequence[HistoryRow]) -> tuple[int, int, int]:
    before, by, after = (
        max([cell_len(translated(title)), *(cell_len(getattr(row, title)) for row in rows)])
        for title in _TITLES
    )
    return before, by, after


def _room(rows: Sequence[HistoryRow], sizes: Sequence[int], width: int) -> int:
    """Return how many cells the words of a call get; where it stands goes last, if it fits."""
    listed = [row for row in rows if _has_numbers(row)]
    wanted = max((cell_len(_lead(row) + row.text) for row in listed), default=_LEAST)
    where = max((len(_GAP) + cell_len(row.where) for row in listed if row.where), default=0)
    most = width - _ACCOUNT - sum(len(_GAP) + size for size in sizes)
    return max(_LEAST, min(wanted, most - where if most - where >= _LEAST else most))


def _has_columns(sizes: Sequence[int], width: int) -> bool:
    return width >= _LEAST + _ACCOUNT + sum(len(_GAP) + size for size in sizes)


def _has_numbers(row: HistoryRow) -> bool:
    return any((row.account, row.before, row.by, row.after))


def _lead(row: HistoryRow) -> str:
    return _INDENT if row.is_part else _ARROW


def _draw(row: HistoryRow, sizes: Sequence[int], room: int, width: int) -> Iterator[StyledLine]:
    """Give a row: what has no room for its words is continued below, and so is its place."""
    tone: LineTone = "bad" if row.is_bad else "dim" if row.is_part else "plain"
    if not _has_columns(sizes, width):
        yield from _draw_card(row, width, tone)
        return
    lead, numbers = _lead(row), ""
    if _has_numbers(row):
        numbers = f"{_GAP}{row.account:<5}{_numbers((row.before, row.by, row.after), sizes)}"
    else:  # the words may go on where the numbers would be
        place = len(_GAP) + cell_len(row.where) if row.where else 0
        room = min(room + _ACCOUNT + sum(len(_GAP) + size for size in sizes), width - place)
    first, *rest = _break(row.text, room - len(lead))
    words = f"{lead}{first}"
    line = f"{words}{' ' * (room - cell_len(words))}{numbers}"
    placed = f"{line}{_GAP}{row.where}".rstrip()
    is_placed = cell_len(placed) <= width
    yield StyledLine(placed if is_placed else line.rstrip(), tone)
    yield from (StyledLine(f"{_INDENT}{each}", tone) for each in rest)
    if not is_placed:
        yield from _wrap(f"{translated('at')} {row.where}", width, StyledLine(_INDENT, "dim"))


def _draw_card(row: HistoryRow, width: int, tone: LineTone) -> Iterator[StyledLine]:
    """Give a row where there is no room for columns: its numbers and its place stand below."""
    first, *rest = _break(row.text, width - len(_INDENT))
    yield StyledLine(f"{_lead(row)}{first}", tone)
    yield from (StyledLine(f"{_INDENT}{each}", tone) for each in rest)
    named = (("from", row.before), ("by", row.by), ("to", row.after), ("at", row.where))
    told = " ".join([row.account, *(f"{translated(name)} {text}" for name, text in named if text)])
    if told.strip():
        yield from _wrap(told.strip(), width, StyledLine(_INDENT, tone))


def _numbers(texts: Sequence[str], sizes: Sequence[int]) -> str:
    return "".join(
        _GAP + " " * (size - cell_len(text)) + text for text, size in zip(texts, sizes, strict=True)
    )


def _break(text: str, room: int) -> list[str]:
    """Return text in lines of at most `room` cells, broken at spaces where there are any."""
    lines, line = [], ""
    for part in (part for word in text.split(" ") for part in chop_cells(word, max(1, room))):
        if line and cell_len(line) + 1 + cell_len(part) > room:
            lines.append(line)
            line = part
        else:
            line = f"{line} {part}" if line else part
    return [*lines, line]


def _wrap(text: str, width: int, like: StyledLine) -> Iterator[StyledLine]:
    """Give text behind the lead of `like` and in its tone; what does not fit stands below."""
    for each in _break(text, width - len(like.text)):
        yield StyledLine(f"{like.text}{each}", like.tone)
