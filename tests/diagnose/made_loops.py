"""Loops made up of events: numbers in, the events that an instrument would have written out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from backtrace.ledger.events import (
    BackwardRan,
    Entry,
    Event,
    GradsZeroed,
    ParameterSeen,
    Reading,
    StepTaken,
)
from backtrace.ledger.facts import Group, OptimizerSeen


def scalar(x: float) -> Reading:
    is_finite = math.isfinite(x)
    return Reading((1,), "float32", abs(x), x, x, x, int(x == 0), int(not is_finite), (x,))


class Writer:
    """Numbers events as they are written."""

    def __init__(self) -> None:
        self.index = -1

    def __call__(self, kind: type[Event], where: str = "", **facts: object) -> Event:
        self.index += 1
        return kind(index=self.index, elapsed=float(self.index), where=where, **facts)


def plain_loop(updates: int, *, names=("w",), losses=None, clears=True) -> Iterator[Event]:
    """w ← w − 0.1·g with g = 1 in every update; `losses` by update number override 1.0."""
    write = Writer()
    value = dict.fromkeys(names, 1.0)
    grad = dict.fromkeys(names, 0.0)
    for name in names:
        yield write(
            ParameterSeen, name=name, shape=(1,), dtype="float32", device="cpu",
            requires_grad=True, optimizer="opt", value=scalar(1.0),
        )  # fmt: skip
    yield write(
        OptimizerSeen, optimizer="opt", type="SGD", groups=(Group(tuple(names), {"lr": 0.1}),)
    )
    for number in range(1, updates + 1):
        if clears:
            yield write(
                GradsZeroed, "train.py:3", call="opt.zero_grad", set_to_none=True,
                grads={name: Entry(scalar(grad[name]), None) for name in names},
            )  # fmt: skip
        before = {name: None if clears else scalar(grad[name]) for name in names}
        grad = {name: 1.0 if clears else grad[name] + 1.0 for name in names}
        yield write(
            BackwardRan, "train.py:4", loss=(losses or {}).get(number, 1.0),
            grads={n: Entry(before[n], scalar(grad[n]), scalar(1.0)) for n in names},
        )  # fmt: skip
        after = {name: value[name] - 0.1 * grad[name] for name in names}
        yield write(
            StepTaken, "train.py:5", optimizer="opt", type="SGD", lr=(0.1,),
            grads={name: scalar(grad[name]) for name in names},
            values={
                n: Entry(scalar(value[n]), scalar(after[n]), scalar(-0.1 * grad[n]))
                for n in names
            },
        )  # fmt: skip
        value = after
