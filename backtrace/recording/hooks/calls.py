"""The calls that change gradients and values: wrapped, or hooked where torch has a hook."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from backtrace.recording.hooks.error_boundary import Shield
from backtrace.recording.hooks.observer import Observer
from backtrace.recording.hooks.patches import Patches, subclasses_of, unseen_by_warnings
from backtrace.recording.hooks.proxies import find_inner, is_proxy, makes_proxies


class CallPatches:
    """`zero_grad`, `backward`, `step`, clipping, and what a GradScaler does."""

    def __init__(self, observer: Observer, shield: Shield, patches: Patches) -> None:
        self._observer = observer
        self._shield = shield
        self._patches = patches
        self._acts = 0  # calls of zero_grad and step that were not passed by

    def install(self) -> None:
        """Hook and wrap all of them."""
        guard, wrap = self._shield.guard, self._patches.wrap
        began, ended = guard(self._observer.step_began), guard(self._step_ended)
        keep = self._patches.keep
        keep(register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: began(optimizer)))
        keep(register_optimizer_step_post_hook(lambda optimizer, args, kwargs: ended(optimizer)))
        wrap(torch.autograd, "backward", self._around_backward)
        self.follow_class(nn.Module)
        for cls in subclasses_of(torch.optim.Optimizer):
            self._follow_optimizer(cls)
        self._patches.hear_of_subclasses(torch.optim.Optimizer, self._follow_optimizer)
        wrap(torch.optim.Optimizer, "add_param_group", self._around_add_param_group)
        for name in ("clip_grad_norm_", "clip_grad_value_"):
            for module in (torch.nn.utils, clip_grad):
                wrap(module, name, functools.partial(self._around_rescale, name))
        # Whoever imported clip_grad_norm_ by name before still calls this one through its module.
        inner = functools.partial(self._around_rescale, "clip_grad_norm_")
        wrap(clip_grad, "_clip_grads_with_norm_", inner)
        scaler = torch.amp.GradScaler
        wrap(scaler, "unscale_", functools.partial(self._around_rescale, "unscale_"))
        wrap(scaler, "step", self._around_scaler_step)
        wrap(scaler, "scale", self._around_scale)

    def follow_class(self, cls: type) -> None:
        """Wrap the `zero_grad` of a model's or an optimizer's class."""
        self._patches.wrap_method(cls, "zero_grad", self._around_zero_grad)

    def _follow_optimizer(self, cls: type) -> None:
        self.follow_class(cls)
        if makes_proxies(cls):
            self._patches.wrap_method(cls, "step", self._around_proxys_step)

    def _step_ended(self, optimizer: torch.optim.Optimizer) -> None:
        self._acts += 1
        self._observer.step_ended(optimizer)

    @unseen_by_warnings
    def _around_proxys_step(self, original: Any, proxy: Any, *args: Any, **kwargs: Any) -> Any:
        return self._around_proxy("step", original, proxy, *args, **kwargs)

    @unseen_by_warnings
    def _around_proxy(self, call: str, original: Any, proxy: Any, *args: Any, **kw: Any) -> Any:
        acts = self._acts
        result = original(proxy, *args, **kw)
        if self._acts == acts:
            self._shield.tell(self._observer.call_ignored, proxy, find_inner(proxy), call)
        return result

    @unseen_by_warnings
    def _around_zero_grad(self, original: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        if is_proxy(target):
            if original.__qualname__ != "Optimizer.zero_grad":
                return self._around_proxy("zero_grad", original, target, *args, **kwargs)
            target = find_inner(target) or target  # it clears what the inner one holds
        with self._patches.nested("zero_grad") as is_outermost:
            if not is_outermost:
                return original(target, *args, **kwargs)
            self._acts += 1
            self._shield.tell(self._observer.zero_grad_began, target)
            result = original(target, *args, **kwargs)
            set_to_none = kwargs.get("set_to_none", args[0] if args else True)
            self._shield.tell(self._observer.zero_grad_ended, target, bool(set_to_none))
            return result

    @unseen_by_warnings
    def _around_backward(self, original: Any, *args: Any, **kwargs: Any) -> Any:
        with self._patches.nested("backward") as is_outermost:
            if not is_outermost:  # checkpointing runs a backward inside the backward
                return original(*args, **kwargs)
            tensors = kwargs.pop("tensors", None) if "tensors" in kwargs else args[0]
            if not isinstance(tensors, Tensor):
                tensors = tuple(tensors)  # looked at twice, so a generator must not be used up
            args = (tensors, *args[1:])
            retain = bool(_retain_graph(*args[1:], **kwargs))
            self._shield.tell(self._observer.backward_began, tensors, retain_graph=retain)
            try:
                result = original(*args, **kwargs)
            except BaseException as error:
                self._shield.tell(self._observer.backward_failed, error)
                raise
            self._shield.tell(self._observer.backward_ended)
            return result

    @unseen_by_warnings
    def _around_rescale(self, call: str, original: Any, *args: Any, **kwargs: Any) -> Any:
        with self._patches.nested("rescale") as is_outermost:
            if not is_outermost:
                return original(*args, **kwargs)
            self._shield.tell(self._observer.rescale_began)
            result = original(*args, **kwargs)
            self._shield.tell(self._observer.rescale_ended, call, _limit(call, *args, **kwargs))
            return result

    @unseen_by_warnings
    def _around_scaler_step(
        self, original: Any, scaler: Any, optimizer: torch.optim.Optimizer, *args: Any, **kw: Any
    ) -> Any:
        steps = self._observer.step_count(optimizer)
        result = original(scaler, optimizer, *args, **kw)
        if self._observer.step_count(optimizer) == steps:
            self._acts += 1
            reason = "the GradScaler found gradients that are not finite"
            self._shield.tell(self._observer.step_skipped, optimizer, reason)
        return result

    @unseen_by_warnings
    def _around_scale(self, original: Any, scaler: Any, outputs: Any) -> Any:
        scaled = original(scaler, outputs)
        scale = getattr(scaler, "_scale", None)
        self._shield.tell(self._observer.loss_scaled, outputs, scaled, scale)
        return scaled

    @unseen_by_warnings
    def _around_add_param_group(self, original: Any, optimizer: Any, *args: Any, **kw: Any) -> Any:
        result = original(optimizer, *args, **kw)
        self._shield.tell(self._observer.optimizer_seen, optimizer)
        for cls in type(optimizer).__mro__:
            self.follow_class(cls)
        return result


def _limit(
    call: str,
    target: Any = None,
    max_norm: Any = None,
    *args: Any,
    clip_value: Any = None,
    **kwargs: Any,
) -> float | None:
    """Return what a clipping call was told to keep to; None for unscaling, or a tensor."""
    told = max_norm if clip_value is None else clip_value
    is_number = isinstance(told, int | float) and call.startswith("clip")
    return float(told) if is_number else None


def _retain_graph(
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    *args: Any,
    **kwargs: Any,
) -> bool:
    """Return whether a call of `backward` keeps the graph; where it does not say, as torch does."""
    return create_graph if retain_graph is None else retain_graph
