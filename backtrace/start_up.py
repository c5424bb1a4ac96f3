"""While the command line imports what a run needs: no Ctrl-C is lost, no garbage is looked for."""

from __future__ import annotations

import gc
import signal
import threading
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Torch's import makes half a million objects that stay. Python's collector walks over them again
# and again, a tenth of the start-up, and finds nothing.
OBJECTS_BEFORE_COLLECTION = 1_000_000
_FRAGILE = frozenset({"torch", "numpy"})
_AGAIN = 0.05  # seconds until a Ctrl-C that came in between is tried again


def _hold_collector() -> tuple[int, int, int]:
    """Let the collector wait for very many new objects; return its thresholds, to be put back."""
    thresholds = gc.get_threshold()
    if thresholds[0]:  # 0: whoever runs us has turned it off
        gc.set_threshold(OBJECTS_BEFORE_COLLECTION, *thresholds[1:])
    return thresholds


def _release_collector(thresholds: tuple[int, int, int]) -> None:
    """Put the thresholds back, unless what ran meanwhile has set its own: those stay."""
    if gc.get_threshold() == (OBJECTS_BEFORE_COLLECTION, *thresholds[1:]):
        gc.set_threshold(*thresholds)


@contextmanager
def collector_held() -> Iterator[None]:
    """Let the collector wait inside the block, where much is imported or made that stays.

    No script is under way there: whoever looks finds other thresholds than those it has set.
    """
    thresholds = _hold_collector()
    try:
        yield
    finally:
        _release_collector(thresholds)


class ProgramEnded(SystemExit):
    """The exit of a program that was run in our place, with its code.

    Its stdout is not ours: Python flushes it at the very end, and says what it says of any.
    """


class StartUp:
    """Makes the imports before a run quick, and a Ctrl-C during them certain.

    Python raises KeyboardInterrupt wherever it stands, and what is imported may catch it: torch's
    start-up has bare `except` clauses. It is raised here as always, remembered, and raised again
    by `end()`, which whoever begins to run something calls. Inside the imports of torch and NumPy
    it waits for their end: raised in their C++ it aborts the process. The collector waits until
    `end()`, or until there are very many new objects.
    """

    def __init__(self) -> None:
        self._has_arrived = self._has_begun = False
        self._again: threading.Timer | None = None
        self._thresholds: tuple[int, int, int] | None = None

    def begin(self) -> None:
        """Watch SIGINT, if Python's own handler has it: whoever ignores it goes on to do so."""
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._arrive)
        self._thresholds = _hold_collector()
        self._has_begun = True

    def settle(self) -> None:
        """Leave what is there by now out of collections, where the process is ours: it stays.

        Not before a script: it would count what it has not frozen, and less as some of it ends.
        """
        if self._has_begun:
            gc.freeze()

    def end(self) -> None:
        """Give back SIGINT and the collector, as scripts must find them; raise what was lost."""
        if self._thresholds is not None:
            _release_collector(self._thresholds)
            self._thresholds = None
        if signal.getsignal(signal.SIGINT) == self._arrive:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._again is not None:
            self._again.cancel()  # it is raised here, and no second time in what begins
        if self._has_arrived:
            self._has_arrived = False
            raise KeyboardInterrupt

    def _arrive(self, number: int, frame: FrameType | None) -> None:
        self._has_arrived = True
        if _is_in_import(frame):
            self._again = threading.Timer(_AGAIN, interrupt_main, (signal.SIGINT,))
            self._again.daemon = True
            self._again.start()
        else:
            raise KeyboardInterrupt


def _is_in_import(frame: FrameType | None) -> bool:
    """Whether torch or NumPy is being imported: a module of theirs is being run."""
    while frame is not None:
        is_module = frame.f_code.co_name == "<module>"
        if is_module and frame.f_globals.get("__name__", "").partition(".")[0] in _FRAGILE:
            return True
        frame = frame.f_back
    return False


start_up = StartUp()
