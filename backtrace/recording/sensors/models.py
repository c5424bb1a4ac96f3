"""Models: told of registrations in modules, reads what models hold, writes ModelSeen."""

from __future__ import annotations

import weakref
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd

from backtrace.as_data import attributes_of, class_name, is_a
from backtrace.explain.graph import module_tree
from backtrace.explain.graph.unregistered import Unregistered, find_unregistered
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.facts import Hidden, ModelSeen
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_line_in
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.distinct_rows import count_distinct_rows
from backtrace.recording.kernels.fingerprints import (
    count_rows,
    first_batch,
    read_fingerprint,
    wants_grad,
)
from backtrace.recording.kernels.leaves import Leaves, has_unopened
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.lone_parts import LonePart
from backtrace.recording.sensors.modes import ModeSensor
from backtrace.recording.sensors.rested_parts import RestedParts
from backtrace.recording.sensors.sources import SourceSensor
from backtrace.recording.source.lines.attribute_lines import find_attribute_line
from backtrace.recording.tensors.head_pairs import find_head_pairs, find_tied
from backtrace.recording.tensors.is_tensor import is_tensor
from backtrace.recording.tensors.library_modules import find_borrowed, find_end_id, find_start_id
from backtrace.recording.tensors.named_parameters import name_parameters
from backtrace.recording.tensors.tracked import Tracked
from backtrace.recording.tensors.variables import find_variable
from backtrace.recording.tensors.wrappers import inside

_MARKS = 20  # forwards between two looks for marked modules
_BY_NAME = ("DropPath", "StochasticDepth")  # of libraries; they drop out whole branches

Named = list[tuple[str, weakref.ref[nn.Module]]]
_LONE = {"model": ""}  # a lone model that was given no name: its parts are named without one


class ModelSensor:
    """Writes a model down when it is first seen, and when its parameters are others."""

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self.modes = ModeSensor(instrument, accounts)
        self._rested = RestedParts(accounts.journal, self.modes)
        self._sources = SourceSensor(accounts.journal)
        self._hooks = instrument.hooks
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._held: dict[str, dict[str, Tracked]] = {}
        self._switched: dict[str, Named] = {}
        self._marked: dict[str, tuple[str, ...]] = {}
        self._forwards = 0
        self._due = DueCounts(first=3)
        self._version = -1

    def install(self) -> None:
        """Hook registrations; a copied or unpickled module comes into being without any."""
        self.modes.install()
        self._hooks.on_registration(self._register.models.record_assignment)
        self._patches.wrap(nn.Module, "__setstate__", self._around_setstate, while_paused=True)

    def _around_setstate(self, original: Original, module: Any, state: Any) -> Any:
        result = original(module, state)
        self._notify("registrations of modules and parameters", self._record_parts, module)
        return result

    def _record_parts(self, module: nn.Module) -> None:
        self._register.models.record_assignment(module, list(module_tree.children(module)))

    def write(self) -> None:
        """Enter the models that are new or have changed."""
        if self._register.version == self._version:
            return
        self._version = self._register.version
        for prefix, module in self._register.models:
            names = {
                name: tracked
                for tensor, found in name_parameters(module, prefix)
                if (tracked := self._register.find(tensor)) is not None
                for name in found
            }
            before = self._held.get(prefix)
            if before is None or not _is_same(before, names):
                self._write(prefix, module, names, before or {})

    def _look_for_marks(self) -> None:
        """Enter the models again whose modules were marked since, which no hook tells of."""
        for prefix, module in self._register.models:
            held = self._held.get(prefix)
            if held is not None and _find_marked(prefix, module) != self._marked.get(prefix):
                self._write(prefix, module, held, held)

    def _write(
        self, prefix: str, module: nn.Module, names: dict[str, Tracked], before: dict[str, Tracked]
    ) -> None:
        self._held[prefix] = names
        self._marked[prefix] = _find_marked(prefix, module)
        switched = {
            f"{prefix}{name}".rstrip("."): part
            for name, part in module_tree.named_modules(module)
            if is_switched(part)
        }
        self._switched[prefix] = [(name, weakref.ref(part)) for name, part in switched.items()]
        held = {id(tracked) for tracked in names.values()}
        replaced = [t for t in before.values() if id(t) not in held and t.ref() is not None]
        hidden = (
            Hidden(
                f"{prefix}{each.name}",
                f"{prefix}{each.attribute}",
                each.container,
                _find_made(each),
            )
            for each in find_unregistered(module)
        )
        self._journal.write(
            ModelSeen,
            module=self._register.name_of(module),
            type=class_name(type(module)),
            parameters=tuple(dict.fromkeys(tracked.name for tracked in names.values())),
            replaced=tuple(dict.fromkeys(tracked.name for tracked in replaced)),
            parted=_find_parted(self._shared_before(prefix, module, before), names),
            hidden=tuple(hidden),
            switched={name: class_name(type(part)) for name, part in switched.items()},
            marked=self._marked[prefix],
            written="" if prefix else find_variable(module) or "",
            borrowed=find_borrowed(prefix, module),
            of_one_shape=find_head_pairs(prefix, module, names),
            tied=find_tied(prefix, module, names),
            ends_with=find_end_id(module),
            starts_with=find_start_id(module),
        )
        self._sources.look()

    def _shared_before(
        self, prefix: str, module: nn.Module, before: dict[str, Tracked]
    ) -> list[list[str]]:
        """Return the names that were one tensor's; of a new model, made or first called."""
        if not before:
            shared = self._register.models.shared_before(module)
            return [[prefix + name for name in names] for names in shared]
        groups: dict[int, list[str]] = {}
        for name, tracked in before.items():
            groups.setdefault(id(tracked), []).append(name)
        return list(groups.values())

    def write_forward(
        self,
        module: nn.Module,
        part: LonePart | None,
        *,
        grad_enabled: bool,
        takes_grad: bool,
        inputs: Leaves,
        given: object,
        cut_from: str,
    ) -> None:
        """Enter a call of a model, or a part of one; of a few, count distinct rows."""
        self._forwards += 1
        if self._forwards % _MARKS == 0:
            self._look_for_marks()
        self._register.models.called = name = self._register.name_of(module)
        switched = self._find_switched(name, part)
        is_measuring = not grad_enabled and any(_takes_statistics(each) for _, each in switched)
        mode_of, inner = module_tree.is_training, inside(module)
        resting = [path for path, each in switched if is_measuring or not mode_of(each)]
        distinct, looked_at, is_training = 0, 0, mode_of(inner)
        if part is None and takes_grad and is_training and self._due.is_due(name):
            distinct, looked_at = _count_distinct(inputs, given)
        if resting and takes_grad and is_training:
            self._rested.look(name, module, switched)
        read = read_fingerprint(inputs, self._kernel)
        self._journal.write_read(
            ForwardRan,
            lambda: {"data": read()},
            module=name,
            training=is_training,
            grad_enabled=grad_enabled,
            takes_grad=takes_grad,
            from_grad=wants_grad(inputs),
            cut_from=cut_from,
            resting=tuple(resting),
            rows=count_rows(inputs),
            **self.modes.setting_of(inner),
            distinct=distinct,
            looked_at=looked_at,
        )

    def _find_switched(self, name: str, part: LonePart | None) -> list[tuple[str, nn.Module]]:
        if part is not None:
            found = _inside(part, self._switched.get(part.prefix, []))
        else:
            own = self._switched.get(f"{name}.")
            found = own or self._switched.get(_LONE.get(name, name)) or []
        return [(path, each) for path, ref in found if (each := ref()) is not None]


