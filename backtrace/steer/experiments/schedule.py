"""Holds learning rate schedules back, or has them step once per update or per epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls


class HeldSchedule(Experiment):
    """Leaves out each step of a scheduler but the one that it makes when it is built.

    With `update` each then steps after every step of its optimizer, with `epoch` when a DataLoader
    is gone through again, or another one is, and its optimizer has stepped since the last time.
    """

    key = "schedule"
    takes = "off; update or epoch, to step once in each"
    does = "Hold learning rate schedules back, or step them per update or per epoch."
    done = "a scheduler's step was left out {times}"
    never = "no scheduler stepped, so there was nothing to hold back"

    def read(self) -> None:
        """Read when they step."""
        if self.value not in ("off", "update", "epoch"):
            raise self.mistake("write schedule=off, schedule=update or schedule=epoch")

    def install(self, controls: Controls) -> None:
        """Leave their steps out, and take our own."""
        from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
        from backtrace.recording.hooks.nesting import Nesting

        building, schedules = Nesting(), _Schedules(controls, ReduceLROnPlateau)

        @skip_in_warning_stacklevel
        def around_first(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            schedules.known[id(args[0])] = args[0]
            with building:
                return original(*args, **kwargs)

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            with building as is_outermost:
                if not is_outermost:
                    return original(*args, **kwargs)
            schedules.known[id(args[0])] = args[0]
            if self.value == "off":
                controls.call(controls.note, f"left out {type(args[0]).__name__}.step")
            return None

        def step() -> None:
            with building:
                schedules.step()

        controls.patches.wrap(LRScheduler, "_initial_step", around_first)
        controls.patches.wrap_in_subclasses(LRScheduler, "step", around)
        if self.value != "off":
            self.reason = "no scheduler was made or stepped, so there was nothing to step"
            controls.around_step(lambda optimizer: None, schedules.take_step)
        if self.value == "update":
            controls.around_step(lambda optimizer: None, lambda optimizer: step())
        elif self.value == "epoch":
            self._step_at_epochs(controls, step)

    def describe(self, times: int) -> str:
        """Say what was done, which is to step where they are not held back."""
        if times and self.value != "off":
            count = "once" if times == 1 else f"{times} times"
            return f"schedulers stepped once per {self.value}, {count} in all"
        return super().describe(times)

    def _step_at_epochs(self, controls: Controls, step: Callable[[], None]) -> None:
        from torch.utils.data import DataLoader

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            controls.call(step)
            return original(*args, **kwargs)

        self.reason = "no DataLoader was gone through twice, so no epoch is known to have ended"
        controls.patches.wrap(DataLoader, "__iter__", around)


class _Schedules:
    """The schedulers that are known, and whose optimizers have stepped since they did."""

    def __init__(self, controls: Controls, by_metric: type[Any]) -> None:
        self.known: dict[int, Any] = {}
        self._controls = controls
        self._by_metric = by_metric
        self._due: dict[int, Optimizer] = {}

    def take_step(self, optimizer: Optimizer) -> None:
        """An optimizer has stepped."""
        self._due[id(optimizer)] = optimizer

    def step(self) -> None:
        """Step those that are due."""
        for each in self.known.values():
            if isinstance(each, self._by_metric):
                kind = type(each).__name__
                self._controls.fail(f"{kind} steps by a metric, which only the loop has")
            elif id(each.optimizer) in self._due:
                each.step()
                self._controls.note(f"called {type(each).__name__}.step")
        self._due.clear()
