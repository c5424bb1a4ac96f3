"""Chosen updates call by call: every account before the first, and what each call changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from backtrace.ledger.events import (
    Account,
    BackwardRan,
    Edited,
    Entries,
    Event,
    ForwardRan,
    GradsRescaled,
    GradsZeroed,
    Kind,
    ParameterSeen,
    Reading,
    StepBegan,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import BackwardFailed, CallIgnored
from backtrace.show.content.cells import number
from backtrace.show.content.heading import LOSS_DIGITS

_MOST_CALLS = 60  # of one update; a hundred micro-batches are of one kind


@dataclass(slots=True)
class Tensor:
    """Both accounts of one tensor at one moment."""

    shape: tuple[int, ...]
    kind: Kind
    grad: Reading | None = None
    value: Reading | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a call made of one account; `entry` is what it added, None where it did not add.

    `is_new` when the account is not what it was, as far as the readings tell.
    """

    name: str
    account: Account
    entry: Reading | None
    after: Reading | None
    is_new: bool = True


@dataclass(slots=True)
class Moment:
    """One call, and the accounts that it wrote to."""

    name: str
    detail: str
    where: str
    in_step: bool
    changes: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class Stretch:
    """All calls between two steps, of whichever optimizer; `place` counts the steps before."""

    place: int
    start: dict[str, Tensor]
    moments: list[Moment] = field(default_factory=list)


def follow(events: Iterator[Event], places: Collection[int]) -> Iterator[Stretch]:
    """Yield the stretches that the steps of these places end; the last may have no step."""
    state: dict[str, Tensor] = {}
    place, depth, last = 0, 0, max(places, default=-1)
    stretch = Stretch(0, {})
    for event in events:
        if place > last:
            return
        if isinstance(event, ParameterSeen):
            _see(state, event)
            if event.name not in stretch.start and place in places:
                stretch.start[event.name] = _copy(state[event.name])
        depth = max(0, depth + isinstance(event, StepBegan) - _ends_step(event))
        moment = _moment(event, in_step=depth > 0)
        if moment is None:
            continue
        if place in places:
            moment.changes = [_judge(state, change) for change in moment.changes]
            stretch.moments.append(moment)
        for change in moment.changes:
            _apply(state, change)
        if isinstance(event, StepTaken):
            if place in places:
                yield _shorten(stretch)
            place += 1
            start = {name: _copy(found) for name, found in state.items()} if place in places else {}
            stretch = Stretch(place, start)
    if place in places and any(moment.changes for moment in stretch.moments):
        yield _shorten(stretch)


def _ends_step(event: Event) -> bool:
    return isinstance(event, StepTaken) or (isinstance(event, StepSkipped) and event.had_begun)


def _copy(found: Tensor) -> Tensor:
    return Tensor(found.shape, found.kind, found.grad, found.value)


def _see(state: dict[str, Tensor], event: ParameterSeen) -> None:
    if event.formerly in state and event.name not in state:
        state[event.name] = state.pop(event.formerly)
    known = state.get(event.name)
    if known is None or event.kind == "input" or known.shape != event.shape:
        state[event.name] = Tensor(event.shape, event.kind, None, event.value)


def _judge(state: Mapping[str, Tensor], change: Change) -> Change:
    """Return the change with whether it is one: a small one shows in no statistic but its own."""
    tensor = state.get(change.name)
    if tensor is None or (change.entry is not None and change.entry.zeros < change.entry.numel):
        return change
    before = tensor.grad if change.account == "grad" else tensor.value
    # As text, for what was not kept is NaN, and that is no difference.
    return replace(change, is_new=repr(before) != repr(change.after))


def _apply(state: dict[str, Tensor], change: Change) -> None:
    tensor = state.get(change.name)
    if tensor is None:
        return
    if change.account == "grad":
        tensor.grad = change.after
    else:
        tensor.value = change.after


def _moment(event: Event, *, in_step: bool) -> Moment | None:
    """Return an event as a call; None for what is none."""
    name, detail, changes = "", "", []
    match event:
        case GradsZeroed():
            name, detail, changes = "zero_grad", event.call, _changes(event.grads, "grad")
        case ForwardRan():
            name, detail = "forward", event.module
        case BackwardRan():
            loss = "" if event.loss is None else f"loss {number(event.loss, LOSS_DIGITS)}"
            name, detail, changes = "backward", loss, _changes(event.grads, "grad")
        case GradsRescaled():
            limit = "" if event.limit is None else f"limit {number(event.limit)}"
            name, detail, changes = event.call, limit, _changes(event.grads, "grad")
        case Edited():
            what = ".grad" if event.account == "grad" else "value"
            name, changes = f"edit {what}", _changes(event.entries, event.account)
        case StepTaken():
            name, detail = "step", f"{event.optimizer} {event.type}".strip()
            changes = _reads(event.grads) + _changes(event.values, "value")
        case StepSkipped():
            name, detail = "step skipped", event.reason
        case CallIgnored():
            name, detail = f"{event.call} (did not act)", event.reason
        case BackwardFailed():
            name, detail = "backward failed", event.error
        case _:
            return None
    return Moment(name, detail, event.where, in_step, changes)


def _changes(entries: Entries, account: Account) -> list[Change]:
    return [Change(name, account, each.delta, each.after) for name, each in entries.items()]


def _reads(grads: Mapping[str, Reading | None]) -> list[Change]:
    """A step reads gradients as it finds them: the account says so when it was not known."""
    account: Literal["grad"] = "grad"
    return [Change(name, account, None, grad) for name, grad in grads.items()]


def _shorten(stretch: Stretch) -> Stretch:
    """Fold the calls in the middle of a very long stretch into one."""
    found = stretch.moments
    if len(found) <= _MOST_CALLS:
        return stretch
    half = _MOST_CALLS // 2
    middle = found[half:-half]
    latest = {(each.name, each.account): each for m in middle for each in m.changes}
    changes = [Change(each.name, each.account, None, each.after) for each in latest.values()]
    fold = Moment(f"{len(middle)} calls", "taken together", "", False, changes)
    stretch.moments = [*found[:half], fold, *found[-half:]]
    return stretch
