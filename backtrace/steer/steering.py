"""Puts experiments on a loop that is being recorded, and takes them off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from backtrace.ledger.experiment_facts import ExperimentEnded
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.recorder import Recorder, find_recorder
from backtrace.steer.catalogue import put_in_order, read_experiment
from backtrace.steer.controls import Controls
from backtrace.steer.experiment import Experiment
from backtrace.steer.late_start import LateStart


@contextmanager
def steer(texts: Sequence[str], later: ExitStack | None = None) -> Iterator[None]:
    """Change the loop inside the `with` block by the experiments that the texts name.

    What is put back in the user's tensors goes to `later`, to be done when the recording has
    ended: it is no part of the training. Without it, that is done when the block ends.

    Raises:
        UsageError: one of them is none, or nothing is recorded.
    """
    experiments = put_in_order([read_experiment(text) for text in texts])
    recorder = find_recorder()
    with ExitStack() as stack:
        _put_on(experiments, recorder, later or stack, stack)
        yield


@contextmanager
def steer_late(
    start: LateStart, texts: Sequence[str], later: ExitStack | None = None
) -> Iterator[None]:
    """As `steer`, from the moment on that `start` tells; if that never comes, the trace says so.

    Raises:
        UsageError: one of them is none, or nothing is recorded.
    """
    experiments = put_in_order([read_experiment(text) for text in texts])
    recorder = find_recorder()
    instrument = Instrument(recorder.journal.report_failure, lambda thing: None)
    with ExitStack() as stack:
        kept = later or stack

        def begin() -> None:
            boundary = instrument.boundary
            boundary.notify("experiments", _put_on, experiments, recorder, kept, stack, True)

        instrument.open()
        stack.callback(instrument.close)
        start.wait(instrument, begin)
        yield
        if not start.has_begun:
            _tell_of_none(experiments, recorder, start.update)


def _put_on(
    experiments: Sequence[Experiment],
    recorder: Recorder,
    later: ExitStack,
    stack: ExitStack,
    is_late: bool = False,
) -> None:
    for experiment in reversed(experiments):  # what is put on last acts first
        controls = Controls(experiment, recorder, later, is_late=is_late)
        controls.open()
        stack.callback(controls.close)


def _tell_of_none(experiments: Sequence[Experiment], recorder: Recorder, update: int) -> None:
    said = f"update {update} never came to its end, so nothing was changed"
    for each in experiments:
        recorder.journal.write(
            ExperimentEnded, where="", experiment=each.name, times=0, said=said, failed=""
        )
