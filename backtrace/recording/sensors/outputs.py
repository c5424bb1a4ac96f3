"""What models return, where no loss function of torch's takes it, and, on request, every module.

Told of calls and of backwards; writes OutputSeen when a backward is about to begin, and of the
first few OutputsAlike, where a model gave the same twice.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterable, Iterator, MutableMapping
from functools import partial
from itertools import islice
from typing import NamedTuple, cast

from torch import Tensor, nn

from backtrace.as_data import class_name
from backtrace.explain.graph import module_tree
from backtrace.ledger.layer_facts import OutputsAlike, OutputSeen
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller
from backtrace.recording.kernels.kernel import Slot
from backtrace.recording.sensors.loss_arguments import is_readable
from backtrace.recording.weak_keys import weak_keys

_MOST = 4096  # outputs that wait for a backward; of more, the latest
_PARTS = 4  # tensors of one output
_PATIENCE = 64  # outputs that are read before the numbers are sent for
_FIRST = 3  # backwards before which outputs are compared
_PAIRS = 8  # that are compared before one of them


class _ReadOutput(NamedTuple):
    """An output that was read, and in which line the module was called."""

    module: str
    type: str
    place: str
    is_model: bool
    where: str
    slot: Slot

    def find_read(self) -> dict[str, object]:
        """Return what was read; the kernel must have settled."""
        return {"output": self.slot.reading}


class OutputSensor:
    """Reads outputs as they are returned, for who uses them may write over them.

    A model's is read until a run has shown that it only takes losses of torch's, which have it.
    `backwards` is how many have begun.
    """

    def __init__(self, accounts: TensorAccounts, *, of_all: bool) -> None:
        self.of_all = of_all
        self.backwards = 0
        self._register = accounts.register
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._waiting: deque[_ReadOutput] = deque(maxlen=_MOST)
        self._names: MutableMapping[nn.Module, str] = weak_keys()
        self._models = 0  # known when the names were collected
        self._last: weakref.ref[Tensor] | None = None
        self._is_by_hand = self._is_first = True
        self._has_scored = False
        self._backwards = 0

    def loss_called(self) -> None:
        """A loss function of torch's was called: it tells of its arguments itself."""
        self._has_scored = True

    def model_called(self, module: nn.Module, output: object) -> None:
        """A model was called, and what it gave takes a gradient."""
        if self.of_all or self._is_by_hand:
            self._read(self._register.name_of(module), module, output, is_model=True)

    def module_called(self, module: nn.Module, output: object) -> None:
        """A part of a model was called; one that hands on what another gave is passed over."""
        if self._last is not None and self._last() is output:
            return
        name = self._name(module)
        if name is not None:
            self._last = weakref.ref(output) if isinstance(output, Tensor) else None
            self._read(name, module, output, is_model=False)

    def backward_began(self) -> None:
        """Write what was given since the backward before."""
        self.backwards += 1
        waiting, self._waiting = self._waiting, deque(maxlen=_MOST)
        has_scored, self._has_scored = self._has_scored, False
        if not has_scored:
            self._is_by_hand = True
        elif self._is_first:
            self._is_by_hand = False
        self._is_first = False
        told = [each for each in waiting if not (each.is_model and has_scored)]
        for each in told:
            self._journal.write_read(
                OutputSeen,
                each.find_read,
                where=each.where,
                module=each.module,
                type=each.type,
                place=each.place,
                is_model=each.is_model,
            )
        self._backwards += 1
        if self._backwards <= _FIRST:
            for before, each in islice(_called_again(waiting), _PAIRS):
                self._journal.write_read(
                    OutputsAlike,
                    partial(_find_alike, before.slot, each.slot),
                    where=each.where,
                    module=each.module,
                    beside=before.where,
                )

    def _read(self, name: str, module: nn.Module, output: object, *, is_model: bool) -> None:
        where = find_caller()
        for place, tensor in _tensors_in(output):
            slot = self._kernel.read([tensor])[0]
            kind = class_name(type(module))
            self._waiting.append(_ReadOutput(name, kind, place, is_model, where, slot))
            if len(self._waiting) % _PATIENCE == 0:  # a loop that only evaluates has no backward
                self._kernel.send()

    def _name(self, module: nn.Module) -> str | None:
        """Return a module's name as its parameters have it; None where it is in no known model."""
        if self._models != len(self._register.modules):
            self._models = len(self._register.modules)
            self._names.clear()
            for prefix, ref in self._register.modules:
                for path, part in (
                    module_tree.named_modules(model) if (model := ref()) is not None else ()
                ):
                    self._names.setdefault(part, (prefix + path).replace("_orig_mod.", ""))
        return self._names.get(module)


def _called_again(waiting: Iterable[_ReadOutput]) -> Iterator[tuple[_ReadOutput, _ReadOutput]]:
    """Give what a model gave in two calls, one after the other."""
    last: dict[tuple[str, str], _ReadOutput] = {}
    for each in waiting:
        key = each.module, each.place
        if each.is_model and key in last:
            yield last[key], each
        last[key] = each


def _find_alike(before: Slot, after: Slot) -> dict[str, object] | None:
    """Return nothing to add where both were the same numbers, which were not all one number."""
    is_same = before.reading == after.reading and after.reading.min < after.reading.max
    return {} if is_same else None


def _tensors_in(output: object) -> Iterator[tuple[str, Tensor]]:
    """Give the tensors that are returned, with their places; nothing of the user's is called."""
    kind = type(output)
    if issubclass(kind, Tensor):
        parts: list[tuple[str, object]] = [("", output)]
    elif issubclass(kind, dict):
        found = dict.items(cast("dict[object, object]", output))
        parts = [(f"[{key!r}]", part) for key, part in found if type(key) is str]
    elif issubclass(kind, list):
        parts = [*_numbered(list.__iter__(cast("list[object]", output)))]
    elif issubclass(kind, tuple):
        parts = [*_numbered(tuple.__iter__(cast("tuple[object, ...]", output)))]
    else:
        return
    readable = ((place, part) for place, part in parts if is_readable(part) and part.numel())
    yield from islice(readable, _PARTS)


def _numbered(parts: Iterator[object]) -> Iterator[tuple[str, object]]:
    return ((f"[{at}]", part) for at, part in enumerate(parts))
