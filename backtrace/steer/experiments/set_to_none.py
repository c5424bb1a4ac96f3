"""Clears gradients to None, or to zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class SetToNone(Experiment):
    """Has each `zero_grad` told how to clear, whatever the loop tells it."""

    key = "set_to_none"
    takes = "true for None, false for zeros"
    does = "How zero_grad clears: to None, or to zeros, which optimizers with memory step on."
    done = "zero_grad was told otherwise {times}"
    never = "no zero_grad was called that would have cleared otherwise"

    def read(self) -> None:
        """Read which."""
        if self.value not in ("true", "false"):
            raise self.mistake("write true or false")
        self._wanted = self.value == "true"

    def install(self, controls: Controls) -> None:
        """Change what each call is told."""
        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], target: Any, *args: Any, **kwargs: Any) -> Any:
            told = kwargs.pop("set_to_none", args[0] if args else True)
            if bool(told) != self._wanted:
                name = controls.register.name_of(target)
                to = "None" if self._wanted else "zeros"
                controls.call(controls.note, f"{name}.zero_grad cleared to {to}")
            return original(target, self._wanted, *args[1:], **kwargs)

        controls.around_zero_grad(around)
