"""A derivation for the terminal: one block a layer, an equation a line, then the sum and step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from backtrace.explain.derive.parts import (
    Derivation,
    ElementSum,
    Gap,
    Link,
    Part,
    Step,
    TensorNumbers,
)
from backtrace.ledger.events import Receipt
from backtrace.show.content.cells import literal, number, shape_text
from backtrace.show.content.clipping import clipping_words
from backtrace.show.text.rows import row_lines
from backtrace.show.text.styled_line import LINE_STYLES, LineTone, StyledLine

# Where a line may be broken: between the parts of an equation, else between numbers, else words.
_BREAKS = [r"(?<= → )|(?<= · )|(?<= [+−] )|(?<= = )", r"(?<=[,;] )", r"(?<= )(?=\S)"]
_INDENT = "  "


def derivation_table(found: Derivation, *, limit: int | None = None) -> RenderableType:
    """Return a derivation as something for `rich.console.Console.print`.

    Args:
        limit: the most blocks of links to show; of more, those in the middle are left out.
    """
    return _DerivationView(found, limit)


@dataclass(frozen=True, slots=True)
class _DerivationView:
    found: Derivation
    limit: int | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in derivation_lines(self.found, options.max_width, self.limit):
            yield Text(line.text, style=LINE_STYLES[line.tone])


def derivation_lines(found: Derivation, width: int, limit: int | None = None) -> list[StyledLine]:
    """Return a derivation in lines of at most `width` cells, where its words are that short."""
    lines = [StyledLine(_title(found), "title")]
    if found.chain:
        lines.append(StyledLine(found.chain))
    blocks = [[StyledLine(""), *_block(each)] for each in link_blocks(found.links)]
    lines += [line for block in _shortened(blocks, limit) for line in block]
    if found.element is not None:
        lines += [StyledLine(""), *_element(found.param, found.element)]
    if found.rows is not None:
        lines += [StyledLine(""), *row_lines(found.rows)]
    lines += [StyledLine(""), *_sums(found), StyledLine(""), *_step(found.step, found.grad)]
    lines += [
        StyledLine(""),
        *(StyledLine(f"note  {note}", "warn") for note in found.notes),
    ]
    while lines and not lines[-1].text:
        lines.pop()
    return [StyledLine(text, line.tone) for line in lines for text in _wrap(line, width)]


def link_blocks(links: Sequence[Link]) -> list[list[Link]]:
    """Return the links of each place together."""
    return [
        list(each) for _, each in groupby(links, lambda link: (link.place, link.kind, link.where))
    ]


def _block(links: Sequence[Link]) -> Iterator[StyledLine]:
    first = links[0]
    head = " ".join(filter(None, dict.fromkeys((first.place, first.kind))))
    yield StyledLine(f"{head} · {first.where}" if first.where else head, "title")
    for link in links:
        yield from _link(link)


def _shortened(blocks: list[list[StyledLine]], limit: int | None) -> list[list[StyledLine]]:
    """Return the first and the last of many blocks, with a line for those between."""
    if limit is None or len(blocks) <= limit:
        return blocks
    first = limit // 3
    said = f"⋮ {len(blocks) - limit} of {len(blocks)} blocks are left out; --all shows them"
    return [*blocks[:first], [StyledLine(""), StyledLine(said, "dim")], *blocks[first - limit :]]


def _element(param: str, found: ElementSum) -> Iterator[StyledLine]:
    """Give one element of the gradient as the sum that it is."""
    at = f"[{', '.join(map(str, found.index))}]"
    places = {each.place for each in found.terms}
    one = f", y the output of {next(iter(places))}" if len(places) == 1 else ""
    yield StyledLine(f"{param}{at}", "title")
    yield StyledLine(f"{_INDENT}Σ ∂L/∂y[k] · ∂y[k]/∂{param}{at}{one}")
    labels = [f"k = {', '.join(map(str, each.index))}" for each in found.terms]
    texts = [_product((each.grad, each.slope)) for each in found.terms]
    for label, text, each in zip(_padded(labels), _padded(texts), found.terms, strict=True):
        place = "" if one else f"   y: {each.place}"
        yield StyledLine(f"{_INDENT}{label}   {text} = {number(each.value)}{place}")
    left = found.count - len(found.terms)
    if left:
        yield StyledLine(f"{_INDENT}{left} more products, together {number(found.rest)}")
    if not found.count:
        yield StyledLine(f"{_INDENT}all its products are 0")
    if found.held:
        held = "what .grad held, and what other backwards gave"
        yield StyledLine(f"{_INDENT}{held}  {number(found.held)}")
    yield StyledLine(f"{_INDENT}by hand  {number(found.total + found.held)}")
    if found.seen is not None:
        yield StyledLine(f"{_INDENT}.grad    {number(found.seen)}")


def _padded(texts: Sequence[str]) -> list[str]:
    room = max(map(cell_len, texts), default=0)
    return [text + " " * (room - cell_len(text)) for text in texts]


def _title(found: Derivation) -> str:
    parts = [found.target, f"update {found.update}", f"{found.param} {shape_text(found.shape)}"]
    return " · ".join([*(part for part in parts if part), f"loss {number(found.loss, 7)}"])


def _link(link: Link) -> Iterator[StyledLine]:
    for factor in link.factors:
        if factor.numbers.values is None or not link.rate:
            yield StyledLine(f"{_INDENT}{factor.symbol} = {numbers_text(factor.numbers)}")
    result = numbers_text(link.result, 7 if link.symbol.startswith("L") else 6)
    if link.source == "autograd":
        yield StyledLine(f"{_INDENT}{link.symbol} = {result}, by autograd")
    elif ".g = " in link.formula:  # a rule's own words
        yield StyledLine(f"{_INDENT}{link.formula}   (.g is ∂L/∂)", "dim")
        yield StyledLine(f"{_INDENT}{link.symbol} = {result}")
    else:
        yield from _equation(link, result)
    if len(link.shapes) > 1:
        yield StyledLine(f"{_INDENT}shapes {' → '.join(link.shapes)}", "dim")
    if link.note:
        yield StyledLine(f"{_INDENT}{link.note}", "warn")


def _equation(link: Link, result: str) -> Iterator[StyledLine]:
    """Give the formula, what it is with the numbers filled in, and the result."""
    if link.symbol.startswith("L"):
        yield StyledLine(f"{_INDENT}{link.symbol} = {link.formula} = {result}")
        return
    margin = _INDENT + " " * cell_len(link.symbol)
    yield StyledLine(f"{_INDENT}{link.symbol} = {link.formula}")
    filled = filled_text(link)
    if filled:
        yield StyledLine(f"{margin} = {filled}")
    for element in link.elements:
        text = sum_text([_product(each) for each in element.products])
        yield StyledLine(f"{margin}   {element.place} {text}")
    yield StyledLine(f"{margin} = {result}")


def filled_text(link: Link) -> str:
    """Return a formula's right side with the numbers in it; empty if they are too many."""
    if link.products:
        return sum_text([_product(product) for product in link.products])
    if link.rate and link.factors and link.factors[0].numbers.values is not None:
        return f"{link.rate}·{bracketed(numbers_text(link.factors[0].numbers))}"
    return ""


