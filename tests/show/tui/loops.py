"""A made-up loop of which every number can be worked out by hand, as a trace file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
from backtrace.ledger.trace import Header
from backtrace.tracefile import write_trace

LR = 0.5


def reading(number: float) -> Reading:
    """Return what is seen of a tensor that holds one number."""
    zeros = int(number == 0)
    return Reading((1,), "float32", abs(number), number, number, number, zeros, 0, (number,))


def loop(updates: int, names: tuple[str, ...]) -> Iterator[Event]:
    """Yield a loop's events: in update n every gradient is n, and every value falls by n / 2."""
    index = 0
    values = dict.fromkeys(names, 100.0)
    for name in names:
        yield ParameterSeen(
            index=index, elapsed=0.0, name=name, shape=(1,), dtype="float32", device="cpu",
            requires_grad=True, optimizer="optimizer[0]", value=reading(100.0),
        )  # fmt: skip
        index += 1
    for number in range(1, updates + 1):
        before = reading(number - 1.0) if number > 1 else None
        added = reading(float(number))
        fallen = {name: value - LR * number for name, value in values.items()}
        yield GradsZeroed(
            index=index, elapsed=number, where="train.py:2", call="optimizer[0].zero_grad",
            set_to_none=True, grads={name: Entry(before, None) for name in names},
        )  # fmt: skip
        yield ForwardRan(index=index + 1, elapsed=number, where="train.py:3", module="model")
        yield BackwardRan(
            index=index + 2, elapsed=number, where="train.py:4", loss=1000.0 / number,
            grads={name: Entry(None, added, added) for name in names},
        )  # fmt: skip
        yield StepTaken(
            index=index + 3, elapsed=number, where="train.py:5", optimizer="optimizer[0]",
            type="SGD", lr=(LR,), grads=dict.fromkeys(names, added),
            values={
                name: Entry(reading(values[name]), reading(fallen[name]), reading(-LR * number))
                for name in names
            },
        )  # fmt: skip
        values = fallen
        index += 4


def write_loop(path: Path, updates: int = 12, names: tuple[str, ...] = ("a.weight",)) -> Path:
    """Write the trace file, and beside it the script that it could be of."""
    script = ["import x", "optimizer.zero_grad()", "y = model(x)", "loss.backward()"]
    (path.parent / "train.py").write_text("\n".join([*script, "optimizer.step()  # the last"]))
    write_trace(path, Header(target="made-up"), loop(updates, names))
    return path
