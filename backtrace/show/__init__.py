"""Data in, something to look at out."""

import random

_state = random.getstate()
import rich.style  # noqa: E402, F401  # takes 24 bits of `random` the first time, which are the user's

random.setstate(_state)
