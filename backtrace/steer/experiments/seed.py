"""Another seed for torch, Python and NumPy, from before the loop is built."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class Seed(Experiment):
    """Seeds all three when torch is imported; the script's own `torch.manual_seed` is moved.

    Its first call seeds with N, and each later one as far from that as it was from the first.
    """

    key = "seed"
    flag = "--seed"
    takes = "a whole number from 0"
    does = "Seed torch, random and NumPy at the start, and the script's torch.manual_seed too."
    done = "torch was seeded {times}"
    never = "nothing was seeded"

    def read(self) -> None:
        """Read the seed."""
        if not self.value.isdecimal():
            raise self.mistake(f"{self.value!r} is not a whole number from 0")
        self._seed = int(self.value)

    def install(self, controls: Controls) -> None:
        """Seed now, and whenever the script does."""
        import torch

        states = torch.get_rng_state(), random.getstate()
        numpy: Any = sys.modules.get("numpy.random")
        numbers = None if numpy is None else numpy.get_state()
        torch.manual_seed(self._seed)
        random.seed(self._seed)
        if numpy is not None:
            numpy.seed(self._seed % 2**32)
        controls.note("seeded torch, random and NumPy")
        first: list[int] = []

        def around(original: Callable[..., Any], seed: Any, **kwargs: Any) -> Any:
            if not isinstance(seed, int):
                return original(seed, **kwargs)
            first.append(seed)
            controls.call(controls.note, f"torch.manual_seed({seed}) seeded with another")
            return original(self._seed + seed - first[0], **kwargs)

        def back() -> None:
            torch.set_rng_state(states[0])
            random.setstate(states[1])
            if numpy is not None:
                numpy.set_state(numbers)

        controls.patches.wrap(torch.random, "manual_seed", around)
        controls.patches.on_close(back)
