"""Calls as text: those of an update on one line, and what one of them did in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from backtrace.language import localized
from backtrace.ledger.calls import is_set_to_none
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    ForwardRan,
    GradsRescaled,
    GradsZeroed,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import SchedulerStepped
from backtrace.ledger.state_facts import LeftByStep
from backtrace.ledger.updates import Call
from backtrace.show.content.cells import literal, number
from backtrace.show.content.heading import LOSS_DIGITS

ARROW = " → "
_LONGEST_RUN = 24  # calls in one turn of a repeated run; loops have fewer
_MOST_IN_A_ROW = 8  # optimizers of which the same call is listed, one after the other


def calls_line(calls: Sequence[Call]) -> str:
    """Return the calls in their order, a closure's calls inside its step, and repeated runs folded.

    `zero_grad → (forward → backward) ×4 → step`. Of the same call on many optimizers in a row, the
    first and the last are told: `optimizer[0].step → … 98 more … → optimizer[99].step`.
    """
    tokens: list[str] = []
    inside: list[str] = []
    for call in calls:
        if call.in_step:
            inside.append(call_name(call))
        elif inside and (call.name == "step" or call.name.endswith(".step")):
            tokens.append(f"{call_name(call)}[{fold_runs(inside)}]")
            inside = []
        else:
            if inside:
                tokens.append(localized(f"step[{fold_runs(inside)}] unfinished"))
                inside = []
            tokens.append(call_name(call))
    if inside:
        tokens.append(localized(f"step[{fold_runs(inside)}] unfinished"))
    return fold_runs(list(_shorten(tokens)))


def _shorten(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the tokens; of the same method of many, called in a row, the first and the last."""
    for (dot, _), found in groupby(tokens, lambda token: token.rpartition(".")[1:]):
        run = list(found)
        if dot and len(run) > _MOST_IN_A_ROW and len(set(run)) == len(run):
            yield from (run[0], localized(f"… {len(run) - 2} more …"), run[-1])
        else:
            yield from run


def fold_runs(tokens: Sequence[str]) -> str:
    """Return tokens joined by arrows, with each run that repeats written once and counted."""
    parts: list[str] = []
    at = 0
    while at < len(tokens):
        length, times = _best_run(tokens, at)
        unit = tokens[at : at + length]
        if times > 1:
            name, mark, rest = unit[0].partition(" (eval)")
            text = name if length == 1 else f"({fold_runs(unit)})"
            parts.append(f"{text} ×{times}" + (mark + rest if length == 1 else ""))
        else:
            parts.append(unit[0])
        at += length * times
    return ARROW.join(parts)


def _best_run(tokens: Sequence[str], at: int) -> tuple[int, int]:
    """Return the length and count of the repetition at `at` that covers most; (1, 1) if none."""
    best = (1, 1)
    for length in range(1, min(_LONGEST_RUN, (len(tokens) - at) // 2) + 1):
        unit = tokens[at : at + length]
        times = 1
        while tokens[at + length * times : at + length * (times + 1)] == unit:
            times += 1
        if times > 1 and length * times > best[0] * best[1]:
            best = (length, times)
    return best


def call_name(call: Call) -> str:
    """Return what a call is called where it is listed."""
    if call.is_eval:
        return f"{literal(call.name)} (eval)"
    if call.name == "edit":
        if call.detail == "grad to None":
            return "set .grad to None"
        return "edit .grad" if call.detail == "grad" else literal(f"edit {call.detail}".rstrip())
    return literal(call.name)


def call_detail(call: Call, event: Event, called: str = "") -> str:
    """Return in a few words what a call was made on, with its numbers; `event` is what it was.

    `called` is the user's name for the optimizer that stepped, where that is known.
    """
    return localized(literal(_detail(call, event, called)))


def _detail(call: Call, event: Event, called: str) -> str:  # noqa: PLR0911 (one a kind)
    match event:
        case GradsZeroed():
            return f"{event.call}, {'to None' if event.set_to_none else 'to zeros'}"
        case ForwardRan():
            return _forward_detail(event)
        case BackwardRan(loss=float() as loss):
            return f"loss {number(loss, LOSS_DIGITS)}"
        case GradsRescaled(limit=float() as limit):
            return f"limit {number(limit)}"
        case StepTaken():
            return f"{called or event.optimizer} ({event.type}), lr {_rates(event.lr)}"
        case StepSkipped():
            return f"{called or event.optimizer}: {event.reason}"
        case Edited() if is_set_to_none(event):
            return "set to None by the script, not by zero_grad"
        case Edited():
            is_of_step = isinstance(event, LeftByStep)
            by = "a step that raised" if is_of_step else "code that backtrace does not track"
            return f"changed by {by}"
        case SchedulerStepped():
            return f"{event.type}, lr {_rates(event.before)} → {_rates(event.after)}"
    return call.detail


def _rates(rates: Iterable[float]) -> str:
    return ", ".join(dict.fromkeys(map(number, rates)))


def _forward_detail(event: ForwardRan) -> str:
    mode = "training" if event.training else "evaluation"
    parts = [event.module, f"{mode} mode"]
    if event.rows is not None:
        parts.append(f"{event.rows} rows")
    if not event.grad_enabled:
        parts.append("gradients off")
    return ", ".join(parts)
