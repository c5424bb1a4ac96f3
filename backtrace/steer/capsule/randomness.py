"""Sets the random number generators to the states that a capsule holds."""

from __future__ import annotations

import random
import sys
from typing import Any

import torch

from backtrace.recording.capsule.trees import NotAlike, from_node
from backtrace.steer.capsule.state import TensorOf
from backtrace.tracefile.capsule_facts import KeptRandomness


def put_randomness(kept: KeptRandomness, tensor_of: TensorOf) -> None:
    """Set torch's generators, Python's and NumPy's.

    Raises:
        NotAlike: what was kept is no state of the generators that are here.
    """
    numpy: Any = sys.modules.get("numpy.random")
    try:
        torch.set_rng_state(tensor_of(kept.torch))
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.set_rng_state_all([tensor_of(each) for each in kept.cuda])
        python: Any = from_node(kept.python, tensor_of)
        random.setstate((python[0], tuple(python[1].tolist()), python[2]))
        numbers: Any = from_node(kept.numpy, tensor_of)
        if numpy is not None and numbers is not None:
            numpy.set_state((numbers[0], numbers[1].numpy().astype("uint32"), *numbers[2:]))
    except (RuntimeError, TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
        raise NotAlike(f"the state of a random number generator: {error!s:.80}") from None
