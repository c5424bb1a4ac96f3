"""Freezes parameters by name: they get no gradient."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, ClassVar

from backtrace.config.words import nearest
from backtrace.explain.graph import module_tree
from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor, nn

    from backtrace.steer.controls import Controls


class Freeze(Experiment):
    """Turns `requires_grad` off, before each call of the model that holds the parameter."""

    key = "freeze"
    flag = "--freeze"
    takes = "names or globs: 'encoder.*', or several with commas"
    does = "Parameters that get no gradient, by their names."
    done = "{times} a parameter was frozen"
    never = "all parameters of that name were frozen already"
    requires_grad: ClassVar[bool] = False

    def read(self) -> None:
        """Read the globs."""
        self._globs = [each.strip() for each in self.value.split(",") if each.strip()]

    def install(self, controls: Controls) -> None:
        """Look at each model before its calls: the loop may switch a parameter again."""
        changed: dict[int, Tensor] = {}
        meant: dict[int, list[tuple[str, Tensor]]] = {}
        names: set[str] = set()
        self.reason = "no model was called with gradients on"

        def look(module: nn.Module) -> None:
            if id(module) not in meant:
                found = _named(controls, module)
                names.update(name for name, _ in found)
                meant[id(module)] = [(name, x) for name, x in found if self._means(name)]
                self.reason = self.never if any(meant.values()) else _no_such(self.value, names)
            for name, tensor in meant[id(module)]:
                if tensor.requires_grad is not self.requires_grad:
                    tensor.requires_grad_(self.requires_grad)
                    changed[id(tensor)] = tensor
                    controls.note(f"{'unfroze' if self.requires_grad else 'froze'} {name}")

        def back() -> None:
            for tensor in changed.values():
                tensor.requires_grad_(not self.requires_grad)

        controls.around_call(look, lambda module: None)
        controls.when_recorded(back)

    def _means(self, name: str) -> bool:
        return any(name == glob or fnmatchcase(name, glob) for glob in self._globs)


def _named(controls: Controls, module: nn.Module) -> list[tuple[str, Tensor]]:
    """Return the parameters of a model under the names that they have in the books."""
    found: list[tuple[str, Tensor]] = []
    for name, tensor in module_tree.named_parameters(module):
        tracked = controls.register.find(tensor)
        found.append((name if tracked is None else tracked.name, tensor))
    return found


def _no_such(wanted: str, names: set[str]) -> str:
    near = nearest(wanted, sorted(names))
    some = ", ".join(sorted(names)[:4])
    hint = f"did you mean {near}?" if near else f"there are {some}"
    return f"no parameter is called {wanted}: {hint}"
