"""What the terms of a receipt come to, held against what the step did."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.receipts import Arithmetic, Before
from backtrace.explain.receipts.arithmetic import widen
from backtrace.explain.receipts.given_numbers import find_given
from backtrace.ledger.events import Receipt, ReceiptTerm

_ROUNDINGS = 4  # three times what steps of random options were seen to err by


def write_receipt(
    before: Before, arithmetic: Arithmetic, after: Tensor, values: int = 16
) -> Receipt:
    """Return what the terms say of the change from `before.value` to `after`.

    The bound is what rounding explains: `after` is rounded once and each term by a few
    operations, of a relative size of `before.eps` each.
    """
    parts = [term.change for term in arithmetic.terms.values()]
    change = widen(after) - before.value
    size = before.value.abs() + change.abs()
    for term in arithmetic.terms.values():
        size = size + term.change.abs() * term.magnified
    numbers = [
        (torch.stack(parts).sum(0) - change).abs().max(),
        size.max(),
        change.square().sum(),
        *(number for part in parts for number in (part.norm(), (part * change).sum())),
    ]
    residual, largest, square, *rest = torch.stack(numbers).tolist()
    terms = {
        name: ReceiptTerm(
            formula=term.formula,
            norm=rest[2 * at],
            share=rest[2 * at + 1] / square if square else None,
            rate=term.rate,
            values=_elements(term.change, values),
        )
        for at, (name, term) in enumerate(arithmetic.terms.items())
    }
    bound = _ROUNDINGS * (before.eps * largest + torch.finfo(before.dtype).tiny)
    divisor = None if arithmetic.divisor is None else _elements(arithmetic.divisor, values)
    given = find_given(before, arithmetic) if before.value.numel() <= values else {}
    return Receipt(
        terms,
        residual,
        bound,
        arithmetic.formula,
        arithmetic.where,
        divisor=divisor,
        given={name: _numbers(each) for name, each in given.items()},
    )


def _numbers(given: Tensor | float) -> tuple[float, ...]:
    return tuple(given.flatten().tolist()) if isinstance(given, Tensor) else (given,)


def _elements(tensor: Tensor, most: int) -> tuple[float, ...] | None:
    return tuple(tensor.flatten().tolist()) if tensor.numel() <= most else None
