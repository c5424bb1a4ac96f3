"""What events wrote into the accounts of one tensor, and which of it made a number what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backtrace.ledger.accounts import AccountChange, Accounts
from backtrace.ledger.events import (
    Account,
    BackwardRan,
    Edited,
    Entry,
    Event,
    ForwardRan,
    GradsZeroed,
    LossComputed,
    ParameterSeen,
    Reading,
    StepTaken,
)
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.state_facts import StateLoaded

_LEADING = (ForwardRan, LossCalled, LossComputed, GraphSeen)


@dataclass(frozen=True, slots=True)
class AccountWrite:
    """What one event did to one account of a tensor, which was called `name` then.

    `was` is what the account held, which is not `before` where a change was not seen. `is_read`
    when the event only read it, as a step does a gradient. `led_by` are the forwards and losses
    since the backward before this one, and what loaded a value.
    """

    name: str
    event: Event
    account: Account
    was: Reading | None
    before: Reading | None
    after: Reading | None
    delta: Reading | None = None
    is_read: bool = False
    led_by: tuple[Event, ...] = ()

    @property
    def loaded(self) -> str:
        """Whose `load_state_dict` wrote a value, '' where none did."""
        is_edit = isinstance(self.event, Edited)
        found = (each.target for each in self.led_by if isinstance(each, StateLoaded))
        return next(found, "") if is_edit else ""

    @property
    def is_clearing(self) -> bool:
        """Whether it took a gradient away: nothing that was before is left in it."""
        is_gone = isinstance(self.event, Edited) and self.after is None
        return self.account == "grad" and (isinstance(self.event, GradsZeroed) or is_gone)


def find_writes(
    accounts: Accounts, events: Iterable[Event], name: str
) -> tuple[str, list[AccountWrite]]:
    """Return what the events wrote of a tensor, in order, and what it was called before them.

    `name` is what it is called after them; `accounts` are carried on to there.
    """
    found: list[tuple[object, AccountWrite]] = []
    starts = {state: state.seen.name for state in accounts.of.values()}
    leading: list[Event] = []
    for event in events:
        known = set(accounts.of.values()) if isinstance(event, ParameterSeen) else None
        changes = accounts.take(event)
        led_by = tuple(leading) if isinstance(event, BackwardRan) else ()
        found += [(change.state, to_write(event, change, led_by)) for change in changes]
        if known is not None and isinstance(event, ParameterSeen):
            state = accounts.of[event.name]
            if state not in known:
                found.append((state, _to_first(event)))
        if isinstance(event, BackwardRan):
            leading = []
        elif isinstance(event, _LEADING):
            leading.append(event)
        elif isinstance(event, StateLoaded):
            found = [(state, _loaded_by(event, write)) for state, write in found]
    wanted = accounts.of.get(name)
    if wanted is None:
        return name, []
    return starts.get(wanted, name), [write for state, write in found if state is wanted]


def choose_chain(writes: Sequence[AccountWrite], account: Account) -> list[AccountWrite]:
    """Return the writes that made an account what it is, the latest first.

    For a value, those of the gradient that each step read are among them; what stood in a
    gradient before it was cleared is no part of it.
    """
    found = []
    wants_grad = account == "grad"
    for write in reversed(writes):
        if write.account == "value":
            if account == "value":
                found.append(write)
                wants_grad = wants_grad or isinstance(write.event, StepTaken)
        elif wants_grad:
            found.append(write)
            wants_grad = not write.is_clearing
    return found


def to_write(event: Event, change: AccountChange, led_by: tuple[Event, ...] = ()) -> AccountWrite:
    """Return one change of the accounts, just after it was made, as a write."""
    state, account, was, entry, _ = change
    after = state.grad if account == "grad" else state.value
    is_read = isinstance(event, StepTaken) and account == "grad"
    given = entry or Entry(was, after)
    return AccountWrite(
        state.seen.name, event, account, was, given.before, after, given.delta, is_read, led_by
    )


def _to_first(event: ParameterSeen) -> AccountWrite:
    return AccountWrite(event.name, event, "value", None, None, event.value)


def _loaded_by(event: StateLoaded, write: AccountWrite) -> AccountWrite:
    """Return a change of a value that the loading at the same line explains, with that."""
    is_its = isinstance(write.event, Edited) and write.event.where == event.where
    if not is_its or write.account != "value" or write.event.index != event.index - 1:
        return write
    return replace(write, led_by=(event,))
