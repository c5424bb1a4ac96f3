"""A run in one line, and the losses of its epochs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite, log10
from statistics import median

from rich import box
from rich.table import Table
from rich.text import Text

from backtrace.driver.view import RunResult
from backtrace.language import localized, translated
from backtrace.ledger import books
from backtrace.ledger.books import NOTHING, Balance
from backtrace.ledger.events import Event, ParameterSeen
from backtrace.ledger.late_rows import brief_columns, worst_books
from backtrace.ledger.updates import Update
from backtrace.show.content.cells import literal, number
from backtrace.show.content.counted import counted

_DIGITS = 4
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_EPOCHS = 8  # shown at either end
_OPTIMIZERS = 8  # that are told of by name
_GROWN = 1.25  # times as many rows: losses that are sums do not compare
_LEAST, _WINDOW = 3, 50  # losses that make a median at either end, of a quarter of the run


@dataclass(slots=True)
class _Losses:
    """One optimizer's updates: how many there are, and the losses at either end."""

    count: int = 0
    complete: int = 0
    highest: int = 0
    seen: int = 0  # losses
    first: list[float] = field(default_factory=list)
    last: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    lost_at: int | None = None
    first_rows: list[int] = field(default_factory=list)  # that each of `first` is a sum over
    last_rows: deque[int] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def take(self, update: Update) -> None:
        is_whole = update.is_complete or update.loss is None or not isfinite(update.loss)
        if self.count and not is_whole:  # the loss of some micro-batches compares with no other
            return
        self.count += 1
        if update.is_complete:
            self.complete += 1
            self.highest = max(self.highest, update.index)
        if update.loss is None:
            return
        self.seen += 1
        if len(self.first) < _WINDOW:
            self.first.append(update.loss)
            self.first_rows.append(_summed_rows(update))
        self.last.append(update.loss)
        self.last_rows.append(_summed_rows(update))
        if not isfinite(update.loss) and self.lost_at is None:
            self.lost_at = update.index
        elif isfinite(update.loss):
            self.lost_at = None

    def counted(self) -> str:
        """Return how many updates were read; that there are more is seen in their numbers."""
        text = counted(self.complete, "update")
        return localized(f"{text} read") if self.highest > self.complete else text

    def text(self) -> str:
        """Return the loss at either end: of one update, or medians, for batches differ."""
        if not self.seen:
            return localized("loss not seen")
        if self.count == 1:
            return localized(f"loss {number(self.first[0], _DIGITS)}")
        window = 1 if self.lost_at is not None else self._window()
        first = _median(self.first[:window])
        last = _median(list(self.last)[-window:])
        text = localized(f"loss {number(first, _DIGITS)} → {number(last, _DIGITS)}")
        if self.lost_at is not None:
            return localized(f"{text}, loss is not finite from update {self.lost_at} on")
        told = []
        if first > 0 and last >= 0 and isfinite(first):  # else a share says nothing
            told.append(self._by_row(window) or _trend(first, last))
        if window > 1:
            told.append(localized(f"medians of {window} losses"))
        return f"{text} ({translated(', ').join(told)})" if told else text

    def _by_row(self, window: int) -> str:
        """Return the trend of one row, where losses are sums over batches that grew or shrank."""
        rows, later = self.first_rows[:window], list(self.last_rows)[-window:]
        sizes = median(rows), median(later)
        if not all([*rows, *later]) or max(sizes) < _GROWN * min(sizes):
            return ""
        first = _median([loss / n for loss, n in zip(self.first, rows, strict=False)])
        last = _median([x / n for x, n in zip(list(self.last)[-window:], later, strict=True)])
        way = f"{number(first, _DIGITS)} → {number(last, _DIGITS)}"
        return localized(
            f"summed over {sizes[0]:.0f} rows, later {sizes[1]:.0f}: {way} a row, "
            f"{_trend(first, last)}"
        )

    def _window(self) -> int:
        quarter = min(self.seen // 4, _WINDOW)
        return quarter if quarter >= _LEAST else 1


def _median(losses: list[float]) -> float:
    return median([loss for loss in losses if isfinite(loss)] or losses)


def _summed_rows(update: Update) -> int:
    """Return over how many rows a loss was summed; 0 where it was not, or that is not known."""
    if not update.scored or any(each.reduction != "sum" for each in update.scored):
        return 0
    return sum(each.output.shape[0] if each.output.shape else 1 for each in update.scored)


def _trend(first: float, last: float) -> str:
    """Return by how much a loss changed: in percent, or as a factor where that says more."""
    factor = last / first
    if factor >= 1e4:
        power = str(round(log10(factor))).translate(_RAISED)
        return f"×10{power}"
    if factor >= 10:
        return f"×{factor:.3g}" if factor < 100 else f"×{factor:.0f}"
    share = 100 * (factor - 1)
    return f"{'−' if share < 0 else '+'}{abs(share):.1f} %"


@dataclass(slots=True)
class Tally:
    """What a run comes to, taken update by update, so that none has to be kept."""

    updates: int = 0
    parameters: set[str] = field(default_factory=set)
    tensors: set[str] = field(default_factory=set)  # that an optimizer steps, and no module has
    balance: Balance = NOTHING
    _losses: dict[str, _Losses] = field(default_factory=dict)
    _called: dict[str, str] = field(default_factory=dict)  # by the user, by optimizer
    _unbalanced: list[int] = field(default_factory=list)
    _unknown: list[int] = field(default_factory=list)
    _met: set[str] = field(default_factory=set)  # optimizers, before any has stepped

    def take_event(self, event: Event) -> None:
        """Note whose a tensor is: two optimizers are two before the second has stepped."""
        if isinstance(event, ParameterSeen) and event.optimizer is not None:
            self._met.add(event.optimizer)

    def take(self, update: Update) -> None:
        """Count one update in."""
        self.updates += update.is_complete
        brief = brief_columns(update.rows)
        for name, kind in zip(brief.names, brief.kinds, strict=True):
            if kind != "input":
                (self.parameters if kind == "parameter" else self.tensors).add(name)
        for found in worst_books(update):
            if not found.is_known:
                self._unknown.append(update.index)
                continue
            if not found.is_balanced:
                self._unbalanced.append(update.index)
            self.balance = books.worst([self.balance, found])
        self._losses.setdefault(update.optimizer, _Losses()).take(update)
        self._called.setdefault(update.optimizer, update.called or update.optimizer)

    def named(self, update: Update) -> Update:
        """Return an update under the user's name, of an optimizer that stepped before it only."""
        called = self._called.get(update.optimizer, "")
        return update if update.is_complete or not called else replace(update, called=called)

    @property
    def has_several(self) -> bool:
        """Whether more than one optimizer was seen, so that it is said whose an update is."""
        return len(self._met | self._called.keys()) > 1

    def line(self, seconds: float | None = None) -> str:
        """Return the run in one line."""
        parts = [*self._loss_texts(), self._books_text()]
        if self.parameters or not self.tensors:
            parts.append(counted(len(self.parameters), "parameter"))
        if self.tensors:
            parts.append(counted(len(self.tensors), "tensor"))
        if seconds is not None:
            parts.append(f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms")
        return translated(", ").join(parts)

    def _loss_texts(self) -> list[str]:
        if not self._losses:
            return [counted(self.updates, "update")]
        told = [
            (self._called[name], f"{each.counted()}{translated(', ')}{each.text()}")
            for name, each in self._most_telling()
        ]
        if len(self._losses) == 1:
            return [told[0][1]]
        rest = len(self._losses) - len(told)
        of = len(self._losses)
        more = [localized(f"{rest} of {of} optimizers not shown")] if rest else []
        return [*(f"{literal(name)}: {text}" for name, text in told), *more]

    def _most_telling(self) -> list[tuple[str, _Losses]]:
        """Return the optimizers to tell of, in order: those that diverged, or updated most."""
        most = sorted(
            self._losses.items(),
            key=lambda each: (each[1].lost_at is not None, each[1].complete),
            reverse=True,
        )[:_OPTIMIZERS]
        names = {name for name, _ in most}
        return [each for each in self._losses.items() if each[0] in names]

    def _books_text(self) -> str:
        size = number(self.balance.residual, 5)
        if self._unbalanced:
            where, first = counted(len(set(self._unbalanced)), "update"), self._unbalanced[0]
            return localized(
                f"books do NOT balance in {where} "
                f"(first in update {first}, largest residual {size})"
            )
        if not self._unknown:
            return localized(f"books balanced (largest residual {size})")
        count = counted(len(set(self._unknown)), "update")
        first = self._unknown[0]
        return localized(f"books cannot be judged in {count} (not finite, first in update {first})")


def run_line(tally: Tally, result: RunResult) -> str:
    """Return a run that has ended in one line, and whether it was interrupted."""
    line = tally.line(result.seconds)
    return f"{translated('interrupted: ')}{line}" if result.interrupted else line


def summarize_run(updates: Iterable[Update], *, seconds: float | None = None) -> str:
    """Return a whole run in one line."""
    tally = Tally()
    for update in updates:
        tally.take(update)
    return tally.line(seconds)


def epoch_table(losses: Sequence[float | None], updates_per_epoch: int) -> Table:
    """Return a table of the summed and the mean loss of each epoch; of many, the first and last."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, border_style="dim")
    titles = (translated("epoch"), translated("updates"), translated("summed loss"))
    for title in (*titles, translated("mean loss")):
        table.add_column(title, justify="right", no_wrap=True)
    starts = range(0, len(losses), updates_per_epoch)
    for start in starts:
        epoch = start // updates_per_epoch
        if _EPOCHS <= epoch < len(starts) - _EPOCHS:
            if epoch == _EPOCHS:
                table.add_row("⋮", "⋮", "⋮", "⋮")
            continue
        part = losses[start : start + updates_per_epoch]
        seen = [loss for loss in part if loss is not None]
        total = sum(seen)
        texts = (number(total), number(total / len(seen))) if seen else ("–", "–")
        count = (
            str(len(part))
            if len(part) == updates_per_epoch
            else localized(f"{len(part)} (unfinished)")
        )
        cells = (str(epoch + 1), count, *texts)
        table.add_row(*(Text(cell) for cell in cells))
    return table
