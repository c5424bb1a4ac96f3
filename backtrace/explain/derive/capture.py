"""Keeps what goes through the layers in one update, whoever trains it and whenever it begins."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType

import torch
from torch import Tensor, nn

from backtrace.explain.chain.captured_calls import CapturedCall, capture_calls
from backtrace.explain.derive.observed import (
    ForwardCalls,
    LayerCall,
    NamedModules,
    ObservedUpdate,
)
from backtrace.explain.derive.parameter_path import ParameterPath
from backtrace.explain.rules.backward_rule import Tensors
from backtrace.ledger.events import GradsRescaled
from backtrace.ledger.updates import Update


class UpdateCapture:
    """Captures one update of a model, for the derivation of one parameter.

    Whoever trains enters it before the first update and says when the update begins
    (`begin`), when its last backward is over (`end_backward`), and when `step` is about to read
    `.grad` (`before_step`). Leaving it takes its hooks off.
    """

    def __init__(self, path: ParameterPath, losses: NamedModules) -> None:
        self._path = path
        self._losses = losses
        self._dtype = path.parameter.dtype
        self._stack = ExitStack()
        self._calls: list[CapturedCall] = []
        self._loss_calls: list[CapturedCall] = []
        self._starts: list[tuple[int, int]] = []
        self._outputs: list[Tensor | None] = []
        self._values: list[tuple[nn.Parameter, Tensor]] = []
        self._held: Tensor | None = None
        self._grad: Tensor | None = None
        self._at_step: Tensor | None = None

    def __enter__(self) -> UpdateCapture:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def begin(self) -> None:
        """Begin to capture the calls of the layers."""
        model = self._path.model
        self._calls = self._stack.enter_context(capture_calls(self._path.tracked))
        self._loss_calls = self._stack.enter_context(capture_calls(self._losses))
        # After `recorded`, which looks at whether a module has hooks of its own.
        self._stack.callback(model.register_forward_pre_hook(self._before_forward).remove)
        self._stack.callback(model.register_forward_hook(self._after_forward).remove)

    def end_backward(self) -> None:
        """Stop capturing, and keep `.grad` and the values that the layers had."""
        self._stack.close()
        self._grad = _copy(self._path.parameter.grad)
        self._values = [(each, each.detach().clone()) for each in self._path.model.parameters()]

    def before_step(self) -> None:
        """Keep `.grad` as `step` reads it."""
        self._at_step = _copy(self._path.parameter.grad)

    def finish(
        self,
        update: Update,
        earlier: list[Update],
        *,
        loss: float,
        average: bool,
        rescaled: Sequence[GradsRescaled] = (),
    ) -> ObservedUpdate:
        """Return what was captured, with the update's books; the model is left in float64.

        Args:
            earlier: the updates before it whose gradients were never cleared.
            loss: the sum of what `backward` was called on in this update.
            average: whether the loop divides each loss by the number of micro-batches.
            rescaled: what the recorder saw of clipping.
        """
        with torch.no_grad():
            micro_batches = self._read_calls()
        held, grad, at_step = (
            None if each is None else widen(each)
            for each in (self._held, self._grad, self._at_step)
        )
        parts = len(micro_batches) if average else 1
        return ObservedUpdate(
            update=update,
            earlier=earlier,
            loss=loss,
            micro_batches=micro_batches,
            parts=parts,
            dtype=self._dtype,
            held=held,
            grad=grad,
            at_step=at_step,
            rescaled=tuple(rescaled),
        )

    def _before_forward(self, module: nn.Module, args: object) -> None:
        if not self._starts:
            self._held = _copy(self._path.parameter.grad)
        self._starts.append((len(self._calls), len(self._loss_calls)))

    def _after_forward(self, module: nn.Module, args: object, output: object) -> None:
        self._outputs.append(output.detach().clone() if isinstance(output, Tensor) else None)

    def _read_calls(self) -> list[ForwardCalls]:
        """Return the micro-batches in float64, with the layers as they were in the update."""
        masks = {id(call): call.kept for call in (*self._calls, *self._loss_calls)}
        for parameter, value in self._values:
            parameter.copy_(value)
        for module in (self._path.model, *(loss for _, loss in self._losses)):
            module.to("cpu", torch.float64)
        ends = [*self._starts[1:], (len(self._calls), len(self._loss_calls))]
        return [
            ForwardCalls(
                [_widen_call(call, masks[id(call)]) for call in self._calls[first:last]],
                [_widen_call(call, masks[id(call)]) for call in self._loss_calls[start:end]],
                None if output is None else widen(output),
            )
            for (first, start), (last, end), output in zip(
                self._starts, ends, self._outputs, strict=True
            )
        ]


def widen(tensor: Tensor) -> Tensor:
    """Return a tensor on the CPU, in float64 unless it holds integers."""
    tensor = tensor.detach().cpu()
    return tensor.double() if tensor.is_floating_point() else tensor


def _widen_call(call: CapturedCall, kept: Tensors) -> LayerCall:
    inputs, outputs, grads = (
        tuple(map(widen, group)) for group in (kept, call.outputs, call.filled_grads())
    )
    return LayerCall(call.name, call.module, call.rule, call.why, inputs, outputs, grads)


def _copy(grad: Tensor | None) -> Tensor | None:
    return None if grad is None else grad.detach().to_dense().clone()
