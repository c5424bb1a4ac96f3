"""Facts that are written once or a few times in a run, and stay true of all of it."""

from __future__ import annotations

from backtrace.ledger.events import Event
from backtrace.ledger.filled_facts import DrawnLarge, FilledAlike
from backtrace.ledger.graph_facts import LayersBare
from backtrace.ledger.layer_facts import (
    BackwardDefined,
    BlockRepeated,
    ColumnsUnlike,
    DropoutLeftOff,
    DroppedInEvaluation,
    EvaluatedInputs,
    InputsLarge,
    InputsNearZero,
    LayerDropped,
    NormedByBatch,
    PlacesNormalised,
    RowsNormalised,
    RowsNumbered,
    SequenceTaken,
    StateBegunAnew,
    StatisticsReplaced,
    StatisticsUntouched,
)
from backtrace.ledger.loader_facts import (
    DatasetSeen,
    GeneratorCopied,
    RowsShared,
    SpentIteratorBegun,
)
from backtrace.ledger.loss_facts import DrawCut
from backtrace.ledger.mask_facts import MaskAdded, MaskOpen, MaskTurnedRound
from backtrace.ledger.state_facts import (
    AverageEvaluated,
    AverageUsed,
    CalledEmpty,
    LoadedOver,
    RateWrittenToCopy,
    StateLoaded,
)

_MOST = 1000  # of a script that gives one a new reason at each update, the first
_LASTING = frozenset(
    {
        AverageEvaluated,
        AverageUsed,
        BackwardDefined,
        BlockRepeated,
        CalledEmpty,
        ColumnsUnlike,
        DatasetSeen,
        DrawCut,
        DroppedInEvaluation,
        DropoutLeftOff,
        EvaluatedInputs,
        DrawnLarge,
        FilledAlike,
        GeneratorCopied,
        InputsLarge,
        InputsNearZero,
        LayerDropped,
        LayersBare,
        LoadedOver,
        MaskAdded,
        MaskOpen,
        MaskTurnedRound,
        NormedByBatch,
        PlacesNormalised,
        RateWrittenToCopy,
        RowsNormalised,
        RowsNumbered,
        RowsShared,
        SequenceTaken,
        SpentIteratorBegun,
        StateBegunAnew,
        StatisticsReplaced,
        StatisticsUntouched,
    }
)
_OF_THE_SOURCE = "backtrace.ledger.source_facts"


class LastingFacts:
    """Keeps them, where other events of their updates are given up.

    `passed_before` says how many steps each optimizer had taken, by the index of the fact.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.passed_before: dict[int, dict[str, int]] = {}
        self._loads: dict[str, tuple[StateLoaded, dict[str, int]]] = {}  # by line, the last

    def take(self, event: Event, passed: dict[str, int]) -> None:
        """Keep an event, if it is one of these."""
        kind = type(event)  # asked of every event that is given up
        if isinstance(event, StateLoaded):
            self._loads[event.where] = event, dict(passed)
        is_lasting = kind in _LASTING or kind.__module__ == _OF_THE_SOURCE
        if is_lasting and len(self.events) < _MOST:
            if isinstance(event, LoadedOver):
                self._keep_load(event.loaded, passed)
            self._keep(event, passed)

    def _keep_load(self, where: str, passed: dict[str, int]) -> None:
        """Keep what was loaded in a line, too, if no step was taken since."""
        load, passed_before = self._loads.pop(where, (None, {}))
        if load is not None and passed_before == passed:
            self._keep(load, passed)

    def _keep(self, event: Event, passed: dict[str, int]) -> None:
        self.events.append(event)
        self.passed_before[event.index] = dict(passed)

    def copy(self) -> LastingFacts:
        """Return the same facts, to go on from."""
        twin = LastingFacts()
        twin.events = list(self.events)
        twin.passed_before = dict(self.passed_before)
        twin._loads = dict(self._loads)
        return twin
