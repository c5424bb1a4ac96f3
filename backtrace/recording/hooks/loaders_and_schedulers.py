"""What stands around a loop: data loaders and learning rate schedulers, wrapped."""

from __future__ import annotations

from typing import Any

from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader
from torch.utils.data.dataloader import _BaseDataLoaderIter

from backtrace.recording.hooks.error_boundary import Shield
from backtrace.recording.hooks.observer import Observer
from backtrace.recording.hooks.patches import Patches, subclasses_of, unseen_by_warnings
from backtrace.recording.sensors.loaders_and_schedulers import read_rates


class SurroundingPatches:
    """Told also of what happens while nothing is read: counting costs nothing."""

    def __init__(self, observer: Observer, shield: Shield, patches: Patches) -> None:
        self._observer = observer
        self._shield = shield
        self._patches = patches

    def install(self) -> None:
        """Wrap iterating, and `step` of every scheduler's class, those to come included."""
        wrap = self._patches.wrap
        wrap(DataLoader, "__iter__", self._around_iter, even_asleep=True)
        wrap(_BaseDataLoaderIter, "__next__", self._around_next, even_asleep=True)
        wrap(LRScheduler, "_initial_step", self._around_initial_step, even_asleep=True)
        for cls in subclasses_of(LRScheduler):
            self._follow_scheduler(cls)
        self._patches.hear_of_subclasses(LRScheduler, self._follow_scheduler)

    def _follow_scheduler(self, cls: type) -> None:
        self._patches.wrap_method(cls, "step", self._around_step, even_asleep=True)

    @unseen_by_warnings
    def _around_iter(self, original: Any, loader: Any) -> Any:
        iterator = original(loader)
        self._shield.tell(self._observer.loader_began, loader, iterator)
        return iterator

    @unseen_by_warnings
    def _around_next(self, original: Any, iterator: Any) -> Any:
        try:
            batch = original(iterator)
        except StopIteration:
            self._shield.tell(self._observer.loader_ended, iterator)
            raise
        self._shield.tell(self._observer.batch_drawn, iterator, batch)
        return batch

    @unseen_by_warnings
    def _around_initial_step(self, original: Any, scheduler: Any) -> Any:
        with self._patches.nested("schedule"):  # so that the step inside is not the outermost
            return original(scheduler)

    @unseen_by_warnings
    def _around_step(self, original: Any, scheduler: Any, *args: Any, **kwargs: Any) -> Any:
        before: list[tuple[float, ...]] = []
        with self._patches.nested("schedule") as is_outermost:
            if is_outermost:
                self._shield.tell(lambda: before.append(read_rates(scheduler)))
            result = original(scheduler, *args, **kwargs)
        if is_outermost and before:
            self._shield.tell(self._observer.scheduler_stepped, scheduler, before[0])
        return result
