"""Puts the state that a capsule holds into the modules and optimizers of a running loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from backtrace.explain.graph import module_tree
from backtrace.recording.capsule.parts import LoopParts, plain_attributes, tensors_of
from backtrace.recording.capsule.trees import NotAlike, from_node
from backtrace.steer.capsule.request import RerunResult
from backtrace.tracefile.capsule_facts import KeptGroup, KeptOptimizer, LoopState

TensorOf = Callable[[int], Tensor]


class StatePutIn:
    """Puts each part in once, as soon as the loop has it; what does not fit is told in `result`."""

    def __init__(
        self, state: LoopState, tensor_of: TensorOf, parts: LoopParts, result: RerunResult
    ) -> None:
        self._state = state
        self._tensor_of = tensor_of
        self._parts = parts
        self._result = result
        self._done: set[object] = set()

    def put_all(self) -> None:
        """Put in what is there: tensors of modules and optimizers, and their state."""
        for number, module in enumerate(self._parts.modules):
            if module is not None:
                self.put_module(number, module)
        self.put_optimizers()
        for number, scheduler in enumerate(self._parts.schedulers):
            self.put_scheduler(number, scheduler)

    def put_module(self, number: int, module: nn.Module) -> None:
        """Put in a module's parameters, buffers and modes."""
        if self._is_done(("module", number)) or number >= len(self._state.modules):
            return
        kept, what = self._state.modules[number], f"module {number + 1}"
        if kept.kind != type(module).__qualname__:
            self._refuse(f"{what} is a {type(module).__qualname__}, and was a {kept.kind}")
            return
        live = dict(tensors_of(module))
        for name, place in kept.tensors.items():
            if place < 0:
                continue
            if name not in live:
                self._refuse(f"{what} has no {name}")
            else:
                self._put_tensor(place, live[name], name)
        for path, part in module_tree.named_modules(module):
            part.training = kept.training.get(path, part.training)

    def put_optimizers(self) -> None:
        """Put in the optimizers that are there by now."""
        for number, (name, optimizer) in enumerate(self._parts.optimizers()):
            is_known = number < len(self._state.optimizers)
            if optimizer is None or not is_known or self._is_done(("optimizer", number)):
                continue
            kept = self._state.optimizers[number]
            if self._is_alike(kept, optimizer, name):
                for one, group in zip(kept.groups, optimizer.param_groups, strict=True):
                    self._put_group(one, group, optimizer, name)

    def put_scheduler(self, number: int, scheduler: Any) -> None:
        """Put in the numbers of a scheduler."""
        is_known = number < len(self._state.schedulers) and scheduler is not None
        if not is_known or self._is_done(("scheduler", number)):
            return
        kept: Any = from_node(self._state.schedulers[number], self._tensor_of)
        known = plain_attributes(scheduler)
        vars(scheduler).update({name: value for name, value in kept.items() if name in known})

    def put_scaler(self, number: int, scaler: Any) -> None:
        """Put in the scale and the growth of a GradScaler, which may have scaled nothing yet."""
        if number >= len(self._state.scalers) or self._is_done(("scaler", number)):
            return
        kept: Any = from_node(self._state.scalers[number], self._tensor_of)
        for name in ("_scale", "_growth_tracker"):
            value, live = kept.pop(name, None), getattr(scaler, name, None)
            if value is not None and live is None:
                setattr(scaler, f"_init{name}", value.item())
            elif value is not None and live is not None:
                live.copy_(value)
        vars(scaler).update(kept)

    def _is_done(self, key: object) -> bool:
        is_done = key in self._done
        self._done.add(key)
        return is_done

    def _refuse(self, what: str) -> None:
        self._result.problems[what] = None

    def _is_alike(self, kept: KeptOptimizer, optimizer: Optimizer, name: str) -> bool:
        kind, groups = type(optimizer).__qualname__, optimizer.param_groups
        if kind != kept.kind:
            self._refuse(f"{name} is {kind}, and was {kept.kind}: its state was left as it is")
            return False
        sizes = (
            [len(each["params"]) for each in groups],
            [len(each.tensors) for each in kept.groups],
        )
        if sizes[0] != sizes[1]:
            self._refuse(f"{name} has groups of {sizes[0]} tensors, and had {sizes[1]}")
            return False
        return True

    def _put_group(
        self, kept: KeptGroup, group: dict[str, Any], optimizer: Optimizer, name: str
    ) -> None:
        options: Any = from_node(kept.options, self._tensor_of)
        group.update(options)
        for place, tree, live in zip(kept.tensors, kept.states, group["params"], strict=True):
            if place >= 0:
                self._put_tensor(place, live, f"a parameter of {name}")
            state: Any = from_node(tree, self._tensor_of)
            if not state and live not in optimizer.state:
                continue
            is_on_device = options.get("capturable") or options.get("fused")
            found = optimizer.state[live]  # the same dict: a step that goes on has it already
            found.clear()
            for key, value in state.items():
                stays = key == "step" and not is_on_device
                found[key] = value if stays else _move(value, live.device)

    def _put_tensor(self, place: int, live: Tensor, name: str) -> None:
        if self._is_done(("tensor", place)):
            return
        if place >= len(self._state.tensors):
            raise NotAlike("the capsule is damaged: it refers to a tensor that it does not have")
        kept = self._state.tensors[place]
        value = self._tensor_of(kept.value)
        if value.shape != live.shape or value.dtype != live.dtype:
            had = f"{tuple(value.shape)} of {value.dtype}"
            self._refuse(f"{name} is {tuple(live.shape)} of {live.dtype}, and was {had}")
            return
        if not is_same(live, value):
            self._result.differed.append(name)
            live.data.copy_(value)
        if live.is_leaf:
            live.requires_grad_(kept.wants_grad)
            grad = None if kept.grad is None else self._tensor_of(kept.grad)
            live.grad = None if grad is None else grad.to(live.device)


def is_same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors of one shape and type are the same bits."""
    if not one.numel():
        return True
    here = one.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
    return torch.equal(here, other.detach().cpu().contiguous().reshape(-1).view(torch.uint8))


def _move(value: object, device: torch.device) -> object:
    if isinstance(value, Tensor):
        return value.to(device)
    return [_move(each, device) for each in value] if isinstance(value, list) else value
