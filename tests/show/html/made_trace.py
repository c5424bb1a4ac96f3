"""A made-up trace of any size, whose numbers are told by short formulas."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.ledger.events import (
    BackwardRan,
    Entry,
    Event,
    ForwardRan,
    GradsZeroed,
    ParameterSeen,
    Reading,
    StepTaken,
)


def reading(norm: float, zeros: int = 0) -> Reading:
    return Reading((64, 64), "float32", norm, norm / 64, -norm / 8, norm / 8, zeros, 0)


def grad_norm(parameter: int, update: int) -> float:
    """The gradient of parameter `parameter` (from 0) that the step of `update` (from 1) reads."""
    return (1 + parameter) * (1 + (update * 37 % 101) / 101)


def made_events(names: list[str], updates: int, where: str = "train.py:7") -> Iterator[Event]:
    index = iter(range(10**9))

    def head() -> dict:
        at = next(index)
        return {"index": at, "elapsed": at * 0.001, "where": where}

    value = reading(10.0)
    for name in names:
        yield ParameterSeen(
            **head(), name=name, shape=(64, 64), dtype="float32", device="cpu",
            requires_grad=True, optimizer="optimizer[0]", value=value,
        )  # fmt: skip
    before: dict[str, Reading | None] = dict.fromkeys(names)
    for update in range(1, updates + 1):
        cleared = {name: Entry(before[name], None) for name in names}
        yield GradsZeroed(**head(), call="optimizer[0].zero_grad", set_to_none=True, grads=cleared)
        yield ForwardRan(**head(), module="model")
        grads = {name: reading(grad_norm(at, update)) for at, name in enumerate(names)}
        added = {name: Entry(None, grad, grad) for name, grad in grads.items()}
        yield BackwardRan(**head(), loss=3 / update, grads=added)
        moved = {name: Entry(value, value, reading(0.01)) for name in names}
        yield StepTaken(
            **head(), optimizer="optimizer[0]", type="SGD", lr=(0.1,), grads=grads, values=moved
        )
        before = dict(grads)
