"""An update as headers and rows of plain text, which every tabular renderer draws its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from backtrace.config.words import nearest
from backtrace.language import localized, translated
from backtrace.ledger.events import Kind
from backtrace.ledger.name_globs import is_chosen
from backtrace.ledger.updates import Row, Update
from backtrace.show.content.cells import (
    Cell,
    Detail,
    literal,
    reading_cell,
    shape_text,
    shows_values,
    statistic_labels,
)
from backtrace.show.content.sums import Shown, combine_readings, sum_readings

Role = Literal["value", "grad", "added", "change"]
Getter = Callable[[Row], Shown | None]


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of one account: its title in one or two parts, and what its numbers are."""

    title: tuple[str, ...]
    role: Role

    @property
    def text(self) -> str:
        """The title on one line."""
        return " ".join(self.title)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One tensor; `labels` name the statistics in its cells, () when its elements stand there."""

    name: str
    shape: str
    kind: Kind
    labels: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The table of an update; `total` is all of its parameters as one, when some are hidden."""

    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]
    total: GridRow | None
    hidden: int
    notes: tuple[str, ...]


def build_grid(
    update: Update,
    *,
    params: Sequence[str] = (),
    values: int = 8,
    detail: Detail = "short",
    by_term: bool = False,
    limit: int | None = 12,
    digits: int = 6,
    most_added: int = 4,
) -> Grid:
    """Return the table of `update`.

    `params` are globs or exact names (none: all). A tensor of at most `values` elements shows
    them, a larger one its statistics. Of more than `limit` parameters, those that changed most
    are shown, in the model's order. Of more than `most_added` micro-batches, the first and the
    last are shown and those between summed.
    """
    chosen = [row for row in update.rows.values() if is_chosen(row.name, params)]
    tensors = [row for row in chosen if row.kind != "input"]
    inputs = [row for row in chosen if row.kind == "input"]
    top = _top(tensors, limit)
    splits = by_term and any(row.terms for row in chosen)
    columns = _columns(chosen, most_added, by_term=splits)
    style = _Style(tuple(column for column, _ in columns), values, detail, digits)

    def draw(row: Row) -> GridRow:
        readings = [get(row) for _, get in columns]
        return style.draw(_name(row), shape_text(row.shape), row.kind, readings)

    total = None
    if len(top) < len(tensors):
        sums = [combine_readings([get(row) for row in tensors]) for _, get in columns]
        total = style.draw(localized(f"all {len(tensors)} parameters"), "", "parameter", sums)
    return Grid(
        columns=style.columns,
        rows=tuple(draw(row) for row in (*top, *inputs)),
        total=total,
        hidden=len(tensors) - len(top),
        notes=(
            *_notes(
                params, update.rows if not chosen else None, lacks_terms=by_term and not splits
            ),
            *_note_of_inputs(inputs),
        ),
    )


def choose_rows(update: Update, params: Sequence[str], limit: int | None) -> list[Row]:
    """Return the rows of parameters that `build_grid` shows."""
    rows = [row for row in update.rows.values() if is_chosen(row.name, params)]
    return _top([row for row in rows if row.kind != "input"], limit)


@dataclass(frozen=True, slots=True)
class _Style:
    """How readings become a row."""

    columns: tuple[GridColumn, ...]
    values: int
    detail: Detail
    digits: int

    def draw(self, name: str, shape: str, kind: Kind, readings: Sequence[Shown | None]) -> GridRow:
        by_value = shows_values(readings, self.values)
        labels = () if by_value else statistic_labels(readings, self.detail)
        cells = tuple(
            reading_cell(
                reading,
                labels,
                digits=self.digits,
                signed=column.role == "change",
                is_grad=column.role == "grad",
            )
            for column, reading in zip(self.columns, readings, strict=True)
        )
        return GridRow(name, shape, kind, tuple(map(translated, labels)), cells)


def _note_of_inputs(inputs: Sequence[Row]) -> Iterator[str]:
    """Say why an input's gradient did not begin at None, as that of a config's batch does."""
    kept = [row for row in inputs if row.grad_before is not None and row.grad_before.norm > 0]
    if kept:
        names = ", ".join(literal(row.name) for row in kept)
        yield localized(
            f".grad of {names} began with what earlier updates left: it is one tensor in all of "
            "them, and no optimizer's zero_grad clears an input"
        )


