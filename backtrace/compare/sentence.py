"""One sentence that says what a comparison comes to."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite

from backtrace.compare.measure import Comparison, Tolerance, Variant, is_bitwise_equal, measure
from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Update


def describe_noise(first: Variant, again: Comparison) -> str:
    """Say whether the baseline, run twice, gave the same bits."""
    if again.parting is None:
        return (
            f"Noise: none. {first.name} run twice gave the same bits in all {again.updates} "
            f"{_plural(again.updates, 'update')}."
        )
    place = again.parting
    return (
        f"Noise: {first.name} run twice does not give the same bits. It parts from itself at "
        f"update {place.update}, {place.call}, {place.parameter} (largest relative difference "
        f"{again.largest:.2g}); differences below that say nothing."
    )


def give_verdict(comparison: Comparison) -> str:
    """Say where `other` parts from `base`, by how much, and why where the books tell."""
    base, other = comparison.base, comparison.other
    if comparison.parting is None:
        return _describe_equality(comparison)
    carrying = _describe_carrying(comparison)
    sentence = f"{carrying or _describe_parting(comparison)}{_describe_losses(base, other)}"
    if carrying:  # a lower loss is no merit here
        sentence += " They do not compare: its steps do not follow the gradient of its loss."
    return sentence


def _describe_equality(comparison: Comparison) -> str:
    """Say what is equal, and what there was no counterpart for."""
    base, other = comparison.base, comparison.other
    if comparison.order:
        names = f"{other.name} and {base.name}"
        return f"{names} are bitwise identical up to there, but {comparison.order}."
    pairs = zip(base.updates, other.updates, strict=False)
    if not any(one.rows.keys() & two.rows.keys() for one, two in pairs):
        return f"{other.name} and {base.name} have no update or no parameter in common."
    proof = "" if _is_proved(base) else ", as far as the readings tell"
    is_part = comparison.only_base or comparison.only_other
    lengths = [len(base.updates), len(other.updates)]
    end = f"; {base.name} has {lengths[0]} updates, {other.name} {lengths[1]}"
    return (
        f"{other.name} and {base.name} are bitwise identical in every gradient and value"
        f"{' that both have' if is_part else ''} over {comparison.updates} "
        f"{_plural(comparison.updates, 'update')}{proof}{end if lengths[0] != lengths[1] else ''}."
    )


def _describe_parting(comparison: Comparison) -> str:
    other, base = comparison.other.name, comparison.base.name
    place = comparison.beyond or comparison.parting
    assert place is not None
    where = f"at update {place.update}, {place.call}, {place.parameter}"
    if comparison.beyond is None:
        tolerance = comparison.tolerance
        return (
            f"{other} equals {base} within rtol {tolerance.relative:g} and atol "
            f"{tolerance.absolute:g} (largest relative difference {comparison.largest:.2g}), but "
            f"not bitwise: the bits part first {where}."
        )
    numbers = f"{_short(place.base)} against {_short(place.other)}"
    return f"{other} parts from {base} {where}: {place.account} {numbers}."


def _describe_carrying(comparison: Comparison) -> str:
    """Recognise gradients that are never cleared, by what every update found in `.grad`."""
    base, other = comparison.base.updates, comparison.other.updates
    start = next((n for n, update in enumerate(other) if n and _carries(other[n - 1], update)), 0)
    carries = start and all(
        _carries(before, after)
        for before, after in zip(other[start - 1 :], other[start:], strict=False)
    )
    base_carries = any(_carries(a, b) for a, b in pairwise(base))
    if not carries or base_carries:
        return ""
    shown = sorted({start, start + 1, len(other) - 1})
    ratios = [
        f"{ratio:.2f}× at update {other[n].index}"
        for n in shown
        if n < len(base) and isfinite(ratio := _largest_ratio(base[n], other[n]))
    ]
    return (
        f"{comparison.other.name}: from update {other[start].index} on .grad holds the sum of all "
        f"earlier gradients" + (f": {', '.join(ratios)}." if ratios else ".")
    )


def _carries(before: Update, after: Update) -> bool:
    """Whether every gradient was found as the update before left it, and was not empty."""
    rows = [
        (row.grad_after, after.rows[name].grad_before)
        for name, row in before.rows.items()
        if name in after.rows and row.kind != "input" and row.grad_after is not None
    ]
    return bool(rows) and all(
        left is not None and found is not None and left.norm > 0 and is_bitwise_equal(left, found)
        for left, found in rows
    )


def _largest_ratio(base: Update, other: Update) -> float:
    """Return the ratio of the gradients of the parameter with the largest gradient."""
    best = max(
        (row for row in base.rows.values() if row.kind != "input" and row.grad_after is not None),
        key=lambda row: row.grad_after.norm if row.grad_after else 0.0,
        default=None,
    )
    if best is None or best.name not in other.rows:
        return float("nan")
    return measure(best.grad_after, other.rows[best.name].grad_after, Tolerance()).ratio


def _describe_losses(base: Variant, other: Variant) -> str:
    """Give the last losses as they are; a lower one is not called better."""
    broken = next((n for n, loss in enumerate(other.losses) if not isfinite(loss)), None)
    if broken is not None:
        return f" Its loss is not finite from update {other.updates[broken].index} on."
    common = min(len(base.losses), len(other.losses))
    if not common:
        return ""
    one, two = base.losses[common - 1], other.losses[common - 1]
    return f" Loss at update {base.updates[common - 1].index}: {one:.6g} and {two:.6g}."


def _is_proved(variant: Variant) -> bool:
    rows = [row for update in variant.updates for row in update.rows.values()]
    readings = [row.value_after for row in rows if row.value_after is not None]
    return all(reading.digest for reading in readings)


def _short(reading: Reading | None) -> str:
    if reading is None:
        return "None"
    if reading.values is not None and len(reading.values) == 1:
        return f"{reading.values[0]:.6g}"
    return f"‖{reading.norm:.6g}‖"


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
