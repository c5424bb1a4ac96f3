"""The float64 copy of a training that is verified: the user's own is never run or changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from backtrace.errors import ConfigError, UsageError
from backtrace.explain.graph.unregistered import find_loose_tensors
from backtrace.train.environment import seed_all, separate_randomness
from backtrace.train.error_location import TORCH_RAISES, find_fault
from backtrace.train.loss_mix import LossMix
from backtrace.train.problems import first_line
from backtrace.train.training import Training

HAIR = 1e-3  # much more than a step of finite differences, much less than a value


@dataclass
class Forward:
    """What one forward gave."""

    output: object
    terms: dict[str, Tensor]

    @property
    def loss(self) -> Tensor:
        """The sum of the terms."""
        first, *others = self.terms.values()
        return sum(others, start=first)


class Float64Copy:
    """A copy in float64 on the CPU: the model, the loss mix and the first batch.

    Every forward starts from the same random numbers and the same buffers, so that it repeats.

    Raises:
        UsageError: the model cannot be copied.
        ConfigError: its forward or loss fails.
        DataError: the data set gives no batch.
    """

    def __init__(self, training: Training) -> None:
        self._training = training
        x, y = training.batches.first()
        try:
            self.model: nn.Module = copy.deepcopy(training.model)
            self.mix: LossMix = copy.deepcopy(training.criterion)
        except (RuntimeError, TypeError) as error:
            raise UsageError(f"the model cannot be copied: {first_line(error)}") from None
        self.model.to("cpu", torch.float64)
        self.mix.to("cpu", torch.float64)
        for tensor in find_loose_tensors(self.model):
            if tensor.is_floating_point():
                tensor.data = tensor.data.to("cpu", torch.float64)
        _carry_hooks(training.model, self.model)
        for module in self.model.modules():
            if getattr(module, "inplace", False) is True:
                module.inplace = False  # type: ignore[assignment]  # the same function, kept inputs
        self.input = _doubled(x)
        self.target = _doubled(y)
        self.parameters = dict(self.model.named_parameters())
        self._buffers = [(b, b.detach().clone()) for b in self.model.buffers()]

    @contextmanager
    def session(self) -> Iterator[None]:
        """Compute in float64, and leave the process's random numbers and default as they were."""
        default = torch.get_default_dtype()
        try:
            torch.set_default_dtype(torch.float64)
            with separate_randomness():
                yield
        finally:
            torch.set_default_dtype(default)

    def forward(self) -> Forward:
        """Run the model and its loss from the same state as ever."""
        seed_all(self._training.loop.seed)
        torch.set_rng_state(self._training.random_state)
        with torch.no_grad():
            for buffer, value in self._buffers:
                buffer.copy_(value)
        try:
            # A clone: a leaf that a model's first operation may write into.
            output = self.model(self.input.clone())
            return Forward(output, self.mix(output, self.target))
        except ConfigError as error:
            raise self._located(error) from None
        except TORCH_RAISES as error:
            fault = find_fault(error, self.model, self.mix)
            if fault is None:
                raise
            found = f"in float64, {fault.found}"
            raise self._located(ConfigError([replace(fault, found=found)])) from error

    def loss(self) -> float:
        """Return the loss as a number, without a graph."""
        with torch.no_grad():
            return float(self.forward().loss)

    @contextmanager
    def moved(self, tensor: Tensor, seed: int) -> Iterator[Tensor]:
        """Move every parameter and the input by a hair; give the gradient of `tensor` there."""
        leaves = [t for t in (*self.parameters.values(), self.input) if t.is_floating_point()]
        kept = [(leaf, leaf.detach().clone(), leaf.grad) for leaf in leaves]
        generator = torch.Generator().manual_seed(seed)
        try:
            for leaf in leaves:
                leaf.grad = None
                leaf.data += HAIR * torch.randn(leaf.shape, generator=generator)
            self.forward().loss.backward()  # type: ignore[no-untyped-call]
            yield torch.zeros_like(tensor) if tensor.grad is None else tensor.grad.to_dense()
        finally:
            for leaf, value, grad in kept:
                leaf.data.copy_(value)
                leaf.grad = grad

    def _located(self, error: ConfigError) -> ConfigError:
        locate = self._training.locate
        return ConfigError([replace(p, where=locate(p.key)) for p in error.problems])


def _carry_hooks(source: nn.Module, copied: nn.Module) -> None:
    """Give the copy the hooks on parameters, which deepcopy leaves behind."""
    for one, other in zip(source.parameters(), copied.parameters(), strict=True):
        for hook in (one._backward_hooks or {}).values():
            other.register_hook(hook)  # type: ignore[no-untyped-call]


def _doubled(tensor: Tensor) -> Tensor:
    """Return a copy on the CPU, in float64 with a gradient unless it holds integers."""
    copied = tensor.detach().cpu().clone()
    return copied.double() if copied.is_floating_point() else copied
