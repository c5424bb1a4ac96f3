"""Judges many cases in forked processes, several at once; a case that dies costs only itself."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .case import Case
from .judging import SECONDS, Found, Judge
from .ranks import judge_on_ranks

_SILENCE = 4 * SECONDS  # a process that says nothing for so long hangs


@dataclass
class _Worker:
    cases: list[int]
    process: int
    heard: float = field(default_factory=time.monotonic)
    text: bytes = b""
    at: int = 0  # how many of its cases are judged
    doing: str = "bare"


class Pool:
    """Processes that judge `cases`, each a batch of them.

    Every batch begins in a fork of this process, with what it has imported.
    """

    def __init__(self, cases: Sequence[Case], jobs: int, batch: int) -> None:
        self._cases = cases
        self._jobs = jobs
        numbers = range(len(cases))
        self._waiting = deque([*numbers[at : at + batch]] for at in numbers[::batch])
        self._running = selectors.DefaultSelector()

    def judge(self, until: float) -> Iterator[tuple[Case, Found]]:
        """Yield what became of each case, as it is known; begin no batch after `until`."""
        gc.collect()
        gc.freeze()  # else the first collection in a child copies all that its parent holds
        while self._running.get_map() or (self._waiting and time.monotonic() < until):
            while self._waiting and len(self._running.get_map()) < self._jobs:
                if time.monotonic() >= until:
                    break
                self._begin(self._waiting.popleft())
            for key, _ in self._running.select(timeout=0.5):
                yield from self._read(key.fd, key.data)
            for key in [*self._running.get_map().values()]:
                if time.monotonic() - key.data.heard > _SILENCE:
                    _kill(key.data.process)

    def close(self) -> None:
        """End what still runs."""
        for key in [*self._running.get_map().values()]:
            _kill(key.data.process)
            os.waitpid(key.data.process, 0)
        self._running.close()

    def _begin(self, cases: list[int]) -> None:
        reading, writing = os.pipe()
        sys.stdout.flush()
        process = os.fork()
        if process:
            os.close(writing)
            self._running.register(reading, selectors.EVENT_READ, _Worker(cases, process))
            return
        try:
            os.setsid()  # so that it can be ended with all that it has begun
            _work([self._cases[at] for at in cases], writing)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)

    def _read(self, pipe: int, worker: _Worker) -> Iterator[tuple[Case, Found]]:
        part = os.read(pipe, 65536)
        worker.heard = time.monotonic()
        *lines, worker.text = (worker.text + part).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if isinstance(told, str):
                worker.doing = told
                continue
            case = self._cases[worker.cases[worker.at]]
            worker.at, worker.doing = worker.at + 1, "bare"
            yield case, (told[0], told[1])
        if part:
            return
        self._running.unregister(pipe)
        os.close(pipe)
        _kill(worker.process)
        _, status = os.waitpid(worker.process, 0)
        left = worker.cases[worker.at :]
        if left:
            yield self._cases[left[0]], _died(status, worker.doing)
        if left[1:]:
            self._waiting.appendleft(left[1:])


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


def _work(cases: Sequence[Case], pipe: int) -> None:
    def tell(what: object) -> None:
        os.write(pipe, json.dumps(what).encode() + b"\n")

    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what libraries print
        os.dup2(null, stream)
    for case in cases:
        judge = judge_on_ranks if case.ranks > 1 else Judge(tell).judge
        try:
            tell(judge(case))
        except BaseException as error:
            tell(("RAISED", f"{type(error).__name__}: {error}"))


def _died(status: int, doing: str) -> Found:
    how = "it ended its process"
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        how = "it hangs" if name == "SIGKILL" else f"it ends by {name}"
    return ("not made", f"bare, {how}") if doing == "bare" else ("DIED", f"{doing}, {how}")
