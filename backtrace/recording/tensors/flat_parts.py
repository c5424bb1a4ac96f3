"""Parameters that FSDP1 keeps in one flat tensor over all ranks: which they are, and parts of what.

The flat tensor is the leaf of every graph, and is laid out anew in each call; with
`use_orig_params` the model's own parameters are views of it outside calls, which an optimizer
holds. Their gradients are there when a backward has returned.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from backtrace.as_data import is_a
from backtrace.explain.graph import module_tree


@dataclass(frozen=True, slots=True, eq=False)
class FlatPart:
    """What a parameter is to the flat tensor `flat`, and the shape that it has on one process.

    `is_shard` is False where each rank holds all of it (`NO_SHARD`).
    """

    flat: weakref.ref[Tensor]
    shape: tuple[int, ...]
    is_shard: bool

    @property
    def placements(self) -> str:
        """How the whole is laid over the ranks, in words."""
        return "a piece of FSDP1's flat tensor"

    def grad_of(self, tensor: Tensor) -> Tensor | None:
        """Return `.grad`, which FSDP1 lays out as it does the parameter."""
        return tensor.grad


def find_flat_parts(model: nn.Module) -> dict[int, FlatPart]:
    """Return what each parameter of a model is to FSDP1, by its id."""
    kind = getattr(sys.modules.get("torch.distributed.fsdp"), "FullyShardedDataParallel", None)
    if kind is None:
        return {}
    handles = (
        getattr(part, "_handle", None) for part in module_tree.modules(model) if is_a(part, kind)
    )
    return {
        id(tensor): part
        for handle in handles
        if handle is not None
        for tensor, part in _parts_of(handle)
    }


def _parts_of(handle: Any) -> Iterator[tuple[Tensor, FlatPart]]:
    flat, is_shard = handle.flat_param, bool(handle.uses_sharded_strategy)
    own, shapes = getattr(flat, "_params", None), flat._shapes
    if own is None:
        own, shapes = [flat], [flat._unpadded_unsharded_size]
    for tensor, shape in zip(own, shapes, strict=True):
        yield tensor, FlatPart(weakref.ref(flat), tuple(shape), is_shard)
