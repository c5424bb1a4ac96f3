"""Takes in models, optimizers and tensors: those that were named, and those found at work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from backtrace.recording.hooks import Instrument
from backtrace.recording.sensors.manual_steps import HandSteps
from backtrace.recording.tensors.admission import Admission
from backtrace.recording.tensors.leaves import find_leaves
from backtrace.recording.tensors.tracked import Register
from backtrace.recording.tensors.variables import find_variable


class Discovery:
    """Fills the register, and has the instrument follow the models in it."""

    def __init__(
        self, register: Register, admission: Admission, instrument: Instrument, hand: HandSteps
    ) -> None:
        self._register = register
        self._admission = admission
        self._instrument = instrument
        self._hand = hand
        self._followed = 0

    def watch(self, *things: Any, **named: Any) -> None:
        """Take in models, optimizers and tensors; see `backtrace.watch`."""
        pairs = [(None, thing) for thing in things] + list(named.items())
        for name, thing in pairs:  # models first, so that optimizers find names
            if isinstance(thing, nn.Module):
                self._register.add_module(thing, name)
        self._follow_models()
        for name, thing in pairs:
            if isinstance(thing, torch.optim.Optimizer):
                self.meet_optimizer(thing, name)
            elif isinstance(thing, Tensor):
                self._register.add_tensor(thing, name)
            elif not isinstance(thing, nn.Module):
                kind = type(thing).__name__
                raise TypeError(f"watch takes nn.Module, Optimizer or Tensor, not {kind}")
        self._admission.announce()

    def meet_optimizer(self, optimizer: torch.optim.Optimizer, name: str | None = None) -> None:
        """Take in an optimizer and whatever it steps."""
        self._register.add_optimizer(optimizer, name)
        self._admission.note_optimizer(optimizer)
        self._follow_models()

    def meet_inputs(self, args: tuple[Any, ...]) -> None:
        """Take in the inputs of a model that want a gradient."""
        found = [x for x in args if isinstance(x, Tensor) and x.requires_grad and x.is_leaf]
        if any(torch._C._functorch.is_functorch_wrapped_tensor(x) for x in found):
            return  # torch.func differentiates these by itself
        for position, tensor in enumerate(found):
            if self._register.find(tensor) is not None:
                continue
            name = "input" if position == 0 else f"input[{position}]"
            old = self._register.forget(name)
            if old is not None and old.unfollow:
                old.unfollow()
            self._register.track(tensor, name, "input")
        self._admission.announce()

    def meet_graph(self, roots: list[Tensor]) -> None:
        """Take in models and leaves that a backward will reach, and nobody named.

        The graph is gone through where a model was called for the first time, and as long as
        there is no optimizer: what is stepped by hand may be another tensor every time.
        """
        strangers = self._register.models.take_strangers()
        if not strangers and self._register.optimizers:
            return
        leaves = {id(leaf): leaf for leaf in find_leaves(roots)}
        owned = leaves.keys() - self._register.add_hidden(leaves.values())
        for module in strangers:
            if any(id(parameter) in owned for parameter in module.parameters()):
                self._register.add_module(module, self._register.name_model(module))
        self.meet_leaves(leaves.values())

    def meet_hidden(self, leaves: Iterable[Tensor]) -> None:
        """Take in the leaves of a graph that a known model holds in a list or dict."""
        if self._register.add_hidden(leaves):
            self._admission.announce()

    def meet_leaves(self, leaves: Iterable[Tensor]) -> None:
        """Take in the leaves of a graph, under the names of their variables."""
        for leaf in leaves:
            if self._register.find(leaf) is None:
                name = find_variable(leaf)
                if not self._hand.take_over(leaf, name):
                    self._register.add_leaf(leaf, name)
        self._follow_models()
        self._admission.announce()

    def _follow_models(self) -> None:
        """Hook the models that became known."""
        for _, ref in self._register.modules[self._followed :]:
            self._followed += 1
            if (module := ref()) is not None:
                self._instrument.follow_module(module)
