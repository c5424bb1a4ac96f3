"""One open update: the accounts of all tensors since an optimizer's last step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from backtrace.ledger import books
from backtrace.ledger.books import Balance
from backtrace.ledger.events import (
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
from backtrace.ledger.facts import CallIgnored
from backtrace.ledger.updates import Call, Row, Update

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Backward:
    """A backward that was seen: what it started from, and which tensors it reached."""

    loss: float | None
    terms: Mapping[str, float]
    names: set[str]


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


class Page:
    """The open update of one optimizer: everything since its last step.

    Which calls were this optimizer's own is only known when it steps: then it shows what it moves.
    """

    def __init__(self, optimizer: str, accounts: Mapping[str, _Account]) -> None:
        self.optimizer = optimizer
        self.accounts = {name: account.open() for name, account in accounts.items()}
        self.calls: list[Call] = []
        self.others_steps = 0
        self._clears: list[tuple[int, int, set[str]]] = []  # place in calls, event, tensors
        self._backwards: dict[int, _Backward] = {}
        self._pending: Mapping[str, float] = {}
        self._notes: list[str] = []
        self._touched: set[str] = set()
        self._split: Split | None = None
        self._step_depth = 0

    def next(self) -> Page:
        """Return the page that follows this one."""
        return Page(self.optimizer, self.accounts)

    def has_entries(self) -> bool:
        """Whether there is something to show although no step was taken."""
        return bool(self._backwards) or any(call.name == "edit" for call in self.calls)

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
                self._pending = event.terms
            case BackwardRan():
                self._backward(event)
            case GradsRescaled():
                self._call(event.call, event)
                for account, entry in self._known(event.grads):
                    account.grad = entry.after
            case Edited():
                self._edit(event)
            case StepBegan():
                self._step_depth += 1
            case StepTaken():
                self._step(event)
            case StepSkipped():
                self._skip(event)
            case _:
                self._remark(event)

    def _remark(self, event: Event) -> None:
        """Note what touched no account."""
        if isinstance(event, CallIgnored):
            self._call(f"{event.call} (requested, did not act)", event, event.reason)
        elif isinstance(event, Unseen):
            self._notes.append(f"not seen: {event.what} ({event.reason})")

    def _known(self, entries: Mapping[str, Item]) -> Iterator[tuple[_Account, Item]]:
        """Go through entries with their accounts; what was never announced has none."""
        for name, entry in entries.items():
            account = self.accounts.get(name)
            if account is not None:
                yield account, entry

    def _see(self, event: ParameterSeen) -> None:
        known = self.accounts.get(event.name)
        if event.formerly in self.accounts and known is None:
            known = self.accounts[event.name] = self.accounts.pop(event.formerly)
        # Every batch is a tensor of its own, and a name may pass on to another tensor.
        if known is None or event.kind == "input" or known.seen.shape != event.shape:
            fresh = _Account(event, value=event.value, value_before=event.value)
            self.accounts[event.name] = fresh
        else:
            known.seen = event

    def _call(self, name: str, event: Event, detail: str = "") -> None:
        self.calls.append(Call(name, detail, event.where, in_step=self._step_depth > 0))

    def _clear(self, event: GradsZeroed) -> None:
        self._clears.append((len(self.calls), event.index, set(event.grads)))
        self._call(event.call, event, event.call)
        for account, entry in self._known(event.grads):
            account.clear(entry.after)

    def _backward(self, event: BackwardRan) -> None:
        self._call("backward", event)
        terms, self._pending = self._pending, {}
        self._backwards[event.index] = _Backward(event.loss, terms, set(event.grads))
        for account, entry in self._known(event.grads):
            if not account.added:
                account.grad_before = entry.before
            if entry.delta is not None:
                account.added[event.index] = entry.delta
                balance = books.check(entry.before, [entry.delta], entry.after)
                account.grad_books.append(balance)
            account.grad = entry.after
            account.split = event.splits.get(account.seen.name)
            self._touched.add(account.seen.name)
        self._split = event.splits.get("", self._split)
        for term, parts in event.terms.items():
            for account, reading in self._known(parts):
                account.terms.setdefault(term, {})[event.index] = reading

    def _edit(self, event: Edited) -> None:
        self._call("edit", event, event.account)
        for account, entry in self._known(event.entries):
            if event.account == "value":
                account.value = entry.after
            elif entry.after is None:
                account.clear(None)
            else:
                account.grad = entry.after
            self._touched.add(account.seen.name)
        what = ".grad" if event.account == "grad" else "value"
        self._notes.append(f"{what} of {_listed(event.entries)} changed outside the known calls")

    def _step(self, event: StepTaken) -> None:
        self._step_depth = max(0, self._step_depth - 1)
        is_own = event.optimizer == self.optimizer
        self.others_steps += not is_own
        self._call("step" if is_own else f"{event.optimizer}.step", event)
        for account, grad in self._known(event.grads):
            account.grad = grad
        for account, entry in self._known(event.values):
            account.value_before, account.value = entry.before, entry.after
            account.change = entry.delta
            account.receipt = event.receipts.get(account.seen.name)
            if entry.delta is not None:
                balance = books.check(entry.before, [entry.delta], entry.after)
                account.value_books.append(balance)

    def _skip(self, event: StepSkipped) -> None:
        if event.had_begun:
            self._step_depth = max(0, self._step_depth - 1)
        self._call("step skipped", event, event.reason)
        self._notes.append(f"{event.optimizer}.step was skipped: {event.reason}")

    def close(self, index: int, step: StepTaken | None, *, alone: bool) -> Update:
        """Return the finished update; `alone` when there is no other optimizer."""
        own = set(step.values) if step else self._announced()
        backwards = self._own_backwards(own)
        losses = [found.loss for found in backwards.values() if found.loss is not None]
        terms: dict[str, float] = {}
        for found in backwards.values():
            for name, value in found.terms.items():
                terms[name] = terms.get(name, 0.0) + value
        rows = {
            name: account.close(list(backwards))
            for name, account in self.accounts.items()
            if name in own or (account.seen.optimizer is None and (alone or name in self._touched))
        }
        return Update(
            index=index,
            optimizer=self.optimizer,
            type=step.type if step else "",
            lr=step.lr if step else (),
            loss=sum(losses) if losses else None,
            terms=terms,
            calls=self._named_calls(own),
            rows=rows,
            notes=tuple(dict.fromkeys(self._notes)),
            elapsed=step.elapsed if step else 0.0,
            is_complete=step is not None,
            split=self._split,
        )

    def _announced(self) -> set[str]:
        """What this optimizer was given; what it steps may be less, or more."""
        return {
            n for n, account in self.accounts.items() if account.seen.optimizer == self.optimizer
        }

    def _concerns(self, names: set[str], own: set[str]) -> bool:
        """Whether a call reached this optimizer's tensors, or tensors that no optimizer has."""
        owners = [self.accounts[name].seen.optimizer for name in names if name in self.accounts]
        return not names or bool(names & own) or None in owners

    def _own_backwards(self, own: set[str]) -> dict[int, _Backward]:
        """Return the backwards since the last clearing that reached this optimizer's tensors."""
        cleared = (event for _, event, names in self._clears if self._concerns(names, own))
        last = max(cleared, default=-1)
        return {
            event: found
            for event, found in self._backwards.items()
            if event > last and self._concerns(found.names, own)
        }

    def _named_calls(self, own: set[str]) -> tuple[Call, ...]:
        """Return the calls; clearing one's own gradients is plainly `zero_grad`."""
        calls = list(self.calls)
        for place, _, names in self._clears:
            if self._concerns(names, own):
                calls[place] = replace(calls[place], name="zero_grad")
        return tuple(calls)


def _listed(names: Iterable[str], most: int = 3) -> str:
    found = list(names)
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest
