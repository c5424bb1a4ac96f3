"""The history of a number as rows of text, which the terminal, Markdown and the page lay out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum, isfinite

from backtrace.explain.history.amount import Amount, pick_term
from backtrace.explain.history.asked_number import AskedNumber
from backtrace.explain.history.number_history import HistoryLink, UpdateHistory
from backtrace.ledger.events import BackwardRan, Receipt, StepSkipped, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.show.content.cells import literal, number, percent
from backtrace.show.content.write_words import cause_words, event_words, write_words

_MOST_CAUSES = 6


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A call with the numbers before and after it, or below it (`is_part`) what it was made of.

    `is_bad` where the number stops being finite, or something does not add up.
    """

    text: str
    account: str = ""
    before: str = ""
    by: str = ""
    after: str = ""
    where: str = ""
    is_part: bool = False
    is_bad: bool = False


def history_rows(update: UpdateHistory, asked: AskedNumber) -> list[HistoryRow]:
    """Return the rows of one update, the latest call first."""
    rows: list[HistoryRow] = []
    missed = [*update.missed]
    odd = [link for link in update.links if link.begins_nonfinite]
    for link in update.links:
        while missed and missed[-1].index > link.write.event.index:
            rows += _missed(missed.pop())
        rows.append(_link_row(link))
        if odd and link is odd[-1]:
            rows.append(HistoryRow("not finite from here on", is_part=True, is_bad=True))
        rows += _parts(link, asked)
    rows += [row for event in reversed(missed) for row in _missed(event)]
    if update.left_by is not None:
        writer = update.left_by
        text = f"never cleared: .grad held what {event_words(writer.event)} of update "
        where = literal(writer.event.where)
        rows.append(HistoryRow(f"{text}{writer.update} left", where=where, is_part=True))
    return rows


def amount_text(amount: Amount | None, *, signed: bool = False, none: str = "None") -> str:
    """Return a number; one that is a norm stands between double bars."""
    if amount is None:
        return none
    if amount.is_norm:
        return f"‖{number(amount.number)}‖"
    return number(amount.number, signed=signed)


def _link_row(link: HistoryLink) -> HistoryRow:
    write = link.write
    words = write_words(write)
    if link.count > 1:
        words = words.replace("backward", f"backward {link.number} of {link.count}", 1)
    by = amount_text(link.by, signed=True, none="")
    if link.factor is not None:
        by = f"× {number(link.factor)}"
    is_new = write.is_read or (not write.event.where and write.before is None)
    none = "" if is_new or write.account == "value" else "None"
    return HistoryRow(
        words,
        "value" if write.account == "value" else ".grad",
        "" if write.is_read else amount_text(link.before, none=none),
        by,
        amount_text(link.after),
        literal(write.event.where),
        is_bad=link.begins_nonfinite,
    )


def _parts(link: HistoryLink, asked: AskedNumber) -> Iterator[HistoryRow]:
    """Give what stands below a link: its terms, what led to it, and what does not add up."""
    if link.balance.is_known and not link.balance.is_balanced:
        off = number(link.balance.residual, 4)
        yield HistoryRow(f"does not add up: {off} is left over", is_part=True, is_bad=True)
    if link.receipt is not None:
        yield from _receipt(link.receipt, asked)
    elif link.plain is not None:
        yield HistoryRow(f"−lr·grad = {_product(link.plain.lr, link.plain.grad)}", is_part=True)
    elif isinstance(link.write.event, StepTaken) and not link.write.is_read:
        yield HistoryRow("its arithmetic: record with --receipt", is_part=True)
    for name, amount in link.terms.items() if len(link.terms) > 1 else ():
        by = amount_text(amount, signed=True)
        yield HistoryRow(f"of {literal(name)}", by=by, is_part=True)
    yield from _ranks(link)
    if isinstance(link.write.event, BackwardRan):
        yield from _causes(link)


def _causes(link: HistoryLink) -> Iterator[HistoryRow]:
    rows = [
        HistoryRow(
            words,
            where=literal(event.where),
            is_part=True,
            is_bad=isinstance(event, GraphSeen),
        )
        for event in reversed(link.write.led_by)
        if (words := cause_words(event))
    ]
    yield from rows[:_MOST_CAUSES]
    if len(rows) > _MOST_CAUSES:
        yield HistoryRow(f"and {len(rows) - _MOST_CAUSES} calls before", is_part=True)


def _ranks(link: HistoryLink) -> Iterator[HistoryRow]:
    """Give what each rank had, and their mean, which a reduction by DDP leaves."""
    for rank, amount in link.ranks.items():
        yield HistoryRow(f"rank {rank} had", before=amount_text(amount), is_part=True)
    known = [each.number for each in link.ranks.values() if each is not None and not each.is_norm]
    if known and len(known) == len(link.ranks):
        mean = fsum(known) / len(known) if all(map(isfinite, known)) else float("nan")
        yield HistoryRow(f"mean of {len(known)} ranks", after=number(mean), is_part=True)


def _receipt(receipt: Receipt, asked: AskedNumber) -> Iterator[HistoryRow]:
    if receipt.reason and not receipt.terms:
        yield HistoryRow(literal(receipt.reason), is_part=True)
    for name, term in receipt.terms.items():
        amount = pick_term(term, asked.offset)
        is_of_it = term.share is not None and (amount.is_norm or asked.numel == 1)
        text = f"{name}: {term.formula}"
        if term.rate and not amount.is_norm and isfinite(amount.number):
            text = f"{text} = {_product(term.rate, amount.number / -term.rate)}"
        share = percent(term.share) if is_of_it and term.share is not None else ""
        by = amount_text(amount, signed=True)
        yield HistoryRow(text, by=by, where=share, is_part=True)
    if receipt.terms and not receipt.residual <= receipt.bound:
        off = number(receipt.residual, 4)
        yield HistoryRow(f"its receipt leaves {off} unexplained", is_part=True, is_bad=True)


def _missed(event: object) -> Iterator[HistoryRow]:
    match event:
        case StepSkipped():
            text = f"step skipped: {literal(event.reason)}"
            if event.had_begun:
                text = "step raised an exception"
            yield HistoryRow(text, where=literal(event.where))
        case StepsPassed():
            steps = "1 step" if event.count == 1 else f"{event.count} steps"
            yield HistoryRow(f"{steps} before this update not read", where=literal(event.where))


def _product(rate: float, factor: float) -> str:
    """Return minus a rate times a number, as `-0.01 × (-8.9)`."""
    text = number(factor)
    return f"{number(-rate)} × " + (f"({text})" if text.startswith("-") else text)
