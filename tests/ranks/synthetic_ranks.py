"""Ranks that never ran: the events of one rank of a data-parallel training, written at will."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

from backtrace.ledger.events import (
    BackwardRan,
    Entry,
    Event,
    ForwardRan,
    GradsReduced,
    GradsZeroed,
    ParameterSeen,
    Reading,
    StepTaken,
)
from backtrace.ledger.facts import Group, OptimizerSeen
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.rank_facts import ReplicasRead, WrapperSeen
from backtrace.ledger.trace import Header
from backtrace.recording.ranks import Rank
from backtrace.tracefile import TraceWriter

_SHAPE = (64, 64)


@dataclass(frozen=True)
class Synthetic:
    """A run of `size` ranks with so many parameters and updates.

    From update `parts_at` on, `away` has other values in the first parameter.
    """

    size: int
    parameters: int
    updates: int
    parts_at: int | None = None
    away: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """What the parameters are called."""
        return tuple(f"layers.{n}.weight" for n in range(self.parameters))

    def rank(self, number: int) -> Rank:
        """Return one of the ranks."""
        return Rank(number, self.size, self.size, "synthetic")

    def write(self, number: int, path: Path) -> None:
        """Write the file of one rank."""
        writer, ledger = TraceWriter(path, readings="norm"), Ledger()
        writer.start(Header(target="synthetic"), None, asdict(self.rank(number)))
        for event in self.events(number):
            writer.take_event(event)
            for update in ledger.take(event):
                writer.take_update(update)
        writer.finish(1.0, interrupted=False)

    def events(self, number: int) -> Iterator[Event]:
        """Yield what one rank sees."""
        index = count()

        def at() -> dict[str, Any]:
            n = next(index)
            return {"index": n, "where": "train.py:9", "elapsed": 0.001 * n, "rank": number}

        names = self.names
        yield WrapperSeen(**at(), wrapper="DistributedDataParallel", parameters=names)
        for name in names:
            yield ParameterSeen(
                **at(), name=name, shape=_SHAPE, dtype="float32", device="cpu", requires_grad=True,
                value=_reading(1.0),
            )  # fmt: skip
        groups = (Group(names, {"lr": 0.1}),)
        yield OptimizerSeen(**at(), optimizer="optimizer", type="SGD", groups=groups)
        for update in range(1, self.updates + 1):
            for kind, fields in self._update(number, update):
                yield kind(**at(), **fields)

    def _update(self, number: int, update: int) -> Iterator[tuple[type[Event], dict[str, Any]]]:
        names = self.names
        own, mean = self._readings(update + number / 8), self._readings(update + 0.5)
        value, after = self._readings(1 / update), self._readings(1 / (update + 1))
        is_away = self.parts_at is not None and update >= self.parts_at and number == self.away
        bits = f"{update:016x}" * len(names)
        values = f"{'f' * 16}{bits[16:]}" if is_away else bits
        zeroed = self._readings(update - 0.5) if update > 1 else {}
        grads = {name: Entry(each, None) for name, each in zeroed.items()}
        yield GradsZeroed, {"call": "optimizer", "set_to_none": True, "grads": grads}
        yield ForwardRan, {"module": "net", "rows": 32, "data": f"{number:08x}{update:08x}"}
        grads = {name: Entry(None, each, each) for name, each in own.items()}
        yield BackwardRan, {"loss": 1 / update, "grads": grads}
        reduced = {name: Entry(own[name], mean[name]) for name in names}
        yield GradsReduced, {"by": "DistributedDataParallel", "grads": reduced}
        first = {"names": names, "before": bits} if update == 1 else {}
        yield ReplicasRead, {"optimizer": "optimizer", "grads": bits, "values": values, **first}
        yield StepTaken, {
            "optimizer": "optimizer", "type": "SGD", "lr": (0.1,),
            "grads": mean,
            "values": {name: Entry(value[name], after[name], value[name]) for name in names},
        }  # fmt: skip

    def _readings(self, norm: float) -> dict[str, Reading]:
        """Return a reading of each tensor: in a file each has a row of its own."""
        return {name: _reading(norm) for name in self.names}


def _reading(norm: float) -> Reading:
    return Reading(_SHAPE, "float32", norm, norm / 4096, -norm, norm, 0, 0)
