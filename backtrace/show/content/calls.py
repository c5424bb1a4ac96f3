"""The calls of an update on one line: `zero_grad → (forward → backward) ×4 → step`."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.ledger.updates import Call
from backtrace.show.content.cells import literal

ARROW = " → "
_LONGEST_RUN = 24  # calls in one turn of a repeated run; loops have fewer


def calls_line(calls: Sequence[Call]) -> str:
    """Return the calls in their order, repeated runs folded, a closure's calls inside its step."""
    tokens: list[str] = []
    inside: list[str] = []
    for call in calls:
        if call.in_step:
            inside.append(_name(call))
        elif inside and (call.name == "step" or call.name.endswith(".step")):
            tokens.append(f"{_name(call)}[{fold_runs(inside)}]")
            inside = []
        else:
            if inside:
                tokens.append(f"step[{fold_runs(inside)}] unfinished")
                inside = []
            tokens.append(_name(call))
    if inside:
        tokens.append(f"step[{fold_runs(inside)}] unfinished")
    return fold_runs(tokens)


def fold_runs(tokens: Sequence[str]) -> str:
    """Return tokens joined by arrows, with each run that repeats written once and counted."""
    parts: list[str] = []
    at = 0
    while at < len(tokens):
        length, times = _best_run(tokens, at)
        unit = tokens[at : at + length]
        if times > 1:
            text = unit[0] if length == 1 else f"({fold_runs(unit)})"
            parts.append(f"{text} ×{times}")
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


def _name(call: Call) -> str:
    if call.name == "edit":
        return "edit .grad" if call.detail == "grad" else literal(f"edit {call.detail}".rstrip())
    return literal(call.name)
