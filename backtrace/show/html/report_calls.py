"""Chosen updates call by call: every account before the first, and what each call changed."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from backtrace.explain.history.account_writes import AccountWrite, choose_chain, to_write
from backtrace.language import localized, translated
from backtrace.ledger.accounts import AccountChange, Accounts, AccountState
from backtrace.ledger.calls import call_of
from backtrace.ledger.events import (
    Account,
    Event,
    ParameterSeen,
    Reading,
    StepBegan,
    StepSkipped,
    StepTaken,
)
from backtrace.show.content.call_line import call_detail, call_name
from backtrace.show.html.element_parts import ElementPart, element_parts
from backtrace.tracefile import TraceFile

_MOST_CALLS = 60  # of one update; a hundred micro-batches are of one kind


@dataclass(frozen=True, slots=True)
class ReportChange:
    """What a call made of one account; `added` is None where it did not add.

    `is_new` when the account is not what it was, as far as the readings tell.
    """

    state: AccountState
    account: Account
    added: Reading | None
    after: Reading | None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class ReportCall:
    """One call, and what it changed."""

    name: str
    detail: str
    where: str
    in_step: bool
    changes: Sequence[ReportChange]


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A call behind a tensor's numbers, by its place in the calls, and of what it was made."""

    call: int
    account: Account
    parts: Sequence[ElementPart]


class ReportUpdate:
    """All calls between two steps, of whichever optimizer; `place` counts the steps before.

    `start` are the tensors with their accounts as they were before the first call, or when they
    came into view.
    """

    def __init__(self, place: int, accounts: Accounts) -> None:
        self.place = place
        self.start = {state: state.copy() for state in accounts.of.values()}
        self.calls: list[ReportCall] = []
        self._accounts = accounts
        self._passed: list[ReportChange] = []  # to other tensors, since the last call
        self._called = ""  # by the user, the optimizer whose step began last
        self._writes: dict[AccountState, list[tuple[int, AccountWrite]]] = {}  # with their calls

    @property
    def tensors(self) -> Iterator[tuple[AccountState, AccountState]]:
        """Each tensor as it is now, with what its accounts were at the start."""
        return ((state, self.start[state]) for state in self._accounts.of.values())

    def take(self, event: Event, changes: Sequence[AccountChange], *, in_step: bool) -> None:
        """Enter one event, with what it changed in the accounts."""
        found = [_judge(change) for change in changes]
        for change in changes:
            known = self._writes.setdefault(change.state, [])
            known.append((len(self.calls), to_write(event, change)))
        if isinstance(event, ParameterSeen):
            state = self._accounts.of[event.name]
            if state not in self.start:
                self.start[state] = state.copy()
            self._passed += found
            return
        if isinstance(event, StepBegan):
            self._called = event.written
        call = call_of(event, in_step=in_step)
        if call is not None:
            found, self._passed = [*self._passed, *found], []
            detail = call_detail(call, event, self._called)
            self.calls.append(ReportCall(call_name(call), detail, call.where, call.in_step, found))

    def chain(self, state: AccountState) -> list[ReportLink]:
        """Return the calls behind a tensor's value, or where no step read it, behind its gradient.

        The latest first.
        """
        known = self._writes.get(state, [])
        places = {id(write): at for at, write in known}
        writes = [write for _, write in known if not isinstance(write.event, ParameterSeen)]
        chain = choose_chain(writes, "value") or choose_chain(writes, "grad")
        return [
            ReportLink(places[id(write)], write.account, element_parts(write, chain[at + 1 :]))
            for at, write in enumerate(chain)
        ]

    def shorten(self) -> None:
        """Fold the calls in the middle of a very long update into one."""
        if len(self.calls) <= _MOST_CALLS:
            return
        half = _MOST_CALLS // 2
        middle = self.calls[half:-half]
        latest = {(each.state, each.account): each for call in middle for each in call.changes}
        changes = [ReportChange(c.state, c.account, None, c.after) for c in latest.values()]
        fold = ReportCall(
            localized(f"{len(middle)} calls"), translated("taken together"), "", False, changes
        )
        self.calls[half:-half] = [fold]
        cut = len(middle) - 1
        for state, known in self._writes.items():
            self._writes[state] = [
                (at if at < half else max(half, at - cut), write) for at, write in known
            ]


def follow(
    events: Iterable[Event],
    places: Collection[int],
    accounts: Accounts | None = None,
    place: int = 0,
) -> Iterator[ReportUpdate]:
    """Yield what the steps of these places end; the last may have no step.

    The events begin after the step before `place`, which left the accounts as they are given.
    What is yielded stands on the accounts as they are then: use it before the next is asked for.
    """
    accounts = Accounts() if accounts is None else accounts
    depth, last = 0, max(places, default=-1)
    update = ReportUpdate(place, accounts) if place in places else None
    for event in events:
        if place > last:
            return
        changes = accounts.take(event)
        depth = depth_after(event, depth)
        if update is not None:
            update.take(event, changes, in_step=depth > 0)
        if isinstance(event, StepTaken):
            if update is not None:
                update.shorten()
                yield update
            place += 1
            update = ReportUpdate(place, accounts) if place in places else None
    if update is not None and any(call.changes for call in update.calls):
        update.shorten()
        yield update


def follow_in_file(trace: TraceFile, places: Collection[int]) -> Iterator[ReportUpdate]:
    """Yield the same of a trace in which no step ends inside another, and read no more of it."""
    for place in sorted(places):
        accounts, events = trace.stretch(place, sys.maxsize)
        yield from follow(events, {place}, accounts, place)


def depth_after(event: Event, depth: int) -> int:
    """Return in how many steps the loop stands after an event, and before it in `depth`."""
    ends = isinstance(event, StepTaken) or (isinstance(event, StepSkipped) and event.had_begun)
    return max(0, depth + isinstance(event, StepBegan) - ends)


def _judge(change: AccountChange) -> ReportChange:
    """Return what changed, and whether it did: a small change shows in no statistic but its own."""
    state, account, was, entry, _ = change
    after = state.grad if account == "grad" else state.value
    added = None if entry is None else entry.delta
    is_new = added is not None and added.zeros < added.numel
    # As text, for what was not kept is NaN, and that is no difference.
    return ReportChange(state, account, added, after, is_new or repr(was) != repr(after))
