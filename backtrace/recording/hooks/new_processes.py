"""Tells of the processes that a script starts by `multiprocessing`, and of torch's process group.

What is swapped runs before the start and after the group is there: no frame of ours is in what a
child raises, and a process that makes no group is as it would be.
"""

from __future__ import annotations

import multiprocessing.process
import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from types import FunctionType
from typing import Any

from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel, swap

_SENT = "_backtrace_sent"


def tell_of_processes(tell: Callable[[BaseProcess], None]) -> Callable[[], None]:
    """Have `tell` called with each process that this one is about to start; return the undoing."""
    here = os.getpid()

    @skip_in_warning_stacklevel
    def start(original: Callable[..., None], process: BaseProcess) -> None:
        if os.getpid() == here:
            with suppress(Exception):  # it starts all the same
                tell(process)
        original(process)

    return swap(BaseProcess.start, start)  # type: ignore[arg-type]


def send_along(process: BaseProcess, thing: object) -> None:
    """Have a process that is about to start bring `thing` along, pickled if it is no fork."""
    setattr(process, _SENT, thing)


def is_sent_along(thing: object) -> bool:
    """Whether this is the process that brought `thing` along."""
    return getattr(multiprocessing.process.current_process(), _SENT, None) is thing


def tell_of_group(tell: Callable[[], None]) -> None:
    """Have `tell` called once, when this process has made torch's process group."""
    import torch

    if not torch.distributed.is_available():
        return
    from torch.distributed import distributed_c10d

    function = distributed_c10d.init_process_group
    if not isinstance(function, FunctionType):
        return

    @skip_in_warning_stacklevel
    def init(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        restore()
        with suppress(Exception):  # the training goes on without us
            tell()
        return result

    restore = swap(function, init)
