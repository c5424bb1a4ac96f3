"""The states of random number generators: torch's, Python's and NumPy's."""

from __future__ import annotations

import random
import sys
from typing import Any

import torch

from backtrace.recording.capsule.pool import Pool
from backtrace.recording.capsule.trees import to_node
from backtrace.tracefile.capsule_facts import KeptRandomness


def keep_randomness(pool: Pool) -> KeptRandomness:
    """Keep the states as they are now; generators of the user's own are not known."""
    numpy: Any = sys.modules.get("numpy.random")
    version, words, gauss = random.getstate()
    python = [version, torch.tensor(words, dtype=torch.int64), gauss]
    numbers = None if numpy is None else [*numpy.get_state()]
    if numbers is not None and numbers[0] == "MT19937":
        numbers[1] = torch.from_numpy(numbers[1].astype("int64"))
    cuda = []
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        cuda = torch.cuda.get_rng_state_all()
    return KeptRandomness(
        pool.add(torch.get_rng_state()),
        tuple(pool.add(each) for each in cuda),
        to_node(python, pool.add),
        to_node(numbers, pool.add),
    )
