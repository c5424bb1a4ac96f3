"""What wrote a tensor's value and gradient last, a line a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backtrace.errors import UsageError
from backtrace.explain.history.account_writes import AccountWrite, find_writes
from backtrace.explain.history.amount import pick_amount
from backtrace.explain.history.asked_number import find_number
from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import Event, ParameterSeen
from backtrace.show.content.history_rows import amount_text
from backtrace.show.content.write_words import event_words

_MOST = 12


def describe_history(
    text: str, events: Iterable[tuple[int, Event]], accounts: Accounts
) -> Iterator[str]:
    """Give the last calls that wrote a tensor's accounts, or one element's, the latest at the end.

    `events` are each with the number of its update; `accounts` are as they left them.
    """
    try:
        asked = find_number(text, {name: state.seen for name, state in accounts.of.items()})
    except UsageError as error:
        yield str(error)
        return
    state, offset = accounts.of[asked.name], asked.offset
    value, grad = (amount_text(pick_amount(each, offset)) for each in (state.value, state.grad))
    yield f"{text.strip()}: value {value}, .grad {grad}"
    if not state.seen.requires_grad:
        yield "  it wants no gradient: requires_grad is False"
    elif state.seen.optimizer is None:
        yield "  no optimizer holds it"
    known = list(events)
    numbers = {id(event): update for update, event in known}
    _, writes = find_writes(_start(accounts), [event for _, event in known], asked.name)
    lines = [
        f"  update {numbers[id(write.event)]}, {_line(write, offset)}"
        for write in writes
        if not write.is_read and not isinstance(write.event, ParameterSeen)
    ]
    yield from lines[-_MOST:] or ["  nothing has written it since it was seen first"]


def _start(accounts: Accounts) -> Accounts:
    """Return accounts to enter the last events into; each entry tells what it found."""
    before = Accounts()
    for state in accounts.of.values():
        before.restore(state.seen, None, None)
    return before


def _line(write: AccountWrite, offset: int | None) -> str:
    before, by, after = (
        pick_amount(each, offset) for each in (write.before, write.delta, write.after)
    )
    account = "value" if write.account == "value" else ".grad"
    added = "" if by is None else f", by {amount_text(by)}"
    where = write.event.where or "nowhere"
    told = f"{account} {amount_text(before)} → {amount_text(after)}{added}"
    return f"{event_words(write.event)} ({where}): {told}"
