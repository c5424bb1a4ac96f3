"""Which nodes were made while saved-tensor hooks stood around: what they saved must be let be.

Such hooks move tensors to the host, or compute them again as checkpointing does. Reading what a
node saved under them would set that going in the middle of a forward.
"""

from __future__ import annotations

import threading
from bisect import bisect_right

from torch.autograd.graph import Node

from backtrace.explain.graph.sequence import next_sequence, sequence_of

_MOST = 10_000


class PackedSpans:
    """The numbers of all nodes that were made under such hooks."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._depth = 0
        self._is_certain = True

    def began(self) -> None:
        """Hooks were put around what follows."""
        if threading.get_ident() != self._thread:
            self._is_certain = False  # nodes are numbered thread by thread
            return
        self._depth += 1
        if self._depth == 1:
            self._starts.append(next_sequence())
            if len(self._starts) > _MOST:  # all that is as old is taken for packed
                del self._starts[1], self._ends[0]

    def ended(self) -> None:
        """They were taken off."""
        if threading.get_ident() == self._thread and self._depth:
            self._depth -= 1
            if self._depth == 0:
                self._ends.append(next_sequence())

    def covers(self, node: Node) -> bool:
        """Whether a node was made under hooks, or may have been."""
        if not self._is_certain:
            return True
        at = bisect_right(self._starts, number := sequence_of(node)) - 1
        return at >= 0 and (at >= len(self._ends) or number < self._ends[at])
