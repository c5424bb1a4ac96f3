"""What a loop would go on from, copied: values, gradients, and the state of what changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from backtrace.as_data import class_name, class_qualname
from backtrace.explain.graph import module_tree
from backtrace.recording.capsule.parts import LoopParts, plain_attributes, tensors_of
from backtrace.recording.capsule.pool import Pool, can_keep
from backtrace.recording.capsule.trees import to_node
from backtrace.recording.tensors.param_groups import params_of, read_groups, state_of
from backtrace.tracefile.capsule_facts import (
    KeptGroup,
    KeptModule,
    KeptOptimizer,
    KeptTensor,
    LoopState,
)


class _Snapshot:
    """Copies each tensor once, however many hold it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._numbers: dict[int, int] = {}
        self.tensors: list[KeptTensor] = []
        self.absent: list[str] = []

    def number_of(self, tensor: Tensor, name: str) -> int:
        """Keep a tensor with its gradient; -1 where it cannot be kept."""
        known = self._numbers.get(id(tensor))
        if known is not None:
            return known
        grad = tensor.grad if tensor.is_leaf else None
        if not can_keep(tensor) or (grad is not None and not can_keep(grad)):
            self.absent.append(f"{name}, a {class_name(type(tensor))}")
            return -1
        value, kept = self._pool.add(tensor), None if grad is None else self._pool.add(grad)
        self.tensors.append(KeptTensor(value, kept, tensor.requires_grad))
        self._numbers[id(tensor)] = len(self.tensors) - 1
        return len(self.tensors) - 1

    def add(self, tensor: Tensor) -> int | None:
        """Keep a tensor of a tree."""
        return self._pool.add(tensor) if can_keep(tensor) else None

    def module(self, module: nn.Module | None) -> KeptModule:
        """Keep a module; one that is gone holds nothing."""
        if module is None:
            return KeptModule("", {}, {})
        tensors = {name: self.number_of(each, name) for name, each in tensors_of(module)}
        named = module_tree.named_modules(module)
        training = {path: module_tree.is_training(part) for path, part in named}
        return KeptModule(class_qualname(type(module)), tensors, training)

    def optimizer(self, name: str, optimizer: Optimizer | None, steps: int) -> KeptOptimizer:
        """Keep an optimizer; one that is gone holds nothing."""
        groups = [] if optimizer is None else read_groups(optimizer)
        return KeptOptimizer(
            name,
            class_qualname(type(optimizer)),
            steps,
            tuple(self._group(name, group, optimizer) for group in groups),
        )

    def _group(self, name: str, group: dict[str, Any], optimizer: Any) -> KeptGroup:
        options = {key: value for key, value in dict.items(group) if key != "params"}
        states = (state_of(optimizer, tensor) for tensor in params_of(group))
        return KeptGroup(
            to_node(options, self.add),
            tuple(self.number_of(each, f"a parameter of {name}") for each in params_of(group)),
            tuple(to_node(state, self.add) for state in states),
        )


def take_snapshot(
    parts: LoopParts, steps: Mapping[str, int], pool: Pool
) -> tuple[LoopState, list[str]]:
    """Copy the state of a loop into `pool`; return it, and what of it could not be kept.

    `steps` says how often each optimizer has stepped.
    """
    found = _Snapshot(pool)
    modules = tuple(found.module(each) for each in parts.modules)
    optimizers = tuple(
        found.optimizer(name, each, steps.get(name, 0)) for name, each in parts.optimizers()
    )
    schedulers = tuple(_node_of(plain_attributes(each), pool) for each in parts.schedulers)
    scalers = tuple(_node_of(_scaler_state(each), found) for each in parts.scalers)
    state = LoopState(tuple(found.tensors), modules, optimizers, schedulers, scalers)
    return state, found.absent


def _node_of(values: object, holder: Pool | _Snapshot) -> object:
    return to_node(values, holder.add)


def _scaler_state(scaler: Any) -> dict[str, object]:
    """Return a GradScaler's scale and growth, which are tensors once it has scaled something."""
    names = ("_scale", "_growth_tracker", "_growth_factor", "_backoff_factor", "_growth_interval")
    return {} if scaler is None else {name: getattr(scaler, name) for name in names}
