"""Something to train, and the bits that it must come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Train = Callable[[], Sequence[Tensor]]
BATCH, WIDTH = 3, 4


class Unsuitable(Exception):
    """This is not to be tried: it is too large, or takes something else than we have."""


@dataclass(frozen=True)
class Case:
    """Builds and trains when it is called, and returns every tensor whose bits must not change.

    `unseen` says why no update of it can be seen, where that is so. On `ranks` processes, each
    runs it.
    """

    family: str
    name: str
    train: Train
    unseen: str = ""
    ranks: int = 1

    def __str__(self) -> str:
        return f"{self.family}, {self.name}"


def bits_of(*things: Any) -> list[Tensor]:
    """Return copies of all that modules and optimizers hold, and the gradients."""
    found: list[Tensor] = []
    for thing in things:
        states = thing.state_dict()
        if isinstance(thing, torch.optim.Optimizer):
            for state in states["state"].values():
                found += [value for value in state.values() if isinstance(value, Tensor)]
        else:
            found += [value for value in states.values() if isinstance(value, Tensor)]
            found += [p.grad for p in thing.parameters() if p.grad is not None]
    return [each.detach().clone() for each in found]
