"""Ctrl-C waits until what is being written is written."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import CodeType, FrameType

from backtrace.start_up import start_up


class LimitReached(BaseException):
    """Ends a script out of its own `step`, so that its `finally` blocks run.

    It is no `Exception`, which scripts catch, nor a `SystemExit`, which is theirs.
    """


class PatientInterrupt:
    """While entered, SIGINT raises KeyboardInterrupt, but not inside a `hold()` block.

    There it is raised when the block ends, so that no document is cut off in the middle of a
    line. A second Ctrl-C does not wait: whoever reads the output may have hung. Outside the main
    thread nothing changes, for signals do not arrive there; and outside the blocks SIGINT has
    Python's own handler, by which programs tell that nobody else wants it. A program's own
    handler is let be.
    """

    def __init__(self) -> None:
        self._is_holding = False
        self._is_waiting = False

    def __enter__(self) -> PatientInterrupt:
        with suppress(Exception):  # what fails here is ours; KeyboardInterrupt is not held back
            start_up.end()
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let SIGINT wait for the end of the block; blocks are not nested."""
        is_main = threading.current_thread() is threading.main_thread()
        is_ours = is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if not is_ours:
            yield
            return
        self._is_holding = True
        signal.signal(signal.SIGINT, self._arrive)
        try:
            yield
        finally:
            self._is_holding = False
            if signal.getsignal(signal.SIGINT) == self._arrive:
                signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._is_waiting:
            self._is_waiting = False
            raise KeyboardInterrupt

    def _arrive(self, number: int, frame: FrameType | None) -> None:
        if self._is_holding and not self._is_waiting:
            self._is_waiting = True
            return
        raise KeyboardInterrupt


@contextmanager
def term_held_back() -> Iterator[None]:
    """Let SIGTERM wait: a launcher sends it to all ranks as soon as one of them has failed.

    The script is over by now; the signal ends the process right afterwards, as it would have. To
    block it would hold it back from this thread only, and gloo's threads would take it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    if before is None:  # it was set by other than Python, which could not set it again
        yield
        return
    sent: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: sent.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if sent:
            signal.raise_signal(signal.SIGTERM)


def comes_from_user(error: BaseException) -> bool:
    """Whether a signal's handler of the user's raised this, while something of ours was active.

    Such a handler runs inside whichever call is active, ours included; what it raises is for the
    script. It is told by its frame, that of a handler which is still installed.
    """
    handlers = {_code_of(signal.getsignal(number)) for number in signal.valid_signals()}
    link = error.__traceback__
    while link is not None:
        if link.tb_frame.f_code in handlers:
            return True
        link = link.tb_next
    return False


def _code_of(handler: object) -> CodeType | None:
    """Return the code that a signal handler runs, of a function, a method or a callable object."""
    for found in (handler, getattr(handler, "__func__", None), type(handler).__call__):
        code = getattr(found, "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None
