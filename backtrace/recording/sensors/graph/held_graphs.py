"""How many earlier losses still keep their graph: a mark on its nodes tells when it is gone."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from weakref import ref

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import metadata_of

_KEY = "backtrace.root"
_MANY = 3  # graphs, and one more with each backward: then it is asked which of them only wait


class _Root:
    """Lives in the metadata of a graph's nodes, as long as any of them."""

    __slots__ = ("__weakref__",)


class HeldGraphs:
    """The graphs of all backwards so far that something keeps alive.

    Objects that refer to each other keep theirs until Python's collector finds them: nothing is
    held of a loop that makes such objects.
    """

    def __init__(self) -> None:
        # Bare references: a callback of ours would swallow what a signal's handler raises in it.
        self._alive: list[ref[_Root]] = []
        self._was_asked = self._has_cycles = False

    def take(self, root: Node, ends: Sequence[Node] = ()) -> int:
        """Take in the root of a backward; return how many other graphs are alive.

        `ends` are the nodes of the models' outputs: whatever was computed from them, a running
        total say, keeps them, though the root itself may be gone.
        """
        nodes = (root, *ends)
        known = {mark for n in nodes if isinstance(mark := metadata_of(n).get(_KEY), _Root)}
        own = next(iter(known), None) or _Root()
        for node in nodes:
            metadata_of(node).setdefault(_KEY, own)
        others = self._others(own)
        is_growing = len(others) >= max(len(self._alive), _MANY)
        if is_growing and not self._was_asked and gc.isenabled():
            self._was_asked = True
            gc.collect()  # once in a run: it would come by itself, a little later
            left = self._others(own)
            self._has_cycles = 2 * len(left) < len(others)
            others = left
        self._alive = [*others, ref(own)]
        return 0 if self._has_cycles else len(self._alive) - len(known | {own})

    def _others(self, own: _Root) -> list[ref[_Root]]:
        return [each for each in self._alive if each() not in (None, own)]
