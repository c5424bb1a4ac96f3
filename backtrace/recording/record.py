"""`record`: the instrument around any loop, in a script, a test or a notebook cell."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, ParamSpec

from backtrace import announce
from backtrace.errors import UsageError
from backtrace.ledger.events import Event
from backtrace.ledger.trace import Header, Trace
from backtrace.recording.failure import describe_failure
from backtrace.recording.header import make_header
from backtrace.recording.journal import Sink
from backtrace.recording.kernels.choose import make_kernel
from backtrace.recording.pace import Every, Pace
from backtrace.recording.ranks import find_rank
from backtrace.recording.recorder import Recorder
from backtrace.recording.recording import Recording, started
from backtrace.tracefile.capsule_options import CapsuleOptions
from backtrace.tracefile.control import control_path
from backtrace.tracefile.in_memory import EventsSoFar, KeptEvents

if TYPE_CHECKING:
    from backtrace.recording.capsule.flight import CapsuleRecorder

_P = ParamSpec("_P")


def _as_recording(
    make: Callable[_P, AbstractContextManager[Trace]],
) -> Callable[_P, Recording]:
    @wraps(make)
    def begin(*args: _P.args, **kwargs: _P.kwargs) -> Recording:
        return Recording(lambda: make(*args, **kwargs))

    return begin


@_as_recording
@contextmanager
def record(
    *things: Any,
    values: int = 16,
    digest: bool = False,
    by_term: bool = False,
    receipt: bool = False,
    look_at_all: bool = False,
    activations: bool = False,
    graph: bool = False,
    every: Every = 1,
    control: str | os.PathLike[str] | None = None,
    readings: Literal["full", "norm"] = "full",
    last: int | None = None,
    param: str | Iterable[str] = (),
    sink: Callable[[Event], None] | None = None,
    header: Header | None = None,
    file: str | os.PathLike[str] | None = None,
    force: bool = False,
    of_command: bool = False,
    capsule: str | os.PathLike[str] | CapsuleOptions | None = None,
    log: str | Iterable[str] = (),
    late: bool | None = None,
    **named: Any,
) -> Iterator[Trace]:
    """Keep the books of the training loop inside the `with` block.

    Args:
        *things: models, optimizers and tensors, as for `backtrace.watch`. What is made inside
            the block is found without being named.
        values: the largest number of elements of which every single one is kept.
        digest: whether readings also name the exact bits, so that equality can be proved.
        by_term: whether each term given to `note_loss` has its own gradient taken, which costs
            one extra backward a term.
        receipt: whether each change comes with the arithmetic behind it, which costs a copy of
            every value, gradient and optimizer state, and the time to go through them.
        look_at_all: whether every element of a large tensor is looked at for a write that nothing
            tells of, as one through `.data`, and not one line of each row; with `receipt` it is so.
        activations: whether what each module returned before a backward is read, too.
        graph: whether the graph of each backward is kept, of graphs of one structure the first;
            `backtrace graph run.trace` shows it. It costs a walk through every graph.
        every: reads the first update and every N-th after it; in between nothing is read, and
            steps are only counted. A function of how many updates there were returns N anew at
            each step; `auto` reads densely at first and where a loss or a gradient norm is
            unusual, and ever more rarely in between.
        control: a file into which another process may write such a number, or `auto`, while the
            block runs; of a trace file it is `run.trace.every` if none is named.
        readings: `norm` writes of each reading the norm and the counts of zeros and of what is
            not finite, into a file.
        last: the updates of each optimizer that are kept whole. Of those before, a trace in
            memory keeps the loss, the step and its line, and a file keeps the norms as well;
            so a long run takes no more memory than N updates and its losses do.
        param: globs over the names of tensors; of the others nothing is kept.
        sink: called with each event as it happens, instead of the trace keeping it.
        header: what to say of the trace; made up of this process's facts by default.
        file: where a trace file is written while the block runs; the trace then reads from it,
            one update at a time, and holds nothing in memory. Each rank of a distributed run
            writes its own, `run.rank1.trace`; opening `run.trace` joins them. Ranks that their
            launcher starts again write beside it, as of `run.attempt1.trace`.
        force: whether a trace file or a capsule that is there already is overwritten.
        of_command: whether a command records a whole program, whose own blocks may stand inside.
        capsule: where the flight recorder writes what the last update started from, at the first
            number that is not finite, jump of the loss or of a gradient, finding or exception;
            `CapsuleOptions` says of how many updates. It keeps a copy of all values, gradients
            and optimizers' states, and of each batch.
        log: trackers (`wandb`, `mlflow`, `tensorboard`, `trackio`) into whose open run the
            readings and findings are logged, as `backtrace run --log` does.
        late: whether readings on a GPU are sent from there while the program goes on, so that
            an event comes to `sink`, or into a file, some calls after it happened. It is so
            unless a `sink` is given.
        **named: the same things under names of yours.

    Yields:
        The trace. It fills while the block runs.

    Raises:
        UsageError: something is recorded already, `every` or `last` is less than 1 (or `every`
            something else), or `readings` is neither, or is `norm` without a file, or `log`
            names no tracker that is installed.
        TraceFileError: no file can be made there.
        TypeError: something that is no model, optimizer or tensor was given.
    """
    _check(last, readings)
    pace = _make_pace(every, control, file)
    kept = _KeepOptions(readings, last, (param,) if isinstance(param, str) else tuple(param))
    with _keep(header or make_header(), sink, kept, file, force=force) as (trace, take):
        flight = _make_capsule_recorder(capsule, trace.header, force=force)
        told = pace.watching(take)
        kernel = make_kernel(values, digest=digest, looks_at_all=look_at_all or receipt)
        recorder = Recorder(
            told if flight is None else flight.watching(told), kernel, values=values,
            by_term=by_term, receipt=receipt, activations=activations, graph=graph,
            pace=pace, of_command=of_command, late=_may_be_late(late, sink, every, flight),
        )  # fmt: skip
        with recorder, _listening(recorder, pace, trace), _logging(recorder, trace, log, kept):
            recorder.watch(*things, **named)
            with nullcontext() if flight is None else flight.keep(recorder):
                yield trace


@contextmanager
def _listening(recorder: Recorder, pace: Pace, trace: Trace) -> Iterator[None]:
    pace.forget()
    if isinstance(trace.events, EventsSoFar):
        trace.events.catch_up = recorder.journal.catch_up
    try:
        announce.listeners.append(recorder)
        yield
    finally:
        try:
            announce.listeners.remove(recorder)
        except Exception:  # no memory, the stack was full, or a signal's handler has raised
            if recorder in announce.listeners:
                announce.listeners.remove(recorder)
            raise
        finally:
            pace.forget()


def _logging(
    recorder: Recorder, trace: Trace, log: str | Iterable[str], kept: _KeepOptions
) -> AbstractContextManager[None]:
    if not log:
        return nullcontext()
    from backtrace.show.sinks.live.of_block import logging_of

    return logging_of(recorder.journal, trace.header, log, kept.params)


def _may_be_late(
    late: bool | None, sink: Sink | None, every: Every, flight: CapsuleRecorder | None
) -> bool:
    """Whether nobody needs an event before the next call."""
    is_asked = sink is None if late is None else late
    return is_asked and flight is None and isinstance(every, int) and find_rank() is None


def _make_pace(
    every: Every, control: str | os.PathLike[str] | None, file: str | os.PathLike[str] | None
) -> Pace:
    if control is None and file is not None:
        control = control_path(file)
    return Pace(every, None if control is None else Path(control))


def _check(last: int | None, readings: str) -> None:
    if any(not getattr(each, "of_command", False) for each in announce.listeners):
        more = "; what `start` began goes on: `stop` ends it" if started else ""
        raise UsageError(f"already recording: `record` blocks cannot be nested{more}")
    if last is not None and last < 1:
        raise UsageError(f"last is {last}, but it must be at least 1")
    if readings not in ("full", "norm"):
        raise UsageError(f"readings is {readings!r}, but it must be 'full' or 'norm'")


def _make_capsule_recorder(
    capsule: str | os.PathLike[str] | CapsuleOptions | None, header: Header, *, force: bool
) -> CapsuleRecorder | None:
    if capsule is None:
        return None
    from backtrace.recording.capsule.flight import CapsuleRecorder

    if not isinstance(capsule, CapsuleOptions):
        capsule = CapsuleOptions(Path(capsule), force=force)
    return CapsuleRecorder(capsule, header)


class _KeepOptions(NamedTuple):
    """What is kept of each event; see `record`."""

    readings: Literal["full", "norm"]
    last: int | None
    params: tuple[str, ...]


@contextmanager
def _keep(
    header: Header,
    sink: Sink | None,
    kept: _KeepOptions,
    file: str | os.PathLike[str] | None,
    *,
    force: bool,
) -> Iterator[tuple[Trace, Callable[[Event], None]]]:
    """Give a trace, and what takes the events that it will hold."""
    if file is None:
        if kept.readings != "full":
            raise UsageError(f"readings={kept.readings!r} requires file=: memory keeps all or none")
        memory = KeptEvents(kept.last, kept.params)
        yield Trace(header, EventsSoFar(memory.events)), sink or memory.take
        return
    from backtrace.tracefile.keep import keep_in_file
    from backtrace.tracefile.ranks import path_of_attempt, path_of_rank

    rank, path = find_rank(), Path(file)
    if rank is not None:
        path = path_of_rank(path_of_attempt(path, rank.attempt), rank.number)
    told = None if rank is None else asdict(rank)
    keeping = keep_in_file(path, header, force=force, rank=told, **kept._asdict())
    with keeping as (trace, write, note):

        def take(event: Event) -> None:
            write(event)
            if sink is not None:
                sink(event)

        try:
            yield trace, take
        except BaseException as error:
            if (failure := describe_failure(error)) is not None:
                note("failure", asdict(failure))
            raise
