"""Runs steps of an optimizer on random gradients, and takes a receipt of each."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import torch

from backtrace.ledger.events import Receipt
from backtrace.recording.sensors.receipts import ReceiptWriter
from backtrace.recording.tensors.tracked import Tracked


def take_receipts(
    kind: Any,
    options: dict[str, Any],
    shape: tuple[int, ...],
    *,
    dtype: torch.dtype = torch.float64,
    scale: float = 1.0,
    seed: int = 0,
    updates: int = 15,
) -> Iterator[Receipt]:
    """Give the receipt of each of `updates` steps.

    Gradients follow a slow direction, so that memory matters; some are zero, whole or in part.
    """
    generator = torch.Generator().manual_seed(seed)

    def draw() -> torch.Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    parameter = torch.nn.Parameter(draw().to(dtype))
    optimizer = kind([parameter], **options)
    tracked = Tracked("weight", weakref.ref(parameter), "parameter")
    writer = ReceiptWriter()
    direction = draw()
    for at in range(updates):
        grad = scale * (direction + draw())
        if at % 7 == 5:
            grad = grad * (draw() > 0)
        if at % 11 == 8:
            grad = grad * 0
        parameter.grad = grad.to(dtype)
        writer.open(optimizer, [(tracked, parameter)])
        optimizer.step()
        yield writer.close(optimizer)["weight"]
