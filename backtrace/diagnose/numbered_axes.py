"""Attention that goes along one axis, where positions were added along the other."""

from __future__ import annotations

from collections import defaultdict

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import SequenceTaken

_CALLS = 2  # of a line, at least
_LEFT_OUT = ("LSTM", "GRU", "RNN", "TransformerEncoder")  # the last one's layers tell


def find_across_positions(run: Stretch) -> dict[str, list[SequenceTaken]]:
    """Return the calls of attention along the first axis that positions are added across.

    With them are those of other lines along that axis of the same two, as a decoder's. Nothing is
    returned where any layer goes along the other axis of these.
    """
    calls: dict[str, list[SequenceTaken]] = defaultdict(list)
    for taken in run.of(SequenceTaken):
        if len(taken.shape) == 3:
            calls[taken.where].append(taken)
    numbered = [taken.shape[:2] for each in calls.values() for taken in each if taken.is_numbered]
    if len(numbered) < _CALLS:
        return {}
    across = set(numbered)
    turned = {axes[::-1] for axes in across}
    if any(
        taken.shape[:2] in (across if taken.batch_first else turned)
        for each in calls.values()
        for taken in each
    ):
        return {}
    return {
        where: each
        for where, each in calls.items()
        if each[0].type not in _LEFT_OUT and {taken.shape[:2] for taken in each} <= across
    }
