"""Runs a function in forked processes, several at once, so that nothing is imported again."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Task = TypeVar("Task")


@dataclass
class _Child(Generic[Task]):
    task: Task
    process: int
    until: float
    text: bytearray = field(default_factory=bytearray)


def run_in_forks(
    work: Callable[[Task], str], tasks: Iterable[Task], at_once: int, seconds: float = 60
) -> Iterator[tuple[Task, str]]:
    """Yield each task and the text that `work` returned for it, in the order in which they end.

    A process that is killed, or takes longer than `seconds` and is ended, gives a text that
    begins with `!`.
    """
    gc.collect()
    gc.freeze()  # else the first collection in a child copies all that its parent holds
    waiting, running = iter(tasks), selectors.DefaultSelector()
    is_over = False
    while not is_over or running.get_map():
        while not is_over and len(running.get_map()) < at_once:
            task = next(waiting, None)
            if task is None:
                is_over = True
                break
            pipe, child = _begin(work, task, seconds)
            running.register(pipe, selectors.EVENT_READ, child)
        for key, _ in running.select(timeout=0.2):
            part = os.read(key.fd, 65536)
            key.data.text += part
            if not part:
                running.unregister(key.fd)
                os.close(key.fd)
                yield key.data.task, _end(key.data)
        for key in [*running.get_map().values()]:
            if time.monotonic() > key.data.until:
                os.kill(key.data.process, signal.SIGKILL)


def _begin(work: Callable[[Task], str], task: Task, seconds: float) -> tuple[int, _Child[Task]]:
    reading, writing = os.pipe()
    sys.stdout.flush()
    process = os.fork()
    if process:
        os.close(writing)
        return reading, _Child(task, process, time.monotonic() + seconds)
    try:
        text = work(task)
    except BaseException:
        text = f"!{traceback.format_exc()}"
    try:
        os.write(writing, text.encode())
    finally:
        os._exit(0)


def _end(child: _Child[Task]) -> str:
    _, status = os.waitpid(child.process, 0)
    if os.WIFSIGNALED(status):
        return f"!ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return child.text.decode() or "!it said nothing"
