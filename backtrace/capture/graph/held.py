"""How many earlier losses still keep their graph: a mark on each root tells when it is gone."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

_KEY = "backtrace.root"


class _Root:
    """Lives in a root's metadata, as long as the root."""

    __slots__ = ("__weakref__",)


class HeldGraphs:
    """The roots of all backwards so far that something keeps alive."""

    def __init__(self) -> None:
        self._alive: WeakSet[_Root] = WeakSet()

    def take(self, root: Any) -> int:
        """Take in the root of a backward; return how many other ones are alive."""
        known = root.metadata.get(_KEY)
        if not isinstance(known, _Root):
            known = root.metadata[_KEY] = _Root()
        self._alive.add(known)
        return len(self._alive) - 1
