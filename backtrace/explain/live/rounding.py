"""How far rounding may bring autograd's gradients from those by hand, found by walking twice.

The second walk does the same with numbers of the precision that training had. Where the two part,
rounding alone did it; autograd, which adds in another order, may be off by several times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from backtrace.explain.live.by_hand import NodeStep, Walk, walk
from backtrace.explain.live.kept_graph import KeptGraph

ROUNDINGS = 32  # times what the second walk is off, and of the largest gradient's own precision
_COARSE = 4  # the same where half precision is in it: as many would excuse anything


@dataclass(frozen=True)
class WalkedTwice:
    """The gradients by hand, in float64, and the same with the rounding of training."""

    graph: KeptGraph
    exact: Walk
    rounded: Walk
    scale: float
    is_coarse: bool

    def apart(self, leaf: int) -> float:
        """Return how far rounding alone brought a leaf's gradient, in one walk."""
        return self.scale * _apart(self.exact.leaves[leaf], self.rounded.leaves[leaf])

    def bound(self, leaf: int) -> float:
        """Return how far autograd's gradient of a leaf may be from the one by hand."""
        tensor = self.graph.nodes[leaf].leaf
        assert tensor is not None
        return self._bound(self.exact.leaves[leaf], self.apart(leaf), tensor.dtype)

    def _bound(self, grad: Tensor, apart: float, dtype: torch.dtype) -> float:
        largest = float(grad.abs().max()) if grad.numel() else 0.0
        return self.roundings * max(apart, torch.finfo(dtype).eps * largest)

    @property
    def roundings(self) -> int:
        """How many roundings are let pass."""
        return _COARSE if self.is_coarse else ROUNDINGS

    def find_parting(self) -> NodeStep | None:
        """Return the first node, from the loss on, at whose output autograd has another gradient.

        None where there is none: then it is at a leaf, if anywhere, that they part.
        """
        for index, step in self.exact.steps.items():
            for at, (grad, seen) in enumerate(
                zip(step.grads, step.node.arrived or (), strict=False)
            ):
                if seen is None:
                    continue
                apart = self.scale * _apart(grad, self.rounded.steps[index].grads[at])
                bound = self._bound(grad, apart, step.node.dtypes[at])
                if measure_apart(grad, seen) > bound:
                    return step
        return None


def walk_twice(graph: KeptGraph, leaves: Sequence[int]) -> WalkedTwice:
    """Walk back to some leaves by hand, in float64 and as roundly as training did."""
    exact = walk(graph, leaves, torch.float64)
    rounded = walk(graph, leaves, torch.float32)
    floats = {dtype for node in graph.nodes for dtype in node.dtypes if dtype.is_floating_point}
    eps = {dtype: torch.finfo(dtype).eps for dtype in (torch.float64, torch.float32)}
    is_double = floats == {torch.float64}
    scale = eps[torch.float64] / eps[torch.float32] if is_double else 1.0
    is_coarse = any(torch.finfo(dtype).eps > 1e-4 for dtype in floats)
    return WalkedTwice(graph, exact, rounded, scale, is_coarse)


def measure_apart(by_hand: Tensor, seen: Tensor) -> float:
    """Return the largest difference of two gradients; infinite for shapes that differ."""
    other = seen.detach().to_dense().to("cpu", torch.float64)
    return _apart(by_hand, other) if by_hand.shape == other.shape else float("inf")


def _apart(one: Tensor, other: Tensor) -> float:
    if not one.numel():
        return 0.0
    other = other.to(one.dtype)
    same = (one == other) | (one.isnan() & other.isnan())
    return float((one - other).abs().masked_fill(same, 0.0).max())
