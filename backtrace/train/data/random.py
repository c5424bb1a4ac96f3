"""Seeded random tensors, by shape."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from backtrace.config.schema import Random, RandomData
from backtrace.train.data.rows import DataRequest, DataRows, make_rows
from backtrace.train.memory import fits_in_memory


def load(data: RandomData, wanted: DataRequest) -> DataRows | None:
    """Return random rows, or write down that they would not fit in memory."""
    return draw_rows(data.input, data.target, wanted, "data")


def draw_rows(
    x: Random, y: Random, wanted: DataRequest, key: str, *, synthetic: str = ""
) -> DataRows | None:
    """Draw the input and then the target, as float32 whatever the loop's dtype."""
    fits = [
        _fits(wanted, f"{key}.{name}.shape", drawn) for name, drawn in (("input", x), ("target", y))
    ]
    if not all(fits):
        return None
    generator = wanted.generator()
    drawn_x = _draw(x, generator)
    return make_rows(drawn_x, _draw(y, generator), wanted, synthetic=synthetic)


def _draw(random: Random, generator: torch.Generator) -> Tensor:
    shape = tuple(random.shape)
    if random.classes is not None:
        return torch.randint(random.classes, shape, generator=generator)
    if random.distribution == "uniform":
        return torch.rand(shape, generator=generator, dtype=torch.float32)
    return torch.randn(shape, generator=generator, dtype=torch.float32)


def _fits(wanted: DataRequest, key: str, random: Random) -> bool:
    needed = 2 * math.prod(random.shape) * (8 if random.classes else 4)
    hint = "counted: the rows, and a batch of all of them"
    text = f"random numbers of shape {tuple(random.shape)}"
    return fits_in_memory(wanted.problems, key, text, needed, hint)
