"""An update while it is kept: its state when it began, and the calls that data came in by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

from backtrace.ledger.updates import Update
from backtrace.recording.capsule.parts import LoopParts
from backtrace.recording.capsule.pool import Pool, can_keep
from backtrace.recording.capsule.randomness import keep_randomness
from backtrace.recording.capsule.snapshot import take_snapshot
from backtrace.recording.capsule.trees import absent_in, to_node
from backtrace.tracefile.capsule_facts import CallKind, KeptCall, KeptUpdate, LoopState

_MOST_CALLS = 1000
_MOST_BATCHES = 64  # before the first forward: those of an evaluation are let go of
_EMPTY = LoopState((), (), (), (), ())


@dataclass
class GrowingUpdate:
    """One update; `steps` are the optimizers that have stepped in it.

    `place` is how many steps were before it. It `is_full` when there were too many calls, or
    something of it could not be kept.
    """

    place: int
    pool: Pool
    state: LoopState = _EMPTY
    has_state: bool = False
    calls: list[KeptCall] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    seen: list[Update] = field(default_factory=list)
    was_skipped: bool = False
    ends: Mapping[str, str] = field(default_factory=dict)
    absent: dict[str, None] = field(default_factory=dict)
    is_full: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it can be run again from what is kept of it."""
        has_forward = any(each.kind == "forward" for each in self.calls)
        return self.has_state and has_forward and not self.is_full

    def take_state(self, parts: LoopParts, steps: Mapping[str, int]) -> None:
        """Copy what the update starts from, once."""
        if not self.has_state:
            self.state, absent = take_snapshot(parts, steps, self.pool)
            self.absent |= dict.fromkeys(absent)
            self.has_state = True

    def take_call(self, kind: CallKind, name: str, data: object) -> None:
        """Copy what a call was given, with the randomness then."""
        if self.is_full or len(self.calls) >= _MOST_CALLS:
            self.is_full = True
            return
        self.is_full = True  # should it fail on the way
        node = to_node(data, self._number_of)
        # A computed tensor is none of the data, and a model is often given objects of its own.
        if kind == "batch":
            self.absent |= dict.fromkeys(f"a {each} in a batch" for each in absent_in(node))
        random = None if kind == "loss" else keep_randomness(self.pool)
        self.calls.append(KeptCall(kind, name, node, random))
        self.is_full = False
        if not self.has_state:
            del self.calls[:-_MOST_BATCHES]

    def forget_batches(self) -> None:
        """An evaluation has used the batches that came before the update's first forward."""
        if not self.has_state:
            self.calls.clear()

    def _number_of(self, tensor: Tensor) -> int | None:
        is_computed = tensor.requires_grad and (not tensor.is_leaf or type(tensor) is nn.Parameter)
        return self.pool.add(tensor) if can_keep(tensor) and not is_computed else None

    def to_kept(self, number: int, begin: int, first: int) -> KeptUpdate:
        """Return it as data; its tensors have the numbers from `first` on."""
        return KeptUpdate(
            number, self.place, begin, first, self.state, tuple(self.calls), tuple(self.seen),
            self.was_skipped, self.ends, tuple(self.absent),
        )  # fmt: skip
