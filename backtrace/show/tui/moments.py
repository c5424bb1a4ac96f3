"""Events become moments: one call each, with what it did and how every account stood after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backtrace.ledger.events import (
    Account,
    BackwardRan,
    Edited,
    Entry,
    Event,
    ForwardRan,
    GradsRescaled,
    GradsZeroed,
    ParameterSeen,
    Reading,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import BackwardFailed, CallIgnored, SchedulerStepped
from backtrace.show.content.cells import literal, number
from backtrace.tracefile.state import Accounts

VERBS = {"zero_grad": "cleared", "backward": "added", "step": "change"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Both accounts of a tensor at one moment."""

    seen: ParameterSeen
    grad: Reading | None
    value: Reading | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One call: which account it wrote into and what, and how all accounts stood after it."""

    name: str
    detail: str
    event: Event
    standing: Mapping[str, Standing]
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


def find_moments(accounts: Accounts, events: Iterable[Event]) -> list[Moment]:
    """Return the calls among the events; `accounts` are carried on by them."""
    found = []
    for event in events:
        accounts.take(event.index, event)
        named = _name(event)
        if named is None:
            continue
        standing = {
            name: Standing(each.seen, each.grad, each.value) for name, each in accounts.of.items()
        }
        account, entries = _entries(event)
        found.append(Moment(*named, event, standing, account, entries))
    return found


def _entries(event: Event) -> tuple[Account | None, Mapping[str, Entry]]:
    match event:
        case GradsZeroed() | BackwardRan() | GradsRescaled():
            return "grad", event.grads
        case StepTaken():
            return "value", event.values
        case Edited():
            return event.account, event.entries
        case _:
            return None, {}


def _name(event: Event) -> tuple[str, str] | None:  # noqa: PLR0911 (one a kind)
    """Return a call's name and a few words on it; None for what is no call."""
    match event:
        case GradsZeroed():
            how = "to None" if event.set_to_none else "to zeros"
            return "zero_grad", f"{literal(event.call)}, {how}"
        case ForwardRan():
            return "forward", _forward_text(event)
        case BackwardRan():
            return "backward", "" if event.loss is None else f"loss {number(event.loss, 7)}"
        case GradsRescaled():
            limit = "" if event.limit is None else f"limit {number(event.limit)}"
            return literal(event.call), limit
        case StepTaken():
            rates = ", ".join(dict.fromkeys(number(lr) for lr in event.lr))
            return "step", literal(f"{event.optimizer} ({event.type}), lr {rates}")
        case StepSkipped():
            return "step skipped", literal(f"{event.optimizer}: {event.reason}")
        case Edited():
            what = ".grad" if event.account == "grad" else "value"
            return f"edit {what}", "by a hand that was not watched"
        case SchedulerStepped():
            before, after = (
                ", ".join(dict.fromkeys(map(number, rates)))
                for rates in (event.before, event.after)
            )
            return "scheduler.step", literal(f"{event.type}, lr {before} → {after}")
        case CallIgnored():
            return f"{literal(event.call)} ignored", literal(event.reason)
        case BackwardFailed():
            return "backward failed", literal(event.error)
        case _:
            return None


def _forward_text(event: ForwardRan) -> str:
    mode = "training" if event.training else "evaluation"
    parts = [literal(event.module), f"{mode} mode"]
    if event.rows is not None:
        parts.append(f"{event.rows} rows")
    if not event.grad_enabled:
        parts.append("gradients off")
    return ", ".join(parts)
