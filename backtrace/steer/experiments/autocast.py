"""Another dtype for autocast, or none, wherever the loop uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls

_DTYPES = ("bfloat16", "float16", "off")


class Autocast(Experiment):
    """Makes each `torch.autocast` one of this dtype; `off` makes it do nothing."""

    key = "autocast"
    takes = "bfloat16, float16 or off"
    does = "Another dtype for torch.autocast, where the loop uses it, or none."
    done = "torch.autocast was made with {value} {times}"
    never = "torch.autocast was never used with another dtype"

    def read(self) -> None:
        """Read the dtype."""
        if self.value not in _DTYPES:
            raise self.mistake(f"write one of {', '.join(_DTYPES)}")

    def install(self, controls: Controls) -> None:
        """Change what it is made with."""
        import torch

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel

        wanted = None if self.value == "off" else getattr(torch, self.value)

        @skip_in_warning_stacklevel
        def around(
            original: Callable[..., Any],
            mode: Any,
            device_type: str,
            dtype: Any = None,
            enabled: bool = True,
            cache_enabled: bool | None = None,
        ) -> Any:
            before = dtype or torch.get_autocast_dtype(device_type)
            if enabled and before != wanted:
                told = "off" if wanted is None else f"{before} → {wanted}"
                controls.call(controls.note, f"torch.autocast({device_type!r}): {told}")
                dtype, enabled = wanted or dtype, wanted is not None
            return original(mode, device_type, dtype, enabled, cache_enabled)

        controls.patches.wrap(torch.autocast, "__init__", around)
