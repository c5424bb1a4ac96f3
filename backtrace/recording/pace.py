"""How many updates go by from one that is read to the next: a number, a function, or as needed."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from math import hypot, isfinite
from pathlib import Path
from stat import S_ISREG
from typing import Literal

from backtrace.errors import UsageError
from backtrace.ledger.events import BackwardRan, Event, StepTaken
from backtrace.tracefile.control import forget

Every = int | Callable[[int], int] | Literal["auto"]

_LONGEST = 32  # bytes in which a number is asked for
_DENSE = 10  # updates in a row that are read at first, and after something unusual
_RAREST = 100  # updates from one that is read to the next, at most
_KNOWN = 20  # readings that say what is usual
_FEWEST = 5  # of them, before anything is unusual
_TIMES = 3.0  # as large as the largest of them: unusual


class Pace:
    """Says at each step how many updates go by from one that is read to the next.

    Args:
        every: a number; a function of how many updates there were; or `auto`, see `AutoPace`.
        control: a file that another process may write such a number, or `auto`, into; from then
            on that holds.
    """

    def __init__(self, every: Every = 1, control: Path | None = None) -> None:
        self._auto = AutoPace()
        self._every = self._checked(every)
        self._control = control
        self._stamp: tuple[int, int] | None = None

    @property
    def reads_all(self) -> bool:
        """Whether every update is read, whatever comes."""
        return self._every == 1 and self._control is None

    def watching(self, sink: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return what sees each event before `sink` takes it, where a pace depends on it."""
        if self._every is not self._auto and self._control is None:
            return sink

        def take(event: Event) -> None:
            if self._every is self._auto:
                self._auto.take(event)
            sink(event)

        return take

    def forget(self) -> None:
        """Take away what was asked of an earlier run, or of this one when it is over."""
        if self._control is not None:
            forget(self._control)

    def __call__(self, count: int) -> int:
        """Return the number; there were `count` updates."""
        if self._control is not None:
            self._read_control(self._control)
        return max(1, int(self._every(count))) if callable(self._every) else self._every

    def _checked(self, every: Every) -> int | Callable[[int], int]:
        if every == "auto":
            return self._auto
        if isinstance(every, int) and every < 1:
            raise UsageError(f"every is {every}, but it must be at least 1")
        if not callable(every) and not isinstance(every, int):
            raise UsageError(f"every is {every!r}, but it must be a number, a function or 'auto'")
        return every

    def _read_control(self, path: Path) -> None:
        try:
            found = os.stat(path)  # noqa: PTH116 - once a step: Path.stat takes twice as long
        except OSError:
            return
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._stamp = stamp
            if not S_ISREG(found.st_mode) or found.st_size > _LONGEST:
                return  # a pipe would be waited for; of a large file nothing is a number
            wanted = path.read_text(encoding="ascii", errors="replace").strip()
            if wanted == "auto" or wanted.isdigit():
                self._every = self._checked("auto" if wanted == "auto" else max(1, int(wanted)))


class AutoPace:
    """Dense at first, then ever more rarely, and dense again when something is unusual.

    The first 10 updates are read, then the distance doubles, up to 100. A loss or a gradient norm
    that is not finite, or three times as large as each of the 20 before it that were read, makes
    the next 10 updates be read. What happens in an update that is not read is not seen.
    """

    def __init__(self) -> None:
        self._gap, self._dense = 1, _DENSE
        self._loss, self._norm = UsualSize(), UsualSize()
        self._is_unusual = False
        self._first = ""  # the optimizer whose steps count

    def __call__(self, count: int) -> int:
        """Return how many updates go by from the last that was read to the next."""
        return self._gap

    def take(self, event: Event) -> None:
        """See what was read; a step ends it."""
        if isinstance(event, BackwardRan):
            if event.loss is not None:
                self._is_unusual |= self._loss.is_unusual(event.loss)
            norms = [entry.after.norm for entry in event.grads.values() if entry.after is not None]
            self._is_unusual |= self._norm.is_unusual(hypot(*norms))
        elif isinstance(event, StepTaken):
            self._first = self._first or event.optimizer
            if event.optimizer != self._first:
                return
            if self._is_unusual:
                self._dense, self._is_unusual = _DENSE + 1, False
            self._dense -= self._dense > 0
            self._gap = 1 if self._dense else min(2 * self._gap, _RAREST)


class UsualSize:
    """Knows the last 20 magnitudes, and judges the next by them."""

    def __init__(self) -> None:
        self._known: deque[float] = deque(maxlen=_KNOWN)

    def is_unusual(self, found: float) -> bool:
        """Judge a magnitude by those before it, and take it in."""
        if not isfinite(found):
            return True
        is_unusual = len(self._known) >= _FEWEST and abs(found) > _TIMES * max(self._known)
        self._known.append(abs(found))
        return is_unusual
