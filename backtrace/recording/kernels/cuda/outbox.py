"""Numbers on their way from a device: gathered there, sent at once, and taken where they arrive."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

Take = Callable[[Sequence[float]], None]


class _Part(NamedTuple):
    """Numbers of one device that are sent together, and who takes which of them."""

    memory: Tensor
    arrival: torch.cuda.Event
    takers: list[tuple[int, Take]]


class Outbox:
    """Takes numbers in, and sends them together: one copy into pinned memory a device."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Tensor, Take]] = []
        self._sent: deque[_Sent] = deque()

    def put(self, numbers: Tensor, take: Take) -> None:
        """Have numbers sent with the next; `take` is called with them when they are waited for.

        They are in one dimension, of float64, and nobody writes to them before they are sent.
        """
        self._waiting.append((numbers, take))

    def send(self) -> _Sent | None:
        """Send what waits; return what was sent last, None where all has been taken."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            by_device = defaultdict(list)
            for numbers, take in waiting:
                by_device[numbers.device].append((numbers, take))
            self._sent.append(_Sent([_send(found) for found in by_device.values()], self._sent))
        return self._sent[-1] if self._sent else None


class _Sent:
    """What was sent at once. What was sent before it is taken before it."""

    def __init__(self, parts: list[_Part], queue: deque[_Sent]) -> None:
        self._parts = parts
        self._queue = queue

    def is_done(self) -> bool:
        """Whether all numbers are here."""
        return all(_query(part.arrival) for part in self._parts)

    def wait(self) -> None:
        """Wait for all numbers, and hand them out."""
        while self in self._queue:
            self._queue.popleft()._take()

    def _take(self) -> None:
        for memory, arrival, takers in self._parts:
            arrival.synchronize()
            numbers, start = memory.tolist(), 0
            for count, take in takers:
                take(numbers[start : start + count])
                start += count


def _query(arrival: torch.cuda.Event) -> bool:
    return bool(arrival.query())  # type: ignore[no-untyped-call]


def _send(found: list[tuple[Tensor, Take]]) -> _Part:
    numbers = torch.cat([each for each, _ in found])
    memory = torch.empty(numbers.shape, dtype=numbers.dtype, pin_memory=True, device="cpu")
    with torch.cuda.device(numbers.device):
        memory.copy_(numbers, non_blocking=True)
        arrival = torch.cuda.Event()  # type: ignore[no-untyped-call]
        arrival.record()
    return _Part(memory, arrival, [(each.numel(), take) for each, take in found])
