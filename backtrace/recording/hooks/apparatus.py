"""All hooks and patches as one thing that is put on, and taken off."""

from __future__ import annotations

import sys
from collections.abc import Callable

from torch import Tensor, nn

from backtrace.recording.hooks.calls import CallPatches
from backtrace.recording.hooks.error_boundary import Shield
from backtrace.recording.hooks.leaves import LeafHooks, Undo
from backtrace.recording.hooks.loaders_and_schedulers import SurroundingPatches
from backtrace.recording.hooks.losses import LossPatches
from backtrace.recording.hooks.modules import ModuleHooks
from backtrace.recording.hooks.observer import Observer
from backtrace.recording.hooks.packing import PackingPatches
from backtrace.recording.hooks.patches import Patches


class Instrument:
    """Installs everything on `__enter__` and removes all of it on `__exit__`."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._shield = Shield(observer)
        self._patches = Patches(self._shield, observer)
        self._calls = CallPatches(observer, self._shield, self._patches)
        self._modules = ModuleHooks(observer, self._shield, self._patches)
        self._losses = LossPatches(observer, self._shield, self._patches)
        self._surroundings = SurroundingPatches(observer, self._shield, self._patches)
        self._packing = PackingPatches(observer, self._shield, self._patches)
        self.leaves = LeafHooks(self._shield)
        self.tell = self._shield.tell

    def __enter__(self) -> Instrument:
        self._shield.open()
        self._patches.callback(self.leaves.remove_all)
        try:
            self._calls.install()
            self._modules.install()
            self._losses.install()
            self._surroundings.install()
            self._packing.install()
        except BaseException:
            self._patches.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self._shield.tell(self._observer.close)
        finally:  # what ends a run passes through here too
            self._shield.close()
            self._patches.close()

    def sleep(self) -> None:
        """Take off what costs time; steps are still told, and what needs no reading."""
        self._shield.is_awake = False
        self._modules.sleep()
        self.leaves.remove_all()

    def wake(self) -> None:
        """Put it on again, but for the leaves, which have to be followed anew."""
        self._shield.is_awake = True
        self._modules.wake()

    def follow(
        self, leaf: Tensor, incoming: Callable[[Tensor], None], arrived: Callable[[Tensor], None]
    ) -> Undo:
        """Hook a leaf; see `LeafHooks.follow`."""
        return self.leaves.follow(leaf, incoming, arrived)

    def follow_module(self, module: nn.Module) -> None:
        """Watch a model's forward, and wrap any `zero_grad` of its class's own."""
        self._modules.add(module)
        for cls in type(module).__mro__:
            self._calls.follow_class(cls)


def count_compiled_graphs() -> int:
    """Return how many graphs torch.compile has made in this process."""
    dynamo = sys.modules.get("torch._dynamo.utils")
    return int(dynamo.counters["stats"]["unique_graphs"]) if dynamo else 0