def sum_text(parts: Sequence[str]) -> str:
    """Return texts of numbers as a sum: `a + b − c`."""
    first, *rest = parts
    signed = (f"− {each[1:]}" if each.startswith("-") else f"+ {each}" for each in rest)
    return " ".join([first, *signed])


def _product(product: Sequence[float]) -> str:
    first, *rest = (number(each) for each in product)
    return "·".join([first, *(bracketed(each) for each in rest)])


def bracketed(text: str) -> str:
    """Return a number's text such that it may follow an operator."""
    return f"({text})" if text.startswith("-") else text


def numbers_text(numbers: TensorNumbers | None, digits: int = 6) -> str:
    """Return all elements if they are few, else the norm, the range and the shape."""
    if numbers is None:
        return "not derived"
    if numbers.values is not None:
        if len(numbers.values) == 1:
            return number(numbers.values[0], digits)
        texts = [number(each, digits) for each in numbers.values]
        return f"({'; '.join(map(', '.join, in_rows(texts, numbers.shape)))})"
    if numbers.min == numbers.max == 0:
        return f"zeros, shape {shape_text(numbers.shape)}"
    span = f"{number(numbers.min, 4)} to {number(numbers.max, 4)}"
    return f"norm {number(numbers.norm, digits)}, {span}, shape {shape_text(numbers.shape)}"


def in_rows(texts: Sequence[str], shape: Sequence[int]) -> list[Sequence[str]]:
    """Return a tensor's elements row by row; a column is one row."""
    width = shape[-1] if len(shape) > 1 and shape[-1] > 1 else len(texts)
    return [texts[at : at + width] for at in range(0, len(texts), width)] if texts else [texts]


def _sums(found: Derivation) -> Iterator[StyledLine]:
    """Say what `.grad` is the sum of, by hand and as it was seen."""
    yield StyledLine("gradient", "title")
    if found.terms:
        yield from _column([(f"term {part.name}", part) for part in found.terms])
    if len(found.parts) > 1:
        yield from _column([(part.name, part) for part in found.parts])
    rows = [("by hand", numbers_text(found.by_hand)), (".grad", _grad_text(found.grad))]
    yield from (StyledLine(f"{_INDENT}{label:<9} {text}") for label, text in rows)
    if found.gap is not None:
        yield StyledLine(f"{_INDENT}residual  {gap_text(found.gap)}", _gap_tone(found.gap))
    if found.clipping is not None:
        yield StyledLine(f"{_INDENT}{clipping_text(found)}")


def terms_equation(parts: Sequence[Part]) -> str:
    """Return numbers of one element as a sum with its result."""
    values = [part.by_hand.values[0] for part in parts if part.by_hand and part.by_hand.values]
    return f"{sum_text([number(each) for each in values])} = {number(sum(values))}"


def is_scalar(numbers: TensorNumbers | None) -> bool:
    """Whether there is one element."""
    return numbers is not None and numbers.values is not None and len(numbers.values) == 1


