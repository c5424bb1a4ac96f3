"""What the check of the books says, in words that every renderer uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from backtrace.language import localized, translated
from backtrace.ledger.books import Balance, worst
from backtrace.ledger.events import Account, Reading
from backtrace.ledger.updates import Call, Row, Update
from backtrace.show.content.cells import literal, number
from backtrace.show.content.sums import Shown, sum_readings

State = Literal["balanced", "unbalanced", "unknown", "empty"]
_RESCALING = ("clip", "unscale")
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class AccountVerdict:
    """One account of all tensors added up; `evidence` has the plain numbers of what is wrong."""

    label: str
    equation: str
    result: str
    state: State
    evidence: tuple[str, ...] = ()


def judge_books(update: Update) -> tuple[AccountVerdict, AccountVerdict]:
    """Return the verdicts on the gradient accounts and on the value accounts."""
    rows = list(update.rows.values())
    graded = [row for row in rows if any(reading is not None for reading in row.added)]
    moved = [row for row in rows if row.change is not None]
    later = dict.fromkeys(
        call.name for call in _after_backward(update.calls) if _changes_grad(call)
    )
    then = "".join(f", then {literal(name)}" for name in later)
    return (
        _judge(graded, "grad", f"before + added{then}"),
        _judge(moved, "value", "value + change"),
    )


def _after_backward(calls: Sequence[Call]) -> Sequence[Call]:
    """Return the calls from the first backward since the last clearing on."""
    cleared = max((at for at, call in enumerate(calls) if call.name == "zero_grad"), default=-1)
    own = calls[cleared + 1 :]
    first = next((at for at, call in enumerate(own) if call.name == "backward"), 0)
    return own[first:]


def _changes_grad(call: Call) -> bool:
    """Whether a call changes gradients between `backward` and `step`."""
    if call.name == "edit":
        return call.detail == "grad"
    return any(word in call.name for word in _RESCALING)


def residual_text(balance: Balance) -> str:
    """Return a residual with the mark and the word that say whether it is in order."""
    if not balance.is_known:
        return localized("cannot be judged: not finite")
    size = number(balance.residual, 5)
    if not balance.is_balanced:
        how = "" if balance.per_element else ", by sums"
        return localized(f"residual {size} ✗ (rounding explains {number(balance.bound, 5)}{how})")
    why = [translated("rounding")] if balance.residual else []
    how = ", ".join(why if balance.per_element else [*why, translated("by sums")])
    return localized(f"residual {size} ✓") + (f" ({how})" if how else "")


def _judge(rows: Sequence[Row], account: Account, left: str) -> AccountVerdict:
    label = ".grad" if account == "grad" else translated("value")
    holds = localized(f"{left} = after")
    balances = [_balance(row, account) for row in rows]
    if not rows:
        what = "no backward added to it" if account == "grad" else "no step changed it"
        return AccountVerdict(
            label, localized(f"{left} = after"), localized(f"nothing to check: {what}"), "empty"
        )
    result = worst(balances)
    if result.is_balanced:
        return AccountVerdict(
            label, localized(f"{left} = after"), residual_text(result), "balanced"
        )
    if result.is_known:
        wrong = [
            row
            for row, balance in zip(rows, balances, strict=True)
            if balance.is_known and not balance.is_balanced
        ]
        wrong.sort(key=lambda row: _balance(row, account).residual, reverse=True)
        evidence = tuple(_evidence(row, account) for row in wrong[:_MOST_NAMED])
        if len(wrong) > _MOST_NAMED:
            evidence = (*evidence, localized(f"and {len(wrong) - _MOST_NAMED} more"))
        return AccountVerdict(
            label, localized(f"{left} ≠ after"), residual_text(result), "unbalanced", evidence
        )
    names = [row.name for row, b in zip(rows, balances, strict=True) if not b.is_known]
    return AccountVerdict(label, holds, f"{residual_text(result)} {_some(names)}", "unknown")


def _balance(row: Row, account: Account) -> Balance:
    return row.grad_books if account == "grad" else row.value_books


def _some(names: Iterable[str]) -> str:
    found = [literal(name) for name in names]
    rest = localized(f" and {len(found) - _MOST_NAMED} more") if len(found) > _MOST_NAMED else ""
    return f"({', '.join(found[:_MOST_NAMED])}{rest})"


def _evidence(row: Row, account: Account) -> str:
    """Return the worst element, or the sums, of an account that does not add up."""
    if account == "grad":
        before, added, after = row.grad_before, sum_readings(row.added), row.grad_after
    else:
        before, added, after = row.value_before, row.change, row.value_after
    where, numbers = _numbers(before, added, after)
    opening = "None" if before is None else number(numbers[0])
    off = abs(numbers[0] + numbers[1] - numbers[2])
    return localized(
        f"{literal(row.name)}{where}: {opening} + {_signed(numbers[1])} = "
        f"{number(numbers[0] + numbers[1])}, but after is "
        f"{'None' if after is None else number(numbers[2])}: off by {number(off)}"
    )


def _signed(x: float) -> str:
    return f"({number(x)})" if x < 0 else number(x)


def _numbers(*readings: Shown | None) -> tuple[str, tuple[float, float, float]]:
    """Return where the residual is largest, and before, added and after there."""
    found = [r for r in readings if r is not None]
    kept = [r.values for r in found if isinstance(r, Reading) and r.values is not None]
    if len(kept) < len(found):
        sums = [0.0 if r is None else r.mean * r.numel for r in readings]
        return ", summed", (sums[0], sums[1], sums[2])
    size = max((len(values) for values in kept), default=1)
    columns = [
        r.values if isinstance(r, Reading) and r.values is not None else (0.0,) * size
        for r in readings
    ]
    elements = list(zip(*columns, strict=True))
    at = max(range(size), key=lambda i: abs(elements[i][0] + elements[i][1] - elements[i][2]))
    return f"[{at}]" if size > 1 else "", (elements[at][0], elements[at][1], elements[at][2])
