"""What was captured of one update that trained: its calls, its books, and `.grad` on the way."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backtrace.explain.rules.backward_rule import FoundRule, Tensors
from backtrace.ledger.events import GradsRescaled
from backtrace.ledger.updates import Update

NamedModules = list[tuple[str, nn.Module]]


@dataclass(frozen=True)
class LayerCall:
    """One call of a layer or loss, in float64: what a rule is given, and autograd's gradients."""

    name: str
    module: nn.Module
    rule: FoundRule | None
    why: str
    inputs: Tensors
    outputs: Tensors
    grads: Tensors


@dataclass(frozen=True)
class ForwardCalls:
    """The calls of one micro-batch in their order; `output` is None if it is no single tensor."""

    calls: list[LayerCall]
    losses: list[LayerCall]
    output: Tensor | None


@dataclass(frozen=True)
class ObservedUpdate:
    """One update: its micro-batches, its books, and `.grad` of the parameter, in float64.

    Args:
        earlier: the updates whose gradients were never cleared since.
        loss: the sum of what its `backward` calls began from, as it was recorded.
        parts: by how many micro-batches the loop divides each loss.
        dtype: the parameter's own while it trained.
        held: what the first backward found in `.grad`.
        grad: what the last backward left there.
        at_step: what `step` read.
        rescaled: the clippings and unscalings between the two, as they were recorded.
    """

    update: Update
    earlier: list[Update]
    loss: float
    micro_batches: list[ForwardCalls]
    parts: int
    dtype: torch.dtype
    held: Tensor | None
    grad: Tensor | None
    at_step: Tensor | None
    rescaled: tuple[GradsRescaled, ...] = ()
