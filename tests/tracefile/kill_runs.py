"""Prepared once, then forks runs and kills each at a random moment; the first is left alone.

Every fourth kills itself in an update drawn by chance, so that some end within the training however
the machine's time is shared out.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

from backtrace import record

folder, kills = Path(sys.argv[1]), int(sys.argv[2])


def train(path, killed_in=None):
    """Train for 12 updates, written to a trace file; be killed in one, before its step."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    with record(model, optimizer, file=path):
        for update in range(1, 13):
            optimizer.zero_grad()
            model(torch.ones(4, 3)).sum().backward()
            if update == killed_in:
                os.kill(os.getpid(), signal.SIGKILL)
            optimizer.step()


def run(path, killed_in=None):
    """Train in a fork; return its process."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            train(path, killed_in)
            code = 0
        finally:
            os._exit(code)
    return child


train(folder / "prepared.trace")  # pays for all imports

start = time.monotonic()
assert os.waitpid(run(folder / "0.trace"), 0)[1] == 0
longest = time.monotonic() - start
chance = random.Random(0)
for number in range(1, kills + 1):
    killed_in = chance.randint(3, 12) if number % 4 == 0 else None
    process = run(folder / f"{number}.trace", killed_in)
    if not killed_in:
        time.sleep(chance.uniform(0, longest))
        os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
