"""Ctrl-C waits until what is being written is written."""

from __future__ import annotations

import inspect
import itertools
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from backtrace.start_up import start_up

try:
    import resource
except ImportError:  # Windows, which has no such limits
    resource = None  # type: ignore[assignment]

_NOTHING = nullcontext()
_TIMERS = [getattr(signal, name, None) for name in ("SIGALRM", "SIGVTALRM", "SIGPROF")]
_OURS = str(Path(__file__).parent)
# What we call, and what that calls: it raises exceptions of its own classes only.
_CALLED = {
    *("backtrace", "torch", "numpy", "triton", "yaml", "pydantic_core", "builtins"),
    *("rich", "markdown_it", "mdurl", "pygments", "pydantic", "typer", "click", "safetensors"),
    *sys.stdlib_module_names,
}


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


def limit_unsignalled() -> AbstractContextManager[None]:
    """Let a write past the program's limit on files fail with EFBIG, and send it no SIGXFSZ.

    That would end a program which gave the signal its default back, or run its handler, for a file
    that is not its own. The system sends it to the thread that writes, as it blocks it here.
    """
    number = _signal_of_limit()  # asked at each event: nearly always there is no limit
    return _NOTHING if number is None else _blocked(number)


@contextmanager
def _blocked(number: signal.Signals) -> Iterator[None]:
    if number in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
        yield
        return
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, [number])
        yield
    finally:
        if number in signal.sigpending():
            signal.sigwait([number])
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])


def _signal_of_limit() -> signal.Signals | None:
    """Return the signal that a large file of ours could send; None where it would do nothing."""
    if resource is None:
        return None
    if resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY:
        return None
    is_ignored = signal.getsignal(signal.SIGXFSZ) is signal.SIG_IGN
    return None if is_ignored else signal.SIGXFSZ


@contextmanager
def handlers_set_aside() -> Iterator[None]:
    """Run no signal handler of a program that is over, nor let a timer of its end the process.

    Bare it would be gone by now, and what comes inside the block would have come too late. They
    are put back for what the program has Python do at its exit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}
    try:
        for number in signal.valid_signals():
            handler = signal.getsignal(number)
            is_timer = number in _TIMERS and handler is signal.SIG_DFL
            if is_timer or (callable(handler) and handler is not signal.default_int_handler):
                before[number] = handler
                is_ctrl_c = number == signal.SIGINT
                signal.signal(number, signal.default_int_handler if is_ctrl_c else signal.SIG_IGN)
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def comes_from_user(error: BaseException) -> bool:
    """Whether this was raised into whatever call of ours was active, and is for the script.

    Its signal handlers do so, and `PyThreadState_SetAsyncExc`. A handler is told by its frame: it
    was given the frame that it interrupted, or is still installed. What is raised without any
    frame of its own is told by its class.
    """
    handlers = {_code_of(signal.getsignal(number)) for number in signal.valid_signals()}
    link = error.__traceback__
    last = None
    while link is not None:
        last = link.tb_frame
        if last.f_code in handlers or _was_given_its_caller(last):
            return True
        link = link.tb_next
    return last is not None and _is_called(last) and _is_foreign(error)


def _is_called(frame: FrameType) -> bool:
    """Whether a frame is ours, or of what we call."""
    name = frame.f_globals.get("__name__")
    is_named = type(name) is str and name.partition(".")[0] in _CALLED
    return is_named or frame.f_code.co_filename.startswith(_OURS)


def _was_given_its_caller(frame: FrameType) -> bool:
    """Whether a function was given a signal's number and the frame that was active then."""
    code = frame.f_code
    if frame.f_back is None or code.co_filename.startswith(_OURS):
        return False
    given = frame.f_locals
    has_more = code.co_flags & inspect.CO_VARARGS
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + bool(has_more)]
    values: list[Any] = [given.get(name) for name in names]
    if has_more and type(values[-1]) is tuple:
        values += values.pop()
    pairs = itertools.pairwise(values)  # a trace function is given a frame only
    return any(at is frame.f_back and type(number) is int for number, at in pairs)


def _is_foreign(error: BaseException) -> bool:
    """Whether nothing that we call could have raised an exception of this class by itself."""
    module = vars(type(error)).get("__module__")
    return type(module) is str and module.partition(".")[0] not in _CALLED


def _code_of(handler: object) -> CodeType | None:
    """Return the code that a signal handler runs, of a function, a method or a callable object."""
    for found in (handler, getattr(handler, "__func__", None), type(handler).__call__):
        code = getattr(found, "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None
