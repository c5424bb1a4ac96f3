"""Modules' calls: hooks them all, reads what goes into models, and writes ForwardRan of these."""

from __future__ import annotations

import weakref
from typing import NamedTuple

import torch
from torch import Tensor, nn

from backtrace.as_data import attributes_of
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.kernels.fingerprints import wants_grad
from backtrace.recording.kernels.leaves import leaves_in
from backtrace.recording.sensors.dropouts import DropoutSensor
from backtrace.recording.sensors.empty_models import EmptyModels
from backtrace.recording.sensors.first_inputs import FirstInputSensor
from backtrace.recording.sensors.graph.cut_inputs import find_cut_from
from backtrace.recording.sensors.graphs import GraphSensor
from backtrace.recording.sensors.input_scales import InputScaleSensor
from backtrace.recording.sensors.layer_calls import LayerCallSensor
from backtrace.recording.sensors.lone_parts import LoneParts
from backtrace.recording.sensors.models import ModelSensor
from backtrace.recording.sensors.outputs import OutputSensor
from backtrace.recording.sensors.parameters import ParameterSensor
from backtrace.recording.sensors.reductions import ReductionSensor
from backtrace.recording.sensors.states import StateSensor
from backtrace.recording.tensors.discovery import Discovery
from backtrace.recording.tensors.wrappers import inside

Given = tuple[tuple[object, ...], dict[str, object]]  # by position, and by keyword


class ToldOfCalls(NamedTuple):
    """What is told of every module's call, or of the models'."""

    layers: LayerCallSensor
    dropouts: DropoutSensor
    states: StateSensor
    outputs: OutputSensor
    inputs: FirstInputSensor
    scales: InputScaleSensor


