"""The table that tabular formats hold: a row for each update and tensor, plain columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

from backtrace.ledger.books import Balance
from backtrace.ledger.events import Reading
from backtrace.ledger.name_globs import is_chosen
from backtrace.ledger.updates import Row, Update

Cell = str | float | int | bool | None
Type = Literal["text", "number", "count", "truth"]

_ACCOUNTS = ("grad_before", "added", "grad_after", "value_before", "change", "value_after")
_STATISTICS = ("norm", "mean", "min", "max")
_COUNTS = ("zeros", "nonfinite")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, and what stands in it."""

    name: str
    type: Type


_FIRST = (
    Column("update", "count"),
    Column("optimizer", "text"),
    Column("optimizer_type", "text"),
    Column("is_complete", "truth"),
    Column("elapsed", "number"),
    Column("loss", "number"),
    Column("parameter", "text"),
    Column("kind", "text"),
    Column("shape", "text"),
    Column("dtype", "text"),
    Column("elements", "count"),
    Column("lr", "number"),
    Column("has_grad", "truth"),
    Column("backwards", "count"),
)
_LAST = (
    Column("update_ratio", "number"),
    Column("grad_residual", "number"),
    Column("grad_bound", "number"),
    Column("grad_balances", "truth"),
    Column("value_residual", "number"),
    Column("value_bound", "number"),
    Column("value_balances", "truth"),
)


def columns(terms: Iterable[str]) -> list[Column]:
    """Return the columns: the same for every trace, but for two a loss term at the end."""
    found = list(_FIRST)
    for account in _ACCOUNTS:
        found += [Column(f"{account}_{name}", "number") for name in _STATISTICS]
        found += [Column(f"{account}_{name}", "count") for name in _COUNTS]
    found += _LAST
    for term in terms:
        found += [Column(f"loss.{term}", "number"), Column(f"share.{term}", "number")]
    return found


def rows_of(
    update: Update,
    lr: Mapping[str, float],
    terms: Sequence[str],
    params: Sequence[str] = (),
) -> Iterator[list[Cell]]:
    """Yield an update's rows, each with a cell a column; of tensors that `params` match, if given.

    `lr` has the rates that the step had for parameters. What does not exist, or was not kept, is
    None; NaN is a number that was computed so.
    """
    for name, row in update.rows.items():
        if not is_chosen(name, params):
            continue
        cells = _about(update, row, lr.get(name))
        added = [reading for reading in row.added if reading is not None]
        one = added[0] if len(added) == 1 else None
        cells += [row.grad_after is not None, len(added)]
        for reading in (
            row.grad_before, one, row.grad_after, row.value_before, row.change, row.value_after,
        ):  # fmt: skip
            cells += _statistics(reading)
        cells += [update_ratio(row), *_balance(row.grad_books), *_balance(row.value_books)]
        shares = {} if row.split is None else row.split.shares
        for term in terms:
            cells += [update.terms.get(term), shares.get(term)]
        yield cells


def update_ratio(row: Row) -> float | None:
    """Return the norm of the change over that of the value before; None where there is none."""
    if row.change is None or row.value_before is None or row.value_before.norm == 0:
        return None
    return row.change.norm / row.value_before.norm


def _about(update: Update, row: Row, lr: float | None) -> list[Cell]:
    known = (row.value_after, row.value_before, row.grad_after, row.change)
    dtype = next((reading.dtype for reading in known if reading is not None), None)
    elements = 1
    for length in row.shape:
        elements *= length
    return [
        update.index,
        update.optimizer,
        update.type or None,
        update.is_complete,
        update.elapsed if update.is_complete else None,
        update.loss,
        row.name,
        row.kind,
        str(list(row.shape)),
        dtype,
        elements,
        lr,
    ]


def _statistics(reading: Reading | None) -> list[Cell]:
    """Return six cells; a NaN over finite elements was not kept, or there were no elements."""
    if reading is None:
        return [None] * 6
    numbers = [getattr(reading, name) for name in _STATISTICS]
    kept = [None if isnan(each) and not reading.nonfinite else each for each in numbers]
    return [*kept, reading.zeros, reading.nonfinite]


def _balance(balance: Balance) -> list[Cell]:
    verdict = balance.is_balanced if balance.is_known else None
    return [balance.residual, balance.bound, verdict]
