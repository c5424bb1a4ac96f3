"""Numbers of a step's arithmetic in words that every form of it uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.language import localized
from backtrace.ledger.events import Receipt
from backtrace.show.content.cells import number

MOST = 12  # numbers of a tensor that are written out


def divisor_text(receipt: Receipt, shape: Sequence[int] = ()) -> str:
    """Return `D = 9.47`, the divisor of a change; empty where it has none, or too many numbers."""
    if receipt.divisor is None or len(receipt.divisor) > MOST:
        return ""
    if len(receipt.divisor) == 1:
        return f"D = {number(receipt.divisor[0])}"
    return f"D = {few_text(receipt.divisor, shape)}"


def given_texts(receipt: Receipt, shape: Sequence[int]) -> Iterator[str]:
    """Give the numbers of the other letters: single ones in one line, then each tensor's."""
    if all(len(values) <= MOST for values in receipt.given.values()):
        single = [each for each in receipt.given.items() if len(each[1]) == 1]
        if single:
            yield ", ".join(f"{name} = {number(values[0])}" for name, values in single)
        for name, values in receipt.given.items():
            if len(values) > 1:
                yield f"{name} = {few_text(values, shape)}"


def few_text(values: Sequence[float], shape: Sequence[int]) -> str:
    """Return a tensor's numbers in brackets, its rows apart by `;`."""
    texts = [number(each) for each in values]
    width = shape[-1] if len(shape) > 1 and shape[-1] > 1 else len(texts)
    rows = [", ".join(texts[at : at + width]) for at in range(0, len(texts), width)]
    return f"({'; '.join(rows)})"


def symbols_text(receipt: Receipt) -> str:
    """Return what the symbols of a step's formula mean, where the receipt itself does not say.

    `v′ = β2·v + (1 − β2)·g², g = grad, …`: a reader has no other place to look them up.
    """
    return ", ".join(map(localized, _meanings(receipt.formula, receipt.where)))


def _meanings(formula: str, where: str) -> Iterator[str]:
    both = f"{formula} {where}"
    if "v′" in where and "v′ =" not in where:
        yield "v′ = β2·v + (1 − β2)·g²"
    if "s′" in where:
        rate = "rho" if "√(d + eps)" in where else "alpha"
        yield f"s′ = {rate}·s + (1 − {rate})·g²"
        yield "s is a mean over earlier steps of g²"
    if "a′" in where:
        yield "a′ = alpha·a + (1 − alpha)·g"
        yield "a is a mean over earlier steps of g"
    is_used = any(each in where for each in ("v′", "s′", "g²", "|g|")) or "m / D" in formula
    if is_used and "g =" not in where:
        grad = "g = −grad" if formula.startswith("change = +") else "g = grad"
        coupled = "weight_decay·value / D" in formula or "R·weight_decay·value" in formula
        yield f"{grad} + weight_decay·value" if coupled else grad
    if "m / D" in formula:
        of_both = "m and v are means over earlier steps of g and of g²"
        yield of_both if "v′" in where else "m is a mean over earlier steps of g"
    if "β2·u" in where:
        yield "u is the largest |g| of earlier steps, which fades by β2"
    if "momentum·b" in formula and "b is" not in where:
        yield "b is the momentum buffer"
    if "√(d + eps)" in where:
        yield "d is a mean over earlier steps of the squared change"
    if "β1" in both:
        yield "β1 and β2 are the betas"
    if "ᵗ" in where and "t =" not in where:
        yield "t is the number of the step"
