"""Shuffles what DataLoaders give, where they go through their data in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class Shuffle(Experiment):
    """Makes each DataLoader one that shuffles, unless it has a sampler, or data without an order.

    Those of evaluation too: their order has no effect on a mean over all batches.
    """

    key = "shuffle"
    does = "Shuffle in every DataLoader that goes through its data in order."
    done = "{times} a DataLoader was made to shuffle"
    never = "no DataLoader was made that goes through its data in order"

    def install(self, controls: Controls) -> None:
        """Change what DataLoaders are made with."""
        from torch.utils.data import DataLoader, IterableDataset

        def around(
            original: Callable[..., Any],
            loader: Any,
            dataset: Any,
            batch_size: Any = 1,
            shuffle: Any = None,
            sampler: Any = None,
            batch_sampler: Any = None,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            in_order = not shuffle and sampler is None and batch_sampler is None
            if in_order and not isinstance(dataset, IterableDataset):
                shuffle = True
                controls.call(controls.note, "a DataLoader was made with shuffle=True")
            own = (dataset, batch_size, shuffle, sampler, batch_sampler)
            return original(loader, *own, *args, **kwargs)

        controls.patches.wrap(DataLoader, "__init__", around)
