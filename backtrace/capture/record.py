"""`record`: the instrument around any loop, in a script, a test or a notebook cell."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

import torch

from backtrace import announce
from backtrace.capture.recorder import Recorder
from backtrace.errors import UsageError
from backtrace.events import Event
from backtrace.trace import Header, Trace


@contextmanager
def record(
    *things: Any,
    values: int = 16,
    digest: bool = False,
    by_term: bool = False,
    receipt: bool = False,
    sink: Callable[[Event], None] | None = None,
    header: Header | None = None,
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
        sink: called with each event as it happens, instead of the trace keeping it.
        header: what to say of the trace; made up of this process's facts by default.
        **named: the same things under names of yours.

    Yields:
        The trace. It fills while the block runs.

    Raises:
        UsageError: something is recorded already.
        TypeError: something that is no model, optimizer or tensor was given.
    """
    if announce.listeners:
        raise UsageError("already recording: `record` blocks cannot be nested")
    trace = Trace(header or make_header())
    recorder = Recorder(
        sink or trace.events.append, values=values, digest=digest, by_term=by_term, receipt=receipt
    )
    with recorder.instrument:
        announce.listeners.append(recorder)
        try:
            recorder.watch(*things, **named)
            yield trace
        finally:
            announce.listeners.remove(recorder)


def make_header(**facts: Any) -> Header:
    """Return a header with this process's facts, and those given."""
    from backtrace import __version__

    return Header(
        started=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        versions={
            "python": platform.python_version(),
            "torch": str(torch.__version__),
            "backtrace": __version__,
        },
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        threads=torch.get_num_threads(),
        **facts,
    )
