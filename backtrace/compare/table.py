"""Two runs side by side: gradients and values, their difference and ratio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite, isnan

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backtrace.compare.comparison import Comparison
from backtrace.compare.measure import Distance, measure
from backtrace.language import localized, translated
from backtrace.ledger.events import Reading
from backtrace.ledger.name_globs import is_chosen
from backtrace.ledger.updates import Row, Update
from backtrace.show.content.cells import literal, number, shape_text

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
    table.add_column(translated("update"), justify="right", no_wrap=True, style="bold")
    table.add_column(translated("parameter"), overflow="fold")
    table.add_column("", no_wrap=True, style="dim")
    for name in (base.name, other.name, translated("difference"), translated("ratio")):
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
    if hidden <= 0:
        return table
    rest = f"{hidden} parameters that differ less are left out; --all shows them"
    return Group(table, Text(localized(rest)))


def _differing(
    comparison: Comparison, one: Update, two: Update, params: Sequence[str]
) -> list[tuple[Row, Row]]:
    """Return the rows that both updates have, those that differ most first."""
    rows = [
        (row, two.rows[name])
        for name, row in one.rows.items()
        if name in two.rows and is_chosen(name, params)
    ]

    def size(pair: tuple[Row, Row]) -> float:
        found = [
            measure(getattr(pair[0], field), getattr(pair[1], field), comparison.tolerance).relative
            for _, field in _ACCOUNTS
        ]
        return -max(inf if isnan(relative) else relative for relative in found)

    return sorted(rows, key=size) if len(rows) > 6 else rows


def _add_rows(table: Table, comparison: Comparison, update: str, mine: Row, theirs: Row) -> None:
    for at, (label, field) in enumerate(_ACCOUNTS):
        one, two = getattr(mine, field), getattr(theirs, field)
        if mine.kind == "input" and label == "value":
            continue
        distance = measure(one, two, comparison.tolerance)
        has_other_shape = one is not None and two is not None and one.shape != two.shape
        table.add_row(
            update if at == 0 else "",
            Text(literal(mine.name) if at == 0 else ""),
            translated(label),
            *(Text(_short(each, by_shape=has_other_shape)) for each in (one, two)),
            *_texts(distance, one, two),
        )


def _texts(distance: Distance, one: Reading | None, two: Reading | None) -> tuple[Text, Text]:
    """Say the difference: `=` for the same bits, `≈` within the tolerance."""
    if distance.is_bitwise:
        return Text("=", style="dim"), Text("" if one is None else "1", style="dim")
    if isnan(distance.relative):
        has_both = one is not None and two is not None
        return Text(translated("nothing in common") if has_both else "–"), Text("–")
    is_scalar = one is not None and two is not None and one.numel == two.numel == 1
    size = distance.largest
    if is_scalar and one is not None and two is not None:
        size = two.mean - one.mean
    sign = "≈ " if distance.is_close else ""
    ratio = number(distance.ratio, 4) if isfinite(distance.ratio) else "–"
    style = "" if distance.is_close else "bold"
    return Text(f"{sign}{number(size, 5, signed=is_scalar)}", style), Text(f"{ratio}×", style)


def _short(reading: Reading | None, *, by_shape: bool) -> str:
    """Return a reading in one cell; by its shape where the other has another one."""
    if reading is None:
        return "None"
    if by_shape:
        return shape_text(reading.shape)
    if reading.numel == 1:
        return number(reading.mean)
    return f"‖{number(reading.norm, 5)}‖"
