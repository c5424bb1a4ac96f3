"""Picks rows of updates by their numbers, and sorts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isnan

from backtrace.driver.view import RunResult, View
from backtrace.errors import UsageError
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.show.export.rates import Rates
from backtrace.show.export.table import Cell, rows_of
from backtrace.show.picked.names import Cells, Names
from backtrace.show.picked.where import RowCondition, parse_where
from backtrace.show.selection import Selection

_EVERY_TIME = 4  # parts too many may be held before they are dropped


@dataclass(frozen=True)
class PickRequest:
    """What `--where` and `--sort` ask for: '' for neither; `limit` is None for all rows."""

    where: str
    sort: str
    params: tuple[str, ...]
    selection: Selection
    limit: int | None


@dataclass
class Picked:
    """The rows that were picked, how many there are of how many, and the columns asked about."""

    columns: tuple[str, ...]
    rows: list[Cells] = field(default_factory=list)
    count: int = 0
    seen: int = 0
    optimizers: set[str] = field(default_factory=set)


class PickedView(View):
    """Keeps the rows that fulfil a condition; of many, those that stand first in the order.

    Raises:
        UsageError: the request cannot be read.
    """

    def __init__(self, request: PickRequest, terms: Sequence[str]) -> None:
        self._request, self._terms = request, tuple(terms)
        names = Names(terms)
        self._names = names.all()
        self._condition = parse_where(request.where, names) if request.where else _ANY
        self._order = _read_sort(request.sort, names) if request.sort else None
        sorted_by = (self._order.column,) if self._order else ()
        self.picked = Picked(tuple(dict.fromkeys((*sorted_by, *self._condition.columns))))
        self._rates = Rates()
        self._waiting: tuple[Update, dict[str, float]] | None = None

    def take_event(self, event: Event) -> None:
        """Remember whose learning rates are whose."""
        self._rates.take(event)

    def take_update(self, update: Update) -> None:
        """Keep the rows of it that are asked for."""
        rates = self._rates.of(update)
        if update.index in self._request.selection:
            self._pick(update, rates)
            self._waiting = None
        else:
            self._waiting = (update, rates)

    def finish(self, result: RunResult) -> None:
        """Take the last update where that is asked for, and leave no row too many."""
        if self._request.selection.has_last and self._waiting is not None:
            self._pick(*self._waiting)
        self._cut(0)

    def _pick(self, update: Update, rates: dict[str, float]) -> None:
        picked, most = self.picked, self._request.limit
        for row in rows_of(update, rates, self._terms, self._request.params):
            cells = dict(zip(self._names, row, strict=True))
            picked.seen += 1
            picked.optimizers.add(update.optimizer)
            if not self._condition.holds(cells):
                continue
            picked.count += 1
            if self._order is not None or most is None or len(picked.rows) < most:
                picked.rows.append(cells)
        self._cut(_EVERY_TIME)

    def _cut(self, spare: int) -> None:
        rows, most = self.picked.rows, self._request.limit
        if most is not None and len(rows) <= most * spare:
            return
        if self._order is not None and (most is not None or not spare):
            rows.sort(key=self._order.key)
        if most is not None:
            del rows[most:]


@dataclass(frozen=True, slots=True)
class _RowOrder:
    """The order that `--sort` asks for: largest first, or `rises`; what is not there, last."""

    column: str
    rises: bool

    def key(self, cells: Cells) -> tuple[bool, float, tuple[int, ...]]:
        cell = cells[self.column]
        if isinstance(cell, str):
            return (False, 0.0, tuple(map(ord, cell)))  # texts always from A on
        return (cell is None, _size(cell) if self.rises else -_size(cell), ())


def _size(cell: Cell) -> float:
    """Return a number by its size; one that is NaN is larger than all others."""
    if not isinstance(cell, int | float):
        return 0.0
    return inf if isnan(cell) else float(cell)


def _read_sort(text: str, names: Names) -> _RowOrder:
    text = text.strip()
    if not text.lstrip("+"):
        raise UsageError("--sort: name a column, such as ratio, or +ratio for the smallest first")
    return _RowOrder(names.find(text.lstrip("+"), "--sort").name, text.startswith("+"))


_ANY = RowCondition(lambda cells: True, ())
