"""What a capsule holds of an update, as plain data: tensors are numbers of places in its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update

NOT_FINITE = "?"  # behind the word for bits that hold a number which is not finite
CallKind = Literal["batch", "forward", "loss"]


@dataclass(frozen=True, slots=True)
class KeptTensor:
    """A parameter or a buffer: the places of its value and of its `.grad`, None for None."""

    value: int
    grad: int | None
    wants_grad: bool


@dataclass(frozen=True, slots=True)
class KeptModule:
    """A module that the loop calls: its tensors by name, as numbers in `LoopState.tensors`.

    `training` holds the mode of each module in it, by path.
    """

    kind: str
    tensors: Mapping[str, int]
    training: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class KeptGroup:
    """A group of an optimizer: options, its tensors, and what is kept for each of these.

    `options` and `states` are trees, see `recording.capsule.trees`.
    """

    options: object
    tensors: tuple[int, ...]
    states: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class KeptOptimizer:
    """An optimizer under its name, and how often it had stepped."""

    name: str
    kind: str
    steps: int
    groups: tuple[KeptGroup, ...]


@dataclass(frozen=True, slots=True)
class KeptRandomness:
    """The states of the generators of torch, of each CUDA device, of Python and of NumPy."""

    torch: int
    cuda: tuple[int, ...]
    python: object
    numpy: object


@dataclass(frozen=True, slots=True)
class LoopState:
    """All that an update starts from; modules and schedulers in the order of their first call."""

    tensors: tuple[KeptTensor, ...]
    modules: tuple[KeptModule, ...]
    optimizers: tuple[KeptOptimizer, ...]
    schedulers: tuple[object, ...]
    scalers: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A call that data came into the update by: what it was given, and the randomness then.

    Of a `batch` that is what a data loader returned; `data` is a tree.
    """

    kind: CallKind
    name: str
    data: object
    randomness: KeptRandomness | None = None


@dataclass(frozen=True, slots=True)
class KeptUpdate:
    """One update: what it starts from, what comes in, and what was seen of it.

    It may have several steps, of optimizers that share a backward; `seen` has an update of each,
    and is empty where it did not end. `was_skipped` says that it was kept at a step that a
    GradScaler skipped. `place` is how many steps of any optimizer were before it,
    and `begin` how many of a run of the same code are before the first update with the same steps.
    `ends` names the bits of each tensor when the last step was over, where that was looked at.
    Tensors have the numbers from `first` on.
    """

    number: int
    place: int
    begin: int
    first: int
    state: LoopState
    calls: tuple[KeptCall, ...]
    seen: tuple[Update, ...] = ()
    was_skipped: bool = False
    ends: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CapsuleFacts:
    """A capsule without its tensors: why it was written, and the updates, the last one last.

    `error` is what the program raised, where that ended the last update.
    """

    header: Header
    reason: str
    updates: tuple[KeptUpdate, ...]
    error: str = ""
