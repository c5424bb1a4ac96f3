"""What wrote a tensor's value and gradient last, a line a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backtrace.config.words import nearest
from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Entry,
    Event,
    GradsReduced,
    GradsRescaled,
    GradsZeroed,
    Reading,
    StepTaken,
)
from backtrace.show.content.cells import number

_MOST = 12
_OF_GRADIENTS = (GradsZeroed, BackwardRan, GradsRescaled, GradsReduced)


def describe_history(
    name: str, events: Iterable[tuple[int, Event]], accounts: Accounts
) -> Iterator[str]:
    """Give the last calls that wrote a tensor's accounts, the latest at the end.

    `events` are each with the number of its update.
    """
    state = accounts.of.get(name)
    if state is None:
        near = nearest(name, list(accounts.of))
        hint = f"did you mean {near}?" if near else f"there are {', '.join(accounts.of) or 'none'}"
        yield f"No tensor is called {name}: {hint}"
        return
    yield f"{name}: value {_text(state.value)}, .grad {_text(state.grad)}"
    if not state.seen.requires_grad:
        yield "  it wants no gradient: requires_grad is False"
    elif state.seen.optimizer is None:
        yield "  no optimizer holds it"
    lines = [
        f"  update {update}, {call} ({event.where or 'nowhere'}): {account} {_entry(entry)}"
        for update, event in events
        for call, account, entry in _entries(name, event)
    ]
    yield from lines[-_MOST:] or ["  nothing has written it since it was seen first"]


def _entries(name: str, event: Event) -> Iterator[tuple[str, str, Entry]]:
    """Give what an event did to a tensor: the call, the account, and the entry."""
    if isinstance(event, StepTaken):
        if name in event.values:
            yield f"{event.optimizer}.step", "value", event.values[name]
    elif isinstance(event, Edited):
        if name in event.entries:
            account = "value" if event.account == "value" else ".grad"
            yield "found changed by no call that is known", account, event.entries[name]
    elif isinstance(event, _OF_GRADIENTS) and name in event.grads:
        call = "backward" if isinstance(event, BackwardRan) else "the all-reduce"
        yield getattr(event, "call", call), ".grad", event.grads[name]


def _entry(entry: Entry) -> str:
    by = "" if entry.delta is None else f", by {_text(entry.delta)}"
    return f"{_text(entry.before)} → {_text(entry.after)}{by}"


def _text(reading: Reading | None) -> str:
    if reading is None:
        return "None"
    return number(reading.mean) if reading.numel == 1 else f"‖{number(reading.norm, 5)}‖"