class ForwardSensor:
    """Tells of every module's call in a few instructions, and of the models' in full."""

    def __init__(
        self,
        instrument: Instrument,
        accounts: TensorAccounts,
        discovery: Discovery,
        parameters: ParameterSensor,
        models: ModelSensor,
        graphs: GraphSensor,
        reductions: ReductionSensor,
        told: ToldOfCalls,
    ) -> None:
        self._hooks = instrument.hooks
        self._boundary = instrument.boundary
        self._register = accounts.register
        self._models = accounts.register.models
        self._discovery = discovery
        self._parameters = parameters
        self._write = models.write_forward
        self._graphs = graphs
        self._reductions = reductions
        self._layers, self._dropouts, self._states, self._outputs, self._inputs, scales = told
        self._scales = scales
        self._followed: dict[int, weakref.ref[nn.Module]] = {}
        self._lone = LoneParts(accounts.register)
        self._empty = EmptyModels(accounts.journal)
        self._made: dict[int, weakref.ref[Tensor]] = {}  # by models, with a graph
        self._outermost = 0  # the id of the module whose call is under way, in no other's
        self._is_in_model = False  # that is a model
        self._entered = 0  # the id of the model whose forward was entered since one began

    def install(self) -> None:
        """Hook all calls; which modules are models, it is told."""
        self._discovery.on_model.append(self._follow)
        shield = self._boundary.shield
        self._hooks.on_call(shield("forward", self._before), shield("forward", self._after))

    def _follow(self, module: nn.Module) -> None:
        self._followed[id(module)] = weakref.ref(module)
        self._lone.ids.discard(id(module))
        self._scales.follow(module)

    def _is_model(self, module: nn.Module) -> bool:
        known = self._followed.get(id(module))
        return known is not None and known() is module

    def _before(self, module: nn.Module, args: tuple[object, ...]) -> None:
        known = self._followed.get(id(module))  # asked before each call of any module
        if known is None or known() is not module:
            # Nothing is called where a model's call is under way: this is asked at each layer.
            if not self._outermost and not self._graphs.is_in_backward:
                self._outermost = id(module)
        elif id(module) in self._lone.ids and (self._is_in_model or self._graphs.is_in_backward):
            pass  # its model calls it, or a checkpoint does again
        elif not self._boundary.is_elsewhere():
            if not self._is_in_model:  # a call that raised may have left a part here
                self._outermost, self._is_in_model = id(module), True
            self._boundary.notify("forward", self._began, module, args)

    def _after(
        self, module: nn.Module, args: tuple[object, ...], kwargs: dict[str, object], output: object
    ) -> None:
        if self._boundary.is_away():
            return
        known = self._followed.get(id(module))
        is_outermost = self._outermost == id(module)
        if is_outermost:
            self._outermost, self._is_in_model = 0, False
        is_followed = known is not None and known() is module
        if is_outermost or (is_followed and id(module) not in self._lone.ids):
            is_enabled = torch.is_grad_enabled()
            notify, ended = self._boundary.notify, self._ended if is_followed else self._follow_part
            notify("forward", ended, module, (args, kwargs), output, is_enabled)
        # With the modes of autograd as the user set them: it must cost next to nothing.
        self._boundary.notify_quickly("forward", self._note, module, args, kwargs, output)
        if self._outputs.of_all and torch.is_grad_enabled() and not self._is_model(module):
            self._boundary.notify("activations", self._given, module, output)

    def _began(self, module: nn.Module, args: tuple[object, ...]) -> None:
        """Open accounts for inputs that want a gradient; those given by keyword are not seen.

        What a checkpoint gives to a model that it calls again is a copy: the input's own account
        would go on with the gradient of another tensor.
        """
        self._entered = 0
        self._dropouts.model_began(module)
        if not self._graphs.is_in_backward:
            self._inputs.model_began(module)
        if not self._graphs.is_in_backward and self._discovery.register_inputs(args):
            self._parameters.announce()

    def _ended(
        self, module: nn.Module, inputs: Given, output: object, is_grad_enabled: bool
    ) -> None:
        """Enter a forward; that of a wrapper around a model whose own was just entered is it."""
        self._dropouts.model_ended(module)
        leaves = leaves_in(inputs)
        self._graphs.model_called(*inputs)
        takes_grad = wants_grad(leaves_in(output))
        self._inputs.model_ended(module, takes_grad)
        # Read as data, and not by a function of ours: this is asked at each call of a model.
        mode = object.__getattribute__(module, "__dict__").get("training")
        if (
            self._scales.awaited.get(id(module)) is mode is not None
            and not self._graphs.is_in_backward
        ):
            self._scales.model_called(module, leaves, is_training=mode, takes_grad=takes_grad)
        if not self._entered or id(inside(module)) != self._entered:
            self._write(
                module,
                self._lone.find(module) if id(module) in self._lone.ids else None,
                grad_enabled=is_grad_enabled,
                takes_grad=takes_grad,
                inputs=leaves,
                given=inputs,
                # Where there is one model, nothing is asked.
                cut_from=self._find_cut(inputs) if takes_grad and len(self._made) > 1 else "",
            )
        if takes_grad and type(output) is Tensor:
            self._made[id(module)] = weakref.ref(output)
        self._entered = id(module)
        if takes_grad and not self._graphs.is_in_backward:
            self._outputs.model_called(module, output)

    def _follow_part(
        self, module: nn.Module, inputs: Given, output: object, is_grad_enabled: bool
    ) -> None:
        """Follow what was called alone, if it is a part of a known model, as a model is."""
        if (part := self._lone.find(module)) is None:
            self._empty.called(module)
            return
        self._followed[id(module)] = weakref.ref(module)
        if self._lone.add(module, part):
            self._scales.follow(module)
        else:  # it is given what others make
            self._inputs.leave(module)
        self._ended(module, inputs, output, is_grad_enabled)

    def _find_cut(self, inputs: object) -> str:
        """Return whose output was given without its graph; '' of none."""
        maker = find_cut_from(inputs, self._made)
        if maker is None:
            return ""
        return self._register.name_of(self._followed[maker]())

    def _given(self, module: nn.Module, output: object) -> None:
        """Read what a module gave, but for a checkpointed part that runs again."""
        if not self._graphs.is_in_backward:
            self._outputs.module_called(module, output)

    def _note(
        self, module: nn.Module, args: tuple[object, ...], kwargs: dict[str, object], output: object
    ) -> None:
        """Any module was called: it may be a model that nobody named, or a part of one."""
        self._models.record_call(module)
        if self._inputs.is_waiting:
            self._inputs.layer_called(module, args)
        if not self._graphs.is_in_backward:  # there, a checkpointed part runs again
            is_known = self._graphs.calls.take(module, output)
            if not is_known and attributes_of(module).get("_parameters"):
                made = [tensor for ref in self._made.values() if (tensor := ref()) is not None]
                self._graphs.calls.take_frozen(module, args, output, made)
        self._layers.module_called(module, args, kwargs, output)
        if self._layers.ids.masks.ends:
            self._layers.masks.beside_ids(module, args, kwargs)
        if self._states.values.waiting:
            self._states.module_called(module)
        self._reductions.module_called(module)
