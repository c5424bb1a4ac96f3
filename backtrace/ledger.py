"""Events become updates, one row a tensor.

The same code serves a live run and a replayed trace. Each optimizer has a ledger of its own:
its update runs from the end of its own last step, so the two optimizers of a GAN, or of an
encoder and a decoder, do not cut each other's books in half.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from backtrace import books
from backtrace.books import Balance
from backtrace.events import (
    BackwardRan,
    Edited,
    Event,
    ForwardRan,
    GradsRescaled,
    GradsZeroed,
    LossComputed,
    ParameterSeen,
    Reading,
    Receipt,
    Split,
    StepBegan,
    StepSkipped,
    StepTaken,
    Unseen,
)
from backtrace.updates import Call, Row, Update


@dataclass(slots=True)
class _Account:
    """The running state of one tensor while the calls of an update are gone through."""

    seen: ParameterSeen
    grad: Reading | None = None
    value: Reading | None = None
    grad_before: Reading | None = None
    added: dict[int, Reading] = field(default_factory=dict)
    terms: dict[str, dict[int, Reading]] = field(default_factory=dict)
    value_before: Reading | None = None
    change: Reading | None = None
    receipt: Receipt | None = None
    split: Split | None = None
    grad_books: list[Balance] = field(default_factory=list)
    value_books: list[Balance] = field(default_factory=list)

    def open(self) -> _Account:
        """Return the account as the next update finds it."""
        return _Account(
            self.seen, self.grad, self.value, grad_before=self.grad, value_before=self.value
        )

    def clear(self, after: Reading | None) -> None:
        self.grad = self.grad_before = after
        self.added, self.terms, self.grad_books = {}, {}, []

    def close(self, backwards: list[int]) -> Row:
        def spread(found: Mapping[int, Reading]) -> tuple[Reading | None, ...]:
            return tuple(found.get(event) for event in backwards)

        return Row(
            name=self.seen.name,
            shape=self.seen.shape,
            kind=self.seen.kind,
            value_before=self.value_before,
            grad_before=self.grad_before,
            added=spread(self.added),
            grad_after=self.grad,
            change=self.change,
            value_after=self.value,
            terms={term: spread(found) for term, found in self.terms.items()},
            grad_books=books.worst(self.grad_books),
            value_books=books.worst(self.value_books),
            receipt=self.receipt,
            split=self.split,
        )


class _Page:
    """The open update of one optimizer."""

    def __init__(self, optimizer: str, accounts: Mapping[str, _Account]) -> None:
        self.optimizer = optimizer
        self.accounts = {name: account.open() for name, account in accounts.items()}
        self.calls: list[Call] = []
        self.backwards: dict[int, float | None] = {}
        self.losses: dict[int, Mapping[str, float]] = {}
        self.pending: Mapping[str, float] = {}
        self.notes: list[str] = []
        self.touched: set[str] = set()
        self.split: Split | None = None
        self.step_depth = 0

    def owns(self, name: str) -> bool:
        return self.accounts[name].seen.optimizer == self.optimizer

    def is_own_business(self, names: Iterable[str]) -> bool:
        """Whether a call reached this optimizer's tensors, or tensors that no optimizer has."""
        owners = {self.accounts[name].seen.optimizer for name in names}
        return not owners or bool(owners & {self.optimizer, None})

    def take(self, event: Event) -> None:
        """Enter one event."""
        match event:
            case ParameterSeen():
                self._see(event)
            case GradsZeroed():
                self._clear(event)
            case ForwardRan():
                self._call("forward", event, event.module)
            case LossComputed():
                self.pending = event.terms
            case BackwardRan():
                self._backward(event)
            case GradsRescaled():
                self._call(event.call, event)
                for name, entry in event.grads.items():
                    self.accounts[name].grad = entry.after
            case Edited():
                self._edit(event)
            case StepBegan():
                self.step_depth += 1
            case StepTaken():
                self._step(event)
            case StepSkipped():
                self._call("step skipped", event, event.reason)
                self.notes.append(f"{event.optimizer}.step was skipped: {event.reason}")
            case Unseen():
                self.notes.append(f"not seen: {event.what} ({event.reason})")

    def _see(self, event: ParameterSeen) -> None:
        known = self.accounts.get(event.name)
        if known is None or event.kind == "input":  # every batch is a tensor of its own
            fresh = _Account(event, value=event.value, value_before=event.value)
            self.accounts[event.name] = fresh
        else:
            known.seen = event

    def _call(self, name: str, event: Event, detail: str = "") -> None:
        self.calls.append(Call(name, detail, event.where, in_step=self.step_depth > 0))

    def _clear(self, event: GradsZeroed) -> None:
        is_own = self.is_own_business(event.grads)
        self._call("zero_grad" if is_own else event.call, event, event.call)
        for name, entry in event.grads.items():
            self.accounts[name].clear(entry.after)
        if is_own:
            self.backwards.clear()
            self.losses.clear()

    def _backward(self, event: BackwardRan) -> None:
        self._call("backward", event)
        terms, self.pending = self.pending, {}
        if self.is_own_business(event.grads):
            self.backwards[event.index] = event.loss
            self.losses[event.index] = terms
        for name, entry in event.grads.items():
            account = self.accounts[name]
            if not account.added:
                account.grad_before = entry.before
            if entry.delta is not None:
                account.added[event.index] = entry.delta
                balance = books.check(entry.before, [entry.delta], entry.after)
                account.grad_books.append(balance)
            account.grad = entry.after
            self.touched.add(name)
            account.split = event.splits.get(name)
        self.split = event.splits.get("", self.split)
        for term, parts in event.terms.items():
            for name, reading in parts.items():
                self.accounts[name].terms.setdefault(term, {})[event.index] = reading

    def _edit(self, event: Edited) -> None:
        self._call("edit", event, event.account)
        for name, entry in event.entries.items():
            account = self.accounts[name]
            if event.account == "value":
                account.value = entry.after
            elif entry.after is None:
                account.clear(None)
            else:
                account.grad = entry.after
            self.touched.add(name)
        what = ".grad" if event.account == "grad" else "value"
        self.notes.append(f"{what} of {_listed(event.entries)} changed outside the known calls")

    def _step(self, event: StepTaken) -> None:
        self.step_depth = max(0, self.step_depth - 1)
        is_own = event.optimizer == self.optimizer
        self._call("step" if is_own else f"{event.optimizer}.step", event)
        for name, grad in event.grads.items():
            self.accounts[name].grad = grad
        for name, entry in event.values.items():
            account = self.accounts[name]
            account.value_before, account.change, account.value = (
                entry.before,
                entry.delta,
                entry.after,
            )
            account.receipt = event.receipts.get(name)
            if entry.delta is not None:
                account.value_books.append(books.check(entry.before, [entry.delta], entry.after))

    def close(self, index: int, step: StepTaken | None, *, alone: bool) -> Update:
        """Return the finished update; `alone` when there is no other optimizer."""
        losses = [loss for loss in self.backwards.values() if loss is not None]
        terms: dict[str, float] = {}
        for mix in self.losses.values():
            for name, value in mix.items():
                terms[name] = terms.get(name, 0.0) + value
        rows = {
            name: account.close(list(self.backwards))
            for name, account in self.accounts.items()
            if self.owns(name)
            or (account.seen.optimizer is None and (alone or name in self.touched))
        }
        return Update(
            index=index,
            optimizer=self.optimizer,
            type=step.type if step else "",
            lr=step.lr if step else (),
            loss=sum(losses) if losses else None,
            terms=terms,
            calls=tuple(self.calls),
            rows=rows,
            notes=tuple(dict.fromkeys(self.notes)),
            elapsed=step.elapsed if step else 0.0,
            is_complete=step is not None,
            split=self.split,
        )


