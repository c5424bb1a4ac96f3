"""What is looked at: a copy of a training's model and losses, and its first batch."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from backtrace.errors import ConfigError
from backtrace.explain.graph.saved import Holders, storage_of
from backtrace.explain.graph.unregistered import find_lost_modules, find_unregistered
from backtrace.ledger.graph_facts import Holder
from backtrace.train.environment import seed_all, settings
from backtrace.train.error_location import TORCH_RAISES, find_fault
from backtrace.train.loss_mix import LossMix
from backtrace.train.training import Training


@dataclass(frozen=True)
class Result:
    """What one forward has given."""

    outputs: dict[str, Tensor]
    terms: dict[str, Tensor]
    loss: Tensor


@dataclass(frozen=True)
class TrainingCopy:
    """A model, its losses and a batch; every forward draws the same random numbers."""

    training: Training
    model: nn.Module
    criterion: LossMix
    x: Tensor
    y: Tensor

    def forward(self) -> Result:
        """Run the model and the loss mix on the batch, as the first of a training would."""
        seed_all(self.training.loop.seed)
        torch.set_rng_state(self.training.random_state)
        output = self.model(self.x)
        terms = self.criterion(output, self.y)
        first, *others = terms.values()
        return Result(name_outputs(output), terms, sum(others, start=first))

    @property
    def modules(self) -> dict[str, nn.Module]:
        """The modules of the model, and the losses as `loss.NAME`."""
        losses = {name_term(name): term.loss for name, term in self.criterion.terms.items()}
        return {**dict(self.model.named_modules()), **find_lost_modules(self.model), **losses}

    @property
    def parameters(self) -> dict[str, Tensor]:
        """The parameters by name, shared ones by each name, and tensors that stand in lists."""
        named: dict[str, Tensor] = dict(self.model.named_parameters(remove_duplicate=False))
        return named | {found.name: found.tensor for found in find_unregistered(self.model)}

    def holders(self) -> Holders:
        """Return who holds which memory anyway, by storage."""
        found: dict[Hashable, tuple[Holder, str]] = {}
        for name, tensor in (("target", self.y), ("input", self.x)):
            found[storage_of(tensor)[0]] = ("batch", name)
        for name, module in self.modules.items():
            for inner, buffer in module.named_buffers(name, recurse=False):
                found[storage_of(buffer)[0]] = ("buffer", inner)
        for name, tensor in self.parameters.items():
            found.setdefault(storage_of(tensor)[0], ("parameter", name))
        return found

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Set up what the loop asks for; torch's complaints become those of the config."""
        try:
            with settings(self.training.loop):
                yield
        except ConfigError as error:
            raise self._located(error) from None
        except TORCH_RAISES as error:
            fault = find_fault(error, self.model, self.criterion)
            if fault is None:
                raise
            raise self._located(ConfigError([fault])) from error

    def _located(self, error: ConfigError) -> ConfigError:
        locate = self.training.locate
        return ConfigError([replace(each, where=locate(each.key)) for each in error.problems])


def copy_training(training: Training) -> TrainingCopy:
    """Return a copy of what a forward needs.

    A model that holds results of operations cannot be copied; it is then taken as it is, and
    left as it was by `leave_unchanged`.
    """
    try:
        model = deepcopy(training.model)
    except RuntimeError:
        model = training.model
    x, y = training.batches.first()
    return TrainingCopy(training, model, deepcopy(training.criterion), x, y)


def name_term(name: str) -> str:
    """Return what a term of the loss is called; the only one of a config is called `loss`."""
    return name if name == "loss" else f"loss.{name}"


def name_outputs(output: object) -> dict[str, Tensor]:
    """Return the tensors of a model's output, by name."""
    if isinstance(output, Tensor):
        return {"output": output}
    items: Iterable[tuple[object, object]] = ()
    if isinstance(output, dict):
        items = output.items()
    elif isinstance(output, tuple | list):
        items = enumerate(output)
    return {f"output[{key!r}]": each for key, each in items if isinstance(each, Tensor)}
