"""The tensors that have accounts, and what their names are."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from backtrace.as_data import class_name, is_a
from backtrace.explain.graph import module_tree
from backtrace.ledger.events import Kind
from backtrace.recording.tensors.copies import Copies
from backtrace.recording.tensors.flat_parts import find_flat_parts
from backtrace.recording.tensors.models import Models
from backtrace.recording.tensors.named_parameters import has_no_numbers, name_parameters
from backtrace.recording.tensors.optimizer_copies import find_copy, find_main_grad
from backtrace.recording.tensors.optimizer_variable import OptimizerVariables
from backtrace.recording.tensors.param_groups import is_of_fastai, read_param_lists, read_tensors
from backtrace.recording.tensors.shards import find_gathered, has_no_memory, may_lose_memory
from backtrace.recording.tensors.stamps import LibraryPart, OptimizerRef, Stamp, Tracked
from backtrace.recording.tensors.stand_ins import find_shard, is_stand_in, names_of_parts
from backtrace.recording.tensors.variables import (
    find_variable,
    name_held,
    name_whole,
    read_parameters_of,
)

__all__ = ["BY_HAND", "Register", "Stamp", "Tracked"]

BY_HAND = "by hand"  # the optimizer of tensors that the user's own lines step
_PATIENCE = 8  # optimizers whose tensors are looked for in lists, too


class Register:
    """Every tracked tensor by identity, with names that do not clash.

    `version` goes up whenever a tensor comes, goes or gets another name.
    """

    def __init__(self) -> None:
        self._by_id: dict[int, Tracked] = {}
        self._names: set[str] = set()
        self.models = Models()
        self.modules = self.models.known  # with the prefixes of their parameters' names
        self.optimizers: dict[int, tuple[str, weakref.ref[torch.optim.Optimizer]]] = {}
        self.optimizers_met = 0
        self.optimizers_gone: list[OptimizerRef] = []
        self.variables = OptimizerVariables()
        self.version = 0
        self._loose = 0
        self.copies = Copies()

    def __iter__(self) -> Iterator[tuple[Tracked, Tensor]]:
        """Go through the tensors that are still alive; some may be let go of meanwhile."""
        pairs, dead, is_unsafe = [], [], may_lose_memory()
        for key, tracked in self._by_id.items():
            tensor = tracked.ref()
            if tensor is None or (is_unsafe and has_no_memory(tensor)):
                dead.append(key)
            else:
                pairs.append((tracked, tensor))
        for key in dead:
            self._drop(key)
        return iter(pairs)

    def find(self, tensor: Tensor) -> Tracked | None:
        """Return the account of this very tensor."""
        tracked = self._by_id.get(id(tensor))
        return tracked if tracked is not None and tracked.ref() is tensor else None

    def add_module(self, module: nn.Module, name: str | None) -> bool:
        """Take in a model; False when it is known already."""
        is_new = self.models.add(module, name)
        if is_new:
            self.scan()
        return is_new

    def scan(self) -> None:
        """Track the parameters of every known model, under the names that they have now."""
        self.models.is_stale = False
        models = list(self.models)
        living = {id(tensor) for _, module in models for tensor in module_tree.parameters(module)}
        for prefix, module in models:
            gathered, parts = find_gathered(module), find_flat_parts(module)
            for parameter, names in name_parameters(module, prefix):
                copy = find_copy(parameter)
                if copy is not None and copy.stands_in:
                    self.copies.place(parameter, copy, names[0], self)
                    continue
                is_view = bool(parts) and type(parameter) is Tensor  # for a call of FSDP1's
                if has_no_numbers(parameter) or is_view or id(parameter) in gathered:
                    self.models.is_stale = True  # it has no numbers yet: look again
                else:
                    self._place(parameter, names, living)
                    part = parts.get(id(parameter)) or find_main_grad(parameter)
                    self._set_part(parameter, part)
                    if copy is not None:
                        self.copies.place(parameter, copy, names[0], self)

    def _set_part(self, parameter: Tensor, part: LibraryPart | None) -> None:
        """Note where a parameter's numbers or gradients are; it is read anew when that changes."""
        tracked = self.find(parameter)
        if tracked is not None and tracked.part is None and part is not None:
            tracked.value, tracked.grad, tracked.is_announced = None, None, False
        if tracked is not None:
            tracked.part = part

    def _place(self, parameter: Tensor, names: list[str], living: set[int]) -> None:
        """Give a parameter its name; a tensor that had it and is in no model makes way."""
        tracked = self.find(parameter)
        if tracked is not None and tracked.kind == "parameter":
            if tracked.name in names:
                others = tuple(name for name in names if name != tracked.name)
                if tracked.aliases != others:
                    tracked.aliases, tracked.is_announced = others, False
            return
        holder = self._find_name(names[0])
        if is_stand_in(parameter, holder):
            return
        if holder is not None and id(holder.ref()) not in living:
            self.rename(holder, f"{names[0]} (replaced)", "tensor")
        if tracked is None:
            self.track(parameter, names[0], "parameter", aliases=tuple(names[1:]))
        else:
            tracked.aliases = tuple(names[1:])
            self.rename(tracked, names[0], "parameter")

    def names_behind(self, leaf: Tensor) -> Sequence[str]:
        """Return the names of what a leaf of a graph stands for: its own, as a rule.

        A whole that was gathered stands for its shard, a flat tensor for all parameters in it.
        """
        tracked = self.find(leaf) or self.find_shard(leaf)
        return names_of_parts(leaf, self) if tracked is None else [tracked.name]

    def find_shard(self, leaf: Tensor) -> Tracked | None:
        """Return the account of the shard that a leaf is the gathered whole of, if it is one."""
        name = self.copies.find_stand_in(leaf)
        if name:
            return self._find_name(name)
        return find_shard(leaf, self, self.models)

    def _find_name(self, name: str) -> Tracked | None:
        pairs = list(self) if name in self._names else []
        return next((tracked for tracked, _ in pairs if tracked.name == name), None)

    def rename(self, tracked: Tracked, name: str, kind: Kind) -> None:
        """Give a tracked tensor another name."""
        if tracked.is_announced:
            tracked.formerly = tracked.name
        self._names.discard(tracked.name)
        tracked.name, tracked.kind, tracked.is_announced = self._claim(name), kind, False

    def add_optimizer(self, optimizer: torch.optim.Optimizer, name: str | None = None) -> str:
        """Take in an optimizer and what it steps; return its name."""
        owner, ref = self.optimizers.get(id(optimizer), ("", None))
        if ref is None or ref() is not optimizer:
            # Counted, for one that is made when another is gone may get its place in memory.
            owner = name or f"optimizer[{self.optimizers_met}]"
            self.optimizers_met += 1
            ref = OptimizerRef(optimizer, self.optimizers_gone.append)  # C: no signal ends there
            ref.owner = owner
            self.optimizers[id(optimizer)] = (owner, ref)
        if self.models.is_stale:
            self.scan()
        tensors, names = read_tensors(optimizer), {}
        if self.copies.names:
            tensors = self.copies.split(tensors)
        find = self._by_id.get  # as `find` does, without a call for each tensor
        known = [t if (t := find(id(x))) is not None and t.ref() is x else None for x in tensors]
        if not all(known):
            self._add_owners(tensors)
            unknown = [x for x in tensors if self.find(x) is None]
            names = name_held(unknown, is_patient=self.optimizers_met <= _PATIENCE)
        for position, tensor in enumerate(tensors):
            tracked = known[position] or self.find(tensor)
            if tracked is None and not has_no_numbers(tensor):
                name = names.get(id(tensor), f"{owner}.param[{position}]")
                tracked = self.track(tensor, name, "tensor")
            if tracked is not None and tracked.optimizer in (None, BY_HAND):
                tracked.optimizer, tracked.is_announced = owner, False
        return owner

    def _add_owners(self, tensors: Iterable[Tensor]) -> None:
        """Take in the models that own what an optimizer holds.

        A local variable's name stands in the line that makes the optimizer.
        """
        owners = (self.models.find_owner(x) for x in tensors if self.find(x) is None)
        found = list({id(model): model for model in owners if model is not None}.values())
        written = read_parameters_of() if found else []
        for at, model in enumerate(found):
            name = self.name_model(model)
            if name is None and len(written) == len(found) and self.models.are_several():
                name = name_whole(written[at], model)
            self.add_module(model, name)

    def name_model(self, module: nn.Module) -> str | None:
        """Return what to call a model that was found: one alone needs no name."""
        return find_variable(module) if self.models.are_several() else None

    def move(self, tracked: Tracked, tensor: Tensor) -> None:
        """Go on with the accounts of `tracked` for another tensor, which has no gradient yet."""
        self._by_id = {key: each for key, each in self._by_id.items() if each is not tracked}
        if tracked.unfollow is not None:
            tracked.unfollow()
        tracked.ref, tracked.unfollow, tracked.grad = weakref.ref(tensor), None, None
        self._drop(id(tensor))
        self._names.add(tracked.name)
        self._by_id[id(tensor)] = tracked

    def add_tensor(self, tensor: Tensor, name: str | None) -> None:
        """Take in a tensor of the user's."""
        if self.find(tensor) is None:
            self.track(tensor, name or f"tensor[{self._loose}]", "tensor")
            self._loose += name is None

    def track(
        self, tensor: Tensor, name: str, kind: Kind, *, aliases: tuple[str, ...] = ()
    ) -> Tracked:
        """Open accounts for `tensor`; a name that is taken gets a number."""
        self._drop(id(tensor))
        tracked = Tracked(self._claim(name), weakref.ref(tensor), kind, aliases)
        self._by_id[id(tensor)] = tracked
        return tracked

    def _drop(self, key: int) -> None:
        """Close accounts; those of a tensor that is gone, before its address is another's."""
        gone = self._by_id.pop(key, None)
        if gone is not None:
            self._names.discard(gone.name)
            if gone.unfollow is not None:
                gone.unfollow()

    def _claim(self, name: str) -> str:
        """Return a name that nothing else has, and keep it."""
        if name in self._names:
            list(self)  # lets go of the names of the dead
        unique, count = name, 1
        while unique in self._names:
            count += 1
            unique = f"{name}#{count}"
        self._names.add(unique)
        self.version += 1
        return unique

    def forget_tensor(self, tensor: Tensor) -> None:
        """Close the accounts of a tensor that cannot be followed."""
        if self.find(tensor) is not None:
            self._drop(id(tensor))

    def forget_all_of(self, target: object) -> None:
        """Let go of what another thread works on: reading it would race with that thread."""
        for _, tensor in self.tracked_of(target):
            self.forget_tensor(tensor)

    def forget(self, name: str) -> Tracked | None:
        """Close the accounts under `name`, if there are any."""
        for key, tracked in self._by_id.items():
            if tracked.name == name:
                self._names.discard(name)
                return self._by_id.pop(key)
        return None

    def tracked_of(self, target: Any) -> list[tuple[Tracked, Tensor]]:
        """Return what an optimizer steps or a model owns, each tensor once."""
        tensors: Iterable[Tensor] = ()
        if issubclass(kind := type(target), torch.optim.Optimizer):
            tensors = read_tensors(target)
            if self.copies.names:
                tensors = self.copies.split(tensors)
        elif issubclass(kind, nn.Module):
            tensors = module_tree.parameters(target)
        elif is_of_fastai(target):
            tensors = read_param_lists(target)
        seen, find, is_unsafe = {id(x): x for x in tensors}, self._by_id.get, may_lose_memory()
        return [
            (tracked, x)
            for key, x in seen.items()
            if (tracked := find(key)) is not None and tracked.ref() is x
            if not (is_unsafe and has_no_memory(x))
        ]

    def name_of(self, target: object) -> str:
        """Return what an optimizer or a model is called in events."""
        name, ref = self.optimizers.get(id(target), ("", None))
        if ref is not None and ref() is target:
            return name
        for prefix, module in self.models:
            if module is target:
                return prefix.removesuffix(".") or "model"
        if is_a(target, torch.optim.Optimizer):
            return self.add_optimizer(target)
        return self.models.name_of_part(target) or class_name(type(target))
