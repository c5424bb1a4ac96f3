"""The first numbers of what was loaded into models, kept until these are called."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import NamedTuple

from torch import Tensor, nn

from backtrace.recording.kernels.samples import are_unrelated, read_sample


class _Unused(NamedTuple):
    """A module that was loaded and not called since: in which line, and what it was given.

    `made` is the line that makes it, where its own `__init__` loads it.
    """

    module: weakref.ref[nn.Module]
    where: str
    made: str
    given: list[tuple[weakref.ref[Tensor], Tensor]]


class Overwritten(NamedTuple):
    """What `LoadedOver` has of a model."""

    where: str
    made: str
    given: int
    over: int
    tensors: int
    is_first: bool


class LoadedValues:
    """Remembers a few numbers of each parameter that was loaded, and compares them once."""

    def __init__(self) -> None:
        self.waiting: dict[int, _Unused] = {}

    def remember(self, module: nn.Module, filled: Iterable[Tensor], where: str, made: str) -> None:
        """`filled` are the parameters that were loaded into `module`, in a line or by its maker."""
        samples = ((weakref.ref(each), read_sample(each)) for each in filled)
        given = [(ref, sample) for ref, sample in samples if sample is not None]
        self.waiting[id(module)] = _Unused(weakref.ref(module), where, made, given)

    def called(self, module: nn.Module) -> Overwritten | None:
        """Compare what `module` holds as it is called; None where nothing was written over."""
        waiting = self.waiting.pop(id(module), None) if self.waiting else None
        if waiting is None or waiting.module() is not module:
            return None
        given = 0
        over: list[int] = []
        is_first = False
        for place, (ref, sample) in enumerate(waiting.given):
            tensor = ref()
            now = read_sample(tensor) if tensor is not None else None
            if tensor is None or now is None or now.shape != sample.shape:
                continue
            given += tensor.numel()
            if are_unrelated(sample, now):
                over.append(tensor.numel())
                is_first = is_first or place == 0
        if not over:
            return None
        where, made = waiting.where, waiting.made
        return Overwritten(where, made, given, sum(over), len(over), is_first)
