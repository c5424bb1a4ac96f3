"""Follows a number of a trace file back through its updates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from backtrace.errors import UsageError
from backtrace.explain.history.account_writes import AccountWrite, choose_chain, find_writes
from backtrace.explain.history.amount import pick_amount
from backtrace.explain.history.asked_number import AskedNumber, as_of_shape
from backtrace.explain.history.build_links import build_links
from backtrace.explain.history.find_update import find_writer
from backtrace.explain.history.number_history import LastWriter, NumberHistory, UpdateHistory
from backtrace.ledger.accounts import AccountState
from backtrace.ledger.events import Event, ParameterSeen, StepSkipped, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.tracefile import TraceFile
from backtrace.tracefile.replay import UpdateEntry


@dataclass(slots=True)
class _Walked:
    """What was found on the way back; the event with the id `first` is the earliest."""

    asked: AskedNumber
    name: str
    first: int = 0
    state: AccountState | None = None
    updates: list[UpdateHistory] = field(default_factory=list)
    own: list[tuple[int, AccountWrite]] = field(default_factory=list)
    is_over: bool = False


def trace_back(
    trace: TraceFile,
    asked: AskedNumber,
    entry: UpdateEntry,
    back: int = 1,
    *,
    until: Event | None = None,
    at: Event | None = None,
) -> NumberHistory:
    """Return the history of a number as an update left it, through that one and those before.

    `back` is the number of updates that it goes through. A gradient's is that which the step read,
    and begins where the gradient was cleared. `until` is the event of the update that made the
    number not finite, after which nothing is told; nor is anything after `at`, an event of the
    update as which the number is told.

    Raises:
        TraceFileError: the trace is damaged.
        UsageError: the tensor was not there yet.
    """
    walked = _Walked(asked, asked.name)
    for each in _places(trace, entry, back):
        _enter(walked, trace, each, entry, None if walked.updates else until or at)
        if walked.is_over:
            break
    asked, state = walked.asked, walked.state
    assert state is not None  # or the first update was not entered
    now = state.grad if asked.account == "grad" else state.value
    made = (
        LastWriter(number, write.event, loaded=write.loaded)
        for number, write in walked.own
        if not write.is_read and not isinstance(write.event, ParameterSeen)
    )
    earlier, left = None, walked.own[-1][1].before if walked.own else now
    if not walked.is_over:
        earlier = find_writer(trace, walked.name, asked.account, walked.first, entry)
    return NumberHistory(
        asked,
        state.seen,
        now,
        next(made, earlier),
        tuple(walked.updates),
        rest=None if walked.is_over else pick_amount(left, asked.offset),
        rest_writer=earlier,
        shard=trace.search(lambda finder: finder.find_shard(asked.name)),
        rest_unread=_starts_unread(walked.updates[-1], asked),
        until_nonfinite=until is not None,
        at=None if at is None or _ends(at, walked.updates[0]) else at,
    )


def _ends(event: Event, update: UpdateHistory) -> bool:
    return update.step is not None and event.index >= update.step.index


def _places(trace: TraceFile, entry: UpdateEntry, back: int) -> list[UpdateEntry]:
    """Return the update and those of its optimizer before it, the latest first."""
    if back == 1:
        return [entry]
    own = [
        each
        for each in trace.outline()
        if each.optimizer == entry.optimizer and each.place <= entry.place
    ]
    return own[::-1][:back]


def _enter(
    walked: _Walked,
    trace: TraceFile,
    each: UpdateEntry,
    latest: UpdateEntry,
    until: Event | None,
) -> None:
    """Go back through one more update, from an event of it on if one is given."""
    found = trace.update_events(each.place)
    step = found.events[-1] if found.events and each.is_complete else None
    events = [event for event in found.events if until is None or event.index <= until.index]
    walked.first = found.first
    walked.name, written = find_writes(found.accounts, events, walked.name)
    if walked.state is None:
        walked.state = found.accounts.of.get(walked.asked.name)
        if walked.state is None:
            raise UsageError(f"{walked.asked.name} was not there yet at update {each.number}")
        walked.asked = as_of_shape(walked.asked, walked.state.seen.shape, each.number)
    asked = walked.asked
    chain = choose_chain(written, asked.account)
    own = [write for write in chain if write.account == asked.account]
    walked.own += [(each.number, write) for write in own]
    walked.is_over = any(map(_is_beginning, own))
    history = UpdateHistory(
        each.number,
        each.optimizer,
        step if isinstance(step, StepTaken) else None,
        build_links(chain, asked),
        tuple(_find_missed(events, each.optimizer)),
    )
    grads = [write for write in chain if write.account == "grad"]
    if asked.account == "value" and grads and not _is_beginning(grads[-1]):
        left_by = find_writer(trace, walked.name, "grad", found.first, latest)
        history = replace(history, left_by=left_by)
    walked.updates.append(history)


def _find_missed(events: Sequence[Event], optimizer: str) -> Iterator[Event]:
    """Give an optimizer's steps that were skipped, or not read."""
    for event in events:
        if isinstance(event, StepSkipped | StepsPassed) and event.optimizer == optimizer:
            yield event


def _is_beginning(write: AccountWrite) -> bool:
    """Whether nothing from before is in the number: it came into view, or was cleared."""
    if write.account == "grad":
        return write.is_clearing or (write.before is None and not write.is_read)
    return isinstance(write.event, ParameterSeen)


def _starts_unread(update: UpdateHistory, asked: AskedNumber) -> bool:
    """Whether the value that an update found was left by steps that were not read."""
    return asked.account == "value" and any(isinstance(e, StepsPassed) for e in update.missed)
