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
    Link,
    Part,
    RescaledGradient,
    TensorNumbers,
)
from backtrace.language import localized, translated
from backtrace.show.content.cells import literal, number, shape_text
from backtrace.show.content.clipping import clipping_words
from backtrace.show.text.element_lines import element_lines
from backtrace.show.text.layout import padded
from backtrace.show.text.number_texts import (
    INDENT,
    bracketed,
    gap_text,
    gap_tone,
    is_scalar,
    numbers_text,
    product_text,
    sum_text,
)
from backtrace.show.text.rows import row_lines
from backtrace.show.text.step_lines import step_lines
from backtrace.show.text.styled_line import LINE_STYLES, StyledLine

# Where a line may be broken: between the parts of an equation, else between numbers, else words.
# `m = -1.9` and `limit 1` stay whole as long as there is another place.
_SIGNS = r"(?<= → )|(?<= · )|(?<= [+−] )|(?<= = )(?![-−]?\d[^\s,;，；]*(?:[\s,;，；]|$))"
_COMMAS = r"(?<=[,;] )|(?<=[，；])"
_WHOLE = r"(?<= )(?<! = )(?=[^\s=\d−-])"
_BREAKS = [_SIGNS, _COMMAS, _SIGNS, _COMMAS, _WHOLE, r"(?<= )(?=\S)"]
_OUTSIDE = 2  # so many of them outside of brackets only
_AT_WORDS = _BREAKS.index(_WHOLE)
_WORDS = re.compile(r"\s*(where|其中) ")  # a line that explains letters


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
        lines.append(StyledLine(localized(found.chain)))
    blocks = [[StyledLine(""), *_block(each)] for each in link_blocks(found.links)]
    lines += [line for block in _shortened(blocks, limit) for line in block]
    if found.element is not None:
        lines += [StyledLine(""), *element_lines(found.param, found.element)]
    if found.rows is not None:
        lines += [StyledLine(""), *row_lines(found.rows)]
    lines += [StyledLine(""), *_sums(found), StyledLine(""), *step_lines(found.step)]
    lines += [
        StyledLine(""),
        *(StyledLine(localized(f"note  {note}"), "warn") for note in found.notes),
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
    said = localized(
        f"⋮ {len(blocks) - limit} of {len(blocks)} blocks are left out; --all shows them"
    )
    return [*blocks[:first], [StyledLine(""), StyledLine(said, "dim")], *blocks[first - limit :]]


def _title(found: Derivation) -> str:
    parts = [
        found.target,
        localized(f"update {found.update}"),
        f"{found.param} {shape_text(found.shape)}",
    ]
    return " · ".join(
        [*(part for part in parts if part), localized(f"loss {number(found.loss, 7)}")]
    )


def _link(link: Link) -> Iterator[StyledLine]:
    for factor in link.factors:
        if factor.numbers.values is None or not link.rate:
            yield StyledLine(f"{INDENT}{_said(factor.symbol)} = {numbers_text(factor.numbers)}")
    result = numbers_text(link.result, 7 if link.symbol.startswith("L") else 6)
    if link.source == "autograd":
        yield StyledLine(INDENT + localized(f"{_said(link.symbol)} = {result}, by autograd"))
    elif ".g = " in link.formula:  # a rule's own words
        yield StyledLine(INDENT + localized(f"{link.formula}   (.g is ∂L/∂)"), "dim")
        yield StyledLine(f"{INDENT}{link.symbol} = {result}")
    else:
        yield from _equation(link, result)
    if len(link.shapes) > 1:
        yield StyledLine(
            INDENT + localized(f"shapes {' → '.join(map(localized, link.shapes))}"), "dim"
        )
    if link.note:
        yield StyledLine(f"{INDENT}{localized(link.note)}", "warn")


def _said(symbol: str) -> str:
    """Return a symbol, or one and what it stands for, in the language in use."""
    return " = ".join(map(localized, symbol.split(" = ")))


def _equation(link: Link, result: str) -> Iterator[StyledLine]:
    """Give the formula, what it is with the numbers filled in, and the result."""
    if link.symbol.startswith("L"):
        yield StyledLine(f"{INDENT}{link.symbol} = {localized(link.formula)} = {result}")
        return
    margin = INDENT + " " * cell_len(_said(link.symbol))
    yield StyledLine(f"{INDENT}{_said(link.symbol)} = {localized(link.formula)}")
    filled = filled_text(link)
    if filled:
        yield StyledLine(f"{margin} = {filled}")
    for element in link.elements:
        text = sum_text([product_text(each) for each in element.products])
        yield StyledLine(f"{margin}   {element.place} {text}")
    yield StyledLine(f"{margin} = {result}")


def filled_text(link: Link) -> str:
    """Return a formula's right side with the numbers in it; empty if they are too many."""
    if link.products:
        return sum_text([product_text(product) for product in link.products])
    if link.rate and link.factors and link.factors[0].numbers.values is not None:
        return f"{link.rate}·{bracketed(numbers_text(link.factors[0].numbers))}"
    return ""


def _sums(found: Derivation) -> Iterator[StyledLine]:
    """Say what `.grad` is the sum of, by hand and as it was seen."""
    yield StyledLine(translated("gradient"), "title")
    if found.terms:
        yield from _column([(localized(f"term {part.name}"), part) for part in found.terms])
    if len(found.parts) > 1:
        yield from _column([(localized(part.name), part) for part in found.parts])
    rows = [(localized("by hand"), numbers_text(found.by_hand)), (".grad", _grad_text(found.grad))]
    yield from (StyledLine(f"{INDENT}{padded(label, 9)} {text}") for label, text in rows)
    if found.gap is not None:
        yield StyledLine(
            f"{INDENT}{translated('residual')}  {gap_text(found.gap)}", gap_tone(found.gap)
        )
    yield from (StyledLine(f"{INDENT}{rescaling_text(each)}") for each in found.rescalings)


def terms_equation(parts: Sequence[Part]) -> str:
    """Return numbers of one element as a sum with its result."""
    values = [part.by_hand.values[0] for part in parts if part.by_hand and part.by_hand.values]
    return f"{sum_text([number(each) for each in values])} = {number(sum(values))}"


def _column(rows: Sequence[tuple[str, Part]]) -> Iterator[StyledLine]:
    room = max(cell_len(label) for label, _ in rows)
    for label, part in rows:
        text = numbers_text(part.by_hand)
        seen = "" if part.seen is None else localized(f"   (.grad got {numbers_text(part.seen)})")
        if part.seen is not None and numbers_text(part.seen) == text:
            seen = ""
        yield StyledLine(f"{INDENT}{label}{' ' * (room - cell_len(label))}  {text}{seen}")
    if len(rows) > 1 and all(is_scalar(part.by_hand) for _, part in rows):
        yield StyledLine(
            f"{INDENT}{translated('sum')}: {terms_equation([part for _, part in rows])}"
        )


def _grad_text(grad: TensorNumbers | None) -> str:
    return "None" if grad is None else numbers_text(grad)


def rescaling_text(each: RescaledGradient) -> str:
    """Return what clipping or unscaling did, with its factor where there was one."""
    factor = "" if each.factor is None else f" × {number(each.factor)}"
    before, after = numbers_text(each.before), numbers_text(each.after)
    return f"{each.call}{clipping_words(each)}: {before}{factor} → {after}"


def _wrap(whole: StyledLine, width: int) -> Iterator[str]:
    """Give a text in lines of at most `width` cells; an equation is broken between its parts."""
    text = literal(whole.text)
    if cell_len(text) <= width:
        yield text
        return
    margin = " " * (len(text) - len(text.lstrip()) + 4)
    line = ""
    level = 1 if _WORDS.match(text) else _AT_WORDS if whole.tone == "warn" else 0
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
    pieces = re.split(_BREAKS[level], text)
    for piece in _outside_brackets(pieces) if level < _OUTSIDE else pieces:
        yield from _pieces(piece, most, level + 1)


def _outside_brackets(pieces: Sequence[str]) -> Iterator[str]:
    """Join pieces again until as many brackets are closed as are open."""
    whole = ""
    for piece in pieces:
        whole += piece
        if whole.count("(") <= whole.count(")"):
            yield whole
            whole = ""
    if whole:
        yield whole