def _notes(
    params: Sequence[str], others: Iterable[str] | None, *, lacks_terms: bool
) -> tuple[str, ...]:
    """Return what must be said; `others` are the names there are, where none of them was chosen."""
    if others is not None:
        named = f" is named {' or '.join(map(literal, params))}" if params else " was recorded"
        names = list(others)
        near = [nearest(glob, names) for glob in params]
        asked = " or ".join(literal(name) for name in near if name)
        near_text = f"; did you mean {asked}?" if asked else ""
        return (localized(f"no parameter{named}{near_text}"),)
    return (localized("what each loss term added was not recorded"),) if lacks_terms else ()


def _name(row: Row) -> str:
    is_plain = row.kind == "parameter" or row.name.startswith(row.kind)
    return literal(row.name) if is_plain else f"{literal(row.name)} ({translated(row.kind)})"


def _top(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """Return the `limit` rows that changed most (or have the largest gradient), in their order."""
    if limit is None or len(rows) <= limit:
        return list(rows)
    has_change = any(row.change is not None for row in rows)

    def weight(row: Row) -> tuple[bool, float]:
        reading = row.change if has_change else row.grad_after
        if reading is None:
            return (False, -1.0)
        return (not isfinite(reading.norm), reading.norm if isfinite(reading.norm) else 0.0)

    best = {row.name for row in sorted(rows, key=weight, reverse=True)[:limit]}
    return [row for row in rows if row.name in best]


def _columns(rows: Sequence[Row], most: int, *, by_term: bool) -> list[tuple[GridColumn, Getter]]:
    value, before = translated("value"), translated("before")
    after = translated("after")
    added = _term_columns(rows) if by_term else _added_columns(rows, most)
    return [
        (GridColumn((value, before), "value"), lambda row: row.value_before),
        *_cleared_columns(rows, most),
        (GridColumn((".grad", before), "grad"), lambda row: row.grad_before),
        *added,
        (GridColumn((".grad", after), "grad"), lambda row: row.grad_after),
        (GridColumn((translated("change"),), "change"), lambda row: row.change),
        (GridColumn((value, after), "value"), lambda row: row.value_after),
    ]


def _added_columns(rows: Sequence[Row], most: int) -> list[tuple[GridColumn, Getter]]:
    count = max((len(row.added) for row in rows), default=0)
    if count == 1:
        return [(GridColumn(("+ backward",), "added"), lambda row: _sum_range(row, 0, 1))]
    first = 2 if most >= 4 else 1
    folds = count > most and count - first > 2
    cuts = [*range(first), count - 1] if folds else list(range(count))
    columns: list[tuple[GridColumn, Getter]] = []
    for at in cuts:
        if folds and at == count - 1:
            title = (translated("+ … sum of"), localized(f"{at - first} more"))
            columns.append((GridColumn(title, "added"), _range_getter(first, at)))
        title = ("+ backward", str(at + 1))
        columns.append((GridColumn(title, "added"), _range_getter(at, at + 1)))
    return columns


def _cleared_columns(rows: Sequence[Row], most: int) -> list[tuple[GridColumn, Getter]]:
    """Return a column a backward that was cleared again; of many, one of their sum."""
    count = max((len(row.cleared) for row in rows), default=0)

    def getter(start: int, stop: int) -> Getter:
        return lambda row: sum_readings(row.cleared[start:stop])

    if count > most - 2:
        return [
            (
                GridColumn((localized(f"+ {count} backwards,"), translated("cleared")), "added"),
                getter(0, count),
            )
        ]
    return [
        (GridColumn(("+ backward,", translated("cleared")), "added"), getter(at, at + 1))
        for at in range(count)
    ]


def _term_columns(rows: Sequence[Row]) -> list[tuple[GridColumn, Getter]]:
    terms = dict.fromkeys(term for row in rows for term in row.terms)

    def getter(term: str) -> Getter:
        return lambda row: sum_readings(row.terms.get(term, ()))

    return [(GridColumn((f"+ {literal(term)}",), "added"), getter(term)) for term in terms]


def _range_getter(start: int, stop: int) -> Getter:
    return lambda row: _sum_range(row, start, stop)


def _sum_range(row: Row, start: int, stop: int) -> Shown | None:
    return sum_readings(row.added[start:stop])
