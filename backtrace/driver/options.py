"""What is to be recorded of a run, as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from backtrace.ledger.events import Event
from backtrace.ledger.trace import Header, Trace

if TYPE_CHECKING:
    from backtrace.steer.late_start import LateStart


@dataclass(frozen=True)
class RecordOptions:
    """The choices of `backtrace.record`, which see, and when a run is stopped.

    `limit` counts the updates of the optimizer that has the most of them, `budget` is in seconds:
    the first update that ends later is the last. `trace` is where the run is written, beside
    which another process may say which updates to read. `experiments` are what is changed in the
    loop meanwhile, as `KEY=VALUE`, and `late_experiments` what is changed after the first
    `unchanged` updates. `follow` is called with each event when the views were told of it, inside
    the call that it is of; a LimitReached that it raises ends the run. `beside` makes a context
    that is entered when the recording has begun, and left before it ends.
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
    late_experiments: tuple[str, ...] = ()
    unchanged: int = 0
    follow: Callable[[Event], None] | None = None
    beside: Callable[[], AbstractContextManager[None]] | None = None

    def record(
        self, *things: Any, sink: Callable[[Event], None], header: Header
    ) -> AbstractContextManager[Trace]:
        """Return `backtrace.record` with these options; torch comes in here."""
        from backtrace.recording.record import record
        from backtrace.tracefile.control import control_path

        follow, late = self.follow, self._make_late_start()

        def take(event: Event) -> None:
            sink(event)
            if late is not None:
                late.take(event)
            if follow is not None:
                follow(event)

        trace = record(
            *things, values=self.values, by_term=self.by_term, digest=self.digest,
            receipt=self.receipt, every=self.every, header=header,
            of_command=True, control=self.trace and control_path(self.trace),
            sink=sink if follow is None and late is None else take,
        )  # fmt: skip
        steered = self._steered(trace, late) if self.experiments or late else trace
        return steered if self.beside is None else _accompanied(steered, self.beside)

    def _make_late_start(self) -> LateStart | None:
        if not self.late_experiments:
            return None
        from backtrace.steer.late_start import LateStart

        return LateStart(self.unchanged)

    @contextmanager
    def _steered(
        self, recording: AbstractContextManager[Trace], late: LateStart | None
    ) -> Iterator[Trace]:
        from backtrace.steer.steering import steer, steer_late

        with ExitStack() as later, recording as trace, steer(self.experiments, later):
            if late is None:
                yield trace
                return
            with steer_late(late, self.late_experiments, later):
                yield trace


@contextmanager
def _accompanied(
    recording: AbstractContextManager[Trace], beside: Callable[[], AbstractContextManager[None]]
) -> Iterator[Trace]:
    with recording as trace, beside():
        yield trace
