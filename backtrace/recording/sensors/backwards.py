"""`backward`: wraps it, and has written what it is about to walk, and what it added.

Besides, `GradScaler.scale` is wrapped, so that the books show the loss that was scaled.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import GradientEdge

from backtrace.as_data import find_in_class, is_a
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.arrivals import ArrivalSensor
from backtrace.recording.sensors.edits import EditSensor
from backtrace.recording.sensors.graphs import GraphSensor
from backtrace.recording.sensors.manual_steps import ManualStepSensor
from backtrace.recording.sensors.open_steps import OpenSteps
from backtrace.recording.sensors.reductions import ReductionSensor
from backtrace.recording.tensors.discovery import Discovery
from backtrace.recording.tensors.is_tensor import is_tensor


class BackwardSensor:
    """Brings together what is to be done before a backward, and after it."""

    def __init__(
        self,
        instrument: Instrument,
        discovery: Discovery,
        edits: EditSensor,
        graphs: GraphSensor,
        arrivals: ArrivalSensor,
        manual_steps: ManualStepSensor,
        open_steps: OpenSteps,
        reductions: ReductionSensor,
    ) -> None:
        self._patches = instrument.patches
        self._boundary = instrument.boundary
        self._notify = instrument.boundary.notify
        self._settle = instrument.boundary.settle
        self._raise_deferred = instrument.boundary.raise_deferred
        self._discovery = discovery
        self._edits = edits
        self._graphs = graphs
        self._arrivals = arrivals
        self._manual_steps = manual_steps
        self._open_steps = open_steps
        self._reductions = reductions
        self._nesting = Nesting()
        self._scaled: tuple[weakref.ref[Tensor], Tensor, Tensor | None] | None = None

    def install(self) -> None:
        """Wrap `torch.autograd.backward`, which `Tensor.backward` calls, and scaling."""
        self._patches.wrap(torch.autograd, "backward", self._around)
        self._patches.wrap(torch.amp.GradScaler, "scale", self._around_scale)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, tensors: Any, *args: Any, **kwargs: Any) -> Any:
        with self._nesting as is_outermost:
            if not is_outermost:  # checkpointing runs a backward inside the backward
                return original(tensors, *args, **kwargs)
            if type(tensors) is not Tensor and find_in_class(type(tensors), "__next__"):
                tensors = tuple(tensors)  # looked at twice, so it must not be used up
            args = (tensors, *args)
            self._notify("backward", self._began, *args, **kwargs)
            has_returned = False
            try:
                self._boundary.is_in_backward = True
                result = original(*args, **kwargs)
                has_returned, self._boundary.is_in_backward = True, False
                self._notify("backward", self._ended)
            except BaseException as error:
                self._boundary.is_in_backward = False
                if has_returned:  # Ctrl-C, and perhaps it is not entered yet
                    self._notify("backward", self._ended)
                else:
                    self._notify("backward", self._failed, error)
                self._raise_deferred()
                raise
            self._raise_deferred()
            return result

    def _began(self, tensors: object, *args: Any, **kwargs: Any) -> None:
        """Remember every gradient as this backward finds it; given what `backward` is."""
        self._settle()
        roots = _list_roots(tensors)
        self._discovery.register_graph(roots)
        self._edits.look(("grad",))
        self._graphs.backward_began(roots, retain_graph=bool(_retain_graph(*args, **kwargs)))
        scale = None
        if len(roots) == 1 and self._scaled is not None and self._scaled[0]() is roots[0]:
            _, loss, scale = self._scaled
            roots = [loss]  # the loss itself, not what a GradScaler made of it
        self._arrivals.begin(roots, scale)

    def _ended(self) -> None:
        """Enter what the backward added."""
        self._arrivals.end(failed=False, interrupted=self._boundary.deferred is not None)
        self._reductions.backward_ended()
        self._manual_steps.keep()
        self._graphs.backward_ended()
        self._open_steps.reread_grads()

    def _failed(self, error: BaseException) -> None:
        """Enter what the backward had added when it raised."""
        self._arrivals.end(failed=True)
        self._graphs.backward_failed(error)
        self._open_steps.reread_grads()

    @skip_in_warning_stacklevel
    def _around_scale(self, original: Original, scaler: Any, outputs: Any) -> Any:
        scaled = original(scaler, outputs)
        scale = getattr(scaler, "_scale", None)
        self._notify("GradScaler.scale", self._remember_scaled, outputs, scaled, scale)
        return scaled

    def _remember_scaled(self, loss: object, scaled: object, scale: object) -> None:
        """Remember which loss was scaled; `scale` is the scaler's tensor, if it has one."""
        if isinstance(loss, Tensor) and isinstance(scaled, Tensor):
            factor = scale if isinstance(scale, Tensor) and scaled is not loss else None
            self._scaled = (weakref.ref(scaled), loss.detach(), factor)


def _list_roots(tensors: Any) -> list[Tensor]:
    """Return the tensors that a backward starts from; a bare edge of the graph is none."""
    if issubclass(type(tensors), Tensor):
        return [tensors]
    if is_a(tensors, GradientEdge) or not (is_a(tensors, list) or is_a(tensors, tuple)):
        return []
    return [root for root in tensors if is_tensor(root)]


def _retain_graph(
    grad_tensors: object = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    *args: object,
    **kwargs: object,
) -> bool:
    """Return whether a call of `backward` keeps the graph; where it does not say, as torch does."""
    return create_graph if retain_graph is None else retain_graph
