"""What ranks hold alike: names the bits after each step, writes ReplicasRead and WrapperSeen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor, nn

from backtrace.as_data import class_name
from backtrace.explain.graph import module_tree
from backtrace.explain.graph.no_values import has_no_values
from backtrace.ledger.rank_facts import ReplicasRead, WrapperSeen
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.kernels.bits import name_bits
from backtrace.recording.ranks import find_rank
from backtrace.recording.tensors.shards import find_beside_shards, held, is_replicated, is_shard
from backtrace.recording.tensors.tracked import Tracked
from backtrace.recording.tensors.wrappers import (
    broadcasts_buffers,
    has_own_hook,
    ignored_by,
    is_joined,
)

Pair = tuple[Tracked, Tensor]
_MOST = 16_384  # elements of a buffer: running statistics are small, masks and tables are not


class ReplicaSensor:
    """Enters, on each rank of several, what the others are to be held against."""

    def __init__(self, accounts: TensorAccounts) -> None:
        self._register = accounts.register
        self._journal = accounts.journal
        self._rank = find_rank()
        self._set_rank()
        self._before: dict[str, str] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._buffer_names: tuple[str, ...] = ()
        self._wrapped: set[int] = set()

    def step_began(self, optimizer: str, pairs: Sequence[Pair]) -> None:
        """Name the values as an optimizer's first step finds them."""
        if self._is_one_of_many() and optimizer not in self._names:
            found = [held(pair[1]) for pair in pairs if not _is_part(pair)]
            self._before[optimizer] = name_bits(found)

    def step_ended(self, optimizer: str, pairs: Sequence[Pair]) -> None:
        """Enter the bits of what a step read and left; its own event comes after this one."""
        if self._rank is None:  # which was looked for when the step began
            return
        self._write_wrappers()
        pairs = [pair for pair in pairs if not _is_part(pair)]
        names = tuple(tracked.name for tracked, _ in pairs)
        buffers = dict(self._buffers())
        is_new = self._names.get(optimizer) != names
        has_new_buffers = self._buffer_names != tuple(buffers)
        self._names[optimizer], self._buffer_names = names, tuple(buffers)
        self._journal.write(
            ReplicasRead,
            optimizer=optimizer,
            names=names if is_new else (),
            grads=name_bits([None if t.grad is None else held(t.grad) for _, t in pairs]),
            values=name_bits([held(tensor) for _, tensor in pairs]),
            before=self._before.pop(optimizer, ""),
            buffer_names=tuple(buffers) if has_new_buffers else (),
            buffers=name_bits([held(buffer) for buffer in buffers.values()]),
            placed=self._placed(pairs) if is_new else (),
            beside=self._beside(pairs) if is_new else (),
        )

    def _placed(self, pairs: Sequence[Pair]) -> tuple[str, ...]:
        size = 0 if self._rank is None else self._rank.size
        return tuple(tracked.name for tracked, tensor in pairs if is_replicated(tensor, size))

    def _beside(self, pairs: Sequence[Pair]) -> tuple[str, ...]:
        found = {id for _, model in self._register.models for id in find_beside_shards(model)}
        return tuple(tracked.name for tracked, tensor in pairs if id(tensor) in found)

    def _is_one_of_many(self) -> bool:
        if self._rank is None:
            self._rank = find_rank()  # a script may make its processes, and their group, itself
            self._set_rank()
        return self._rank is not None

    def _set_rank(self) -> None:
        if self._rank is not None:
            self._journal.rank = self._rank.number

    def _buffers(self) -> Iterator[tuple[str, Tensor]]:
        for prefix, module in self._register.models:
            for name, buffer in module_tree.named_buffers(module):
                if buffer.numel() <= _MOST and not (is_shard(buffer) or has_no_values(buffer)):
                    yield f"{prefix}{name}", buffer

    def _write_wrappers(self) -> None:
        for wrapper in self._register.models.wrappers():
            if id(wrapper) not in self._wrapped:
                self._wrapped.add(id(wrapper))
                self._write_wrapper(wrapper)

    def _write_wrapper(self, wrapper: nn.Module) -> None:
        left_out, held, ignored = ignored_by(wrapper), list[str](), list[str]()
        for tracked, tensor in self._register.tracked_of(wrapper):
            (ignored if id(tensor) in left_out else held).append(tracked.name)
        self._journal.write(
            WrapperSeen,
            where="",
            wrapper=class_name(type(wrapper)),
            parameters=tuple(held),
            broadcasts_buffers=broadcasts_buffers(wrapper),
            has_hook=has_own_hook(wrapper),
            joins=is_joined(wrapper),
            ignored=tuple(ignored),
        )


def _is_part(pair: Pair) -> bool:
    """Whether this rank holds other numbers of a tensor than the others do."""
    tracked, tensor = pair
    return is_shard(tensor) or (tracked.part is not None and tracked.part.is_shard)
