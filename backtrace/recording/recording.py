"""What `record` returns: a `with` block, or a beginning and an end that are apart."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from backtrace.ledger.place import find_shell
from backtrace.ledger.trace import Trace

started: list[Recording] = []  # by `start` and not yet stopped: one at most, held on to


class Recording(AbstractContextManager[Trace]):
    """What `record` returns: a `with` block, or a beginning and an end in two cells.

    It can begin again once it has ended, for a cell is run again.
    """

    def __init__(self, make: Callable[[], AbstractContextManager[Trace]]) -> None:
        self._make = make
        self._trace: Trace | None = None

    def __enter__(self) -> Trace:
        block = self._make()
        trace = block.__enter__()
        self._block = block
        return trace

    def __exit__(self, *exception: Any) -> bool | None:
        return self._block.__exit__(*exception)

    def start(self) -> Trace:
        """Begin to record, and return the trace, which fills until `stop`.

        In a notebook it first stops what an earlier `start` began: the cell is run again.

        Raises:
            UsageError, TraceFileError, TypeError: as for a `with` block.
        """
        if find_shell() is not None:
            for earlier in list(started):
                earlier.stop()
        trace = self._trace = self.__enter__()
        trace.is_begun = True
        started.append(self)
        return trace

    def stop(self) -> Trace | None:
        """End what `start` began, and return its trace; None where nothing was begun."""
        if self in started:
            started.remove(self)
            if self._trace is not None:
                self._trace.is_begun = False
            self.__exit__(None, None, None)
        return self._trace

    def __repr__(self) -> str:
        if self._trace is None:
            return "<Recording, not begun>"
        if self in started:
            return "<Recording, begun; .stop() ends it>"
        return "<Recording, ended>"
