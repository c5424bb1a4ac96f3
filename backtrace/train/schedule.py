"""Builds what happens around each step: the learning rate's schedule, and clipping before it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler

from backtrace.config.schema import Clip, Scheduler
from backtrace.train.names import schedulers
from backtrace.train.problems import Problems
from backtrace.train.torch_call import ConfigCall, fits, make


def build_scheduler(
    problems: Problems, scheduler: Scheduler | None, optimizer: torch.optim.Optimizer | None
) -> LRScheduler | None:
    """Return the scheduler, or None if there is none; write down what does not fit.

    Without an optimizer only its name and arguments are looked at.
    """
    if scheduler is None:
        return None
    kwargs = dict(scheduler.model_extra or {})
    cls = schedulers().find(problems, "scheduler.type", scheduler.type)
    if cls is None:
        return None
    call = ConfigCall("scheduler", scheduler.type, cls, [], kwargs, given=(optimizer,))
    if not fits(problems, call) or optimizer is None:
        return None
    return make(problems, call)


def schedule_every(scheduler: LRScheduler, updates: int) -> Callable[[int], None]:
    """Return what the loop calls after each update; it steps `scheduler` once in `updates`."""

    def schedule(update: int) -> None:
        if update % updates == 0:
            scheduler.step()

    return schedule


def build_clip(clip: Clip, model: nn.Module) -> Callable[[], object]:
    """Return what the loop calls between `backward` and `step`.

    torch's functions are looked up at each call, so that a patch on `torch.nn.utils` sees it.
    """
    parameters = list(model.parameters())

    def clip_grads() -> object:
        if clip.value is not None:
            return torch.nn.utils.clip_grad_value_(parameters, clip.value)
        assert clip.norm is not None  # the schema asks for one of the two
        return torch.nn.utils.clip_grad_norm_(parameters, clip.norm, clip.norm_type)

    return clip_grads
