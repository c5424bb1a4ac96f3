"""Runs steps of an optimizer on random gradients, and takes a receipt of each."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

import backtrace
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


def step_once(model: Any, optimizer: Any, loss: Any, *, updates: int = 1) -> Any:
    """Return the last of some updates, each from `loss(model)`."""
    with backtrace.record(model, optimizer, receipt=True) as trace:
        for _ in range(updates):
            optimizer.zero_grad(set_to_none=False)
            loss(model).backward()
            optimizer.step()
    return trace.updates[-1]


def scalar(value: float = 2.0) -> nn.Sequential:
    model = nn.Sequential()
    model.add_module("fc", nn.Linear(1, 1, bias=False))
    nn.init.constant_(model.fc.weight, value)
    return model
