"""Writes receipts: what a step found is copied, and its arithmetic done again in float64.

This is asked for, never the default: it keeps a copy of each value, gradient and optimizer
state while the step runs, and works on all of their elements. The originals are only read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan
from typing import Any

import torch
from torch import Tensor

from backtrace.as_data import attributes_of, class_name, is_exactly
from backtrace.explain.receipts import Before, StepRule, find_receipt
from backtrace.explain.receipts.arithmetic import widen
from backtrace.ledger.events import Receipt
from backtrace.recording.kernels.receipt_terms import write_receipt
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.tensors.param_groups import params_of, read_groups, read_options, state_of
from backtrace.recording.tensors.tracked import Tracked


@dataclass(slots=True)
class _Kept:
    """One parameter as the step found it."""

    name: str
    tensor: Tensor
    value: Tensor
    grad: Tensor | None
    state: dict[str, Any]
    options: dict[str, Any]
    eps: float = 0.0


@dataclass(slots=True)
class _CopiedStep:
    """A step that is under way; `reason` says why there will be no receipts, if so."""

    optimizer: torch.optim.Optimizer
    rule: StepRule | None
    kept: list[_Kept]
    reason: str = ""


class ReceiptWriter:
    """Copies what a step finds, and returns a receipt per parameter when it has run.

    Args:
        values: the largest number of elements of which every single one is kept.
    """

    def __init__(self, values: int = 16) -> None:
        self._values = values
        self._open: list[_CopiedStep] = []

    def open(
        self, optimizer: torch.optim.Optimizer, pairs: Iterable[tuple[Tracked, Tensor]]
    ) -> None:
        """Copy the values, gradients and states that the step is about to use."""
        rule = find_receipt(optimizer)
        step = _CopiedStep(optimizer, rule, [], _refuse(optimizer, rule))
        self._open.append(step)
        pairs = list(pairs)
        try:
            self._keep(step, pairs)
            self.reread_grads()
        except RuntimeError as error:  # no memory for the copies
            step.reason = f"{type(error).__name__}: {error}"
            step.kept = [_Kept(each.name, x, x.detach(), None, {}, {}) for each, x in pairs]

    def _keep(self, step: _CopiedStep, pairs: Iterable[tuple[Tracked, Tensor]]) -> None:
        optimizer = step.optimizer
        groups = {id(p): group for group in read_groups(optimizer) for p in params_of(group)}
        for tracked, tensor in pairs:
            kept = _Kept(tracked.name, tensor, tensor.detach(), None, {}, {})
            step.kept.append(kept)
            if not step.reason:
                group = groups[id(tensor)]
                kept.value = kept.value.clone()
                kept.state = {k: _copy(v) for k, v in state_of(optimizer, tensor).items()}
                kept.options = {k: _plain(v) for k, v in read_options(group)}
                kept.eps = max(
                    map(_rounding, (tensor, dict.get(group, "lr"), dict.get(group, "betas")))
                )

    def reread_grads(self) -> None:
        """Copy the gradients anew: a closure that the step called has changed them."""
        for step in self._open:
            for kept in step.kept if not step.reason else ():
                kept.grad = _copy_grad(kept.tensor.grad, step.optimizer)

    def close(self, optimizer: torch.optim.Optimizer) -> dict[str, Receipt]:
        """Return the receipts of the step that has just ended."""
        step = self._open.pop()
        if step.optimizer is not optimizer:
            return {}
        return {kept.name: self._write(kept, step) for kept in step.kept}

    def _write(self, kept: _Kept, step: _CopiedStep) -> Receipt:
        reason = step.reason or _refuse_parameter(kept)
        if reason or step.rule is None or kept.grad is None:
            return Receipt({}, nan, nan, reason=reason)
        before = Before(
            value=widen(kept.value),
            grad=widen(kept.grad),
            state=kept.state,
            options=kept.options,
            dtype=kept.value.dtype,
            eps=kept.eps,
        )
        try:
            return write_receipt(before, step.rule(before), kept.tensor, self._values)
        except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
            return Receipt({}, nan, nan, reason=f"{type(error).__name__}: {error}")


def _refuse(optimizer: torch.optim.Optimizer, rule: StepRule | None) -> str:
    """Say why a whole step has no receipts; empty when it has."""
    if rule is None:
        return f"no receipt for {class_name(type(optimizer))}"
    found_inf = attributes_of(optimizer).get("found_inf")
    if found_inf is not None and read_number(found_inf):
        return "the GradScaler found gradients that are not finite, so the step did nothing"
    return ""


def _refuse_parameter(kept: _Kept) -> str:
    if kept.grad is None:
        return "no gradient: step passes it over"
    if kept.grad.layout is not torch.strided:
        return "no receipt for a sparse gradient"
    if not kept.value.is_floating_point():
        return "no receipt for complex numbers"
    if kept.value.numel() == 0:
        return "no elements"
    return ""


def _copy(item: Any) -> Any:
    return item.detach().clone() if issubclass(type(item), Tensor) else item


def _copy_grad(grad: Tensor | None, optimizer: torch.optim.Optimizer) -> Tensor | None:
    """Return a gradient as the step reads it: a fused step unscales it by itself."""
    if grad is None:
        return None
    scale = attributes_of(optimizer).get("grad_scale")
    return grad.detach().clone() if scale is None else grad.detach() / scale


def _plain(option: Any) -> Any:
    """Return an option with numbers in place of tensors, as the step reads them."""
    kind = type(option)  # not `isinstance`, which asks an object of the user's for its class
    if kind is tuple or kind is list:
        return tuple(map(_plain, option))
    is_own = issubclass(kind, int | float) and not is_exactly(option, bool, int, float)
    return read_number(option) if is_own or issubclass(kind, Tensor) else option


def _rounding(item: Any) -> float:
    """Return the relative rounding error of a tensor's dtype; 0 for what does not round so."""
    if is_exactly(item, tuple, list):
        return max(map(_rounding, item), default=0.0)
    is_rounded = issubclass(type(item), Tensor) and item.is_floating_point()
    return torch.finfo(item.dtype).eps if is_rounded else 0.0
