"""The only table of names to torch objects: layers, losses, optimizers and the like."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Generic, TypeVar

import torch
from torch import nn
from torch.nn import init
from torch.optim import lr_scheduler

from backtrace.train.manual_sgd import ManualSGD
from backtrace.train.problems import Problems, suggest

T = TypeVar("T")
LOSSES = "torch.nn.modules.loss"


@dataclass(frozen=True)
class Family(Generic[T]):
    """Things of one kind that a config may name; `refused` has those that it may not, and why."""

    kind: str
    home: str
    members: dict[str, Callable[..., T]]
    refused: dict[str, str]

    def find(self, problems: Problems, key: str, name: str) -> Callable[..., T] | None:
        """Return the member of that name, or write down that there is none."""
        if name in self.refused:
            problems.add(key, f"{name} cannot be used here", self.refused[name])
        elif name not in self.members:
            hint = suggest(name, self.members) or f"any {self.kind} of {self.home} can be named"
            problems.add(key, f"there is no {self.kind} named {name!r} in {self.home}", hint)
        else:
            return self.members[name]
        return None


def _classes(module: ModuleType, parent: type[T]) -> dict[str, type[T]]:
    found = {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and inspect.isclass(value) and issubclass(value, parent)
    }
    found.pop(parent.__name__, None)
    return found


@cache
def layers() -> Family[nn.Module]:
    """Return the layers of `torch.nn`."""
    found = _classes(nn, nn.Module)
    refused = {
        name: "a loss is named under `loss`"
        for name, cls in found.items()
        if cls.__module__ == LOSSES
    }
    containers = ["Container", "Module", "ModuleDict", "ModuleList", "ParameterDict"]
    containers += ["ParameterList", "Sequential", "DataParallel"]
    for name in containers:
        refused[name] = "`model` is the list of layers itself; write a class for more than that"
    for name in found:
        if name.startswith("Lazy"):
            refused[name] = f"write {name.removeprefix('Lazy')} with its sizes: a lazy layer's " + (
                "parameters do not exist before the first forward"
            )
    return Family("layer", "torch.nn", _without(found, refused), refused)


@cache
def losses() -> Family[nn.Module]:
    """Return the losses of `torch.nn` that compare one output with one target."""
    found = {n: c for n, c in _classes(nn, nn.Module).items() if c.__module__ == LOSSES}
    refused = {}
    for name, cls in found.items():
        taken = list(inspect.signature(cls.forward).parameters.values())[1:]
        needed = [p.name for p in taken if p.default is p.empty]
        if len(needed) != 2:
            refused[name] = f"it takes {', '.join(needed)}; a config's loss gets output and target"
    return Family("loss", "torch.nn", _without(found, refused), refused)


@cache
def optimizers() -> Family[torch.optim.Optimizer]:
    """Return the optimizers of `torch.optim`, and `ManualSGD`."""
    refused = {
        "LBFGS": "it calls a closure inside `step`, which this loop does not give; "
        "`backtrace run train.py` traces a script whose loop does"
    }
    found = _classes(torch.optim, torch.optim.Optimizer) | {"ManualSGD": ManualSGD}
    return Family("optimizer", "torch.optim", _without(found, refused), refused)


@cache
def schedulers() -> Family[lr_scheduler.LRScheduler]:
    """Return the schedulers of `torch.optim.lr_scheduler` whose arguments YAML can write."""
    functions = "it takes functions, which YAML cannot write"
    several = "it takes other schedulers; name one"
    refused = {
        "LambdaLR": functions,
        "MultiplicativeLR": functions,
        "ChainedScheduler": several,
        "SequentialLR": several,
        "ReduceLROnPlateau": "it waits for a validation figure, which this loop does not have",
    }
    found = _classes(lr_scheduler, lr_scheduler.LRScheduler)
    return Family("scheduler", "torch.optim.lr_scheduler", _without(found, refused), refused)


@cache
def initializers() -> Family[object]:
    """Return the functions of `torch.nn.init` that write into a tensor."""
    found = {
        name: value
        for name, value in vars(init).items()
        if name.endswith("_") and not name.startswith("_") and callable(value)
    }
    return Family("initializer", "torch.nn.init", found, {})


def _without(
    found: Mapping[str, Callable[..., T]], refused: dict[str, str]
) -> dict[str, Callable[..., T]]:
    return {name: cls for name, cls in found.items() if name not in refused}