def _column(rows: Sequence[tuple[str, Part]]) -> Iterator[StyledLine]:
    room = max(cell_len(label) for label, _ in rows)
    for label, part in rows:
        text = numbers_text(part.by_hand)
        seen = "" if part.seen is None else f"   (.grad got {numbers_text(part.seen)})"
        if part.seen is not None and numbers_text(part.seen) == text:
            seen = ""
        yield StyledLine(f"{_INDENT}{label}{' ' * (room - cell_len(label))}  {text}{seen}")
    if len(rows) > 1 and all(is_scalar(part.by_hand) for _, part in rows):
        yield StyledLine(f"{_INDENT}sum: {terms_equation([part for _, part in rows])}")


def _grad_text(grad: TensorNumbers | None) -> str:
    return "None" if grad is None else numbers_text(grad)


def _gap_tone(gap: Gap) -> LineTone:
    return "plain" if gap.is_explained else "bad"


def gap_text(gap: Gap) -> str:
    """Return the residual with a verdict in words."""
    said = "✓ rounding" if gap.is_explained else "✗ more than rounding explains"
    return f"{number(gap.residual, 4)} {said} (up to {number(gap.bound, 4)})"


def clipping_text(found: Derivation) -> str:
    """Return what clipping did, with its factor where there was one."""
    clipping = found.clipping
    assert clipping is not None
    factor = "" if clipping.factor is None else f" × {number(clipping.factor)}"
    before, after = numbers_text(clipping.before), numbers_text(clipping.after)
    return f"{clipping.call}{clipping_words(clipping)}: {before}{factor} → {after}"


def _step(step: Step, grad: TensorNumbers | None) -> Iterator[StyledLine]:
    """Say what the optimizer made of the gradient."""
    yield StyledLine(f"step {step.optimizer}", "title")
    receipt = step.receipt
    if receipt is None or not receipt.terms:
        yield StyledLine(f"{_INDENT}{receipt.reason if receipt else 'no step was taken'}", "warn")
        if step.before is not None:
            yield StyledLine(
                f"{_INDENT}value  {numbers_text(step.before)} → {numbers_text(step.after)}"
            )
        return
    yield StyledLine(f"{_INDENT}{receipt.formula}")
    if receipt.where:
        yield StyledLine(f"{_INDENT}where {receipt.where}")
    for name, text in step_terms(receipt):
        yield StyledLine(f"{_INDENT}{name}: {text}")
    if is_scalar(step.before):
        yield StyledLine(f"{_INDENT}{step_equation(step)}")
    else:
        yield StyledLine(f"{_INDENT}before  {numbers_text(step.before)}")
        yield StyledLine(f"{_INDENT}change  {numbers_text(step.change)}")
        yield StyledLine(f"{_INDENT}after   {numbers_text(step.after)}")
    gap = Gap(receipt.residual, receipt.bound)
    yield StyledLine(f"{_INDENT}residual  {gap_text(gap)}", _gap_tone(gap))


def step_terms(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Give each term of a change: its name, and its formula with numbers."""
    for name, term in receipt.terms.items():
        values = term.values
        if values is not None and len(values) == 1:
            text = number(values[0])
            if term.rate:
                text = f"-{number(term.rate)}·{bracketed(number(values[0] / -term.rate))} = {text}"
        elif values is not None and len(values) <= 6:
            text = f"({', '.join(map(number, values))})"
            if term.rate:
                times = ", ".join(number(each / -term.rate) for each in values)
                text = f"-{number(term.rate)}·({times}) = {text}"
        else:
            share = "" if term.share is None else f", {100 * term.share:.1f} % of the change"
            text = f"norm {number(term.norm)}{share}"
        yield name, f"{term.formula} = {text}"


def step_equation(step: Step) -> str:
    """Return value + change = value of one element, the change as its terms."""
    assert step.before and step.before.values and step.after and step.after.values
    texts = [number(step.before.values[0])]
    for term in step.receipt.terms.values() if step.receipt else ():
        value = term.values[0] if term.values else term.norm
        if term.rate:
            texts.append(f"-{number(term.rate)}·{bracketed(number(value / -term.rate))}")
        else:
            texts.append(number(value))
    return f"{sum_text(texts)} = {number(step.after.values[0])}"


def _wrap(whole: StyledLine, width: int) -> Iterator[str]:
    """Give a text in lines of at most `width` cells; an equation is broken between its parts."""
    text = literal(whole.text)
    if cell_len(text) <= width:
        yield text
        return
    margin = " " * (len(text) - len(text.lstrip()) + 4)
    line = ""
    level = len(_BREAKS) - 1 if whole.tone == "warn" else 0
    for piece in _pieces(text, width - len(margin), level):
        if line.strip() and cell_len((line + piece).rstrip()) > width:
            yield line.rstrip()
            line = margin
        line += piece
    yield line.rstrip()


def _pieces(text: str, most: int, level: int = 0) -> Iterator[str]:
    if level == len(_BREAKS) or (level and cell_len(text) <= most):
        yield text
        return
    for piece in re.split(_BREAKS[level], text):
        yield from _pieces(piece, most, level + 1)
