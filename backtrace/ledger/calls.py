"""The words for calls: what an event is called wherever calls are listed."""

from __future__ import annotations

from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    ForwardRan,
    GradsReduced,
    GradsRescaled,
    GradsZeroed,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import BackwardFailed, CallIgnored, SchedulerStepped
from backtrace.ledger.rank_facts import Copied
from backtrace.ledger.state_facts import LeftByStep
from backtrace.ledger.updates import Call

OUTSIDE = "changed outside the known calls"


def is_set_to_none(event: Edited) -> bool:
    """Whether an edit of gradients left none behind: `p.grad = None` by hand."""
    entries = event.entries.values()
    return event.account == "grad" and bool(entries) and all(each.after is None for each in entries)


def is_cleared_by(event: Edited) -> bool:
    """Whether gradients that are gone after an edit count for nothing: none was handed on."""
    return event.account == "grad" and not isinstance(event, Copied)


def edited_how(event: Edited, names: str) -> str:
    """Return what an edit did to the tensors of these names."""
    how = OUTSIDE
    if isinstance(event, Copied):
        how = "copied to or from what the optimizer steps in their place"
    elif isinstance(event, LeftByStep):
        how = "changed by a step that raised an exception"
    elif is_set_to_none(event):
        how = "set to None, not by zero_grad"
    return f"{'.grad' if event.account == 'grad' else 'value'} of {names} {how}"


def call_of(event: Event, *, in_step: bool = False) -> Call | None:
    """Return an event as a call, with what it was made on, or why; None for what is no call.

    `in_step` when a step's closure made it. Numbers are not in it, so calls of a kind are equal.
    """
    match event:
        case GradsZeroed():
            name, detail = "zero_grad", event.call
        case ForwardRan():
            name, detail = "forward", event.module
        case BackwardRan():
            name, detail = "backward", ""
        case GradsRescaled():
            name, detail = event.call, ""
        case GradsReduced():
            name, detail = "all-reduce", event.by
        case Edited():
            name = "copy" if isinstance(event, Copied) else "edit"
            detail = "grad to None" if is_set_to_none(event) else event.account
        case StepTaken():
            name, detail = "step", ""
        case StepSkipped():
            name, detail = "step raised" if event.had_begun else "step skipped", event.reason
        case CallIgnored():
            name, detail = f"{event.call} (requested, did not act)", event.reason
        case SchedulerStepped():
            name, detail = "scheduler.step", event.type
        case BackwardFailed():
            name, detail = "backward failed", event.error
        case _:
            return None
    is_eval = isinstance(event, ForwardRan) and not (event.training and event.grad_enabled)
    return Call(name, detail, event.where, in_step, is_eval)
