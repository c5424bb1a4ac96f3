"""Distributions' entropies, log-probabilities and draws: wraps them, and marks what they return."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.distributions import Distribution

from backtrace.as_data import class_module, class_name, find_in_class
from backtrace.explain.graph.no_values import has_no_values
from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.graph.autograd_nodes import mark, tensors_in
from backtrace.recording.sensors.graph.cut_draws import CutDraws
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.graph.entropy_terms import ENTROPY, LOG_PROB

_OFTEN = 512  # draws from one line that are looked at


class DistributionSensor:
    """Makes the terms of a policy's loss known again in its graph, and what is drawn."""

    def __init__(self, instrument: Instrument, draws: CutDraws) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._draws = draws
        self._due = DueCounts(first=_OFTEN)

    def install(self) -> None:
        """Wrap the methods of all distributions, those to come included."""
        wrap = self._patches.wrap_in_subclasses
        for name, key in (("entropy", ENTROPY), ("log_prob", LOG_PROB)):
            wrap(Distribution, name, partial(self._around, key))
        wrap(Distribution, "sample", self._around_sample)
        wrap(Distribution, "rsample", self._around_rsample)

    @skip_in_warning_stacklevel
    def _around(
        self, key: str, original: Original, target: Any, *args: object, **kwargs: object
    ) -> Any:
        result = original(target, *args, **kwargs)
        if type(result) is torch.Tensor and result.requires_grad:
            self._notify("distributions", mark, result, key, key)
            if key is LOG_PROB:
                value = args[0] if args else kwargs.get("value")
                self._notify("distributions", self._scored, value, target)
        return result

    @skip_in_warning_stacklevel
    def _around_sample(
        self, original: Original, target: Any, *args: object, **kwargs: object
    ) -> Any:
        result = original(target, *args, **kwargs)
        if type(result) is Tensor and torch.is_grad_enabled() and not result.requires_grad:
            self._notify("distributions", self._drawn, result, target)
        return result

    @skip_in_warning_stacklevel
    def _around_rsample(
        self, original: Original, target: Any, *args: object, **kwargs: object
    ) -> Any:
        result = original(target, *args, **kwargs)
        if type(result) is Tensor and result.requires_grad:
            self._notify("distributions", self._drawn_through, target)
        return result

    def _drawn(self, drawn: Tensor, target: Distribution) -> None:
        if not drawn.is_floating_point() or drawn.numel() < 2 or not _can_pass_gradients(target):
            return
        made_of = list(tensors_in(target))
        if not any(each.grad_fn is not None for each in made_of) or _is_without_numbers(drawn):
            return
        where = find_caller()
        if self._due.is_due(where):
            self._draws.take(drawn, made_of, where, class_name(type(target)))

    def _scored(self, value: object, target: Distribution) -> None:
        self._draws.scored(value, list(tensors_in(target)))

    def _drawn_through(self, target: Distribution) -> None:
        self._draws.drawn_through(list(tensors_in(target)))


def _can_pass_gradients(target: Distribution) -> bool:
    """Whether a distribution has `rsample`; a property of a class of the user's is not asked."""
    kind = type(target)
    if class_module(kind).startswith("torch.distributions."):
        return target.has_rsample is True
    return find_in_class(kind, "has_rsample") is True


def _is_without_numbers(tensor: Tensor) -> bool:
    return torch._C._functorch.is_functorch_wrapped_tensor(tensor) or has_no_values(tensor)
