"""Which series a run gets: a fixed number of them, however large the model."""

from __future__ import annotations

from math import hypot

from backtrace.ledger.name_globs import is_chosen
from backtrace.ledger.updates import Row, Update
from backtrace.show.export.table import update_ratio
from backtrace.show.sinks.live.tracker import Points

MOST_PARAMETERS = 64  # of each optimizer, unless globs choose
_MOST_OPTIMIZERS = 4
_MOST_OTHERS = 16  # rates and loss terms, each


class Series:
    """Turns updates into points; it remembers which parameters have series of their own.

    Args:
        params: globs over the parameters that have; without any, `MOST_PARAMETERS` of each
            optimizer do, spread over the model, the first and the last among them.
    """

    def __init__(self, params: tuple[str, ...] = ()) -> None:
        self._params = params
        self._chosen: dict[str, frozenset[str]] = {}
        self._seen: set[str] = set()

    def points(self, update: Update) -> Points | None:
        """Return the numbers of a finished update; None of an optimizer beyond the fourth."""
        rows = {name: row for name, row in update.rows.items() if row.kind != "input"}
        is_known = update.optimizer in self._chosen
        if not is_known and len(self._chosen) >= _MOST_OPTIMIZERS:
            return None
        self._seen |= rows.keys()
        own = self._choose(update.optimizer, list(rows))
        is_first = next(iter(self._chosen)) == update.optimizer
        head = "backtrace" if is_first else f"backtrace/{update.optimizer}"
        found = _of_update(update, rows)
        for name, row in rows.items():
            if name in own:
                found |= _of_parameter(name, row)
        numbers = {f"{head}/{name}": value for name, value in found.items()}
        return Points(update.index, update.elapsed, numbers)

    def left_out(self) -> str:
        """Return what has no series of its own, in words; nothing where all have."""
        left = len(self._seen - frozenset().union(*self._chosen.values()))
        if not left or self._params:
            return ""
        return (
            f"{left} of {len(self._seen)} parameters have no series of their own; "
            "--param GLOB chooses which have"
        )

    def _choose(self, optimizer: str, names: list[str]) -> frozenset[str]:
        chosen = self._chosen.get(optimizer)
        if chosen is None:
            if self._params:
                names = [name for name in names if is_chosen(name, self._params)]
            elif len(names) > MOST_PARAMETERS:
                last, most = len(names) - 1, MOST_PARAMETERS - 1
                names = [names[round(at * last / most)] for at in range(MOST_PARAMETERS)]
            chosen = self._chosen[optimizer] = frozenset(names)
        return chosen


def _of_update(update: Update, rows: dict[str, Row]) -> dict[str, float]:
    found: dict[str, float] = {} if update.loss is None else {"loss": update.loss}
    for term, value in [*update.terms.items()][:_MOST_OTHERS]:
        found[f"loss_terms/{term}"] = value
    for group, rate in enumerate(update.lr[:_MOST_OTHERS]):
        found[f"lr/group {group}"] = rate
    norms = [row.grad_after.norm for row in rows.values() if row.grad_after is not None]
    if norms:
        found["total_grad_norm"] = hypot(*norms)
    return found


def _of_parameter(name: str, row: Row) -> dict[str, float]:
    ratio = update_ratio(row)
    found = {} if ratio is None else {f"update_ratio/{name}": ratio}
    for account, reading in (("grad", row.grad_after), ("value", row.value_after)):
        if reading is not None:
            found[f"{account}_norm/{name}"] = reading.norm
    return found
