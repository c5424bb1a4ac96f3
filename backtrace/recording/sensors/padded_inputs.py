"""Padding in what embeddings are given, kept until a loss is taken of the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from backtrace.recording.kernels.padding import Padded, find_padding, is_rows_of_ids, read_scored
from backtrace.recording.sensors.graph.due_counts import DueCounts

_LOSSES = ("cross_entropy", "nll_loss")
_IGNORED = -100  # torch's own


class PaddedInputs:
    """Told of embeddings' calls; says of a loss how much of its target is padding."""

    def __init__(self) -> None:
        self._due = DueCounts(first=5)
        self._found: dict[tuple[int, ...], Padded] = {}

    def embedding_called(self, args: tuple[object, ...]) -> None:
        """An embedding was given `args`."""
        ids: Any = args[0] if args else None
        if not is_rows_of_ids(ids) or not self._due.is_due(""):
            return
        if (padded := find_padding(ids)) is not None:
            self._found[tuple(ids.shape)] = padded

    def score(self, function: str, given: Mapping[str, Any]) -> tuple[float, int] | None:
        """Return which share of a loss's target is padding that is scored, and its id."""
        target = given.get("target")
        if not self._found or function not in _LOSSES or type(target) is not Tensor:
            return None
        is_plain = given.get("reduction", "mean") != "none" and given.get("weight") is None
        if not is_plain or target.is_floating_point():
            return None
        found, self._found = self._found, {}
        ignored = given.get("ignore_index", _IGNORED)
        scored = [read_scored(padded, target, ignored) for padded in found.values()]
        return next(filter(None, scored), None)
