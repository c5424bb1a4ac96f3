"""An update on one line: its loss, the size of its gradient and of its change, and the books."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from math import isfinite, sqrt

from rich.cells import cell_len, set_cell_size

from backtrace.language import translated
from backtrace.ledger.updates import Row, Update
from backtrace.show.content.cells import ABSENT, literal, number

_GAP = "  "
_DIGITS = 5
_NAME = (12, 28)  # cells for the parameter that changed most: it is named where 12 are left
_PLACE = 12  # cells for a call's place, at the least
_OPTIMIZER = 12


@dataclass(frozen=True, slots=True)
class Columns:
    """What a line has room for in `width` cells; `has_optimizer` when there are several."""

    width: int
    has_optimizer: bool = False

    def heading(self) -> str:
        """Return the titles."""
        share = translated("change/value")
        names = [share, translated("of")] if self._name else [share]
        optimizer = [translated("optimizer")] if self.has_optimizer else []
        loss, norm = translated("loss"), translated("grad norm")
        ends = [translated("books"), translated("where")]
        return self._join([translated("update"), *optimizer, loss, norm, *names, *ends])

    def line(self, update: Update, from_zero: Set[str] = frozenset()) -> str:
        """Return the update's figures under the titles; `from_zero` is as in `ZeroStarts`."""
        ratio, name = _largest_change(update, from_zero)
        names = [ratio, literal(name)] if self._name else [ratio]
        optimizer = [literal(update.called or update.optimizer)] if self.has_optimizer else []
        loss = ABSENT if update.loss is None else number(update.loss, _DIGITS)
        cells = [str(update.index), *optimizer, loss, _grad_norm(update), *names]
        return self._join([*cells, books_mark(update), _where(update)])

    @property
    def _figures(self) -> list[int]:
        return [7, *([_OPTIMIZER] if self.has_optimizer else []), 10, 10, 12]

    @property
    def _name(self) -> int:
        """How many cells the parameter's name gets: half of what is left; 0 where it is little."""
        widths = [*self._figures, 5]
        left = self.width - sum(widths) - len(_GAP) * (len(widths) + 1)
        least, most = _NAME
        return min(max(left // 2, least), most) if left >= least + _PLACE else 0

    def _join(self, cells: list[str]) -> str:
        widths = [*self._figures, *([self._name] if self._name else []), 5]
        texts = []
        for at, (cell, width) in enumerate(zip(cells, widths, strict=False)):
            is_name = at == len(widths) - 2 and self._name > 0
            left = is_name or (self.has_optimizer and at == 1)
            text = _cut(cell, width) if left else cell
            space = " " * max(width - cell_len(text), 0)
            texts.append(text + space if left else space + text)
        room = self.width - sum(widths) - len(_GAP) * len(widths)
        return _GAP.join([*texts, _cut(cells[-1], max(room, 1))]).rstrip()


class ZeroStarts:
    """The tensors that were zero when they were first read: all that they are is change."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._met: set[str] = set()

    def take(self, update: Update) -> None:
        """Note whether the tensors that had no row before are zero."""
        if update.rows.keys() <= self._met:
            return
        for row in update.rows.values():
            if row.name not in self._met and row.value_before is not None:
                self._met.add(row.name)
                if row.value_before.norm == 0:
                    self.names.add(row.name)


def books_mark(update: Update) -> str:
    """Return ✓ for books that balance, ✗ for those that do not, ? where it cannot be judged."""
    found = (update.grad_books, update.value_books)
    if any(each.is_known and not each.is_balanced for each in found):
        return "✗"
    return "✓" if all(each.is_known for each in found) else "?"


def is_strange(update: Update) -> bool:
    """Whether an update must be shown whatever its number: its books or its loss are not right."""
    return books_mark(update) == "✗" or (update.loss is not None and not isfinite(update.loss))


def _stepped(update: Update) -> list[Row]:
    """Return the rows that the step moved; all of them where none was."""
    rows = [row for row in update.rows.values() if row.kind != "input"]
    return [row for row in rows if row.change is not None] or rows


def _grad_norm(update: Update) -> str:
    norms = [row.grad_after.norm for row in _stepped(update) if row.grad_after is not None]
    return number(sqrt(sum(norm * norm for norm in norms)), _DIGITS) if norms else ABSENT


def _largest_change(update: Update, from_zero: Set[str]) -> tuple[str, str]:
    """Return the largest ratio of a change's norm to the value's before it, and whose it is.

    A value that is zero has no such ratio, and one that began so has a large one for long; it is
    shown only where every tensor that moved began so.
    """
    ratios = [
        (row.change.norm / row.value_before.norm, row.name)
        for row in update.rows.values()
        if row.change is not None and row.value_before is not None and row.value_before.norm > 0
    ]
    ratios = [found for found in ratios if found[1] not in from_zero] or ratios
    if not ratios:
        return ABSENT, ""
    ratio, name = max(ratios, key=lambda found: (found[0] != found[0], found[0]))
    return number(ratio, _DIGITS), name


def _where(update: Update) -> str:
    """Return the place of the update's last call."""
    places = [call.where for call in update.calls if call.where]
    return literal(places[-1]) if places else ""


def _cut(text: str, width: int) -> str:
    """Return the end of `text` in at most `width` cells, for the end tells names apart."""
    if cell_len(text) <= width:
        return text
    kept = text[-width + 1 :] if width > 1 else ""
    return set_cell_size(f"…{kept}", width).rstrip()
