"""Of what a call's entry was made, element by element, as `backtrace why` tells it of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtrace.explain.history.account_writes import AccountWrite
from backtrace.explain.history.amount import pick_amount
from backtrace.explain.history.build_links import find_factor, find_plain
from backtrace.language import translated
from backtrace.ledger.events import BackwardRan, GradsRescaled, Receipt, StepTaken
from backtrace.show.content.cells import literal, number

MOST_ELEMENTS = 64  # of a tensor whose elements can be chosen one by one


@dataclass(frozen=True, slots=True)
class ElementPart:
    """A line below a call: its text, and the number of each element if they have their own.

    `times_grad` when the text ends in a factor of the gradient that the step read.
    """

    text: str
    numbers: tuple[float, ...] = ()
    times_grad: bool = False


def element_parts(write: AccountWrite, earlier: Sequence[AccountWrite]) -> list[ElementPart]:
    """Return the lines below a call that wrote a tensor whose elements were kept.

    `earlier` are the writes behind it, the latest first.
    """
    event = write.event
    if isinstance(event, GradsRescaled):
        return list(_factor(write))
    if write.delta is None or write.delta.values is None or write.delta.numel > MOST_ELEMENTS:
        return []
    if isinstance(event, BackwardRan):
        return list(_loss_terms(event, write.name))
    if not isinstance(event, StepTaken) or write.is_read:
        return []
    receipt = event.receipts.get(write.name)
    if receipt is not None:
        return list(_receipt_terms(receipt))
    plain = {
        None if found is None else found.lr
        for offset in range(write.delta.numel)
        for found in [find_plain(event, write, earlier, offset)]
    }
    lr = plain.pop() if len(plain) == 1 else None
    return [] if lr is None else [ElementPart(f"−lr·grad = {number(-lr)} ×", times_grad=True)]


def _factor(write: AccountWrite) -> Iterator[ElementPart]:
    """Give what clipping or unscaling multiplied all elements by, which their norms tell."""
    found = find_factor(write, *(pick_amount(each, None) for each in (write.before, write.after)))
    if found is not None:
        yield ElementPart(f"× {number(found)}")


def _loss_terms(event: BackwardRan, name: str) -> Iterator[ElementPart]:
    for term, grads in event.terms.items() if len(event.terms) > 1 else ():
        grad = grads.get(name)
        if grad is not None and grad.values is not None:
            yield ElementPart(
                translated("of loss term {term}").format(term=literal(term)), tuple(grad.values)
            )


def _receipt_terms(receipt: Receipt) -> Iterator[ElementPart]:
    for name, term in receipt.terms.items():
        if term.values is not None:
            yield ElementPart(f"{literal(name)}: {literal(term.formula)}", tuple(term.values))
