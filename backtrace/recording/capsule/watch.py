"""Watches the calls by which data come into an update, and the parts that it works with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import nn
from torch.nn import functional
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data.dataloader import _BaseDataLoaderIter

from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.loss_functions import LOSS_FUNCTIONS

_MODULE = nn.Module.__call__.__code__.co_filename
Args = tuple[object, ...]
_NEAR = 12  # frames from a hook of ours to the call that it is of


class LoopListener(Protocol):
    """Whoever is told; what it returns stands in the place of what it was given."""

    def batch_drawn(self, batch: object) -> object:
        """A data loader is about to give a batch."""

    def call_began(
        self, module: nn.Module, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> tuple[object, ...]:
        """The loop calls a module, with gradients on."""

    def evaluated(self) -> None:
        """The loop calls a module without gradients."""

    def loss_began(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> tuple[object, ...]:
        """A loss function of torch's is called."""

    def step_began(self, optimizer: Optimizer) -> None:
        """An optimizer is about to step."""

    def scheduler_began(self, scheduler: object) -> None:
        """A scheduler is about to step, or is made."""

    def scaler_began(self, scaler: object) -> None:
        """A GradScaler is about to scale a loss."""


class LoopWatch:
    """Puts itself around the loop by an instrument of its own, outside the recorder's."""

    def __init__(self, listener: LoopListener, report_failure: Callable[[str, str], None]) -> None:
        self._listener = listener
        self._on = Instrument(report_failure, lambda thing: None)
        self._depth: list[bool] = []
        self._losses = Nesting()
        self._begin_call = self._on.boundary.shield("forward", self._take_call)
        self._given: object = None  # what a call is to be given instead

    def open(self) -> None:
        """Begin; where that fails, leave torch as it was."""
        try:
            self._install()
        except BaseException:
            self.close()
            raise

    def _install(self) -> None:
        self._on.open()
        wrap = self._on.patches.wrap
        wrap(_BaseDataLoaderIter, "__next__", self._around_next)
        wrap(torch.amp.GradScaler, "scale", self._around_scale)
        self._on.patches.wrap_in_subclasses(LRScheduler, "step", self._around_scheduler)
        for name in LOSS_FUNCTIONS:
            wrap(functional, name, self._make_around_loss(name))
        self._on.hooks.before_step(self._listener.step_began)
        leave = self._on.boundary.shield("forward", self._leave)
        self._on.hooks.around_call(self._enter, leave)

    def close(self) -> None:
        """Leave torch as it was."""
        self._on.close()

    @skip_in_warning_stacklevel
    def _around_next(self, original: Original, iterator: object) -> Any:
        given = [original(iterator)]
        self._on.boundary.notify("data loaders", self._take_batch, given)
        return given[0]

    def _take_batch(self, given: list[object]) -> None:
        given[0] = self._listener.batch_drawn(given[0])

    @skip_in_warning_stacklevel
    def _around_scale(self, original: Original, scaler: Any, *args: Any, **kwargs: Any) -> Any:
        self._on.boundary.notify("GradScaler.scale", self._listener.scaler_began, scaler)
        return original(scaler, *args, **kwargs)

    @skip_in_warning_stacklevel
    def _around_scheduler(
        self, original: Original, scheduler: Any, *args: Any, **kwargs: Any
    ) -> Any:
        self._on.boundary.notify("schedulers", self._listener.scheduler_began, scheduler)
        return original(scheduler, *args, **kwargs)

    def _make_around_loss(self, name: str) -> Callable[..., Any]:
        @skip_in_warning_stacklevel
        def around(original: Original, *args: Any, **kwargs: Any) -> Any:
            with self._losses as is_outermost:
                if is_outermost:
                    given = [args]
                    begin = self._begin_loss
                    self._on.boundary.notify("loss functions", begin, name, given, kwargs)
                    (args,) = given
                return original(*args, **kwargs)

        return around

    def _begin_loss(self, name: str, given: list[Args], kwargs: dict[str, object]) -> None:
        if not is_in_backward():
            given[0] = self._listener.loss_began(name, given[0], kwargs)

    def _enter(self, module: nn.Module, args: tuple[object, ...]) -> object:
        """Return what the call is to be given instead; None for what it was given."""
        self._begin_call(module, args)
        given, self._given = self._given, None
        return given

    def _take_call(self, module: nn.Module, args: tuple[object, ...]) -> None:
        if torch.compiler.is_compiling() or self._on.boundary.is_away():
            return
        is_outermost = not self._depth and not is_in_backward()
        self._depth.append(is_outermost)
        if not is_outermost:
            return
        if not torch.is_grad_enabled():
            self._on.boundary.notify("forward", self._listener.evaluated)
            return
        kwargs = _find_kwargs()
        self._on.boundary.notify("forward", self._take_arguments, module, args, kwargs)

    def _take_arguments(self, module: nn.Module, args: Args, kwargs: dict[str, object]) -> None:
        given = self._listener.call_began(module, args, kwargs)
        self._given = None if given is args else given

    def _leave(self, *call: object) -> None:
        if not torch.compiler.is_compiling() and not self._on.boundary.is_away() and self._depth:
            self._depth.pop()


def is_in_backward() -> bool:
    """Whether autograd is at work: a checkpointed part is called once more then."""
    found: int = torch._C._current_graph_task_id()
    return found != -1


def _find_kwargs() -> dict[str, object]:
    """Return the keyword arguments of the call that a hook of ours is called in.

    Torch does not give them to global hooks. The frame that calls the hooks has them.
    """
    frame = sys._getframe(1)
    for _ in range(_NEAR):
        if frame.f_code.co_filename == _MODULE and "kwargs" in frame.f_locals:
            found = frame.f_locals["kwargs"]
            return found if type(found) is dict else {}
        if frame.f_back is None:
            break
        frame = frame.f_back
    return {}
