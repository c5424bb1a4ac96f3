"""What an update is: everything from the end of one `step` to the end of the next.

One row a tensor, with both of its accounts. `ledger.py` makes updates out of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backtrace.ledger import books
from backtrace.ledger.books import Balance
from backtrace.ledger.events import Kind, Reading, Receipt, Split
from backtrace.ledger.printer import Printer
from backtrace.ledger.quick_init import quick_init
from backtrace.printable import literal


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the loop as it was seen; `in_step` when a closure made it.

    `is_eval` is a forward's in evaluation mode, or without gradients: it leads to no backward.
    """

    name: str
    detail: str = ""
    where: str = ""
    in_step: bool = False
    is_eval: bool = False

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        where = f", {self.where}" if self.where else ""
        said = f"{self.name}{f' {self.detail}' if self.detail else ''}{where}"
        printer.text(f"<Call {literal(said)}>")


@dataclass(frozen=True, slots=True)
class Scored:
    """What a loss function of torch's was given: the model's output and what it was held against.

    `value` is the loss that it returned, None where that was not one number; `reduction` how it
    made one of many.
    """

    function: str
    output: Reading
    target: Reading
    value: float | None
    reduction: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a module returned; of a model, where no loss function of torch's took it."""

    module: str
    type: str
    place: str
    is_model: bool
    output: Reading


@quick_init
@dataclass(frozen=True, slots=True)
class Row:
    """Both accounts of one tensor over one update.

    `grad_before` is what the first `backward` since the last clearing found, `added` what each
    `backward` since then added (None where it did not reach the tensor), `grad_after` what
    `step` read; `cleared` is what earlier backwards had added and a clearing took away again. When
    it was recorded, `terms` splits `added` by loss term, `split` says how the terms share
    `grad_after`, and `receipt` explains `change`.
    """

    name: str
    shape: tuple[int, ...]
    kind: Kind
    value_before: Reading | None
    grad_before: Reading | None
    added: tuple[Reading | None, ...]
    grad_after: Reading | None
    change: Reading | None
    value_after: Reading | None
    terms: Mapping[str, tuple[Reading | None, ...]]
    grad_books: Balance
    value_books: Balance
    receipt: Receipt | None = None
    split: Split | None = None
    cleared: tuple[Reading | None, ...] = ()

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        grad, change = self.grad_after, self.change
        told = "None" if grad is None else f"norm {grad.norm:.6g}"
        moved = "" if change is None else f", change norm {change.norm:.6g}"
        printer.text(f"<Row {literal(self.name)} {self.shape}: .grad {told}{moved}>")


@dataclass(frozen=True, slots=True)
class Update:
    """One update of one optimizer.

    `loss` is the sum of the losses that `backward` was called on since the last clearing, so it
    is what `.grad` is the gradient of; None when none was seen. `called` is what the user calls
    the optimizer, `optimizer` itself where that is not known. `is_complete` is False for calls
    after the last step. `notes` says in words what a reader must know about these books. `scored`
    holds what the loss functions before its backwards were called on, `given` what models and
    modules returned before them, where that was read.
    """

    index: int
    optimizer: str
    type: str
    lr: tuple[float, ...]
    loss: float | None
    terms: Mapping[str, float]
    calls: tuple[Call, ...]
    rows: Mapping[str, Row]
    notes: tuple[str, ...]
    elapsed: float
    is_complete: bool = True
    split: Split | None = None
    scored: tuple[Scored, ...] = ()
    called: str = ""
    given: tuple[Given, ...] = ()

    @property
    def grad_books(self) -> Balance:
        """The worst gradient account of all rows."""
        return books.worst(row.grad_books for row in self.rows.values())

    @property
    def value_books(self) -> Balance:
        """The worst value account of all rows."""
        return books.worst(row.value_books for row in self.rows.values())

    def __str__(self) -> str:
        loss = "" if self.loss is None else f", loss {self.loss:.6g}"
        tensors = f"{len(self.rows)} tensor{'' if len(self.rows) == 1 else 's'}"
        end = "" if self.is_complete else ", no step yet"
        return f"<Update {self.index} of {literal(self.called or self.type)}{loss}, {tensors}{end}>"

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        from backtrace.show.html.html import update_to_html

        return update_to_html(self)
