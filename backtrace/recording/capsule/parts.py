"""The parts of a running loop that hold its state, in an order that a run of the same code repeats.

Modules count from their first call by the loop itself, schedulers and scalers from theirs,
optimizers from when they were seen. So the same part has the same number when the program is run
again, whatever names it has by then.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from torch import Tensor, nn
from torch.optim import Optimizer

from backtrace.as_data import attributes_of
from backtrace.explain.graph import module_tree
from backtrace.recording.tensors.tracked import Register

T = TypeVar("T")


class InOrder(Generic[T]):
    """Things in the order in which they were first met, by identity; it keeps none alive."""

    def __init__(self) -> None:
        self._refs: list[weakref.ref[Any]] = []
        self._numbers: dict[int, int] = {}

    def meet(self, thing: T) -> int:
        """Return the number of a thing, from 0; a new one gets the next."""
        known = self._numbers.get(id(thing))
        if known is not None and self._refs[known]() is thing:
            return known
        self._refs.append(weakref.ref(thing))
        self._numbers[id(thing)] = len(self._refs) - 1
        return len(self._refs) - 1

    def find(self, number: int) -> T | None:
        """Return the thing of that number, None where it is gone or was never there."""
        return self._refs[number]() if 0 <= number < len(self._refs) else None

    def __iter__(self) -> Iterator[T | None]:
        return (ref() for ref in self._refs)

    def __len__(self) -> int:
        return len(self._refs)


class LoopParts:
    """What the loop works with; `register` knows the optimizers."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.modules = InOrder[nn.Module]()
        self.schedulers = InOrder[Any]()
        self.scalers = InOrder[Any]()

    def optimizers(self) -> list[tuple[str, Optimizer | None]]:
        """Return all optimizers seen so far with their names; None for one that is gone."""
        return [(name, ref()) for name, ref in self._register.optimizers.values()]


def tensors_of(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Give all parameters and buffers of a module, under each name that they have."""
    for path, part in module_tree.named_modules(module, remove_duplicate=False):
        prefix = f"{path}." if path else ""
        for owned in (module_tree.own_parameters(part), module_tree.own_buffers(part)):
            yield from ((f"{prefix}{n}", each) for n, each in owned.items() if each is not None)


def plain_attributes(thing: object) -> dict[str, object]:
    """Return the attributes of a scheduler of torch's that are numbers, texts, or lists of them."""
    return {name: value for name, value in attributes_of(thing).items() if _is_plain(value)}


def _is_plain(value: object) -> bool:
    kind = type(value)  # by identity: a metaclass of the user's may define what is equal
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))  # type: ignore[call-overload]
    return value is None or any(kind is each for each in (int, float, bool, str))
