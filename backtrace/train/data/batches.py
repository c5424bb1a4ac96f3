"""Batches of a data set, epoch by epoch, as the loop takes them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from backtrace.config.schema import Data
from backtrace.errors import DataError
from backtrace.train.data.integers import is_integer
from backtrace.train.data.rows import DataRequest, DataRows
from backtrace.train.loop import Batch


class Batches:
    """A data set cut into batches; iterating over it is one epoch.

    Shuffling draws from a generator of its own that starts from the seed: `restart` starts over.
    """

    def __init__(
        self, dataset: Dataset[object], data: Data, wanted: DataRequest, device: torch.device
    ) -> None:
        self.dataset = dataset
        self.wanted = wanted
        self.device = device
        self.requires_grad = data.requires_grad
        self.synthetic = dataset.synthetic if isinstance(dataset, DataRows) else ""
        self.rows: int | None = len(dataset) if hasattr(dataset, "__len__") else None
        self.batch_size = data.batch_size or self.rows or 1
        self.drop_last = data.drop_last
        self._generator = torch.Generator()
        self._loader: DataLoader[object] = DataLoader(
            dataset,
            batch_size=self.batch_size,
            shuffle=data.shuffle or None,  # an iterable data set does not even take False
            drop_last=data.drop_last,
            generator=self._generator,
            collate_fn=tuple if isinstance(dataset, DataRows) else None,
        )
        self.restart()

    @property
    def per_epoch(self) -> int | None:
        """How many batches an epoch has; None if the data set does not know its length."""
        if self.rows is None:
            return None
        if self.drop_last:
            return self.rows // self.batch_size
        return math.ceil(self.rows / self.batch_size)

    def restart(self) -> None:
        """Shuffle from here on as if no epoch had been yet."""
        self._generator.manual_seed(self.wanted.seed)

    def __iter__(self) -> Iterator[Batch]:
        for item in self._loader:
            yield self._prepare(*_pair(item))

    def first(self) -> Batch:
        """Return the first batch of the first epoch; training is not changed by it."""
        before = self._generator.get_state()
        self.restart()
        try:
            for batch in self:
                return batch
        finally:
            self._generator.set_state(before)
        raise DataError("the data set gives no batch")

    def outline(self) -> tuple[Tensor, Tensor] | None:
        """Return a batch's shapes and types on the meta device, if known without reading rows."""
        if not isinstance(self.dataset, DataRows):
            return None
        size = min(self.batch_size, len(self.dataset))
        x, y = self.dataset.input, self.dataset.target
        floats = not (is_integer(x) and self.wanted.input_indices)
        kind = self.wanted.dtype if floats else x.dtype
        return (
            torch.empty((size, *x.shape[1:]), dtype=kind, device="meta"),
            torch.empty((size, *y.shape[1:]), dtype=y.dtype, device="meta"),
        )

    def _prepare(self, x: Tensor, y: Tensor) -> Batch:
        x, y = x.to(self.device), y.to(self.device)
        if isinstance(self.dataset, DataRows):
            if not (is_integer(x) and self.wanted.input_indices):
                x = x.to(self.wanted.dtype)
            if self.dataset.divisor != 1.0:
                x = x / self.dataset.divisor  # not times its inverse, which rounds otherwise
            if self.dataset.scale != 1.0:
                x = x * self.dataset.scale
        else:  # a user's integers are meant
            x, y = (t if is_integer(t) else t.to(self.wanted.dtype) for t in (x, y))
        return (x.detach().requires_grad_() if self.requires_grad else x), y


def _pair(item: object) -> tuple[Tensor, Tensor]:
    if isinstance(item, tuple | list) and len(item) == 2:
        x, y = item
        if isinstance(x, Tensor) and isinstance(y, Tensor):
            return x, y
    raise DataError(
        f"each item of the data set must be (input, target), two tensors or numbers; "
        f"a batch of them came as {_outline(item)}"
    )


def _outline(item: object) -> str:
    if isinstance(item, tuple | list):
        return f"{type(item).__name__} of ({', '.join(type(part).__name__ for part in item)})"
    return type(item).__name__
