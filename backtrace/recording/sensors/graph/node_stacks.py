"""In which lines nodes were made: autograd notes it for a later graph, when something is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch.autograd.graph import Node

from backtrace.recording.frames import find_line_in_stack
from backtrace.recording.sensors.graph.autograd_nodes import metadata_of

_KEY = "traceback_"  # where anomaly mode keeps the stack
_MOST = 8  # backwards at other places that may come first
_ASKED = 8  # times, so that a loop of ever new lines costs no more than that


class NodeStacks:
    """Has stacks noted between the backwards, as for anomalies, from when something was found on.

    They cost too much to be noted of every graph, and say nothing where nothing is wrong. While
    autograd is at work they are not noted: what it says of errors is not to change. `place` is the
    line of the backward whose graph is waited for, '' where none is.
    """

    def __init__(self) -> None:
        self.place = ""
        self._patience = 0
        self._asked: set[str] = set()
        self._has_set = False

    def lines(self, place: str, found: Mapping[str, Sequence[Node]]) -> dict[str, str]:
        """Return the lines of what was found in a graph; those not known will be next time."""
        lines = {key: self._line(nodes[0]) for key, nodes in found.items() if nodes}
        is_new = place not in self._asked and len(self._asked) < _ASKED
        if is_new and not all(lines.values()):
            self._asked.add(place)
            self.place, self._patience = place, _MOST
        return {key: line for key, line in lines.items() if line}

    def was_asked(self, place: str) -> bool:
        """Whether something was found in a graph of the backward in this line."""
        return place in self._asked

    def backward_began(self, place: str) -> bool:
        """Leave off, for good if this is the one that was waited for; return whether it is."""
        self.switch(on=False)
        self._patience -= 1
        is_wanted = place == self.place
        if is_wanted or self._patience <= 0:
            self.place = ""
        return is_wanted

    def switch(self, *, on: bool) -> None:
        """Note stacks while something is waited for, unless the program does so itself."""
        if on and self.place and not self._has_set and not torch.is_anomaly_enabled():
            torch.set_anomaly_enabled(True, check_nan=False)
            self._has_set = True
        elif not on and self._has_set and not torch.is_anomaly_check_nan_enabled():
            # With NaN looked for it is the program's by now, until it has put ours back.
            torch.set_anomaly_enabled(False)
            self._has_set = False

    def _line(self, node: Node) -> str:
        trace = metadata_of(node).get(_KEY)
        return find_line_in_stack(trace) if isinstance(trace, list) else ""
