"""Turns what the three computations gave for one gradient into a verdict, with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from backtrace.explain.verify.finite_differences import TOLERANCE, FiniteDifferences
from backtrace.explain.verify.verification_facts import Check, GradientDifference, Verdict

CLOSE = 1e-9  # of the largest magnitude: both are computed in float64
FLOOR = 1e-13  # of the model's largest gradient: below it a gradient is rounding alone
ZERO = "0 but for rounding: relative differences say nothing"


def measure(by_hand: Tensor, other: Tensor, floor: float = 0.0) -> GradientDifference:
    """Return how far two gradients are apart; not finite in the same places counts as equal.

    Args:
        floor: an absolute difference that rounding elsewhere in the model explains.
    """
    if by_hand.shape != other.shape:
        return GradientDifference(float("inf"), float("inf"), False)
    if not by_hand.numel():
        return GradientDifference(0.0, 0.0, True)
    same = (by_hand == other) | (by_hand.isnan() & other.isnan())
    apart = (by_hand - other).abs().masked_fill(same, 0.0)
    absolute = float(apart.max())
    known = other[other.isfinite()]
    scale = float(known.abs().max()) if known.numel() else 0.0
    relative = _ratio(absolute, scale if scale > floor else 0.0)
    return GradientDifference(absolute, relative, absolute <= CLOSE * scale + floor)


def _ratio(difference: float, scale: float) -> float | None:
    """Return the relative difference; None where there is nothing that it could be relative to."""
    if difference == 0:
        return 0.0
    return difference / scale if scale else None


def make_check(
    name: str,
    kind: str,
    rule: str,
    shape: torch.Size,
    by_hand: GradientDifference | None,
    numbers: FiniteDifferences | None,
    reasons: list[str],
    *,
    is_chain: bool = True,
) -> Check:
    """Return the check of one gradient.

    Args:
        by_hand: autograd against the derivation; None if `reasons` says why there is none.
        numbers: what finite differences found; None if `reasons` says why none were taken.
        is_chain: whether the derivation started from the loss, not from autograd's gradient.
    """
    finite = _judge(numbers)
    reasons = [*reasons, *_why_no_numbers(numbers)]
    compared = [each for each in (by_hand, finite) if each is not None]
    is_zero = any(each.relative is None and each.is_close for each in compared)
    if is_zero and ZERO not in reasons:
        reasons.append(ZERO)
    verdict = _verdict(compared)
    if verdict == "disagree":
        reasons.insert(0, _who(by_hand, finite, is_chain))
    return Check(
        name=name,
        kind=kind,  # type: ignore[arg-type]
        rule=rule,
        shape=tuple(shape),
        by_hand=by_hand,
        finite=finite,
        sampled=numbers.sampled if numbers else 0,
        kinks=numbers.kinks if numbers else 0,
        verdict=verdict,
        reason="; ".join(reason for reason in reasons if reason),
    )


def _judge(numbers: FiniteDifferences | None) -> GradientDifference | None:
    """Return how far finite differences are off; None where no entry could be judged."""
    if numbers is None or numbers.sampled <= numbers.kinks:
        return None
    relative = _ratio(numbers.largest, numbers.scale)
    return GradientDifference(numbers.largest, relative, numbers.is_close)


def _why_no_numbers(numbers: FiniteDifferences | None) -> Iterator[str]:
    if numbers is not None and numbers.reason:
        yield f"no finite differences: {numbers.reason}"
    if numbers is not None and numbers.kinks:
        at = f"{numbers.kinks} of {numbers.sampled} sampled entries are at a kink"
        yield f"{at}: no derivative there; a hair away from it they agree"


def _verdict(compared: list[GradientDifference]) -> Verdict:
    if any(not each.is_close for each in compared):
        return "disagree"
    words: tuple[Verdict, ...] = ("not checked", "two agree", "agree")
    return words[len(compared)]


def _who(
    by_hand: GradientDifference | None, finite: GradientDifference | None, is_chain: bool
) -> str:
    """Say which computation stands alone; both others are compared with autograd."""
    if by_hand is None:
        return "autograd and finite differences disagree"
    if finite is None:
        return "the derivation by hand and autograd disagree"
    if by_hand.is_close and not is_chain:
        return (
            "finite differences disagree with autograd, from whose gradient at the layer's output "
            "the derivation by hand starts"
        )
    if by_hand.is_close:
        return "finite differences stand alone against autograd and the derivation by hand"
    if finite.is_close:
        return "the derivation by hand stands alone against autograd and finite differences"
    return "autograd stands against both the derivation by hand and finite differences"


__all__ = ["CLOSE", "FLOOR", "TOLERANCE", "make_check", "measure"]
