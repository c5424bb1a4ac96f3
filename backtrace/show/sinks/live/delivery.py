"""A thread that does the logging, so that a slow or dead tracker holds up no training."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

MOST_WAITING = 256  # pieces of work; what comes when so many wait is dropped
PATIENCE = 10.0  # seconds that the end of a run waits for what is left

Work = Callable[[], object]


class Delivery:
    """Does work in the order in which it was handed over, until a piece of it fails.

    `failure` is what that one raised, and `dropped` how many found no room.
    """

    def __init__(self, name: str) -> None:
        self.failure: BaseException | None = None
        self.dropped = 0
        self._waiting: queue.Queue[Work | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name=f"backtrace {name}", daemon=True)
        self._has_begun = False

    def hand_over(self, work: Work) -> None:
        """Have it done, if there is room; never waits."""
        if self.failure is not None:
            return
        if not self._has_begun:
            self._has_begun = True
            self._thread.start()
        try:
            self._waiting.put_nowait(work)
        except queue.Full:
            self.dropped += 1

    def finish(self, last: Work | None = None, patience: float = PATIENCE) -> bool:
        """Have the last work done; return whether all was, within `patience` seconds."""
        if not self._has_begun:
            return True
        end = time.monotonic() + patience
        for work in (last, None):  # None ends the thread
            if work is None or self.failure is None:
                try:
                    self._waiting.put(work, timeout=max(end - time.monotonic(), 0.001))
                except queue.Full:
                    return False
            if last is None:
                break
        self._thread.join(max(end - time.monotonic(), 0.001))
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (work := self._waiting.get()) is not None:
            if self.failure is not None:
                continue  # whoever puts the end into a full queue must find room
            try:
                work()
            except BaseException as error:  # whatever it is, it is the tracker's
                self.failure = error
