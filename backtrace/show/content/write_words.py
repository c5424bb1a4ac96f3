"""What a call that wrote an account is called in the history of a number, and what led to it."""

from __future__ import annotations

from backtrace.explain.history.account_writes import AccountWrite
from backtrace.explain.history.number_history import LastWriter
from backtrace.ledger.calls import call_of, is_set_to_none
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    ForwardRan,
    GradsReduced,
    GradsZeroed,
    LossComputed,
    ParameterSeen,
    StepTaken,
)
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.state_facts import LeftByStep
from backtrace.show.content.call_line import call_detail, call_name
from backtrace.show.content.cells import literal, number, shape_text
from backtrace.show.content.heading import LOSS_DIGITS


def event_words(event: Event) -> str:
    """Return a call as it is named where it is said who wrote a number."""
    match event:
        case ParameterSeen():
            return "first seen"
        case Edited() if is_set_to_none(event):
            return "a `.grad = None`"
        case LeftByStep():
            return "a step that raised"
        case Edited():
            return "code that backtrace does not track"
        case GradsReduced():
            return literal(f"the all-reduce of {event.by}")
    call = call_of(event)
    return "" if call is None else call_name(call)


def writer_words(writer: LastWriter) -> str:
    """Return who wrote a number last; what loaded it is named in place of the change it made."""
    if writer.loaded:
        return literal(f"load_state_dict of {writer.loaded}")
    return event_words(writer.event)


def write_words(write: AccountWrite) -> str:  # noqa: PLR0911 (one a kind)
    """Return a link's call with its detail in few words: `clip_grad_norm_, limit 1`."""
    event = write.event
    match event:
        case ParameterSeen():
            return "first seen" if write.was is None else "another tensor of this name"
        case StepTaken():
            return "read by step" if write.is_read else "step"
        case GradsZeroed():
            return f"zero_grad, to {'None' if event.set_to_none else 'zeros'}"
        case GradsReduced():
            return literal(f"all-reduce, {event.by}")
        case Edited() if is_set_to_none(event):
            return ".grad set to None"
        case LeftByStep():
            return "step, which raised"
        case Edited():
            loaded = write.loaded
            return literal(f"load_state_dict, {loaded}") if loaded else "edit, not tracked"
        case BackwardRan(loss=float() as loss):
            scale = "" if event.scale is None else f", scaled by {number(event.scale)}"
            return f"backward, loss {number(loss, LOSS_DIGITS)}{scale}"
    call = call_of(event)
    if call is None:
        return ""
    detail = call_detail(call, event)
    return f"{call_name(call)}, {detail}" if detail else call_name(call)


def cause_words(event: Event) -> str:
    """Return what led to a backward in few words; '' for what is not told."""
    match event:
        case LossCalled():
            value = "" if event.value is None else f" {number(event.value, LOSS_DIGITS)}"
            shapes = f"{shape_text(event.input_shape)} and {shape_text(event.target_shape)}"
            return literal(f"{event.function}{value} of {shapes}")
        case LossComputed() if len(event.terms) > 1:
            parts = [f"{name} {number(x, LOSS_DIGITS)}" for name, x in event.terms.items()]
            return literal(f"loss = {' + '.join(parts)}")
        case ForwardRan() if event.training and event.grad_enabled:
            call = call_of(event)
            return "" if call is None else f"forward, {call_detail(call, event)}"
        case GraphSeen() if event.first_nonfinite:
            return literal(f"not finite from {event.first_nonfinite}")
    return ""
