"""Tensors that are laid over ranks (DTensor): the part that this process holds.

Only the part is read. To ask for the whole would be a collective, in which the other ranks
would have to take part.
"""

from __future__ import annotations

import sys

import torch
from torch import Tensor, nn
from torch.nn import Parameter

from backtrace.as_data import is_a
from backtrace.explain.graph import module_tree


class _Nothing:
    """In place of what this torch does not have."""


def is_laid_out(tensor: Tensor) -> bool:
    """Whether a tensor is a DTensor, however it is laid over the ranks."""
    kind = type(tensor)
    if kind is Parameter or kind is Tensor:
        return False
    module = sys.modules.get("torch.distributed.tensor")
    return module is not None and isinstance(tensor, module.DTensor)


def is_shard(tensor: Tensor) -> bool:
    """Whether this rank holds other numbers of a tensor than the other ranks do."""
    if not is_laid_out(tensor):
        return False
    return not all(each.is_replicate() for each in tensor.placements)  # type: ignore[attr-defined]


def held(tensor: Tensor) -> Tensor:
    """Return the tensor, or the part of it that is in this process's memory."""
    kind = type(tensor)  # as in `is_laid_out`: this is asked of every tensor at every event
    if kind is Parameter or kind is Tensor or not is_laid_out(tensor):
        return tensor
    part: Tensor = tensor._local_tensor  # type: ignore[attr-defined]  # `to_local` is for autograd
    return part


def is_replicated(tensor: Tensor, ranks: int) -> bool:
    """Whether a DTensor is laid out so that each of so many ranks holds all of it."""
    return is_laid_out(tensor) and not is_shard(tensor) and tensor.device_mesh.size() == ranks  # type: ignore[attr-defined]


def find_beside_shards(model: nn.Module) -> set[int]:
    """Return the ids of a model's parameters that lie in no part which FSDP2 was told to shard.

    Nobody reduces their gradients. Empty where no part was sharded: what a sharded part was told
    to ignore lies in it.
    """
    if not may_lose_memory():
        return set()
    sharded = [part for part in module_tree.modules(model) if is_fully_sharded(part)]
    inside = {id(p) for part in sharded for p in module_tree.parameters(part)}
    return (
        {id(p) for p in module_tree.parameters(model) if id(p) not in inside} if sharded else set()
    )


def placements_text(tensor: Tensor) -> str:
    """Return how a DTensor is laid over the ranks: `Shard(0)`, `Shard(0), Replicate()`."""
    return ", ".join(str(each) for each in tensor.placements)  # type: ignore[attr-defined]


def has_no_memory(tensor: Tensor) -> bool:
    """Whether a tensor has a shape and no memory, as FSDP leaves it between its uses.

    To read one is no exception but the end of the process.
    """
    if is_laid_out(tensor):
        return has_no_memory(held(tensor))
    try:
        return tensor.numel() > 0 and tensor.untyped_storage().nbytes() == 0
    except (RuntimeError, NotImplementedError):  # sparse tensors have none
        return False


def is_fully_sharded(module: nn.Module) -> bool:
    """Whether `fully_shard` was called on a module: it has changed the module's class."""
    fsdp = sys.modules.get("torch.distributed.fsdp")
    return fsdp is not None and is_a(module, getattr(fsdp, "FSDPModule", _Nothing))


def may_lose_memory() -> bool:
    """Whether anything here may free the memory of tensors that others hold: FSDP was put to use.

    It is imported by torch's compiler, too, but nothing is sharded before there is a group.
    """
    fsdp = sys.modules.get("torch.distributed.fsdp")
    if fsdp is None:
        return False
    is_used = bool(getattr(fsdp, "FSDPModule", _Nothing).__subclasses__())
    return is_used or torch.distributed.is_initialized()


def find_gathered(model: nn.Module) -> set[int]:
    """Return the ids of the wholes that FSDP has put in the place of shards, for a call."""
    if not may_lose_memory():
        return set()
    sharded = [part for part in module_tree.modules(model) if is_fully_sharded(part)]
    return {id(p) for part in sharded for p in module_tree.parameters(part) if not is_laid_out(p)}
