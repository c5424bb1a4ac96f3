"""Takes in models, optimizers and tensors: those that were named, and those found at work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

import torch
from torch import Tensor, nn

from backtrace.as_data import class_name
from backtrace.explain.graph import module_tree
from backtrace.explain.graph.flat_tensors import is_flattened
from backtrace.recording.tensors.graph_leaves import find_leaves
from backtrace.recording.tensors.hidden import track_hidden
from backtrace.recording.tensors.is_tensor import is_tensor
from backtrace.recording.tensors.named_parameters import has_no_numbers
from backtrace.recording.tensors.tracked import Register
from backtrace.recording.tensors.variables import find_tensor_names
from backtrace.recording.weak_keys import weak_keys

Optimizer = torch.optim.Optimizer
_PATIENCE = 3
_LATER = 16  # backwards that may reach a model which the first one after its call did not
TakeOver = Callable[[Tensor, str | None], bool]


class Discovery:
    """Fills the register. `on_model` and `on_optimizer` hold what is told of each that comes.

    `take_over` is asked whether a leaf is what a step by hand made of a tensor of this name.
    """

    def __init__(self, register: Register, take_over: TakeOver) -> None:
        self._register = register
        self._take_over = take_over
        self._followed = 0
        self._fruitless = 0  # searches that left tensors without a name
        self._unreached: MutableMapping[nn.Module, int] = weak_keys()
        self.on_model: list[Callable[[nn.Module], None]] = []
        self.on_optimizer: list[Callable[[Optimizer], None]] = []

    def register_all(self, things: Iterable[Any], named: dict[str, Any]) -> None:
        """Take in what `watch` was given; see `backtrace.watch`."""
        pairs = [(None, thing) for thing in things] + list(named.items())
        for name, thing in pairs:  # models first, so that optimizers find names
            if isinstance(thing, nn.Module):
                self._register.add_module(thing, name)
        self._tell_of_models()
        for name, thing in pairs:
            if isinstance(thing, Optimizer):
                self.register_optimizer(thing, name)
            elif isinstance(thing, Tensor):
                self._register.add_tensor(thing, name)
            elif not isinstance(thing, nn.Module):
                kind = class_name(type(thing))
                raise TypeError(f"watch takes nn.Module, Optimizer or Tensor, not {kind}")

    def register_optimizer(self, optimizer: Optimizer, name: str | None = None) -> None:
        """Take in an optimizer and whatever it steps."""
        self._register.add_optimizer(optimizer, name)
        for tell in self.on_optimizer:
            tell(optimizer)
        self._tell_of_models()

    def register_inputs(self, args: tuple[object, ...]) -> bool:
        """Take in the inputs of a model that want a gradient; False inside `torch.func`."""
        found = [x for x in args if is_tensor(x) and x.requires_grad and x.is_leaf]
        if any(torch._C._functorch.is_functorch_wrapped_tensor(x) for x in found):
            return False  # torch.func differentiates these by itself
        for position, tensor in enumerate(found):
            if self._register.find(tensor) is not None:
                continue
            name = "input" if position == 0 else f"input[{position}]"
            old = self._register.forget(name)
            if old is not None and old.unfollow:
                old.unfollow()
            self._register.track(tensor, name, "input")
        return True

    def register_graph(self, roots: Iterable[Tensor]) -> None:
        """Take in models and leaves that a backward will reach, and nobody named.

        The graph is gone through where a model was called for the first time, a few times more
        where it does not reach that, and as long as there is no optimizer: what is stepped by hand
        may be another tensor every time.
        """
        unregistered = self._register.models.pop_unregistered_models()
        if not unregistered and self._register.optimizers:
            return
        leaves = {id(leaf): leaf for leaf in find_leaves(roots)}
        owned = leaves.keys() - track_hidden(self._register, leaves.values())
        for module in unregistered:
            if any(id(parameter) in owned for parameter in module_tree.parameters(module)):
                self._register.add_module(module, self._register.name_model(module))
            elif self._may_be_reached(module, leaves):
                self._register.models.put_back(module)
        unknown = [leaf for leaf in leaves.values() if not self._register.names_behind(leaf)]
        names = self._find_names(unknown) if unknown else {}
        for leaf in unknown:
            if self._register.find(leaf) is None:
                name = names.get(id(leaf))
                if not self._take_over(leaf, name):
                    self._add_leaf(leaf, name)
        self._tell_of_models()

    def _add_leaf(self, leaf: Tensor, name: str | None) -> None:
        """Take in a leaf that a backward will reach, with the model that it belongs to."""
        if self._register.find_shard(leaf) is not None:
            return
        model = self._register.models.find_owner(leaf)
        if model is not None:
            self._register.add_module(model, self._register.name_model(model))
        elif is_flattened(leaf):
            return  # the model's own parameters are views of it
        if not has_no_numbers(leaf):
            self._register.add_tensor(leaf, name)

    def _may_be_reached(self, module: nn.Module, leaves: Mapping[int, Tensor]) -> bool:
        """Whether to wait for another backward: a generator's comes after its judge's.

        What was reached and is another's, which holds it in a list, is not waited for.
        """
        tries = self._unreached[module] = self._unreached.get(module, 0) + 1
        wanted = [id(each) for each in module_tree.parameters(module) if each.requires_grad]
        return tries < _LATER and bool(wanted) and leaves.keys().isdisjoint(wanted)

    def _find_names(self, leaves: list[Tensor]) -> dict[int, str]:
        """Return what the user calls leaves; a loop in a function, which has none, is let be.

        There each update may bring new ones, and going through containers takes time.
        """
        is_patient = self._fruitless < _PATIENCE
        found = find_tensor_names(leaves, in_containers=is_patient)
        if is_patient and len(found) < len(leaves):
            self._fruitless += 1
        return found

    def _tell_of_models(self) -> None:
        for _, ref in self._register.modules[self._followed :]:
            self._followed += 1
            if (module := ref()) is not None:
                for tell in self.on_model:
                    tell(module)
