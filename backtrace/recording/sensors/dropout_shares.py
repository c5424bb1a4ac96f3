"""What share dropout drops before and after the first evaluation: writes DropoutLeftOff.

Told of the calls of layers by LayerCallSensor, of the function's by DropoutSensor.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass

from torch import nn

from backtrace.ledger.layer_facts import DropoutLeftOff
from backtrace.recording.frames import find_caller
from backtrace.recording.journal import Journal
from backtrace.recording.weak_keys import weak_keys

_TIMES = 5  # calls in training mode that drop nothing


@dataclass(slots=True)
class _Share:
    """What one place drops: in training before it was first evaluated, and how often nothing since.

    `evaluated` is the line of that evaluation, in which it dropped nothing.
    """

    before: float = 0.0
    evaluated: str | None = None
    times: int = 0
    is_judged: bool = False


class DropoutShares:
    """Says of dropout that an evaluation turned off, by its share, and nobody turned on again.

    What is turned off in training, before a first evaluation, is a plan.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.evaluated_at = ""  # the line that called the newest model in evaluation mode
        self._shares: MutableMapping[nn.Module, dict[str, _Share]] = weak_keys()

    def called(
        self, module: nn.Module, place: str, kind: str, share: object, *, is_evaluating: bool
    ) -> None:
        """A layer dropped `share`, or the function did at a place while a model was running."""
        places = self._shares.get(module)
        if places is None:
            places = self._shares[module] = {}
        known = places.get(place)
        if known is None:
            known = places[place] = _Share()
        if known.is_judged or not isinstance(share, float | int):
            return
        if is_evaluating:
            if share or not known.before:
                known.is_judged = True
            elif known.evaluated is None:
                known.evaluated = self.evaluated_at or find_caller()
        elif share:
            known.before, known.is_judged = share, known.evaluated is not None
        elif known.evaluated is None:
            known.is_judged = True
        else:
            known.times += 1
            if known.times == _TIMES:
                known.is_judged = True
                self._write(place, kind, known.before, known.evaluated)

    def _write(self, place: str, kind: str, share: float, evaluated: str) -> None:
        self._journal.write(
            DropoutLeftOff, where=place or None, type=kind, share=share, evaluated=evaluated
        )
