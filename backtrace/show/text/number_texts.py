"""The numbers of a derivation as text: tensors, sums, products and residuals."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.explain.derive.parts import Gap, TensorNumbers
from backtrace.language import localized
from backtrace.show.content.cells import number, shape_text
from backtrace.show.text.styled_line import LineTone

INDENT = "  "


def sum_text(parts: Sequence[str]) -> str:
    """Return texts of numbers as a sum: `a + b − c`."""
    first, *rest = parts
    signed = (f"− {each[1:]}" if each.startswith("-") else f"+ {each}" for each in rest)
    return " ".join([first, *signed])


def product_text(product: Sequence[float]) -> str:
    """Return numbers as a product: `a·b·(−c)`."""
    first, *rest = (number(each) for each in product)
    return "·".join([first, *(bracketed(each) for each in rest)])


def bracketed(text: str) -> str:
    """Return a number's text such that it may follow an operator."""
    return f"({text})" if text.startswith("-") else text


def numbers_text(numbers: TensorNumbers | None, digits: int = 6) -> str:
    """Return all elements if they are few, else the norm, the range and the shape."""
    if numbers is None:
        return localized("not derived")
    if numbers.values is not None:
        if len(numbers.values) == 1:
            return number(numbers.values[0], digits)
        texts = [number(each, digits) for each in numbers.values]
        return f"({'; '.join(map(', '.join, in_rows(texts, numbers.shape)))})"
    if numbers.min == numbers.max == 0:
        return localized(f"zeros, shape {shape_text(numbers.shape)}")
    low, high, shape = number(numbers.min, 4), number(numbers.max, 4), shape_text(numbers.shape)
    return localized(f"norm {number(numbers.norm, digits)}, {low} to {high}, shape {shape}")


def in_rows(texts: Sequence[str], shape: Sequence[int]) -> list[Sequence[str]]:
    """Return a tensor's elements row by row; a column is one row."""
    width = shape[-1] if len(shape) > 1 and shape[-1] > 1 else len(texts)
    return [texts[at : at + width] for at in range(0, len(texts), width)] if texts else [texts]


def is_scalar(numbers: TensorNumbers | None) -> bool:
    """Whether there is one element."""
    return numbers is not None and numbers.values is not None and len(numbers.values) == 1


def gap_tone(gap: Gap) -> LineTone:
    """Return how a residual is drawn."""
    return "plain" if gap.is_explained else "bad"


def gap_text(gap: Gap) -> str:
    """Return the residual with a verdict in words."""
    said = "✓ rounding" if gap.is_explained else "✗ more than rounding explains"
    return localized(f"{number(gap.residual, 4)} {said} (up to {number(gap.bound, 4)})")
