"""Puts a config's parts together into a training that can be run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from backtrace.config.schema import Config, Loop, ModelClass, ZeroGrad
from backtrace.errors import ConfigError, DataError, Problem
from backtrace.train.data import Batches, DataRequest, build_data
from backtrace.train.data.integers import takes_class_indices, takes_indices
from backtrace.train.dry_run import dry_run
from backtrace.train.environment import (
    check_device,
    seed_all,
    separate_randomness,
    settings,
    torch_dtype,
)
from backtrace.train.error_location import TORCH_RAISES, find_fault
from backtrace.train.init import initialize
from backtrace.train.loop import Batch, train
from backtrace.train.loop_plan import LoopPlan
from backtrace.train.loss_mix import LossMix, build_loss
from backtrace.train.model import build_class, build_layers, build_skeleton
from backtrace.train.optimizer import build_optimizer
from backtrace.train.problems import Locate, Problems
from backtrace.train.schedule import build_clip, build_scheduler, schedule_every


@dataclass
class Training:
    """A model with everything that trains it, ready to run.

    `random_state` is torch's generator as it was when the model had been initialized; training
    draws on from there. `batches.first()` gives a batch without changing the training.
    """

    model: nn.Module
    criterion: LossMix
    optimizer: torch.optim.Optimizer
    batches: Batches
    loop: Loop
    random_state: Tensor
    locate: Locate
    scheduler: LRScheduler | None = None
    schedule: Callable[[int], None] | None = None
    clip: Callable[[], object] | None = None

    @property
    def parameters(self) -> int:
        """How many numbers the model's parameters have."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    @property
    def rows(self) -> int | None:
        """How many rows the data set has; None if it does not tell."""
        return self.batches.rows

    @property
    def batches_per_epoch(self) -> int | None:
        """How many micro-batches an epoch has; None if the data set does not tell."""
        return self.batches.per_epoch

    @property
    def updates_per_epoch(self) -> int | None:
        """How many steps an epoch has; None if the data set does not tell."""
        return LoopPlan(self.batches, self.loop).updates_per_epoch

    @property
    def planned_updates(self) -> int | None:
        """After how many updates training ends; None if that is not known beforehand."""
        return LoopPlan(self.batches, self.loop).updates

    @property
    def synthetic(self) -> str:
        """A sentence about made-up data, or nothing when the data are what they should be."""
        return self.batches.synthetic

    def windows(self) -> Iterator[list[Batch]]:
        """Yield the micro-batches of each update, from the first epoch on."""
        return LoopPlan(self.batches, self.loop).windows()

    def run(self) -> None:
        """Train.

        Raises:
            ConfigError: torch raised in a forward, a loss, `backward` or `step`; it says in which
                layer and with which shapes.
            DataError: the data set gave no batch, or items that are not (input, target).
        """
        zero_grad = self.loop.zero_grad
        with settings(self.loop):
            seed_all(self.loop.seed)
            torch.set_rng_state(self.random_state)
            try:
                train(
                    self.model,
                    self.criterion,
                    self.optimizer,
                    self.windows(),
                    zero_grad=bool(zero_grad),
                    set_to_none=not isinstance(zero_grad, ZeroGrad) or zero_grad.set_to_none,
                    average=self.loop.average,
                    clip=self.clip,
                    schedule=self.schedule,
                )
            except ConfigError as error:  # the loss mix does not know where its keys stand
                raise self._located(*error.problems) from None
            except DataError as error:
                raise _at_its_line(error, self.locate) from error
            except TORCH_RAISES as error:
                fault = find_fault(error, self.model, self.criterion)
                if fault is None:
                    raise
                raise self._located(fault) from error

    def _located(self, *problems: Problem) -> ConfigError:
        return ConfigError([replace(p, where=self.locate(p.key)) for p in problems])


def build_training(config: Config, folder: Path, locate: Locate) -> Training:
    """Return the training that `config` describes; nothing in the process is changed by it.

    Args:
        folder: where the config stands; files and modules are looked for there first.
        locate: turns a key's path such as `optimizer.lr` into `file:line:column`.

    Raises:
        ConfigError: every problem that can be found before training, together.
        DataError: a data set is missing, damaged or of the wrong shape.
    """
    problems = Problems(locate)
    with separate_randomness():
        training, absent = _build(problems, config, folder)
    problems.raise_any()
    if absent is not None:
        raise _at_its_line(absent, locate) from absent
    assert training is not None  # whatever was missing has been raised
    return training


def _at_its_line(error: DataError, locate: Locate) -> DataError:
    """Return an error with the place in the config that asked for the data."""
    return DataError(f"{locate('data')}: data: {error}")


def _build(
    problems: Problems, config: Config, folder: Path
) -> tuple[Training | None, DataError | None]:
    device = check_device(problems, config.loop) or torch.device("cpu")
    dtype = torch_dtype(config.loop.dtype)
    seed_all(config.loop.seed)
    model, skeleton = _build_model(problems, config, folder)
    random_state = torch.get_rng_state()
    if model is not None and not problems.found:
        model.to(device)
    criterion = build_loss(problems, config.loss, dtype)
    optimizer = build_optimizer(problems, config.optimizer, model)
    scheduler = build_scheduler(problems, config.scheduler, optimizer)
    try:
        batches = build_data(config.data, _wanted(problems, config, folder), device)
    except DataError as error:  # what is wrong in the config is told before what is not there
        return None, error
    if model is None or criterion is None or optimizer is None or batches is None:
        return None, None
    outline = batches.outline()
    if skeleton is not None and outline is not None:
        dry_run(problems, skeleton, model, criterion, outline)
    return Training(
        model=model,
        criterion=criterion.to(device),
        optimizer=optimizer,
        batches=batches,
        loop=config.loop,
        random_state=random_state,
        locate=problems.locate,
        clip=build_clip(config.clip, model) if config.clip else None,
        scheduler=scheduler,
        schedule=_schedule(problems, config, scheduler, batches),
    ), None


def _build_model(
    problems: Problems, config: Config, folder: Path
) -> tuple[nn.Module | None, nn.Module | None]:
    """Return the model, and its skeleton if it is made of layers."""
    dtype = torch_dtype(config.loop.dtype)
    skeleton = None
    if isinstance(config.model, ModelClass):
        model = build_class(problems, config.model, folder, dtype)
    else:
        skeleton = build_skeleton(problems, config.model, dtype)
        model = skeleton and build_layers(problems, config.model, dtype)
    if model is not None:
        initialize(problems, model, config.init)
    return model, skeleton


def _wanted(problems: Problems, config: Config, folder: Path) -> DataRequest:
    return DataRequest(
        problems=problems,
        folder=folder,
        seed=config.loop.seed,
        dtype=torch_dtype(config.loop.dtype),
        input_indices=takes_indices(config),
        class_indices=takes_class_indices(config),
    )


def _schedule(
    problems: Problems, config: Config, scheduler: LRScheduler | None, batches: Batches
) -> Callable[[int], None] | None:
    if config.scheduler is None or scheduler is None:
        return None
    if config.scheduler.per == "update":
        return schedule_every(scheduler, 1)
    updates = LoopPlan(batches, config.loop).updates_per_epoch
    if updates is None:
        found = "the data set does not tell its length, so an epoch's end cannot be foreseen"
        problems.add("scheduler.per", found, "write per: update, or give the data set __len__")
        return None
    return schedule_every(scheduler, updates)
