"""Which modules were called since the backward before, under the names their parameters have."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Set
from dataclasses import dataclass
from types import CodeType
from typing import Any

import torch
from torch import Tensor, nn

from backtrace.as_data import bases_of, body_of
from backtrace.explain.graph import module_tree
from backtrace.recording.frames import find_caller, find_line_above, find_line_in, is_users
from backtrace.recording.sensors.graph.autograd_nodes import MODEL, MODULE, mark, tensors_in
from backtrace.recording.sensors.graph.checkpoints import find_lost_checkpoint
from backtrace.recording.tensors.tracked import Register


@dataclass(slots=True)
class _Name:
    """A module of a watched model; `model` is what events call it if it is one itself."""

    ref: weakref.ref[nn.Module]
    name: str
    model: str = ""


class CalledModules:
    """Told of every module's call; marks the nodes that its output was made by."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._known: dict[int, _Name] = {}
        self._models = 0
        self._has_looked = False
        self._called: dict[str, None] = {}
        self._blind: set[str] = set()
        self._seeing: set[str] = set()
        self._without_grad: dict[str, None] = {}
        self._checkpointed: dict[str, None] = {}
        self._frozen: dict[int, None] = {}
        self._is_cut = False
        self._wanted: set[str] = set()
        self._lines: dict[str, str] = {}

    def take(self, module: nn.Module, output: object) -> bool:
        """Note a call that has returned, and say whether it was of a watched model's module.

        The modes of autograd are the user's.
        """
        known = self._known.get(id(module))
        is_behind = self._models != len(self._register.modules)
        if is_behind or known is None or known.ref() is not module:
            known = self._find(module)
        if known is None:
            return False
        node: Any = None
        if type(output) is Tensor:  # nearly all of the calls
            if (node := output.grad_fn) is not None:
                notes: Any = node.metadata  # torch's annotation takes it for a method
                notes.setdefault(MODULE, known.name or known.model)
                if known.model:
                    notes.setdefault(MODEL, known.model)
        elif torch.is_grad_enabled():
            mark(output, MODULE, known.name or known.model)
            if known.model:
                mark(output, MODEL, known.model)
        if object.__getattribute__(module, "__dict__").get("_parameters"):  # asked in each call
            self._note(known.name, module, output, has_graph=node is not None)
        if self._checkpointed and not torch.is_grad_enabled() and not find_lost_checkpoint():
            self._forget_within(known.name)
        return True

    def take_frozen(
        self, module: nn.Module, given: object, output: object, made: Iterable[object]
    ) -> None:
        """Note what an unwatched module returned, all of whose own parameters are frozen.

        Where one was given what a model has `made`, cut from its graph, none counts.
        """
        if not torch.is_grad_enabled() or _can_be_trained(module) or type(output) is not Tensor:
            return
        if output.requires_grad or not output.dim():
            return
        made_at = {tensor.data_ptr() for tensor in tensors_in(made) if _has_place(tensor)}
        if any(_has_place(each) and each.data_ptr() in made_at for each in tensors_in(given)):
            self._is_cut = True
        else:
            self._frozen[output.shape[-1]] = None

    def _note(self, name: str, module: nn.Module, output: object, *, has_graph: bool) -> None:
        """Note the call of a module with parameters of its own, and what it gave."""
        checkpoint = None
        if not torch.is_grad_enabled() and name not in self._without_grad:  # not in each call
            checkpoint = find_lost_checkpoint()
        if name in self._wanted:
            self._wanted.discard(name)
            self._lines[name] = find_line_above(checkpoint) if checkpoint else find_caller()
        if checkpoint is not None and _can_be_trained(module):
            self._checkpointed[name] = None
        if not torch.is_grad_enabled():
            self._without_grad[name] = None
            return
        self._called[name] = None
        if has_graph or any(tensor.requires_grad for tensor in tensors_in(output)):
            self._seeing.add(name)
        elif _can_be_trained(module):
            self._blind.add(name)

    @property
    def called(self) -> tuple[str, ...]:
        """Modules with parameters of their own that were called with gradients on."""
        return tuple(self._called)

    @property
    def blind(self) -> tuple[str, ...]:
        """Those that gave a tensor without a graph, in every call, though they can be trained."""
        return tuple(name for name in self._called if name in self._blind - self._seeing)

    @property
    def without_grad(self) -> tuple[str, ...]:
        """Modules with parameters of their own that were called only with gradients off."""
        return tuple(name for name in self._without_grad if name not in self._called)

    @property
    def checkpointed(self) -> tuple[str, ...]:
        """Those of them that were called in a reentrant checkpoint of what needs no gradient."""
        return tuple(name for name in self._checkpointed if name not in self._called)

    @property
    def frozen(self) -> tuple[int, ...]:
        """The lengths of the last axes of what unwatched frozen modules returned."""
        return () if self._is_cut else tuple(self._frozen)

    def lines_without(self, reached: Iterable[str]) -> dict[str, str]:
        """Return where modules are called of which no parameter is among those `reached`.

        Where that is not known yet, it is noted when they are called next. Of a module that was
        not called, it is the `forward` that could call it.
        """
        learning = {name.rpartition(".")[0] for name in reached}
        names = [name for name in (*self._called, *self._without_grad) if name not in learning]
        self._wanted.update(name for name in names if name not in self._lines)
        passed_over = self._find_passed_over(learning)
        return passed_over | {name: line for name in names if (line := self._lines.get(name))}

    def _find_passed_over(self, learning: Set[str]) -> dict[str, str]:
        """Return the `forward` above each module that was not called, and has parameters."""
        found: dict[str, str] = {}
        modules = {each.name: each.ref() for each in self._known.values()}
        for name, module in modules.items():
            was_called = name in self._called or name in self._without_grad
            if module is None or was_called or name in learning or not _can_be_trained(module):
                continue
            above = name
            while above and name not in found:
                above = above.rpartition(".")[0]
                if line := _forward_of(modules.get(above)):
                    found[name] = line
        return found

    def start_over(self) -> None:
        """Forget the calls so far: a backward has been told of them."""
        self._called.clear()
        self._blind.clear()
        self._seeing.clear()
        self._without_grad.clear()
        self._checkpointed.clear()
        self._frozen.clear()
        self._is_cut = False
        self._has_looked = False

    def _forget_within(self, name: str) -> None:
        """Gradients are off around a module's call: no checkpoint inside it is to blame."""
        start = f"{name}." if name else ""
        for each in [each for each in self._checkpointed if each.startswith(start)]:
            del self._checkpointed[each]

    def _is_behind(self) -> bool:
        return self._models != len(self._register.modules)

    def _find(self, module: nn.Module) -> _Name | None:
        if self._is_behind():
            self._models = len(self._register.modules)
            self._known.clear()
            self._has_looked = False
        known = self._known.get(id(module))
        if known is not None and known.ref() is module:
            return known
        if not self._has_looked:  # once a backward: a loop may make a new loss object every time
            self._look()
        known = self._known.get(id(module))
        return known if known is not None and known.ref() is module else None

    def _look(self) -> None:
        """Go through all models again for the names of their modules."""
        self._has_looked = True
        self._known.clear()
        for prefix, ref in self._register.modules:
            model = ref()
            if model is None:
                continue
            for path, module in module_tree.named_modules(model):
                if id(module) not in self._known:
                    plain = (prefix + path).replace("_orig_mod.", "").removesuffix("_orig_mod")
                    name = plain.removesuffix(".")
                    self._known[id(module)] = _Name(weakref.ref(module), name)
            self._known[id(model)].model = self._register.name_of(model)


def _has_place(tensor: Tensor) -> bool:
    """Whether a tensor has a place in memory that can be asked for."""
    return type(tensor) is Tensor and tensor.layout is torch.strided and not tensor.is_meta


def _forward_of(module: nn.Module | None) -> str:
    """Return where the user's own class of a module defines `forward`; '' of any other."""
    for kind in bases_of(type(module)):
        if (forward := body_of(kind).get("forward")) is not None:
            code = getattr(forward, "__code__", None)
            if isinstance(code, CodeType) and is_users(code):
                return find_line_in([(code.co_filename, code.co_firstlineno)])
            return ""
    return ""


def _can_be_trained(module: nn.Module) -> bool:
    """Whether a parameter of its own requires a gradient."""
    return any(
        p is not None and p.requires_grad for p in module_tree.own_parameters(module).values()
    )
