"""One element of a gradient as the sum that it is, in lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from backtrace.explain.derive.parts import ElementSum
from backtrace.language import localized
from backtrace.show.content.cells import number
from backtrace.show.text.layout import padded
from backtrace.show.text.number_texts import INDENT, product_text
from backtrace.show.text.styled_line import StyledLine


def element_lines(param: str, found: ElementSum) -> Iterator[StyledLine]:
    """Give one element of the gradient as the sum that it is."""
    at = f"[{', '.join(map(str, found.index))}]"
    places = {each.place for each in found.terms}
    one = localized(f", y the output of {next(iter(places))}") if len(places) == 1 else ""
    yield StyledLine(f"{param}{at}", "title")
    yield StyledLine(f"{INDENT}Σ ∂L/∂y[k] · ∂y[k]/∂{param}{at}{one}")
    labels = [f"k = {', '.join(map(str, each.index))}" for each in found.terms]
    texts = [product_text((each.grad, each.slope)) for each in found.terms]
    for label, text, each in zip(_padded(labels), _padded(texts), found.terms, strict=True):
        place = "" if one else f"   y: {each.place}"
        yield StyledLine(f"{INDENT}{label}   {text} = {number(each.value)}{place}")
    left = found.count - len(found.terms)
    if left:
        yield StyledLine(INDENT + localized(f"{left} more products, together {number(found.rest)}"))
    if not found.count:
        yield StyledLine(INDENT + localized("all its products are 0"))
    if found.held:
        held = localized("what .grad held, and what other backwards gave")
        yield StyledLine(f"{INDENT}{held}  {number(found.held)}")
    yield StyledLine(f"{INDENT}{padded(localized('by hand'), 9)}{number(found.total + found.held)}")
    if found.seen is not None:
        yield StyledLine(f"{INDENT}.grad    {number(found.seen)}")


def _padded(texts: Sequence[str]) -> list[str]:
    room = max(map(cell_len, texts), default=0)
    return [text + " " * (room - cell_len(text)) for text in texts]
