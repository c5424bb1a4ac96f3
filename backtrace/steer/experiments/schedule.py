"""Holds learning rate schedules back: their steps are left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class HeldSchedule(Experiment):
    """Leaves out each step of a scheduler but the one that it makes when it is built."""

    key = "schedule"
    takes = "off"
    does = "Hold learning rate schedules back: rates stay as they began."
    done = "a scheduler's step was left out {times}"
    never = "no scheduler stepped, so there was nothing to hold back"

    def read(self) -> None:
        """Only `off` is known."""
        if self.value != "off":
            raise self.mistake("write schedule=off")

    def install(self, controls: Controls) -> None:
        """Leave them out."""
        from torch.optim.lr_scheduler import LRScheduler

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
        from backtrace.recording.hooks.nesting import Nesting

        building = Nesting()

        @skip_in_warning_stacklevel
        def around_first(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            with building:
                return original(*args, **kwargs)

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            with building as is_outermost:
                if not is_outermost:
                    return original(*args, **kwargs)
            controls.call(controls.note, f"left out {type(args[0]).__name__}.step")
            return None

        controls.patches.wrap(LRScheduler, "_initial_step", around_first)
        controls.patches.wrap_in_subclasses(LRScheduler, "step", around)
