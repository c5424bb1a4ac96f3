"""Who is told what the instrument sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import nn

Optimizer = torch.optim.Optimizer


class Observer(Protocol):
    """Told of every call, before and after it; what it raises never reaches the user."""

    def zero_grad_began(self, target: object) -> None:
        """`target.zero_grad` was called; gradients are as they were."""

    def zero_grad_ended(self, target: object, set_to_none: bool) -> None:
        """It returned."""

    def forward_began(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A watched model was called with these inputs; those by keyword are not seen."""

    def forward_ended(
        self, module: nn.Module, inputs: object, output: object, grad_enabled: bool
    ) -> None:
        """It returned; `inputs` are all of its arguments."""

    def module_called(self, module: nn.Module, output: object) -> None:
        """Any module at all returned; told with the modes of autograd as the user set them."""

    def loss_called(
        self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: object
    ) -> None:
        """A loss function of torch's returned `result`."""

    def backward_began(self, tensors: object, *, retain_graph: bool) -> None:
        """`backward` was called on one tensor, or on several."""

    def backward_ended(self) -> None:
        """It returned."""

    def backward_failed(self, error: BaseException) -> None:
        """It raised."""

    def packing_began(self) -> None:
        """Saved-tensor hooks were put on, in any thread."""

    def packing_ended(self) -> None:
        """They were taken off."""

    def rescale_began(self) -> None:
        """Clipping or unscaling was called."""

    def rescale_ended(self, call: str, limit: float | None) -> None:
        """It returned; `limit` is what clipping was told to keep to."""

    def step_began(self, optimizer: Optimizer) -> None:
        """`optimizer.step` was called."""

    def step_ended(self, optimizer: Optimizer) -> None:
        """It returned."""

    def step_count(self, optimizer: Optimizer) -> int:
        """Return how many steps of `optimizer` there were."""
        ...

    def step_skipped(self, optimizer: Optimizer, reason: str) -> None:
        """A GradScaler was asked to step, and did not."""

    def module_registered(
        self, parent: nn.Module, children: Sequence[object], name: str = ""
    ) -> None:
        """A module was given these children or parameters; one alone is to have a `name`."""

    def optimizer_seen(self, optimizer: Optimizer) -> None:
        """An optimizer was made, or given another parameter group."""

    def call_ignored(self, proxy: object, inner: object, call: str) -> None:
        """A proxy of the optimizer `inner` was called, and nothing came of it."""

    def loader_began(self, loader: Any, iterator: object) -> None:
        """A DataLoader is gone through from the start; told even while nothing is read."""

    def batch_drawn(self, iterator: object, batch: object) -> None:
        """It gave a batch; told even while nothing is read."""

    def loader_ended(self, iterator: object) -> None:
        """It had no more; told even while nothing is read."""

    def scheduler_stepped(self, scheduler: Any, before: tuple[float, ...]) -> None:
        """A scheduler moved learning rates from `before`; told even while nothing is read."""

    def used_elsewhere(self, target: object) -> None:
        """A model or an optimizer is used by another thread, whose tensors must not be read."""

    def loss_scaled(self, loss: object, scaled: object, scale: object) -> None:
        """A GradScaler made `scaled` of `loss`; `scale` is its tensor, None where it has none."""

    def lost_sight(self, what: str, error: Exception) -> None:
        """Following a call failed, with this error of ours."""

    def close(self) -> None:
        """Recording is about to end; the hooks are still there."""
