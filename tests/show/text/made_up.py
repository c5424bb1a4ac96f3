"""Updates made by hand: numbers in, rows with balanced books out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot, isfinite, prod
from typing import Any

from backtrace.ledger import books
from backtrace.ledger.events import Kind, Reading
from backtrace.ledger.updates import Call, Row, Update


def reading(*values: float, shape: Sequence[int] | None = None, keep: bool = True) -> Reading:
    """The reading of a tensor of these elements."""
    count = len(values)
    finite = all(map(isfinite, values))
    nan = float("nan")
    return Reading(
        shape=tuple(shape) if shape is not None else (count,),
        dtype="float32",
        norm=hypot(*values) if finite else nan,
        mean=sum(values) / count if count else nan,
        min=min(values, default=nan) if finite else nan,
        max=max(values, default=nan) if finite else nan,
        zeros=sum(value == 0 for value in values),
        nonfinite=sum(not isfinite(value) for value in values),
        values=tuple(values) if keep else None,
    )


def big(shape: Sequence[int], scale: float, *, mean: float = 0.0, zeros: int = 0) -> Reading:
    """The reading of a tensor whose elements were not kept."""
    return Reading(
        shape=tuple(shape),
        dtype="float32",
        norm=abs(scale) * prod(shape) ** 0.5,
        mean=mean,
        min=mean - 3 * abs(scale),
        max=mean + 2.9 * abs(scale),
        zeros=zeros,
        nonfinite=0,
    )


def row(
    name: str,
    value: Reading | None,
    added: Sequence[Reading | None] = (),
    *,
    before: Reading | None = None,
    grad: Reading | None = None,
    change: Reading | None = None,
    after: Reading | None = None,
    kind: Kind = "parameter",
    terms: Mapping[str, Sequence[Reading | None]] | None = None,
) -> Row:
    """A row; `grad` and `after` are what the accounts close with."""
    if grad is None and len(added) == 1 and before is None:
        grad = added[0]
    found = [part for part in added if part is not None]
    value_books = books.NOTHING
    if change is not None:
        value_books = books.check(value, [change], after)
    return Row(
        name=name,
        shape=value.shape if value is not None else (),
        kind=kind,
        value_before=value,
        grad_before=before,
        added=tuple(added),
        grad_after=grad,
        change=change,
        value_after=after if after is not None else value,
        terms={term: tuple(parts) for term, parts in (terms or {}).items()},
        grad_books=books.check(before, found, grad) if found else books.NOTHING,
        value_books=value_books,
    )


PLAIN = ("zero_grad", "forward", "backward", "step")


def update(*rows: Row, calls: Sequence[str | Call] = PLAIN, **facts: Any) -> Update:
    """An update of these rows."""
    known: dict[str, Any] = {
        "index": 1,
        "optimizer": "optimizer",
        "type": "SGD",
        "lr": (0.01,),
        "loss": 5.387224,
        "terms": {},
        "notes": (),
        "elapsed": 0.0125,
    }
    made = tuple(
        Call(call, where="train.py:9") if isinstance(call, str) else call for call in calls
    )
    return Update(**{**known, **facts}, calls=made, rows={row.name: row for row in rows})


def linear(**facts: Any) -> Update:
    """The first update of a Linear(1, 1) on three points."""
    scalar = (1, 1)
    column = (3, 1)
    return update(
        row(
            "fc.weight",
            reading(-0.2505, shape=scalar),
            [reading(-10.0049, shape=scalar)],
            change=reading(0.100049, shape=scalar),
            after=reading(-0.150451, shape=scalar),
        ),
        row(
            "fc.bias",
            reading(0.9166),
            [reading(-4.1688)],
            change=reading(0.041688),
            after=reading(0.958288),
        ),
        row(
            "input",
            reading(1, 2, 3, shape=column),
            [reading(0.139261, 0.348095, 0.556928, shape=column)],
            kind="input",
        ),
        **facts,
    )


LENET = {
    "conv1.weight": (6, 1, 5, 5),
    "conv1.bias": (6,),
    "conv2.weight": (16, 6, 5, 5),
    "conv2.bias": (16,),
    "fc1.weight": (120, 256),
    "fc1.bias": (120,),
    "fc2.weight": (84, 120),
    "fc2.bias": (84,),
    "fc3.weight": (10, 84),
    "fc3.bias": (10,),
}


def spread(shape: Sequence[int], scale: float, mean: float = 0.0, zeros: int = 0) -> Reading:
    """A reading that keeps its elements when there are at most 8."""
    count = prod(shape)
    if count > 8:
        return big(shape, scale, mean=mean, zeros=zeros)
    return reading(*(scale * (i - count / 3) / count + mean for i in range(count)), shape=shape)


def of_shapes(shapes: Mapping[str, Sequence[int]], backwards: int = 1, **facts: Any) -> Update:
    """An update of a model with parameters of these shapes, by SGD with lr 0.1."""
    rows = []
    mean = 0.00123456 * backwards * (backwards + 1) / 2
    for at, (name, shape) in enumerate(shapes.items()):
        size, scale = 0.02 / (at + 1), 0.3 / (at + 1)
        zeros = at * prod(shape) // 40
        grads = [spread(shape, size, 0.00123456 * (k + 1), zeros) for k in range(backwards)]
        grad = spread(shape, size * backwards, mean)
        change = spread(shape, -0.1 * size * backwards, -0.1 * mean)
        value = spread(shape, scale, 0.0123457)
        after = spread(shape, scale - 0.1 * size * backwards, 0.0123457 - 0.1 * mean)
        rows.append(row(name, value, grads, grad=grad, change=change, after=after))
    middle = ["forward", "backward"] * backwards
    return update(*rows, calls=["zero_grad", *middle, "step"], **facts)
