"""Gives an optimizer what the model is trained with now, for what it holds in vain."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls


class Refill(Experiment):
    """Exchanges tensors by name before a step: those without a gradient for those held by none.

    It does so once for each optimizer, where there is something of both kinds.
    """

    key = "refill"
    takes = "names or globs, or several with commas, of what is held in vain and what is not held"
    does = "Put parameters that no optimizer holds in the place of those that get no gradient."
    done = "{times} an optimizer was refilled"
    never = "no optimizer held a tensor without a gradient while another was held by none"

    def read(self) -> None:
        """Read the globs."""
        self._globs = [each.strip() for each in self.value.split(",") if each.strip()]

    def install(self, controls: Controls) -> None:
        """Look before each step."""
        filled: set[int] = set()

        def fill(optimizer: Optimizer) -> None:
            named = [(t.name, x) for t, x in controls.register if self._means(t.name)]
            holders = controls.optimizers()
            held = {
                id(x) for each in holders for group in each.param_groups for x in group["params"]
            }
            free = [x for _, x in named if id(x) not in held and x.grad is not None]
            idle = {id(x) for _, x in named if id(x) in held and x.grad is None}
            own = {id(x) for group in optimizer.param_groups for x in group["params"]}
            if id(optimizer) in filled or not free or not idle & own:
                return
            filled.add(id(optimizer))
            for group in optimizer.param_groups:
                group["params"] = [x for x in group["params"] if id(x) not in idle]
            options = {k: v for k, v in optimizer.param_groups[0].items() if k != "params"}
            optimizer.add_param_group({**options, "params": free})
            name = controls.register.name_of(optimizer)
            controls.note(f"{name} was given {len(free)} tensors for {len(idle & own)}")

        controls.around_step(fill)

    def _means(self, name: str) -> bool:
        return any(name == glob or fnmatchcase(name, glob) for glob in self._globs)
