"""Gradient descent as a textbook writes it, as an optimizer, to be compared with torch's SGD."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.optim.optimizer import ParamsT


class ManualSGD(torch.optim.Optimizer):
    """`p = p - lr * p.grad` for every parameter that has a gradient.

    Raises:
        ValueError: `lr` is negative.
    """

    def __init__(self, params: ParamsT, lr: float = 1e-3) -> None:
        if lr < 0:
            raise ValueError(f"Invalid learning rate: {lr}")
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter against its gradient; return what `closure` gives, if any."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    # p -= lr * p.grad, rounded once as torch.optim.SGD does, not twice.
                    p.sub_(p.grad, alpha=group["lr"])
        return loss
