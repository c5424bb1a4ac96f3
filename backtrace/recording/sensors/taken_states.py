"""Which states recurrent layers are given, step by step; writes StateTakenAgain, StateBegunAnew.

Told of the calls of these layers by LayerCallSensor.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backtrace.as_data import attributes_of, class_name
from backtrace.explain.graph import module_tree
from backtrace.ledger.layer_facts import StateBegunAnew, StateTakenAgain
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller
from backtrace.recording.sensors.carried_states import CarriedStates
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.outputs import OutputSensor
from backtrace.recording.weak_keys import weak_keys

_TIMES = 4  # calls in a row, each of one step in time
_CELL_CALLS = 256  # of a cell, which is called for each step in time


@dataclass(slots=True)
class _Layer:
    """The state that a layer was given last, how often in a row, and what it made of it.

    Of a state that is a view, taken out of all layers' anew each time, it is what that is of.
    `begun` counts the calls in a row without a state that carries a graph, since the backward
    before which there were `backwards`.
    """

    given: weakref.ref[Tensor] | None = None
    offset: int = 0
    times: int = 0
    returned: weakref.ref[Tensor] | None = None
    hands_on: bool = False
    calls: int = 0
    begun: int = 0
    backwards: int = -1


class TakenStates:
    """Says of layers that step by step are given the same state, or none, and never their own.

    `outputs` counts the backwards.
    """

    def __init__(self, accounts: TensorAccounts, outputs: OutputSensor) -> None:
        self._journal = accounts.journal
        self._register = accounts.register
        self._outputs = outputs
        self._layers: MutableMapping[nn.Module, _Layer] = weak_keys()
        self._due = DueCounts(first=5)
        self._begun = DueCounts(first=5)
        self._carried = CarriedStates(accounts.journal)

    def layer_called(
        self,
        module: nn.Module,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        output: object,
    ) -> None:
        """A recurrent layer or cell was called."""
        known = self._layers.get(module)
        if known is None:
            known = self._layers[module] = _Layer()
        state = _first(args[1] if len(args) > 1 else kwargs.get("hx"))
        is_cell = isinstance(module, nn.RNNCellBase)
        made = _first(output if is_cell else output[1] if isinstance(output, tuple) else None)
        known.calls += 1
        if not is_cell or known.calls <= _CELL_CALLS:
            self._carried.layer_called(module, state, made)
        if known.hands_on or not torch.is_grad_enabled():
            return
        if state is None or state.grad_fn is None or not _is_one_step(module, args):
            known.given, known.times = None, 0
            self._begin_anew(module, known, args, state)
            return
        known.begun = 0
        if known.returned is not None and known.returned() is state:
            known.hands_on = True
            return
        base = state if state._base is None else state._base
        offset = int(state.storage_offset())
        is_same = known.given is not None and known.given() is base and known.offset == offset
        known.times = known.times + 1 if is_same else 1
        known.given, known.offset = weakref.ref(base), offset
        known.returned = weakref.ref(made) if made is not None else None
        if known.times == _TIMES:
            where = find_caller()
            if self._due.is_due(where):
                kind = class_name(type(module))
                self._journal.write(StateTakenAgain, where=where, type=kind, times=_TIMES)

    def _begin_anew(
        self,
        module: nn.Module,
        known: _Layer,
        args: tuple[object, ...],
        state: Tensor | None,
    ) -> None:
        """A layer was called that begins with no state of its own."""
        if (state is not None and state.requires_grad) or not _is_one_step(module, args):
            known.begun = 0
            return
        if known.backwards != self._outputs.backwards:
            known.backwards, known.begun = self._outputs.backwards, 0
        known.begun += 1
        if known.begun == _TIMES:
            where = find_caller()
            if self._begun.is_due(where):
                kind, layer = class_name(type(module)), self._name_of(module)
                self._journal.write(
                    StateBegunAnew, where=where, type=kind, layer=layer, times=_TIMES
                )

    def _name_of(self, module: nn.Module) -> str:
        """Return what the names of a layer's parameters begin with."""
        own = module_tree.own_parameters(module).values()
        weight = next((each for each in own if each is not None), None)
        names = self._register.names_behind(weight) if weight is not None else ()
        return next(iter(names), "").rpartition(".")[0]


def _first(state: object) -> Tensor | None:
    """Return a state, or the first of an LSTM's two."""
    found = state[0] if isinstance(state, tuple) and state else state
    return found if type(found) is Tensor else None


def _is_one_step(module: nn.Module, args: tuple[object, ...]) -> bool:
    """Whether a layer was given one step in time, as a cell always is."""
    if isinstance(module, nn.RNNCellBase):
        return True
    taken = args[0] if args else None
    if type(taken) is not Tensor or taken.dim() != 3:
        return False
    return taken.shape[1 if attributes_of(module).get("batch_first") else 0] == 1
