"""Optimizers that are none of torch's: fastai's `step` is a step by hand, entered when it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.edits import EditSensor
from backtrace.recording.tensors.discovery import Discovery


class OtherOptimizerSensor:
    """Wraps the calls of fastai's optimizer, once it is imported and a model has come into view.

    `follow_class` wraps the `zero_grad` of a class.
    """

    def __init__(
        self,
        instrument: Instrument,
        discovery: Discovery,
        edits: EditSensor,
        follow_class: Callable[[type], None],
    ) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._discovery = discovery
        self._edits = edits
        self._follow_class = follow_class
        self._is_found = False

    def install(self) -> None:
        """Wait for the first model; nothing steps before there is one."""
        self._discovery.on_model.append(self._find)

    def _find(self, _model: object) -> None:
        kind = vars(sys.modules.get("fastai.optimizer", object)).get("Optimizer")
        if isinstance(kind, type) and not self._is_found:
            self._is_found = True
            self._patches.wrap_method(kind, "step", self._around_step)
            self._follow_class(kind)

    @skip_in_warning_stacklevel
    def _around_step(self, original: Original, target: Any, *args: object, **kwargs: object) -> Any:
        result = original(target, *args, **kwargs)
        self._notify("step", self._edits.look, ("value",))
        return result
