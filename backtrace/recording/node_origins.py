"""Where the nodes of a graph come from: the module's call and the user's line that made each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import nn

from backtrace.as_data import class_name
from backtrace.explain.graph import module_tree
from backtrace.explain.graph.module_calls import ModuleCallLog
from backtrace.explain.live.kept_graph import KeptGraph
from backtrace.explain.live.labels import NodeLabel
from backtrace.recording.frames import find_line_in_stack
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.tensors.tracked import Register
from backtrace.recording.tensors.variables import find_variable


class NodeOrigins:
    """Follows the calls of modules, and has autograd note the stack of each node, while it is on.

    Attributes:
        calls: of modules, each named by the text of its id.
        given: what was given to modules that no other module called, of floating-point numbers,
            with the text of the module's id.
    """

    def __init__(self, instrument: Instrument, *, keeps_given: bool = False) -> None:
        self.keeps_given = keeps_given
        self.calls = ModuleCallLog()
        self.given: list[tuple[str, torch.Tensor]] = []
        self.is_on = False
        self._instrument = instrument
        self._ids: list[int] = []
        self._has_set = False

    def install(self) -> None:
        """Follow modules' calls whenever it is on."""
        shield = self._instrument.boundary.shield
        self._instrument.hooks.around_call(
            shield("calls", self._called), shield("calls", self._returned)
        )
        self._instrument.patches.on_close(lambda: self.switch(on=False))

    def switch(self, *, on: bool) -> None:
        """Begin, or end it, as before a backward: what autograd says of errors is not to change.

        Stacks are noted as for anomalies; where the program looks for those, that stays as it is.
        """
        self.is_on = on
        if on and not self._has_set and not torch.is_anomaly_enabled():
            torch.set_anomaly_enabled(True, check_nan=False)
            self._has_set = True
        elif not on and self._has_set:
            torch.set_anomaly_enabled(False)
            self._has_set = False

    def start_over(self) -> None:
        """Forget the calls so far."""
        self.calls, self._ids, self.given = ModuleCallLog(), [], []

    def label(self, graph: KeptGraph, names: Mapping[str, str]) -> Iterator[tuple[int, NodeLabel]]:
        """Give what is known of each node but the leaves'; `names` are those of modules."""
        for node in graph.nodes:
            if node.leaf is not None:
                continue
            at = self.calls.innermost(node.sequence)
            call = self.calls.calls[at] if at >= 0 else None
            module = names.get(call.name, "") if call else ""
            layer = call.layer if call and (module or call.is_layer) else ""
            yield node.index, NodeLabel(module, layer, find_line_in_stack(node.trace))

    def _called(self, module: nn.Module, args: object) -> None:
        if not self.is_on or self._instrument.boundary.is_away():
            return
        if torch._C._functorch.peek_interpreter_stack() is None:  # there, nodes have no numbers
            if self.keeps_given and not self._ids:
                self._keep(str(id(module)), args)
            self.calls.begin(str(id(module)), class_name(type(module)))
            self._ids.append(id(module))

    def _keep(self, module: str, args: object) -> None:
        for each in args if isinstance(args, tuple) else ():
            if type(each) is torch.Tensor and each.is_floating_point():
                self.given.append((module, each))

    def _returned(self, module: nn.Module, *call: object) -> None:
        if self._ids and self._ids[-1] == id(module):
            self._ids.pop()
            self.calls.end()


def name_modules(register: Register) -> dict[str, str]:
    """Return what the modules of the known models are called, by the text of their id."""
    names: dict[str, str] = {}
    for prefix, model in register.models:
        for path, module in module_tree.named_modules(model):
            name = f"{prefix}{path}".removesuffix(".") or find_variable(model) or "model"
            names.setdefault(str(id(module)), name)
    return names


def name_buffers(register: Register) -> Iterator[tuple[str, torch.Tensor]]:
    """Give the buffers of the known models with their names."""
    for prefix, model in register.models:
        for name, buffer in module_tree.named_buffers(model):
            yield f"{prefix}{name}", buffer
