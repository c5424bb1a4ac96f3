"""What is to be recorded of a run, as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from backtrace.ledger.events import Event
from backtrace.ledger.trace import Header, Trace


@dataclass(frozen=True)
class RecordOptions:
    """The choices of `backtrace.record`, which see, and when a run is stopped.

    `limit` counts the updates of the optimizer that has the most of them, `budget` is in seconds:
    the first update that ends later is the last. `trace` is where the run is written, beside
    which another process may say which updates to read. `experiments` are what is changed in the
    loop meanwhile, as `KEY=VALUE`.
    """

    values: int = 16
    by_term: bool = False
    digest: bool = False
    receipt: bool = False
    every: int | Literal["auto"] = 1
    trace: str | None = None
    limit: int | None = None
    budget: float | None = None
    experiments: tuple[str, ...] = ()

    def record(
        self, *things: Any, sink: Callable[[Event], None], header: Header
    ) -> AbstractContextManager[Trace]:
        """Return `backtrace.record` with these options; torch comes in here."""
        from backtrace.recording.record import record
        from backtrace.tracefile.control import control_path

        trace = record(
            *things, values=self.values, by_term=self.by_term, digest=self.digest,
            receipt=self.receipt, every=self.every,
            control=self.trace and control_path(self.trace), sink=sink, header=header,
        )  # fmt: skip
        return self._steered(trace) if self.experiments else trace

    @contextmanager
    def _steered(self, recording: AbstractContextManager[Trace]) -> Iterator[Trace]:
        from backtrace.steer.steering import steer

        with ExitStack() as later, recording as trace, steer(self.experiments, later):
            yield trace
