"""A derivation as Markdown, with its equations as LaTeX that GitHub shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from backtrace.explain.derive.parts import (
    Derivation,
    ElementSum,
    Gap,
    Link,
    Part,
    RescaledGradient,
    Step,
    TensorNumbers,
)
from backtrace.language import localized, translated
from backtrace.show.content.cells import ABSENT, literal, number, shape_text
from backtrace.show.content.clipping import clipping_words
from backtrace.show.content.receipt_words import divisor_text, given_texts, symbols_text
from backtrace.show.markdown.rows import rows_to_markdown

_EXPONENT = re.compile(r"(-?[\d.]+)e([+-]?\d+)")
_FRACTION = re.compile(r"(\d+)/(\d+)")
_SPECIAL = "\\`*_[]<>#|~&$"


def derivation_to_markdown(found: Derivation) -> str:
    """Return a derivation as Markdown: a heading, an equation a link, the sum, and the step."""
    when = localized(f"update {found.update}")
    parts = [
        f"### {_escaped(found.target)} · {when} · {_code(found.param)}",
        localized(f"shape `{shape_text(found.shape)}`, loss {number(found.loss, 7)}"),
        _block(found.chain_latex) if found.chain_latex else "",
    ]
    for (place, kind, where), links in groupby(
        found.links, key=lambda link: (link.place, link.kind, link.where)
    ):
        head = dict.fromkeys([_code(place) if place else "", _escaped(localized(kind))])
        parts.append(f"#### {' '.join(filter(None, [*head, where and _code(where)]))}")
        parts += [part for link in links for part in _link(link)]
    if found.rows is not None:
        parts += [f"#### {translated('The rows of the batch')}", *rows_to_markdown(found.rows)]
    if found.element is not None:
        parts += _element(found.param, found.element)
    parts += [
        f"#### {translated('The gradient')}",
        *_sums(found),
        f"#### {translated('The step')}: {_escaped(found.step.optimizer)}",
    ]
    parts += _step(found.step)
    parts.append(
        "\n".join(f"- {translated('note')}: {_escaped(localized(note))}" for note in found.notes)
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _link(link: Link) -> Iterator[str]:
    for factor in link.factors:
        if not factor.latex:
            yield f"`{factor.symbol}` = {_numbers(factor.numbers)}"
        elif factor.numbers.values is not None and not link.rate:
            yield _block(f"{factor.latex} = {_values(factor.numbers)}")
    if link.latex:
        sides = [link.latex, _filled(link)]
        if link.result.values is not None:
            sides.append(_values(link.result, 7 if link.symbol.startswith("L") else 6))
        yield _block(" = ".join(side for side in sides if side))
    else:
        is_by = ".g = " in link.formula or not link.formula
        word = translated("by") if is_by else "="
        yield f"{_code(link.symbol)} {word} {_code(localized(link.formula) or 'autograd')}"
        if link.result.values is not None:
            yield _block(f"= {_values(link.result)}")
    for element in link.elements:
        yield _block(f"{element.place}: {_sum([_product(each) for each in element.products])}")
    if link.result.values is None:
        yield _numbers(link.result)
    if len(link.shapes) > 1:
        yield localized(f"shapes `{' → '.join(map(localized, link.shapes))}`")
    if link.note:
        yield f"> {_escaped(localized(link.note))}"


def _element(param: str, found: ElementSum) -> Iterator[str]:
    """Yield one element of the gradient as the sum that it is."""
    at = f"[{', '.join(map(str, found.index))}]"
    yield f"#### {_code(param + at)}"
    heads = ["y", "k", "∂L/∂y[k]", translated("slope"), translated("product")]
    rows = [f"| {' | '.join(heads)} |", "| --- | --- | --- | --- | --- |"]
    for each in found.terms:
        index = ", ".join(map(str, each.index))
        numbers = map(number, (each.grad, each.slope, each.value))
        rows.append(f"| {' | '.join([_code(each.place), index, *numbers])} |")
    yield "\n".join(rows)
    more = localized(f"{found.count - len(found.terms)} more products")
    lines = [f"- {more}: {number(found.rest)}"]
    if found.held:
        lines.append(f"- {translated('held, and other backwards')}: {number(found.held)}")
    lines.append(f"- {translated('by hand')}: {number(found.total + found.held)}")
    lines += [f"- `.grad`: {number(found.seen)}"] if found.seen is not None else []
    yield "\n".join(lines)


def _filled(link: Link) -> str:
    """Return the right side with its numbers; empty if they are too many."""
    if link.products:
        return _sum([_product(product) for product in link.products])
    if link.rate and link.factors and link.factors[0].numbers.values is not None:
        rate = _FRACTION.sub(r"\\frac{\1}{\2}", link.rate).replace("·", r" \cdot ")
        return rf"{rate} \cdot {_bracketed(_values(link.factors[0].numbers))}"
    return ""


def _product(product: tuple[float, ...]) -> str:
    first, *rest = (_math(each) for each in product)
    return r" \cdot ".join([first, *map(_bracketed, rest)])


def _sum(parts: list[str]) -> str:
    first, *rest = parts
    return " ".join([first, *(f"- {p[1:]}" if p.startswith("-") else f"+ {p}" for p in rest)])


def _sums(found: Derivation) -> Iterator[str]:
    """Yield what `.grad` is the sum of, as tables and as an equation of numbers."""
    if found.terms:
        yield _table(translated("term"), found.terms)
    if len(found.parts) > 1:
        yield _table(translated("part"), found.parts)
    for parts in (found.terms, found.parts):
        values = [p.by_hand.values for p in parts if p.by_hand and p.by_hand.values]
        if len(values) == len(parts) > 1 and all(len(each) == 1 for each in values):
            total = sum(each[0] for each in values)
            yield _block(f"{_sum([_math(each[0]) for each in values])} = {_math(total)}")
    grad = "None" if found.grad is None else _numbers(found.grad)
    lines = [f"- {translated('by hand')}: {_numbers(found.by_hand)}", f"- `.grad`: {grad}"]
    if found.gap is not None:
        lines.append(f"- {translated('residual')}: {_gap(found.gap)}")
    lines += [f"- {_rescaling(each)}" for each in found.rescalings]
    yield "\n".join(lines)


def _table(title: str, parts: tuple[Part, ...]) -> str:
    has_seen = any(part.seen is not None for part in parts)
    rows = [[title, translated("by hand"), *([translated("`.grad` got")] if has_seen else [])]]
    rows.append(["---"] * len(rows[0]))
    for part in parts:
        seen = [ABSENT if part.seen is None else _numbers(part.seen)] if has_seen else []
        rows.append([_code(localized(part.name)), _numbers(part.by_hand), *seen])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _rescaling(each: RescaledGradient) -> str:
    factor = "" if each.factor is None else f" × {number(each.factor)}"
    before, after = _numbers(each.before), _numbers(each.after)
    return f"`{each.call}`{clipping_words(each)}: {before}{factor} → {after}"


def _gap(gap: Gap) -> str:
    said = "✓ rounding" if gap.is_explained else "**✗ more than rounding explains**"
    return localized(f"{number(gap.residual, 4)} {said} (up to {number(gap.bound, 4)})")


def _step(step: Step) -> Iterator[str]:
    receipt = step.receipt
    if receipt is None or not receipt.terms:
        yield _escaped(localized(receipt.reason if receipt else "no step was taken"))
        yield f"{translated('value')}: {_numbers(step.before)} → {_numbers(step.after)}"
        return
    shape = step.before.shape if step.before else ()
    numbers = (*given_texts(receipt, shape), divisor_text(receipt, shape))
    where = "; ".join(filter(None, (receipt.where, symbols_text(receipt), *numbers)))
    yield _code(receipt.formula) + (f"{translated(', where ')}{_code(where)}" if where else "")
    if step.before and step.before.values and len(step.before.values) == 1 and step.after:
        yield _block(f"{_sum(list(_step_terms(step)))} = {_values(step.after)}")
    else:
        lines = []
        for name, term in receipt.terms.items():
            share = "" if term.share is None else f", {100 * term.share:.1f} % of the change"
            size = f"{translated('norm')} {number(term.norm)}{localized(share)}"
            lines.append(f"- {_escaped(localized(name))}: {_code(term.formula)}, {size}")
        named = (("before", step.before), ("change", step.change), ("after", step.after))
        told = (f"- {translated(name)}: {_numbers(each)}" for name, each in named)
        yield "\n".join([*lines, *told])
    yield f"- {translated('residual')}: {_gap(Gap(receipt.residual, receipt.bound))}"


def _step_terms(step: Step) -> Iterator[str]:
    assert step.before and step.before.values and step.receipt
    yield _math(step.before.values[0])
    for term in step.receipt.terms.values():
        value = term.values[0] if term.values else term.norm
        if term.rate:
            yield rf"-{_math(term.rate)} \cdot {_bracketed(_math(value / -term.rate))}"
        else:
            yield _math(value)


def _block(latex: str) -> str:
    return f"$$\n{latex}\n$$"


def _math(x: float, digits: int = 6) -> str:
    """Return a number as LaTeX: an exponent as a power of ten."""
    return _EXPONENT.sub(lambda m: rf"{m[1]} \cdot 10^{{{int(m[2])}}}", number(x, digits))


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _values(numbers: TensorNumbers, digits: int = 6) -> str:
    texts = [_math(each, digits) for each in numbers.values or ()]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def _numbers(numbers: TensorNumbers | None) -> str:
    """Return numbers as plain text: all if they are few, else norm and range."""
    if numbers is None:
        return translated("not derived")
    if numbers.values is not None:
        texts = [number(each) for each in numbers.values]
        return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
    if numbers.min == numbers.max == 0:
        return localized(f"zeros, shape `{shape_text(numbers.shape)}`")
    span = f"{number(numbers.min, 4)} to {number(numbers.max, 4)}"
    return localized(f"norm {number(numbers.norm)}, {span}, shape `{shape_text(numbers.shape)}`")


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in _SPECIAL else c for c in literal(text))


def _code(text: str) -> str:
    plain = literal(text).replace("`", "'")
    return f"`{plain}`".replace("|", "\\|")
