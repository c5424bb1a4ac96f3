"""Parts that a library put to rest before a model was trained: writes PartAtRest."""

from __future__ import annotations

from torch import nn

from backtrace.explain.graph import module_tree
from backtrace.ledger.facts import PartAtRest
from backtrace.recording.journal import Journal
from backtrace.recording.sensors.modes import ModeSensor

Parts = list[tuple[str, nn.Module]]


class RestedParts:
    """Looks at each model once, when it is first called to be trained, and in training mode."""

    def __init__(self, journal: Journal, modes: ModeSensor) -> None:
        self._journal = journal
        self._modes = modes
        self._looked: set[str] = set()

    def look(self, name: str, module: nn.Module, switched: Parts) -> None:
        """`name` is called; of its parts those that rest as one are told together."""
        if name in self._looked:
            return
        self._looked.add(name)
        groups: dict[int, tuple[nn.Module, list[str]]] = {}
        for path, each in switched:
            whole = None if module_tree.is_training(each) else self._modes.rested_with(each)
            if whole is not None and whole is not module:
                groups.setdefault(id(whole), (whole, []))[1].append(path)
        if not groups:
            return
        paths = list(module_tree.named_modules(module))
        full, first = switched[0]
        prefix = full.removesuffix(next((path for path, part in paths if part is first), full))
        for path, part in paths:
            if id(part) in groups:
                self._journal.write(
                    PartAtRest,
                    where=self._modes.end_of_training(part),
                    module=name,
                    part=f"{prefix}{path}",
                    resting=tuple(groups[id(part)][1]),
                )
