"""The calls that one walks through: what each did, and how every account stood after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backtrace.ledger.accounts import Accounts, AccountState
from backtrace.ledger.calls import call_of
from backtrace.ledger.events import (
    Account,
    BackwardRan,
    Edited,
    Entry,
    Event,
    GradsReduced,
    GradsRescaled,
    GradsZeroed,
    StepBegan,
    StepSkipped,
    StepTaken,
)
from backtrace.show.content.call_line import call_detail, call_name

VERBS = {"zero_grad": "cleared", "backward": "added", "step": "change"}


@dataclass(frozen=True, slots=True)
class WalkedCall:
    """One call: which account it wrote into and what, and how all accounts stood after it."""

    name: str
    detail: str
    event: Event
    states: Mapping[str, AccountState]
    account: Account | None = None
    entries: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """What the call did to an account, in a word."""
        return VERBS.get(self.name, "change")

    def changed(self, name: str) -> bool:
        """Whether the call left a tensor's account other than it found it."""
        entry = self.entries.get(name)
        if entry is None:
            return False
        if entry.before is None or entry.after is None:
            return entry.before is not entry.after
        return entry.before != entry.after


def find_calls(
    accounts: Accounts, events: Iterable[Event], called: dict[str, str] | None = None
) -> list[WalkedCall]:
    """Return the calls among the events; `accounts` are carried on by them.

    What the user calls the optimizers that step is entered into `called`.
    """
    found = []
    known = {} if called is None else called
    for event in events:
        accounts.take(event)
        if isinstance(event, StepBegan) and event.written:
            known[event.optimizer] = event.written
        call = call_of(event)
        if call is None:
            continue
        states = {name: state.copy() for name, state in accounts.of.items()}
        owner = event.optimizer if isinstance(event, StepTaken | StepSkipped) else ""
        detail = call_detail(call, event, known.get(owner, ""))
        found.append(WalkedCall(call_name(call), detail, event, states, *_entries(event)))
    return found


def _entries(event: Event) -> tuple[Account | None, Mapping[str, Entry]]:
    """Return what an event says that it wrote, and into which account."""
    match event:
        case GradsZeroed() | BackwardRan() | GradsRescaled() | GradsReduced():
            return "grad", event.grads
        case StepTaken():
            return "value", event.values
        case Edited():
            return event.account, event.entries
        case _:
            return None, {}
