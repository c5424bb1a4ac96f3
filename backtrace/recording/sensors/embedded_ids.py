"""The ids that embeddings are given, kept until a loss is taken of the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from torch import Tensor

from backtrace.recording.kernels.padding import (
    Padded,
    find_padding,
    is_mask_of,
    is_rows_of_ids,
    read_scored,
)
from backtrace.recording.kernels.row_ends import find_unscored_end
from backtrace.recording.kernels.shifted_ids import are_same, count_places
from backtrace.recording.sensors.graph.due_counts import DueCounts

_LOSSES = ("cross_entropy", "nll_loss")
_IGNORED = -100  # torch's own
_MUCH = 0.1  # of all ids


class IdsInTarget(NamedTuple):
    """What a target has of the ids before it: padding that is scored, and how far it is shifted.

    `padding` is the share of the target's elements, `pad` their id; see `LossCalled`. `shape` is
    that of the ids that are shifted, and `along` the dimension in which they are. `is_same` when it
    is ids as they are; for `unscored_end` see `LossCalled`.
    """

    padding: float = 0.0
    pad: int | None = None
    places: int = 0
    shape: tuple[int, ...] = ()
    along: int = 1
    is_same: bool = False
    unscored_end: int | None = None


class EmbeddedIds:
    """Told of embeddings' calls; says of a loss what its target has of their ids.

    `padded` are those that end in padding, by their shape, until a loss is compared with them;
    `are_any` once an embedding was called, whatever it was given.
    """

    def __init__(self) -> None:
        self._due = DueCounts(first=5)
        self.padded: dict[tuple[int, ...], Padded] = {}
        self.are_any = False
        self._ids: dict[tuple[int, ...], Tensor] = {}

    def embedding_called(self, args: tuple[object, ...]) -> None:
        """An embedding was given `args`."""
        self.are_any = True
        ids: Any = args[0] if args else None
        if not is_rows_of_ids(ids) or not self._due.is_due(""):
            return
        kept = self._ids[tuple(ids.shape)] = ids.detach().clone()
        if (padded := find_padding(kept)) is not None:
            self.padded[tuple(ids.shape)] = padded

    def are_padded(self, shape: tuple[int, ...]) -> bool:
        """Whether ids of a shape were embedded since the last loss that are padded to a good part.

        The shape may have its axes the other way round.
        """
        known = self.padded.get(shape) or self.padded.get(shape[::-1])
        return known is not None and known.share > _MUCH

    def is_turned_round(self, mask: Tensor) -> bool:
        """Whether a mask is True at all but the padding of ids, and at the padding of none."""
        known = list(self.padded.values())
        if any(is_mask_of(each, mask) for each in known):
            return False
        return any(is_mask_of(each, mask, turned_round=True) for each in known)

    def compare(self, function: str, given: Mapping[str, Any]) -> IdsInTarget:
        """Return what the target of a loss has of the ids since the loss before."""
        target = given.get("target")
        if not self._ids or function not in _LOSSES or type(target) is not Tensor:
            return IdsInTarget()
        if target.is_floating_point():
            return IdsInTarget()
        ids, self._ids = self._ids, {}
        padded, self.padded = self.padded, {}
        for shape, each in ids.items():
            places, along = count_places(each, target)
            if places:
                found = IdsInTarget(places=places, shape=shape, along=along)
                break
        else:
            found = IdsInTarget(is_same=any(are_same(each, target) for each in ids.values()))
        if given.get("reduction", "mean") == "none" or given.get("weight") is not None:
            return found
        ignored = given.get("ignore_index", _IGNORED)
        ends = (find_unscored_end(each, target, ignored) for each in ids.values())
        found = found._replace(unscored_end=next((e for e in ends if e is not None), None))
        scored = (read_scored(each, target, ignored) for each in padded.values())
        share, pad = next(filter(None, scored), (0.0, None))
        return found._replace(padding=share, pad=pad)
