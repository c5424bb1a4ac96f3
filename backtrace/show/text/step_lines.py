"""What an optimizer made of a gradient, in lines: the formula, its terms and the sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from backtrace.explain.derive.parts import Gap, Step
from backtrace.language import localized, translated
from backtrace.ledger.events import Receipt
from backtrace.show.content.cells import number
from backtrace.show.content.receipt_words import (
    MOST,
    divisor_text,
    few_text,
    given_texts,
    symbols_text,
)
from backtrace.show.text.layout import padded
from backtrace.show.text.number_texts import (
    INDENT,
    bracketed,
    gap_text,
    gap_tone,
    is_scalar,
    numbers_text,
    sum_text,
)
from backtrace.show.text.styled_line import StyledLine


def step_lines(step: Step) -> Iterator[StyledLine]:
    """Say what the optimizer made of the gradient."""
    yield StyledLine(localized(f"step {step.optimizer}"), "title")
    receipt = step.receipt
    if receipt is None or not receipt.terms:
        yield StyledLine(f"{INDENT}{localized(_why_no_terms(step))}", "warn")
        if step.before is not None:
            way = f"{numbers_text(step.before)} → {numbers_text(step.after)}"
            yield StyledLine(f"{INDENT}{translated('value')}  {way}")
        return
    yield StyledLine(f"{INDENT}{receipt.formula}")
    if receipt.where:
        yield StyledLine(f"{INDENT}{translated('where ')}{localized(receipt.where)}")
    if symbols := symbols_text(receipt):
        yield StyledLine(f"{INDENT}{translated('where ')}{symbols}")
    shape = step.before.shape if step.before else ()
    for text in filter(None, (*given_texts(receipt, shape), divisor_text(receipt, shape))):
        yield StyledLine(f"{INDENT}{text}")
    for name, text in step_terms(receipt, shape):
        yield StyledLine(f"{INDENT}{localized(name)}: {text}")
    if is_scalar(step.before):
        yield StyledLine(f"{INDENT}{step_equation(step)}")
    else:
        words = (translated("before"), translated("change"), translated("after"))
        width = max(map(cell_len, words)) + 2
        for word, numbers in zip(words, (step.before, step.change, step.after), strict=True):
            yield StyledLine(f"{INDENT}{padded(word, width)}{numbers_text(numbers)}")
    gap = Gap(receipt.residual, receipt.bound)
    yield StyledLine(f"{INDENT}{translated('residual')}  {gap_text(gap)}", gap_tone(gap))


def _why_no_terms(step: Step) -> str:
    if step.receipt is not None:
        return step.receipt.reason
    if step.before is None and step.change is None and step.after is None:
        return "no step moves it"
    is_own = step.change is not None and step.optimizer == "by hand"
    return "the script's own lines took the step" if is_own else "no step was taken"


def step_terms(receipt: Receipt, shape: Sequence[int] = ()) -> Iterator[tuple[str, str]]:
    """Give each term of a change: its name, and its formula with numbers."""
    for name, term in receipt.terms.items():
        values = term.values
        if values is not None and len(values) == 1:
            text = number(values[0])
            if term.rate:
                text = f"-{number(term.rate)}·{bracketed(number(values[0] / -term.rate))} = {text}"
        elif values is not None and len(values) <= MOST:
            text = few_text(values, shape)
            if term.rate:
                times = few_text([each / -term.rate for each in values], shape)
                text = f"-{number(term.rate)}·{times} = {text}"
        else:
            text = localized(f"norm {number(term.norm)}")
            if term.share is not None:
                percent = round(100 * term.share, 1) + 0.0  # no -0.0
                text += localized(f", {percent:.1f} % of the change")
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
