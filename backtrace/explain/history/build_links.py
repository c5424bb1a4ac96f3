"""Writes become links: the numbers of one element, and of what they were made."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from backtrace.explain.history.account_writes import AccountWrite
from backtrace.explain.history.amount import Amount, pick_amount
from backtrace.explain.history.asked_number import AskedNumber
from backtrace.explain.history.number_history import HistoryLink, PlainStep
from backtrace.ledger import books
from backtrace.ledger.events import BackwardRan, GradsRescaled, StepTaken

_EPS = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
_BY_ONE_FACTOR = ("clip_grad_norm_", "unscale_")


def build_links(chain: Sequence[AccountWrite], asked: AskedNumber) -> tuple[HistoryLink, ...]:
    """Return the links of one update's writes, the latest first."""
    count = sum(_adds(write) for write in chain)
    links, number = [], count
    for at, write in enumerate(chain):
        links.append(_build_link(write, chain[at + 1 :], asked, number, count))
        number -= _adds(write)
    return tuple(links)


def _adds(write: AccountWrite) -> bool:
    return isinstance(write.event, BackwardRan) and write.delta is not None


def _build_link(
    write: AccountWrite, earlier: Sequence[AccountWrite], asked: AskedNumber, at: int, count: int
) -> HistoryLink:
    offset, event = asked.offset, write.event
    before, by, after = (
        pick_amount(each, offset) for each in (write.before, write.delta, write.after)
    )
    added = [] if write.delta is None else [write.delta]
    balance = books.check(write.before, added, write.after) if added else books.NOTHING
    terms = {}
    if isinstance(event, BackwardRan):
        parts = {term: found.get(write.name) for term, found in event.terms.items()}
        picked = {term: pick_amount(part, offset) for term, part in parts.items()}
        terms = {term: amount for term, amount in picked.items() if amount is not None}
    receipt, plain = None, None
    if isinstance(event, StepTaken) and write.account == "value":
        receipt = event.receipts.get(write.name)
        plain = find_plain(event, write, earlier, offset)
    return HistoryLink(
        write, before, by, after, balance,
        factor=find_factor(write, before, after),
        number=at if _adds(write) else 0,
        count=count if _adds(write) else 0,
        terms=terms,
        receipt=receipt,
        plain=plain,
    )  # fmt: skip


def find_factor(write: AccountWrite, before: Amount | None, after: Amount | None) -> float | None:
    """Return by what a number was multiplied: norms have one factor only if all elements do."""
    event = write.event
    if not isinstance(event, GradsRescaled) or before is None or after is None:
        return None
    if (before.is_norm or after.is_norm) and event.call not in _BY_ONE_FACTOR:
        return None
    if not (before.number and before.is_finite and after.is_finite):
        return None
    return after.number / before.number


def find_plain(
    event: StepTaken, write: AccountWrite, earlier: Sequence[AccountWrite], offset: int | None
) -> PlainStep | None:
    """Return the rate and the gradient whose product the change is, to within rounding."""
    read = next((each.after for each in earlier if each.is_read and each.event is event), None)
    if len(set(event.lr)) != 1 or read is None:
        return None
    grad, by, after = (pick_amount(each, offset) for each in (read, write.delta, write.after))
    if grad is None or by is None or after is None or grad.is_norm or by.is_norm or after.is_norm:
        return None
    made = -event.lr[0] * grad.number
    eps = _EPS.get(read.dtype, 2.0**-7)
    if isfinite(made) and abs(by.number - made) <= 4 * eps * (abs(after.number) + abs(made)):
        return PlainStep(event.lr[0], grad.number)
    return None
