"""Puts experiments on a loop that is being recorded, and takes them off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from backtrace.recording.record import find_recorder
from backtrace.steer.catalogue import put_in_order, read_experiment
from backtrace.steer.controls import Controls


@contextmanager
def steer(texts: Sequence[str], later: ExitStack | None = None) -> Iterator[None]:
    """Change the loop inside the `with` block by the experiments that the texts name.

    What is put back in the user's tensors goes to `later`, to be done when the recording has
    ended: it is no part of the training. Without it, that is done when the block ends.

    Raises:
        UsageError: one of them is none, or nothing is recorded.
    """
    experiments = put_in_order([read_experiment(text) for text in texts])
    with ExitStack() as stack:
        for experiment in reversed(experiments):  # what is put on last acts first
            controls = Controls(experiment, find_recorder(), later or stack)
            controls.open()
            stack.callback(controls.close)
        yield
