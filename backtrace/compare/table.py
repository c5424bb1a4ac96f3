"""Two runs side by side: gradients and values, their difference and ratio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from math import isfinite, isnan

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backtrace.compare.measure import Comparison, Difference, measure
from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Row, Update
from backtrace.show.content.cells import literal, number

_ACCOUNTS = ((".grad", "grad_after"), ("value", "value_after"))


def comparison_table(
    comparison: Comparison,
    is_chosen: Callable[[int], bool],
    *,
    has_last: bool = True,
    params: Sequence[str] = (),
    limit: int | None = 6,
) -> RenderableType:
    """Return the chosen updates of two runs as one table, and with `has_last` the last one.

    Each parameter has a line for `.grad` as `step` read it and one for its value after `step`.
    A tensor of more than one element stands with its norm. Of more than `limit` parameters those
    that differ most are shown.
    """
    base, other = comparison.base, comparison.other
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, border_style="dim")
    table.add_column("update", justify="right", no_wrap=True, style="bold")
    table.add_column("parameter", overflow="fold")
    table.add_column("", no_wrap=True, style="dim")
    for name in (base.name, other.name, "difference", "ratio"):
        table.add_column(Text(literal(name)), justify="right", overflow="fold")
    hidden = 0
    pairs = list(zip(base.updates, other.updates, strict=False))
    for one, two in pairs:
        if not (is_chosen(one.index) or (has_last and one is pairs[-1][0])):
            continue
        rows = _differing(comparison, one, two, params)
        hidden = max(hidden, len(rows) - (limit or len(rows)))
        for at, (mine, theirs) in enumerate(rows[:limit]):
            _add_rows(table, comparison, str(one.index) if at == 0 else "", mine, theirs)
        table.add_section()
    parts: list[RenderableType] = [table]
    if hidden > 0:
        parts.append(Text(f"{hidden} parameters that differ less are left out; --all shows them"))
    for name, missing in ((base.name, comparison.only_base), (other.name, comparison.only_other)):
        if missing:
            parts.append(Text(f"only in {literal(name)}: {', '.join(map(literal, missing))}"))
    return Group(*parts)


def _differing(
    comparison: Comparison, one: Update, two: Update, params: Sequence[str]
) -> list[tuple[Row, Row]]:
    """Return the rows that both updates have, those that differ most first."""
    rows = [
        (row, two.rows[name])
        for name, row in one.rows.items()
        if name in two.rows
        and (not params or any(name == glob or fnmatchcase(name, glob) for glob in params))
    ]

    def size(pair: tuple[Row, Row]) -> float:
        found = [
            measure(getattr(pair[0], field), getattr(pair[1], field), comparison.tolerance).relative
            for _, field in _ACCOUNTS
        ]
        return -max(found)

    return sorted(rows, key=size) if len(rows) > 6 else rows


def _add_rows(table: Table, comparison: Comparison, update: str, mine: Row, theirs: Row) -> None:
    for at, (label, field) in enumerate(_ACCOUNTS):
        one, two = getattr(mine, field), getattr(theirs, field)
        if mine.kind == "input" and label == "value":
            continue
        difference = measure(one, two, comparison.tolerance)
        table.add_row(
            update if at == 0 else "",
            Text(literal(mine.name) if at == 0 else ""),
            label,
            Text(_short(one)),
            Text(_short(two)),
            *_texts(difference, one, two),
        )


def _texts(difference: Difference, one: Reading | None, two: Reading | None) -> tuple[Text, Text]:
    """Say the difference: `=` for the same bits, `≈` within the tolerance."""
    if difference.is_bitwise:
        return Text("=", style="dim"), Text("" if one is None else "1", style="dim")
    if isnan(difference.largest):
        return Text("–"), Text("–")
    is_scalar = one is not None and two is not None and one.numel == two.numel == 1
    size = difference.largest
    if is_scalar and one is not None and two is not None:
        size = two.mean - one.mean
    sign = "≈ " if difference.is_close else ""
    ratio = number(difference.ratio, 4) if isfinite(difference.ratio) else "–"
    style = "" if difference.is_close else "bold"
    return Text(f"{sign}{number(size, 5, signed=is_scalar)}", style), Text(f"{ratio}×", style)


def _short(reading: Reading | None) -> str:
    if reading is None:
        return "None"
    if reading.numel == 1:
        return number(reading.mean)
    return f"‖{number(reading.norm, 5)}‖"
