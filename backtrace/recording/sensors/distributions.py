"""Distributions' entropies and log-probabilities: wraps them, and marks what they return."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch.distributions import Distribution

from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.graph.autograd_nodes import mark
from backtrace.recording.sensors.graph.entropy_terms import ENTROPY, LOG_PROB


class DistributionSensor:
    """Makes the terms of a policy's loss known again in its graph."""

    def __init__(self, instrument: Instrument) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify

    def install(self) -> None:
        """Wrap both methods of all distributions, those to come included."""
        for name, key in (("entropy", ENTROPY), ("log_prob", LOG_PROB)):
            self._patches.wrap_in_subclasses(Distribution, name, partial(self._around, key))

    @skip_in_warning_stacklevel
    def _around(
        self, key: str, original: Original, target: Any, *args: object, **kwargs: object
    ) -> Any:
        result = original(target, *args, **kwargs)
        if type(result) is torch.Tensor and result.requires_grad:
            self._notify("distributions", mark, result, key, key)
        return result
