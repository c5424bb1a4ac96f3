"""States that are read and loaded: wraps `torch.load` and `load_state_dict`, compares memory.

It writes OptimizerStateRead, StateLoaded and LoadedOver.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from math import nan
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from backtrace.as_data import is_a, is_exactly
from backtrace.explain.graph import module_tree
from backtrace.ledger.state_facts import LoadedOver, OptimizerStateRead, StateLoaded
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import (
    find_caller,
    find_caller_line,
    find_frames,
    find_line_in,
    find_maker,
    read_caller_statement,
)
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.sensors.edits import EditSensor
from backtrace.recording.sensors.loaded_values import LoadedValues
from backtrace.recording.sensors.misnamed_entries import (
    Misnamed,
    find_misnamed,
    is_answer_unread,
)
from backtrace.recording.sensors.state_copies import StateCopySensor
from backtrace.recording.source.models.skipped_loads import find_guarded_load
from backtrace.recording.tensors.param_groups import Groups, params_of, read_groups, state_of

_WRITTEN = re.compile(r"(?<![\w.\])])([A-Za-z_][\w.]*)\.load_state_dict\(")
_DEPTH = 3  # of dicts in what a file holds


class _Counts(NamedTuple):
    holds: int = 0
    given: int = 0
    tensors: int = 0
    own: int = 0
    misnamed: Misnamed = Misnamed()


class StateSensor:
    """Enters what was loaded, and the values that it changed, at the line that loaded it."""

    def __init__(self, instrument: Instrument, accounts: TensorAccounts, edits: EditSensor) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._journal = accounts.journal
        self._edits = edits
        self._nesting = Nesting()
        self.values = LoadedValues()
        self._copies = StateCopySensor(instrument, accounts)

    def install(self) -> None:
        """Wrap `load_state_dict` of modules and optimizers, classes to come included."""
        for cls in (nn.Module, Optimizer):
            self._patches.wrap_in_subclasses(cls, "load_state_dict", self._around)
        self._patches.wrap(torch, "load", self._around_load)
        self._copies.install()

    @skip_in_warning_stacklevel
    def _around_load(self, original: Original, *args: object, **kwargs: object) -> Any:
        result = original(*args, **kwargs)
        self._notify("torch.load", self._read, result)
        return result

    def _read(self, found: object) -> None:
        path, line = find_caller_line()
        for state in _optimizer_states(found, _DEPTH):
            groups, meant = state["param_groups"], find_guarded_load(path, line)
            last = [group.get("lr", nan) for group in groups]
            rates = (group.get("initial_lr", lr) for group, lr in zip(groups, last, strict=True))
            self._journal.write(
                OptimizerStateRead,
                tensors=sum(len(group.get("params", ())) for group in groups),
                lr=tuple(map(read_number, rates)),
                meant=find_line_in([(path, meant)]) if meant else "",
                last=tuple(map(read_number, last)),
            )

    @skip_in_warning_stacklevel
    def _around(self, original: Original, target: Any, *args: object, **kwargs: object) -> Any:
        counts: list[_Counts] = []
        before: list[Groups] = []
        with self._nesting as is_outermost:
            if is_outermost:
                self._notify("load_state_dict", self._copies.loading)
                if is_a(target, Optimizer):
                    self._notify("load_state_dict", lambda: before.append(read_groups(target)))
                state = args[0] if args else kwargs.get("state_dict")
                self._notify("load_state_dict", lambda: counts.append(_count(target, state)))
                self._notify("load_state_dict", self._edits.look, ("value",))
            result = original(target, *args, **kwargs)
        if counts:
            state = args[0] if args else kwargs.get("state_dict")
            is_assigned = (args[2] if len(args) > 2 else kwargs.get("assign")) is True
            self._notify("load_state_dict", self._loaded, target, counts[0], state, is_assigned)
        if before:
            self._notify("load_state_dict", self._copies.loaded, target, before[0])
        return result

    def module_called(self, module: nn.Module) -> None:
        """Any module was called: perhaps one that was loaded, and written over since."""
        found = self.values.called(module)
        if found is not None:
            self._journal.write(
                LoadedOver,
                target=self._register.name_of(module),
                loaded=found.where,
                made=found.made,
                given=found.given,
                over=found.over,
                tensors=found.tensors,
                is_first=found.is_first,
            )

    def _loaded(
        self, target: nn.Module | Optimizer, counts: _Counts, state: object, is_assigned: bool
    ) -> None:
        before = self._journal.written
        self._edits.look(("value",))
        is_edit = self._journal.written > before
        own, nearest = find_frames()
        # A library that makes a model puts tensors in their places so, to fill some of them later.
        if is_a(target, nn.Module) and not (is_assigned and own is not nearest):
            filled = (mine for mine, _ in _pair(target, state))
            self.values.remember(target, filled, find_caller(), find_maker(target))
        groups: Groups = []
        kept = 0
        if is_a(target, Optimizer):
            groups = read_groups(target)
            kept = sum(
                bool(state_of(target, each)) for group in groups for each in params_of(group)
            )
        statement = read_caller_statement() if counts.own else ""
        written = _WRITTEN.search(statement)
        is_silent = counts.misnamed.parameters and is_answer_unread()
        misnamed = counts.misnamed if is_silent else Misnamed()
        self._journal.write(
            StateLoaded,
            target=self._register.name_of(target),
            kind="optimizer" if is_a(target, Optimizer) else "model",
            holds=counts.holds,
            given=kept if groups else counts.given,
            tensors=counts.tensors,
            own=counts.own,
            is_live=".state_dict(" in statement,
            written=written[1] if written else "",
            is_edit=is_edit,
            lr=tuple(read_number(dict.get(group, "lr", nan)) for group in groups),
            misnamed=misnamed.parameters,
            entry=misnamed.entry,
            parameter=misnamed.parameter,
        )


def _pair(target: nn.Module, state: object) -> list[tuple[Tensor, object]]:
    """Return the parameters that a state is for, each with what it has for it."""
    if not is_exactly(state, dict, OrderedDict):
        return []  # of a mapping of the user's own nothing is read
    assert isinstance(state, dict)
    mine = dict(module_tree.named_parameters(target))
    return [(mine[name], tensor) for name, tensor in dict.items(state) if name in mine]


def _count(target: object, state: object) -> _Counts:
    """Count what `StateLoaded` has of a model and a state."""
    if not is_a(target, nn.Module) or not is_exactly(state, dict, OrderedDict):
        return _Counts()
    assert isinstance(state, dict)
    given = _pair(target, state)
    own = sum(_is_one(one, other) for one, other in given)
    mine = dict(module_tree.named_parameters(target))
    is_in_part = len(given) < min(len(mine), len(state))
    misnamed = find_misnamed(mine, state) if is_in_part else Misnamed()
    return _Counts(len(mine), len(state), len(given), own, misnamed)


def _is_one(parameter: Tensor, other: object) -> bool:
    """Whether two tensors begin in the same memory: writing one is writing the other."""
    if not is_exactly(other, Tensor, nn.Parameter) or other.numel() == 0:  # type: ignore[attr-defined]
        return False
    assert isinstance(other, Tensor)
    is_there = parameter.device == other.device and parameter.device.type != "meta"
    return is_there and parameter.data_ptr() == other.data_ptr() != 0


def _optimizer_states(found: object, depth: int) -> Iterator[dict[str, Any]]:
    """Give the states of optimizers in plain dicts; into what else a file holds nobody looks."""
    if type(found) is not dict:
        return
    if found.keys() == {"state", "param_groups"}:
        groups = found["param_groups"]
        if found["state"] and type(groups) is list and all(type(each) is dict for each in groups):
            yield found
    elif depth:
        for value in found.values():
            yield from _optimizer_states(value, depth - 1)
