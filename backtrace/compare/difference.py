"""Where two traces part: the place and both numbers, how it grows, and what else differs."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backtrace.compare.diff import Diff
from backtrace.compare.measure import Comparison, Parting
from backtrace.ledger.events import Reading
from backtrace.show.content.cells import literal, number

_FEW = 12


def difference_report(found: Diff, curve: str = "") -> RenderableType:
    """Return the whole report; `curve` is the drawing of how the difference grows."""
    parts: list[RenderableType] = [Text(give_headline(found), style="bold"), Text()]
    places = list(_places(found.comparison))
    if places:
        parts += [_place_table(found.comparison, places), Text()]
    if curve:
        parts += [Text.from_ansi(curve), Text()]
    parts += list(_one_sided(found.comparison))
    if found.facts:
        parts += [_fact_table(found), Text()]
    if found.config:
        parts += [Text("config", style="bold"), *map(_config_line, found.config), Text()]
    return (
        Group(*parts[:-1]) if isinstance(parts[-1], Text) and not parts[-1].plain else Group(*parts)
    )


def give_headline(found: Diff) -> str:
    """Say in one sentence whether the traces are equal, and where they part if not."""
    both = found.comparison
    base, other = literal(both.base.name), literal(both.other.name)
    if both.beyond is not None:
        return f"{other} parts from {base} at {_describe(both.beyond)}."
    if both.order:
        return f"{other} and {base} do not step in the same order: {both.order}."
    if both.lengths[0] != both.lengths[1]:
        same = "equal" if both.parting is None else "equal within the tolerance"
        return (
            f"{other} and {base} are {same} over {both.updates} updates, but {base} has "
            f"{both.lengths[0]} updates and {other} {both.lengths[1]}."
        )
    if both.only_base or both.only_other:
        return f"{other} and {base} are equal in what both have, but each has tensors of its own."
    if both.parting is not None:
        return (
            f"{other} equals {base} within the tolerance in all {both.updates} updates, but not "
            f"bitwise: the bits part at {_describe(both.parting)}."
        )
    return (
        f"{other} and {base} are equal: every reading of {both.updates} updates is the same"
        f"{'' if _is_proved(both) else ', as far as the readings tell'}."
    )


def _describe(place: Parting) -> str:
    return f"update {place.update}, {place.call}: {place.account} of {literal(place.parameter)}"


def _places(both: Comparison) -> Iterator[tuple[str, Parting]]:
    if both.parting is not None:
        yield "first difference", both.parting
    if both.beyond is not None and both.beyond is not both.parting:
        yield "beyond tolerance", both.beyond


def _place_table(both: Comparison, places: list[tuple[str, Parting]]) -> Table:
    """Return both numbers under each other, so that the digits in which they differ line up."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", overflow="fold")
    table.add_column(overflow="fold")
    for label, place in places:
        table.add_row(label, Text(_describe(place), style="bold"))
        table.add_row(Text(f"  {literal(both.base.name)}"), _show(place.base, place))
        table.add_row(Text(f"  {literal(both.other.name)}"), _show(place.other, place))
        if place.base is not None and place.other is not None:
            largest, relative = place.difference.largest, place.difference.relative
            size = f"{number(largest, 4)}, relative {number(relative, 3)}"
            table.add_row("  difference", size)
    return table


def _show(reading: Reading | None, place: Parting) -> str:
    """Return the number in which both differ: the one of many that differs most, with its index."""
    if reading is None:
        return "None"
    one, two = place.base, place.other
    if one is None or two is None or one.values is None or two.values is None:
        return f"‖{number(reading.norm, 9)}‖"
    if len(one.values) != len(two.values):
        return f"shape {reading.shape}"
    gaps = [abs(a - b) if a != b else 0.0 for a, b in zip(one.values, two.values, strict=True)]
    at = gaps.index(max(gaps)) if gaps else 0
    values = reading.values or ()
    where = f"[{at}] " if len(values) > 1 else ""
    return f"{where}{number(values[at], 9)}" if values else "empty"


def _one_sided(both: Comparison) -> Iterator[RenderableType]:
    sides = ((both.base.name, both.only_base), (both.other.name, both.only_other))
    for name, missing in sides:
        if missing:
            rest = f" and {len(missing) - _FEW} more" if len(missing) > _FEW else ""
            shown = ", ".join(map(literal, missing[:_FEW]))
            yield Text(f"only in {literal(name)}: {shown}{rest}")
    if any(missing for _, missing in sides):
        yield Text()


def _fact_table(found: Diff) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, border_style="dim")
    table.add_column("what also differs", overflow="fold")
    for name in (found.comparison.base.name, found.comparison.other.name):
        table.add_column(Text(literal(name)), overflow="fold")
    for fact in found.facts:
        table.add_row(*(Text(literal(part)) for part in (fact.name, fact.base, fact.other)))
    return table


def _config_line(line: str) -> Text:
    style = {"+": "green", "-": "red", "@": "dim"}.get(line[:1], "")
    return Text(literal(line), style=style)


def _is_proved(both: Comparison) -> bool:
    """Whether equal readings are equal bits: where all elements are kept, or their digest is."""
    first = next(iter(both.base.updates), None)
    readings = [row.value_after for row in first.rows.values()] if first else []
    known = [reading for reading in readings if reading is not None]
    return all(reading.digest or reading.values is not None for reading in known)