class Ledger:
    """Takes events one by one and gives an update for each step.

    >>> updates = [update for event in events for update in ledger.take(event)]
    """

    def __init__(self) -> None:
        self._pages: dict[str, _Page] = {}
        self._counts: dict[str, int] = {}
        self._has_rest = False
        self._latest = _Page("", {})  # what every later optimizer's first page starts from

    def take(self, event: Event) -> Iterator[Update]:
        """Enter `event`; yield the update that it ends, if it ends one."""
        owner = getattr(event, "optimizer", None)
        if owner and owner not in self._pages:
            self._adopt(owner)
        for page in self._pages.values() or (self._latest,):
            page.take(event)
        if isinstance(event, BackwardRan | Edited):
            self._has_rest = True
        if isinstance(event, StepTaken):
            self._has_rest = False
            name = event.optimizer
            self._counts[name] = self._counts.get(name, 0) + 1
            page = self._pages[name]
            yield page.close(self._counts[name], event, alone=len(self._pages) == 1)
            self._pages[name] = _Page(name, page.accounts)

    def rest(self) -> Iterator[Update]:
        """Yield what each optimizer has left at the end: backwards without a step, and edits."""
        if not self._has_rest:
            return
        for name, page in self._pages.items() if self._pages else [("", self._latest)]:
            if page.backwards or any(call.name == "edit" for call in page.calls):
                alone = len(self._pages) <= 1
                yield page.close(self._counts.get(name, 0) + 1, None, alone=alone)

    def _adopt(self, optimizer: str) -> None:
        """Open a page that begins where the recording did."""
        source = next(iter(self._pages.values()), self._latest)
        if self._pages:
            self._pages[optimizer] = _Page(optimizer, source.accounts)
        else:
            source.optimizer = optimizer
            self._pages[optimizer] = source


def build_updates(events: Iterable[Event]) -> list[Update]:
    """Return the updates of a whole trace, the unfinished one included."""
    ledger = Ledger()
    updates = [update for event in events for update in ledger.take(event)]
    return [*updates, *ledger.rest()]


def _listed(names: Iterable[str], most: int = 3) -> str:
    found = list(names)
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest
