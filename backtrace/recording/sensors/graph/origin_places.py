"""What the first number that is not finite is of, and the same operation in a later graph.

A line is known only of a graph that was waited for, and by then the parameters are not finite
either: nothing in it tells any more where that began.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import Packed, in_order, name_of
from backtrace.recording.sensors.graph.given_inputs import GivenInputs
from backtrace.recording.sensors.graph.nonfinite_origin import find_origin


class OriginPlaces:
    """Remembers the first origin of a run by its kind, and its turn among those of that kind."""

    def __init__(
        self, given: GivenInputs, is_packed: Packed, leaf_name: Callable[[Tensor], str | None]
    ) -> None:
        self._given = given
        self._is_packed = is_packed
        self._leaf_name = leaf_name
        self._first: tuple[str, int] | None = None

    def take(self, nodes: list[Node], *, is_bad: bool) -> tuple[str, list[Node]]:
        """Return where a loss that is bad came from, and the node of the run's first such origin.

        Of a later graph that is the node which stands where that one stood.
        """
        origin, node = "", None
        if is_bad and nodes:
            origin, node = find_origin(nodes, self._is_packed, self._leaf_name)
            origin += self._given.describe(origin)
        if self._first is None and node is not None:
            self._first = name_of(node), _alike(nodes, name_of(node)).index(node)
        if self._first is None:
            return origin, []
        kind, turn = self._first
        return origin, _alike(nodes, kind)[turn : turn + 1]


def _alike(nodes: list[Node], kind: str) -> list[Node]:
    return [node for node in in_order(nodes) if name_of(node) == kind]
