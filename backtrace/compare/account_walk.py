"""Goes through what two updates have in common, in the order in which calls happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from backtrace.compare.joined_readings import add_up
from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Row, Update

_Field = Literal["value_before", "grad_before", "grad_after", "value_after"]
_Rows = Sequence[tuple[str, Row, Row]]


class ReadingPair(NamedTuple):
    """The readings that both runs have of one account after one call."""

    call: str
    parameter: str
    account: str
    base: Reading | None
    other: Reading | None


def walk_accounts(base: Update, other: Update) -> Iterator[ReadingPair]:
    """Give the readings of two updates, those of parameters that both have."""
    rows = [(name, row, other.rows[name]) for name, row in base.rows.items() if name in other.rows]
    yield from _account(rows, "start", "value", "value_before")
    yield from _account(rows, "zero_grad", ".grad", "grad_before")
    count = count_backwards(base)
    is_like = count == count_backwards(other)
    if is_like:
        for number in range(count):
            label = f"backward {number + 1}" if count > 1 else "backward"
            for name, mine, theirs in rows:
                added = (mine.added[number], theirs.added[number])
                yield ReadingPair(label, name, ".grad", *added)
    label = (_after_backward(base) or _after_backward(other)) if is_like else ""
    yield from _account(rows, label or "backward", ".grad", "grad_after")
    yield from _account(rows, "step", "value", "value_after")


def walk_sums(base: Update, other: Update) -> Iterator[ReadingPair]:
    """Give the readings of two updates whose backwards need not be as many, nor of equal shares.

    What the backwards added is compared in sum, as far as both know it, and what follows it is
    named by the call that made the gradient what it is: an all-reduce, clipping.
    """
    rows = [(name, row, other.rows[name]) for name, row in base.rows.items() if name in other.rows]
    yield from _account(rows, "start", "value", "value_before")
    for name, mine, theirs in rows:
        one, two = add_up(mine.added), add_up(theirs.added)
        if one is not None and two is not None:
            yield ReadingPair("backward", name, ".grad", one, two)
    label = _after_backward(other) or _after_backward(base) or "backward"
    yield from _account(rows, label, ".grad", "grad_after")
    yield from _account(rows, "step", "value", "value_after")


def count_backwards(update: Update) -> int:
    """Return how many backwards since the last clearing made up an update's gradients."""
    return max((len(row.added) for row in update.rows.values()), default=0)


def _after_backward(update: Update) -> str:
    """Return the last call that changed gradients after the last backward: clipping, an edit."""
    names = [call.name for call in update.calls]
    last = max((at for at, name in enumerate(names) if name == "backward"), default=-1)
    changed = [name for name in names[last + 1 :] if not name.endswith(("forward", "step"))]
    return changed[-1] if last >= 0 and changed else ""


def _account(rows: _Rows, call: str, account: str, field: _Field) -> Iterator[ReadingPair]:
    for name, mine, theirs in rows:
        yield ReadingPair(call, name, account, getattr(mine, field), getattr(theirs, field))
