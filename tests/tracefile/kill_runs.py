"""Prepared once, then forks runs and kills each at a random moment; the first is left alone."""

import os
import random
import signal
import sys
import time
from pathlib import Path

import torch  # noqa: F401

from backtrace.__main__ import run_command_line

folder, kills = Path(sys.argv[1]), int(sys.argv[2])


def run(*words):
    """Run the command in a fork, silently; return its process."""
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        sys.argv = ["backtrace", "run", "linear", "--set", "loop.updates=12", "-o", *words]
        code = 3
        try:
            code = run_command_line()
        finally:
            os._exit(code)
    return child


saved = os.dup(1)
null = os.open(os.devnull, os.O_WRONLY)
os.dup2(null, 1)
sys.argv = ["backtrace", "run", "linear", "--limit", "2"]
assert run_command_line() == 0  # pays for all imports
os.dup2(saved, 1)

start = time.monotonic()
assert os.waitpid(run(str(folder / "0.trace")), 0)[1] == 0
longest = time.monotonic() - start
chance = random.Random(0)
for number in range(1, kills + 1):
    process = run(str(folder / f"{number}.trace"))
    time.sleep(chance.uniform(0, longest))
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