def _find_made(hidden: Unregistered) -> str:
    """Return the line that makes the list or dict that holds a tensor."""
    found = find_attribute_line(hidden.owner, hidden.attribute.rpartition(".")[2])
    return find_line_in([found]) if found is not None else ""


def _find_marked(prefix: str, module: nn.Module) -> tuple[str, ...]:
    """Return the modules with an attribute `requires_grad` of False, which only tensors have."""
    return tuple(
        f"{prefix}{name}".rstrip(".")
        for name, part in module_tree.named_modules(module)
        if attributes_of(part).get("requires_grad") is False
    )


def _count_distinct(inputs: Leaves, given: object) -> tuple[int, int]:
    """Return how many rows of what was given are no copies, of how many that were looked at."""
    batch = first_batch(inputs)
    if batch is None or has_unopened(given):  # a graph in an object tells like rows apart
        return 0, 0
    others = [leaf for leaf in inputs if is_tensor(leaf) and leaf is not batch]
    return count_distinct_rows(batch, others) or (0, 0)


def _inside(part: LonePart, switched: Named) -> Named:
    """Return those of a model's modules that a part of it is, or holds."""
    start = f"{part.prefix}{part.path}."
    return [(path, ref) for path, ref in switched if f"{path}.".startswith(start)]


def _takes_statistics(module: nn.Module) -> bool:
    """Whether a norm averages over all batches, or takes one whole, as `update_bn` lets it."""
    momentum = attributes_of(module).get("momentum")
    return is_a(module, _NormBase) and momentum in (None, 1.0)


def is_switched(module: nn.Module) -> bool:
    """Whether a module behaves otherwise in training than in evaluation."""
    if is_a(module, _DropoutNd):
        return bool(module.p)
    if is_a(module, _NormBase):
        return bool(module.track_running_stats)
    if is_a(module, nn.RNNBase):
        return bool(module.dropout and module.num_layers > 1)
    if is_a(module, nn.MultiheadAttention):
        return bool(module.dropout)
    return class_name(type(module)) in _BY_NAME


def _is_same(before: dict[str, Tracked], now: dict[str, Tracked]) -> bool:
    same = (before[name] is tracked for name, tracked in now.items() if name in before)
    return before.keys() == now.keys() and all(same)


def _find_parted(before: list[list[str]], now: dict[str, Tracked]) -> tuple[tuple[str, str], ...]:
    """Return pairs of names that were one tensor and are two."""
    groups = ([name for name in names if name in now] for names in before)
    return tuple(
        (first, other)
        for first, *others in filter(None, groups)
        for other in others
        if now[first] is not now[other]
    )
