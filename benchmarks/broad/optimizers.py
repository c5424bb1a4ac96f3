"""torch's optimizers with their options: at random, and each value of each option once."""

from __future__ import annotations

import contextlib
import inspect
import random
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler, swa_utils

from .case import BATCH, WIDTH, Case, bits_of
from .loops import train_by_closure, train_once

OPTIONS: dict[str, list[Any]] = {
    "momentum": [0.0, 0.9], "weight_decay": [0.0, 0.1], "nesterov": [True], "amsgrad": [True],
    "maximize": [True, False], "foreach": [True, False], "fused": [True], "centered": [True],
    "dampening": [0.1], "betas": [(0.8, 0.9)], "eps": [1e-6], "rho": [0.8], "lr_decay": [0.01],
    "initial_accumulator_value": [0.1], "alpha": [0.8], "lambd": [1e-3], "t0": [1.0],
    "etas": [(0.4, 1.3)], "step_sizes": [(1e-5, 10)], "momentum_decay": [0.01],
    "decoupled_weight_decay": [True], "differentiable": [False], "capturable": [False],
    "tolerance_change": [1e-3], "max_eval": [2], "line_search_fn": [
        "strong_wolfe"], "max_iter": [3], "history_size": [4], "tolerance_grad": [1e-3],
    "beta2_decay": [-0.7], "d": [0.9], "ns_steps": [3], "adjust_lr_fn": ["match_rms_adamw"],
}  # fmt: skip


def make_optimizer(chance: random.Random, model: nn.Module, name: str) -> torch.optim.Optimizer:
    """Return an optimizer with options at random; those that do not go together are left out."""
    cls = getattr(torch.optim, name)
    known = [option for option in inspect.signature(cls).parameters if option in OPTIONS]
    parameters = [p for p in model.parameters() if name != "Muon" or p.dim() == 2]
    for size in (3, 2, 1, 0):
        picked = chance.sample(known, min(size, len(known)))
        options = {option: chance.choice(OPTIONS[option]) for option in picked}
        if chance.random() < 0.3 and len(parameters) > 1 and name != "LBFGS":
            groups: Any = [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.02}]
        else:
            groups = parameters
        with contextlib.suppress(ValueError, RuntimeError, TypeError):
            return cls(groups, lr=0.01, **options)
    return cls(parameters)


OPTIMIZERS = [
    name for name, cls in vars(torch.optim).items()
    if inspect.isclass(cls) and issubclass(cls, torch.optim.Optimizer)
    and name not in ("Optimizer", "SparseAdam", "LBFGS")
]  # fmt: skip


# -- each option by itself ----------------------------------------------------------------------


def optimizer_cases() -> Iterator[Case]:
    """Give every optimizer with each value of each option, and pairs of options."""
    for name in [*OPTIMIZERS, "LBFGS", "SparseAdam"]:
        known = inspect.signature(getattr(torch.optim, name)).parameters
        values = {**OPTIONS, "lr": [0.0, 0.5, torch.tensor(0.01)], "differentiable": [False, True]}
        single = [(o, value) for o in known if o in values for value in values[o]]
        chance = random.Random(name)
        pairs = [tuple(chance.sample(single, 2)) for _ in range(min(12, len(single)))]
        for chosen in [(), *[(each,) for each in single], *pairs]:
            options = dict(chosen)
            yield Case("optimizers", f"{name} {options}", _with_options(name, options))
    for name in SCHEDULES:
        for optimizer in ("SGD", "AdamW", "LBFGS"):
            yield Case("schedules", f"{name}, {optimizer}", _with_schedule(name, optimizer))


def _net() -> nn.Module:
    return nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 2))


def _make(name: str, model: nn.Module, **options: Any) -> torch.optim.Optimizer:
    wanted = [p for p in model.parameters() if name != "Muon" or p.dim() == 2]
    return getattr(torch.optim, name)(wanted, **options)


def _with_options(name: str, options: dict[str, Any]) -> Callable[[], list[Tensor]]:
    def train() -> list[Tensor]:
        sparse = name == "SparseAdam"
        model = nn.Embedding(7, WIDTH, sparse=True) if sparse else _net()
        opt = _make(name, model, **options)
        x = torch.tensor([1, 3, 3]) if sparse else torch.randn(BATCH, WIDTH)
        take = train_by_closure if name == "LBFGS" else train_once
        for _ in range(3):
            take(random.Random(0), model, opt, lambda: model(x).pow(2).mean())
        return bits_of(model) if name in ("LBFGS", "SparseAdam") else bits_of(model, opt)

    return train


SCHEDULES: dict[str, Callable[[torch.optim.Optimizer], Any]] = {
    "StepLR": lambda o: lr_scheduler.StepLR(o, 1), "OneCycleLR": lambda o: lr_scheduler.OneCycleLR(
        o, 0.1, 10, cycle_momentum=False),
    "MultiStepLR": lambda o: lr_scheduler.MultiStepLR(o, [1, 2]),
    "ConstantLR": lr_scheduler.ConstantLR, "LinearLR": lr_scheduler.LinearLR,
    "ExponentialLR": lambda o: lr_scheduler.ExponentialLR(o, 0.5),
    "CosineAnnealingLR": lambda o: lr_scheduler.CosineAnnealingLR(o, 3),
    "PolynomialLR": lr_scheduler.PolynomialLR,
    "LambdaLR": lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.9**epoch),
    "MultiplicativeLR": lambda o: lr_scheduler.MultiplicativeLR(o, lambda epoch: 0.9),
    "CyclicLR": lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.1, cycle_momentum=False),
    "CosineAnnealingWarmRestarts": lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 2),
    "ReduceLROnPlateau": lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=0),
    "SequentialLR": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.ConstantLR(o), lr_scheduler.ExponentialLR(o, 0.9)], [2]),
    "ChainedScheduler": lambda o: lr_scheduler.ChainedScheduler(
        [lr_scheduler.ConstantLR(o), lr_scheduler.ExponentialLR(o, 0.9)]),
    "SWALR": lambda o: swa_utils.SWALR(o, 0.05),
}  # fmt: skip


def _with_schedule(name: str, optimizer: str) -> Callable[[], list[Tensor]]:
    def train() -> list[Tensor]:
        model, x = _net(), torch.randn(BATCH, WIDTH)
        opt = _make(optimizer, model, lr=0.1)
        schedule = SCHEDULES[name](opt)
        mean = swa_utils.AveragedModel(model, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9))
        take = train_by_closure if optimizer == "LBFGS" else train_once
        for _ in range(4):
            take(random.Random(0), model, opt, lambda: model(x).pow(2).mean())
            schedule.step(*[torch.tensor(1.0)] if name == "ReduceLROnPlateau" else [])
            mean.update_parameters(model)
        rates = [torch.tensor(float(group["lr"])) for group in opt.param_groups]
        return [*bits_of(model, mean), *rates]

    return train
