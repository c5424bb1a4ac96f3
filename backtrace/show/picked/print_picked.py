"""Writes the rows that were picked: a table for the terminal, JSON, lines of JSON, or Markdown."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backtrace.language import localized
from backtrace.printable import json_text, literal
from backtrace.show.content.cells import ABSENT, number
from backtrace.show.content.counted import counted
from backtrace.show.content.next_command import after_none, after_picked
from backtrace.show.export.table import Cell
from backtrace.show.json.document import to_json
from backtrace.show.markdown.markdown import escape
from backtrace.show.options import Options
from backtrace.show.picked.names import SHORT
from backtrace.show.picked.picked_view import Picked, PickRequest
from backtrace.show.text.findings import print_command

_USUAL = ("loss", "grad_after_norm", "change_norm", "value_after_norm", "update_ratio")
_TITLES = {column: short for short, column in SHORT.items()} | {"parameter": "parameter"}
_CELL, _GAP = 7, 3  # cells that a column of numbers takes, mostly, and those between two
_NAME = 24
_DIGITS = 5


def print_picked(picked: Picked, request: PickRequest, shown: str, options: Options) -> None:
    """Write what was picked as the `--format` of that name."""
    if shown == "json":
        about = {"where": request.where, "sort": request.sort, "picked": picked.count}
        document = {**about, "of": picked.seen, "rows": to_json(picked.rows)}
        sys.stdout.write(json_text(document) + "\n")
    elif shown == "jsonl":
        sys.stdout.writelines(json_text(to_json(cells)) + "\n" for cells in picked.rows)
    elif shown == "md":
        _write_markdown(picked)
    else:
        _print_table(picked, request, options)


def _print_table(picked: Picked, request: PickRequest, options: Options) -> None:
    console = options.console()
    names = _choose(picked, console.width)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, border_style="dim")
    for name in names:
        is_name = name == "parameter"
        table.add_column(
            Text(_title(name)),
            justify="left" if is_name or _is_text(picked, name) else "right",
            no_wrap=True,
            overflow="ellipsis",
            min_width=min(_NAME, len(_title(name))),
        )
    for cells in picked.rows:
        table.add_row(*(Text(_cell(cells[name])) for name in names))
    if picked.rows:
        console.print(table)
        console.print()
    console.print(Text(_sum_up(picked), style="dim" if picked.rows else ""))
    if options.subject is None:
        return
    if picked.rows:
        first = picked.rows[0]
        print_command(
            console,
            after_picked(options.subject, int(first["update"] or 0), str(first["parameter"])),
        )
    elif column := next((name for name in picked.columns if name in _USUAL), ""):
        least = "<" in request.where and ">" not in request.where
        print_command(console, after_none(options.subject, f"{'+' * least}{_title(column)}"))


def _write_markdown(picked: Picked) -> None:
    names = _choose(picked, 200)
    aligned = ("---" if name == "parameter" else "---:" for name in names)
    lines = [" | ".join(escape(_title(name)) for name in names), " | ".join(aligned)]
    lines += (" | ".join(escape(_cell(cells[name])) for name in names) for cells in picked.rows)
    if picked.rows:
        sys.stdout.writelines(f"| {line} |\n" for line in lines)
        sys.stdout.write("\n")
    sys.stdout.write(escape(_sum_up(picked)) + "\n")


def _choose(picked: Picked, width: int) -> Sequence[str]:
    """Return the columns to show: those asked about, and of the usual ones what has room."""
    first = ["update", *(["optimizer"] if len(picked.optimizers) > 1 else []), "parameter"]
    asked = [name for name in picked.columns if name not in first]
    rest = [name for name in _USUAL if name not in asked]
    names = [len(literal(str(cells["parameter"]))) for cells in picked.rows]
    room = width - min(max(names, default=_NAME), _NAME) - sum(map(_width, [*first[1:], *asked]))
    kept: list[str] = []
    for name in reversed(rest):
        room -= _width(name)
        kept += [name] if room >= 0 else []
    return [*first, *sorted({*asked, *kept}, key=[*rest, *asked, *_USUAL].index)]


def _width(name: str) -> int:
    return max(len(_title(name)), _CELL) + _GAP


def _title(name: str) -> str:
    return _TITLES.get(name, name)


def _is_text(picked: Picked, name: str) -> bool:
    return any(isinstance(cells[name], str) for cells in picked.rows)


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return ABSENT
        case bool():
            return "yes" if cell else "no"
        case int():
            return str(cell)
        case float():
            return number(cell, _DIGITS)
    return literal(cell)


def _sum_up(picked: Picked) -> str:
    of = counted(picked.seen, "row")
    if not picked.seen:
        return localized("no rows: the trace has no update that was chosen")
    if not picked.count:
        return localized(f"none of {of} (an update and a tensor each)")
    told = localized(f"{picked.count} of {of} (an update and a tensor each)")
    if picked.count == len(picked.rows):
        return told
    return told + localized(f"; {len(picked.rows)} shown, --all shows the rest")
