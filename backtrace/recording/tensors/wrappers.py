"""Torch's wrappers that keep the replicas of a model alike over the ranks."""

from __future__ import annotations

from torch import nn
from torch.optim import Optimizer

from backtrace.as_data import bases_of, class_name
from backtrace.explain.graph import module_tree

_NAME = "DistributedDataParallel"


def is_wrapper(module: nn.Module) -> bool:
    """Whether a module is torch's DistributedDataParallel, or a class made of it."""
    return _NAME in map(class_name, bases_of(type(module)))


def inside(module: nn.Module) -> nn.Module:
    """Return the module that a wrapper was given, whose mode may be another; any other itself."""
    held = getattr(module, "module", None) if is_wrapper(module) else None
    return held if isinstance(held, nn.Module) else module


def ignored_by(wrapper: nn.Module) -> frozenset[int]:
    """Return the ids of the parameters that a wrapper was told to leave to each rank."""
    names = getattr(wrapper, "parameters_to_ignore", ())
    named = module_tree.named_parameters(inside(wrapper), remove_duplicate=False)
    return (
        frozenset(id(tensor) for name, tensor in named if name in names) if names else frozenset()
    )


def frozen_in(wrapper: nn.Module) -> frozenset[int]:
    """Return the ids of the parameters that ask for no gradient now.

    Asked when it was just made, these are what it will not reduce, whatever is asked of them later.
    """
    return frozenset(id(each) for each in module_tree.parameters(wrapper) if not each.requires_grad)


def is_sharding(optimizer: Optimizer) -> bool:
    """Whether an optimizer is torch's that has each rank step a share of the parameters."""
    return "ZeroRedundancyOptimizer" in map(class_name, bases_of(type(optimizer)))


def awaits_reduction(wrapper: nn.Module) -> bool:
    """Whether the backward of what a wrapper just returned will reduce gradients: no `no_sync`."""
    return bool(getattr(wrapper, "require_forward_param_sync", False))


def has_own_hook(wrapper: nn.Module) -> bool:
    """Whether a communication hook of the user's takes the place of the all-reduce."""
    return bool(getattr(wrapper, "_comm_hooks", ()))


def is_joined(wrapper: nn.Module) -> bool:
    """Whether ranks may have other numbers of batches: `Join` stands around the loop."""
    return bool(getattr(getattr(wrapper, "_join_config", None), "enable", False))


def broadcasts_buffers(wrapper: nn.Module) -> bool:
    """Whether rank 0's buffers are sent to the others before each forward."""
    return bool(getattr(wrapper, "broadcast_buffers", True))
