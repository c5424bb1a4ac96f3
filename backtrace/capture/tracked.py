"""The tensors that have accounts, and what their names are."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from backtrace.capture.summarize import Slot
from backtrace.events import Kind


@dataclass(slots=True)
class Stamp:
    """What a tensor was when it was last read: enough to tell whether it is still the same.

    In-place writes raise the version, `p.data = other` moves the pointer, and writes through
    `p.data` change neither: only the total of the elements tells.
    """

    slot: Slot
    version: int
    pointer: int

    @classmethod
    def of(cls, tensor: Tensor, slot: Slot) -> Stamp:
        """Stamp `tensor`, just read into `slot`."""
        return cls(slot, tensor._version, _pointer(tensor))

    def fits(self, tensor: Tensor) -> bool:
        """Whether nothing shows that `tensor` was written to since; this reads no element."""
        return self.version == tensor._version and self.pointer == _pointer(tensor)


@dataclass(slots=True)
class Tracked:
    """One tensor with its two accounts as they were last seen; it is not kept alive."""

    name: str
    ref: weakref.ref[Tensor]
    kind: Kind
    aliases: tuple[str, ...] = ()
    optimizer: str | None = None
    value: Stamp | None = None
    grad: Stamp | None = None
    before: Tensor | None = None  # the value as `step` found it, kept to measure the change
    unfollow: Callable[[], None] | None = None
    is_announced: bool = False

    def has_stale_grad(self, tensor: Tensor) -> bool:
        """Whether `.grad` of `tensor` was written to or replaced since it was stamped."""
        grad = tensor.grad
        if grad is None or self.grad is None:
            return (grad is None) != (self.grad is None)
        return not self.grad.fits(grad)


class Register:
    """Every tracked tensor by identity, with names that do not clash."""

    def __init__(self) -> None:
        self._by_id: dict[int, Tracked] = {}
        self._names: set[str] = set()
        self.modules: list[tuple[str, weakref.ref[nn.Module]]] = []
        self.optimizers: dict[int, tuple[str, weakref.ref[torch.optim.Optimizer]]] = {}
        self._seen: dict[int, weakref.ref[nn.Module]] = {}
        self._loose = 0
        self.is_stale = False

    def __iter__(self) -> Iterator[tuple[Tracked, Tensor]]:
        """Go through the tensors that are still alive."""
        dead = []
        for key, tracked in self._by_id.items():
            tensor = tracked.ref()
            if tensor is None:
                dead.append(key)
            else:
                yield tracked, tensor
        for key in dead:
            gone = self._by_id.pop(key)
            self._names.discard(gone.name)
            if gone.unfollow is not None:
                gone.unfollow()

    def find(self, tensor: Tensor) -> Tracked | None:
        """Return the account of this very tensor."""
        tracked = self._by_id.get(id(tensor))
        return tracked if tracked is not None and tracked.ref() is tensor else None

    def add_module(self, module: nn.Module, name: str | None) -> bool:
        """Take in a model; False when it is known already."""
        if any(ref() is module for _, ref in self.modules):
            return False
        position = len(self.modules)
        prefix = f"{name}." if name else (f"model[{position}]." if position else "")
        self.modules.append((prefix, weakref.ref(module)))
        self.scan()
        return True

    def notice(self, parent: nn.Module, child: object) -> None:
        """Take note that `parent` got a module or parameter: it may be a model, or change one."""
        self.is_stale = True
        self._seen[id(parent)] = weakref.ref(parent)
        if isinstance(child, nn.Module):
            self._seen.pop(id(child), None)

    def find_model_of(self, tensor: Tensor) -> nn.Module | None:
        """Return the outermost module, of those made while recording, that owns `tensor`."""
        for key, ref in list(self._seen.items()):
            module = ref()
            if module is None:
                del self._seen[key]
            elif any(tensor is own for own in module.parameters()):
                return module
        return None

    def scan(self) -> None:
        """Track the parameters of every known model that are not tracked yet."""
        self.is_stale = False
        for prefix, ref in self.modules:
            module = ref()
            if module is None:
                continue
            found: dict[int, tuple[Tensor, list[str]]] = {}
            for name, tensor in module.named_parameters(remove_duplicate=False):
                plain = prefix + name.replace("_orig_mod.", "")  # torch.compile's own wrapping
                found.setdefault(id(tensor), (tensor, []))[1].append(plain)
            for parameter, names in found.values():
                if _has_no_numbers(parameter):
                    self.is_stale = True  # it has no numbers yet: look again
                elif self.find(parameter) is None:
                    self.track(parameter, names[0], "parameter", aliases=tuple(names[1:]))

    def add_optimizer(self, optimizer: torch.optim.Optimizer, name: str | None = None) -> str:
        """Take in an optimizer and what it steps; return its name."""
        known = self.optimizers.get(id(optimizer))
        if known is None or known[1]() is not optimizer:
            known = (name or f"optimizer[{len(self.optimizers)}]", weakref.ref(optimizer))
            self.optimizers[id(optimizer)] = known
        owner = known[0]
        if self.is_stale:
            self.scan()
        position = 0
        for group in optimizer.param_groups:
            for tensor in group["params"]:
                tracked = self.find(tensor)
                if tracked is None and (model := self.find_model_of(tensor)) is not None:
                    self.add_module(model, None)
                    tracked = self.find(tensor)
                if tracked is None and not _has_no_numbers(tensor):
                    tracked = self.track(tensor, f"{owner}.param[{position}]", "tensor")
                if tracked is not None and tracked.optimizer is None:
                    tracked.optimizer, tracked.is_announced = owner, False
                position += 1
        return owner

    def add_tensor(self, tensor: Tensor, name: str | None) -> None:
        """Take in a tensor of the user's."""
        if self.find(tensor) is None:
            self.track(tensor, name or f"tensor[{self._loose}]", "tensor")
            self._loose += 1

    def track(
        self, tensor: Tensor, name: str, kind: Kind, *, aliases: tuple[str, ...] = ()
    ) -> Tracked:
        """Open accounts for `tensor`; a name that is taken gets a number."""
        unique, count = name, 1
        while unique in self._names:
            count += 1
            unique = f"{name}#{count}"
        self._names.add(unique)
        tracked = Tracked(unique, weakref.ref(tensor), kind, aliases)
        self._by_id[id(tensor)] = tracked
        return tracked

    def forget_tensor(self, tensor: Tensor) -> None:
        """Close the accounts of a tensor that cannot be followed."""
        tracked = self.find(tensor)
        if tracked is not None:
            self._names.discard(tracked.name)
            del self._by_id[id(tensor)]
            if tracked.unfollow is not None:
                tracked.unfollow()

    def forget(self, name: str) -> Tracked | None:
        """Close the accounts under `name`, if there are any."""
        for key, tracked in self._by_id.items():
            if tracked.name == name:
                self._names.discard(name)
                return self._by_id.pop(key)
        return None

    def tracked_of(self, target: object) -> Iterator[tuple[Tracked, Tensor]]:
        """Go through what an optimizer steps or a model owns, each tensor once."""
        tensors: Iterable[Tensor] = ()
        if isinstance(target, torch.optim.Optimizer):
            tensors = (x for group in target.param_groups for x in group["params"])
        elif isinstance(target, nn.Module):
            tensors = target.parameters()
        seen = {id(tensor): tensor for tensor in tensors}
        for tensor in seen.values():
            tracked = self.find(tensor)
            if tracked is not None:
                yield tracked, tensor

    def name_of(self, target: object) -> str:
        """Return what an optimizer or a model is called in events."""
        if isinstance(target, torch.optim.Optimizer):
            known = self.optimizers.get(id(target))
            is_known = known is not None and known[1]() is target
            return known[0] if known is not None and is_known else self.add_optimizer(target)
        for prefix, ref in self.modules:
            if ref() is target:
                return prefix.removesuffix(".") or "model"
        return type(target).__name__


def _has_no_numbers(tensor: Tensor) -> bool:
    """Whether a parameter is yet to be given its shape, or its memory."""
    return bool(is_lazy(tensor)) or tensor.is_meta


def _pointer(tensor: Tensor) -> int:
    return tensor.data_ptr() if tensor.layout is torch.strided else id(tensor)
