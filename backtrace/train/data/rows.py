"""Rows of input and target in memory, and what the sources need to make them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset

from backtrace.errors import DataError
from backtrace.train.data.integers import is_integer
from backtrace.train.problems import Problems


@dataclass(frozen=True)
class DataRequest:
    """What the rest of the config asks of its data."""

    problems: Problems
    folder: Path
    seed: int
    dtype: torch.dtype
    input_indices: bool
    class_indices: bool

    def generator(self) -> torch.Generator:
        """Return the generator of the data's random numbers, apart from the model's.

        Its seed is the next one: with the same, the data would repeat what the weights drew.
        """
        return torch.Generator().manual_seed(self.seed + 1)


@dataclass(frozen=True, eq=False)
class DataRows(Dataset[tuple[Tensor, Tensor]]):
    """Input (rows, …) and target (rows, …).

    Each batch's input is divided by `divisor` and multiplied by `scale`.

    `synthetic` says in a sentence that the rows are made up, when they are.
    """

    input: Tensor
    target: Tensor
    scale: float = 1.0
    divisor: float = 1.0
    synthetic: str = ""

    def __len__(self) -> int:
        return len(self.input)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.input[index], self.target[index]

    def __getitems__(self, indices: list[int]) -> tuple[Tensor, Tensor]:
        """Return the rows as one batch; the DataLoader calls this instead of one row at a time."""
        return self.input[indices], self.target[indices]


def make_rows(
    x: Tensor,
    y: Tensor,
    wanted: DataRequest,
    *,
    scale: float = 1.0,
    divisor: float = 1.0,
    synthetic: str = "",
) -> DataRows:
    """Give input and target the types that the loss and the first layer take.

    Integers of the input stay as small as they are until their batch is made.

    Raises:
        DataError: there are no rows, or not as many inputs as targets.
    """
    if not x.ndim or not y.ndim:
        raise DataError("input and target need a first dimension, which counts their rows")
    if len(x) != len(y):
        raise DataError(f"the input has {len(x):,} rows, the target {len(y):,}: they go in pairs")
    if not len(x):
        raise DataError("there are no rows")
    if x.is_complex() or y.is_complex():
        raise DataError("complex numbers are not supported; real ones are")
    if not is_integer(x):
        x = _convert(x, wanted.dtype)
    elif wanted.input_indices:
        x = x.long()
    y = y.long() if is_integer(y) and wanted.class_indices else _convert(y, wanted.dtype)
    return DataRows(x, y, scale, divisor, synthetic)


def _convert(numbers: Tensor, dtype: torch.dtype) -> Tensor:
    try:
        return numbers.to(dtype)
    except RuntimeError as error:  # of two numbers in a byte, of which torch knows only the name
        raise DataError(f"torch cannot make {dtype} of {numbers.dtype}") from error
