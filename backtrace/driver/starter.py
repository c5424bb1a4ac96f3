"""A process that imports torch once, and forks a supervisor for each target.

It is told of each by a byte on a socket, with the two files that are to be the supervisor's
standard input and output, and tells of each which process it is and how that ended. It ends when
the socket does. Only configs, and scripts that say nothing of the environment, begin so: torch
reads the environment when it is imported.
"""

from __future__ import annotations

import gc
import importlib
import os
import random
import select
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from backtrace.diagnose.catalogue import load_rules
from backtrace.start_up import collector_held

_PAUSE = 0.01
_NEEDED = (
    "torch._dynamo",  # as the first optimizer imports it
    "backtrace.driver.sources.config",
    "backtrace.driver.sources.script",
)
START = b"s"


def main(words: Sequence[str]) -> None:
    """Serve the socket of the first number, with these modules; in each fork, be a supervisor."""
    number, *modules = words
    connection = socket.socket(fileno=int(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; we are told
    _import_what_runs_need(modules)
    files = _serve(connection)
    if files is None:
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    connection.close()
    _become_child(files)
    from backtrace.driver.supervisor import main as supervise

    supervise()


def _import_what_runs_need(modules: Sequence[str]) -> None:
    with collector_held():
        for name in (*_NEEDED, *modules):
            importlib.import_module(name)
        load_rules()
    gc.freeze()  # so that no fork copies it all by going through it


def _serve(connection: socket.socket) -> Sequence[int] | None:
    """Fork as often as is asked for; return the files in a fork, and None at the end."""
    while True:
        if select.select([connection], [], [], _PAUSE)[0]:
            message, files, _, _ = socket.recv_fds(connection, 1, 2)
            if not message:
                return None
            child = os.fork()
            if child == 0:
                return files
            for file in files:
                os.close(file)
            _tell(connection, f"started {child}")
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                _tell(connection, f"ended {ended[0]} {os.waitstatus_to_exitcode(ended[1])}")


def _tell(connection: socket.socket, text: str) -> None:
    with suppress(OSError):  # nobody is there any more: the next look ends this process
        connection.sendall(f"{text}\n".encode())


def _become_child(files: Sequence[int]) -> None:
    """Be as a process that was just started: of its own session, files and random numbers."""
    os.setsid()
    standard_input, output = files
    for number, file in ((0, standard_input), (1, output), (2, output)):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    random.seed()
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed()
