"""Gives the first optimizer what no optimizer holds, as a parameter group of its own."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls


class AddGroup(Experiment):
    """Adds parameters by name, with the options of the first group, before the step after them."""

    key = "add_group"
    takes = "names or globs, or several with commas: 'head.*'"
    does = "Give the first optimizer the parameters of these names that no optimizer holds."
    done = "{times} a group was added"
    never = "an optimizer holds all that is called so, and has a gradient"

    def read(self) -> None:
        """Read the globs."""
        self._globs = [each.strip() for each in self.value.split(",") if each.strip()]

    def _means(self, name: str) -> bool:
        return any(name == glob or fnmatchcase(name, glob) for glob in self._globs)

    def install(self, controls: Controls) -> None:
        """Look before each step for what has a gradient and is held by none."""

        def add(optimizer: Optimizer) -> None:
            known = controls.optimizers()
            if not known or known[0] is not optimizer:
                return
            held = {id(t) for each in known for g in each.param_groups for t in g["params"]}
            free = [(t.name, x) for t, x in controls.register if id(x) not in held]
            found = [(name, x) for name, x in free if x.grad is not None and self._means(name)]
            if not found:
                return
            first = optimizer.param_groups[0]
            options = {key: value for key, value in first.items() if key != "params"}
            optimizer.add_param_group({**options, "params": [tensor for _, tensor in found]})
            names = ", ".join(name for name, _ in found[:4])
            name = controls.register.name_of(optimizer)
            controls.note(f"{name}.add_param_group of {len(found)}: {names}")

        controls.around_step(add)
