"""What is to be recorded of a run, as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from backtrace.ledger.events import Event
from backtrace.ledger.trace import Header, Trace

if TYPE_CHECKING:
    from backtrace.driver.view import RunPlan
    from backtrace.steer.capsule.request import RerunRequest
    from backtrace.steer.capsule.rerun import Rerun
    from backtrace.steer.late_start import LateStart
    from backtrace.tracefile.capsule_options import CapsuleOptions


@dataclass(frozen=True)
class RecordOptions:
    """The choices of `backtrace.record`, which see, and when a run is stopped.

    `limit` counts the updates of the optimizer that has the most of them, `budget` is in seconds:
    the first update that ends later is the last. `trace` is where the run is written, beside
    which another process may say which updates to read. `experiments` are what is changed in the
    loop meanwhile, as `KEY=VALUE`, and `late_experiments` what is changed after the first
    `unchanged` updates. `follow` is called with each event when the views were told of it, inside
    the call that it is of; a LimitReached that it raises ends the run. `beside` makes a context
    that is entered when the recording has begun, and left before it ends. `capsule` is where a
    flight recorder writes, and `rerun` names an update of a capsule that is to be run again.
    `accept` is called with a config's plan before it trains, and refuses it with a UsageError.
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
    capsule: CapsuleOptions | None = None
    rerun: RerunRequest | None = None
    accept: Callable[[RunPlan], None] | None = None
    activations: bool = False
    graph: bool = False
    look_at_all: bool = False

    def record(
        self, *things: Any, sink: Callable[[Event], None], header: Header
    ) -> AbstractContextManager[Trace]:
        """Return `backtrace.record` with these options; torch comes in here."""
        from backtrace.recording.record import record
        from backtrace.tracefile.control import control_path

        follow, late, rerun = self.follow, self._make_late_start(), self._make_rerun()

        def take(event: Event) -> None:
            sink(event)
            if late is not None:
                late.take(event)
            if follow is not None:
                follow(event)

        is_plain = not (self.experiments or late or rerun)
        told = sink if follow is None and late is None else take
        trace = record(
            *things, values=self.values, by_term=self.by_term, digest=self.digest,
            receipt=self.receipt, every=self.every, header=header, capsule=self.capsule,
            activations=self.activations, graph=self.graph, look_at_all=self.look_at_all,
            of_command=True,
            late=is_plain and follow is None and self.limit is None,
            control=self.trace and control_path(self.trace),
            sink=told if rerun is None else rerun.watching(told),
        )  # fmt: skip
        steered = trace if is_plain else self._steered(trace, late, rerun)
        return steered if self.beside is None else _accompanied(steered, self.beside)

    def _make_late_start(self) -> LateStart | None:
        if not self.late_experiments:
            return None
        from backtrace.steer.late_start import LateStart

        return LateStart(self.unchanged)

    def _make_rerun(self) -> Rerun | None:
        if self.rerun is None:
            return None
        from backtrace.steer.capsule.rerun import Rerun

        return Rerun(self.rerun)

    @contextmanager
    def _steered(
        self, recording: AbstractContextManager[Trace], late: LateStart | None, rerun: Rerun | None
    ) -> Iterator[Trace]:
        from backtrace.recording.recorder import find_recorder
        from backtrace.steer.steering import steer, steer_late

        with ExitStack() as later, recording as trace, ExitStack() as on:
            if rerun is not None:
                on.enter_context(rerun.keep(find_recorder()))
            on.enter_context(steer(self.experiments, later))
            if late is not None:
                on.enter_context(steer_late(late, self.late_experiments, later))
            yield trace


@contextmanager
def _accompanied(
    recording: AbstractContextManager[Trace], beside: Callable[[], AbstractContextManager[None]]
) -> Iterator[Trace]:
    with recording as trace, beside():
        yield trace
