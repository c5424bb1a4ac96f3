"""The ids that embeddings are given, kept until a loss is taken of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from backtrace.as_data import attributes_of
from backtrace.recording.kernels.padding import (
    Padded,
    find_padding,
    fold_to_rows,
    is_mask_of,
    is_rows_of_ids,
    read_chosen,
    read_scored,
    weighs_padding_alone,
)
from backtrace.recording.kernels.row_ends import find_unscored_end
from backtrace.recording.kernels.row_starts import find_start
from backtrace.recording.kernels.shifted_ids import are_same, count_places
from backtrace.recording.kernels.source_ids import is_numbering, is_source
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.graph.place_by_place import (
    is_made_of_places,
    mark_embedded,
    mark_places,
    says_its_own,
)
from backtrace.recording.sensors.open_masks import OpenMasks
from backtrace.recording.sensors.two_way_series import TwoWaySeries

_LOSSES = ("cross_entropy", "nll_loss")
_IGNORED = -100  # torch's own
_Kept = tuple[dict[tuple[int, ...], Tensor], dict[tuple[int, ...], Padded], list[Tensor], bool]
_MUCH = 0.1  # of all ids


class IdsInTarget(NamedTuple):
    """What a target has of the ids before it: padding that is scored, and how far it is shifted.

    `padding` is the share of the target's elements, `pad` their id; see `LossCalled`. `shape` is
    that of the ids that are shifted, and `along` the dimension in which they are. `is_same` when it
    is ids as they are; for `has_source`, `by_places`,
    `unscored_end` and `start_twice` see `LossCalled`.
    """

    padding: float = 0.0
    pad: int | None = None
    places: int = 0
    shape: tuple[int, ...] = ()
    along: int = 1
    is_same: bool = False
    has_source: bool = False
    by_places: bool = False
    unscored_end: int | None = None
    start_twice: int | None = None


class EmbeddedIds:
    """Told of embeddings' calls; says of a loss what its target has of their ids.

    `padded` are those that end in padding, by their shape, until a loss is compared with them;
    `are_any` once an embedding was called, whatever it was given. `masks` has what attention is
    to leave out of the same ids.
    """

    def __init__(self) -> None:
        self._due = DueCounts(first=5)
        self.padded: dict[tuple[int, ...], Padded] = {}
        self.are_any = False
        self.masks = OpenMasks()
        self.series = TwoWaySeries()
        self._compared: list[Padded] = []  # those of the last loss, for its backward
        self._ids: dict[tuple[int, ...], Tensor] = {}
        self._due_in_turn = DueCounts(first=12)  # each update of a decoder has two or more
        self._in_turn: list[Tensor] = []  # since the last loss, those with a graph
        self._is_whole = True  # whether these are all
        self._is_over = False  # a loss was taken of them, of fewer items than they are

    @property
    def known(self) -> list[Padded]:
        """All that end in padding, those that the last loss was compared with too."""
        return [*self.padded.values(), *self._compared]

    def embedding_called(self, args: tuple[object, ...], output: object) -> None:
        """An embedding was given `args`, and returned `output`."""
        self.are_any = True
        ids: Any = args[0] if args else None
        if not is_rows_of_ids(ids):
            return
        self.masks.embedding_called(ids)
        if self._is_over:
            self._take_out()
        self._keep_in_turn(ids, output)
        if not self._due.is_due(""):
            return
        kept = self._ids[tuple(ids.shape)] = ids.detach().clone()
        if (padded := find_padding(kept)) is not None:
            self.padded[tuple(ids.shape)] = padded

    def _keep_in_turn(self, ids: Tensor, output: object) -> None:
        if not torch.is_grad_enabled():
            return
        if not self._due_in_turn.is_due(""):
            self._is_whole = False
        elif not is_numbering(ids):
            self._in_turn.append(ids.detach().clone())
            mark_embedded(output, _name_of(self._in_turn))

    def recurrent_called(
        self, module: nn.Module, args: tuple[object, ...], output: object, where: str
    ) -> None:
        """A recurrent layer was called, perhaps on what was embedded last; it was made `where`."""
        taken = args[0] if args else None
        if attributes_of(module).get("bidirectional"):
            self.series.layer_called(module, taken, output, where, self._in_turn)
            return
        if not self._in_turn or type(taken) is not Tensor or taken.dim() != 3:
            return
        rows, ids, name = tuple(taken.shape[:2]), self._in_turn[-1], _name_of(self._in_turn)
        if rows not in (shape := tuple(ids.shape), shape[::-1]):
            return
        if len(self._in_turn) > 1 or says_its_own(taken, ids.numel(), name):
            mark_places(output, name)

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

    def are_filled(self, mask: Tensor) -> bool:
        """Whether a mask of scores is True at all but the padding of the ids, those of a loss too.

        For each key it may be repeated over heads and queries.
        """
        shapes = [(each, each.mask.shape) for each in self.known]
        shapes += [(each, shape[::-1]) for each, shape in shapes]
        folded = [(each, fold_to_rows(mask, *shape)) for each, shape in shapes]
        pairs = [(each, rows) for each, rows in folded if rows is not None]
        if any(is_mask_of(each, rows) for each, rows in pairs):
            return False
        return any(is_mask_of(each, rows, turned_round=True) for each, rows in pairs)

    def are_whole(self, index: Tensor) -> bool:
        """Whether an index is some ids as they are, place by place."""
        return any(are_same(each, index) for each in self._ids.values())

    def are_weighed(self, weights: Tensor) -> bool:
        """Whether the padding of the ids, those of a loss too, has all the weight of attention."""
        return any(weighs_padding_alone(each, weights) for each in self.known)

    def _is_of_rows(self, target: Tensor) -> bool:
        """Whether a target has too few items to be any of the ids, as the class of each row has."""
        known = [*self._ids.values(), *self._in_turn]
        return all(target.numel() < each.numel() - max(each.shape) for each in known)

    def _take_out(self) -> _Kept:
        """Return what was kept, and whether it is all; keep nothing any more."""
        kept = self._ids, self.padded, self._in_turn, self._is_whole
        self._ids, self.padded, self._in_turn, self._is_whole = {}, {}, [], True
        self._is_over = False
        return kept

    def compare(self, function: str, given: Mapping[str, Any]) -> IdsInTarget:
        """Return what the target of a loss has of the ids since the loss before."""
        target = given.get("target")
        if type(target) is not Tensor or function not in _LOSSES:
            return IdsInTarget()
        if not (self._ids or self._in_turn) or target.is_floating_point():
            return IdsInTarget()
        self._compared = list(self.padded.values())
        if self._is_of_rows(target):
            self._is_over = True  # another head's, of the same ids, may follow
            return _with_padding(IdsInTarget(), self.padded.values(), target, given, read_chosen)
        ids, padded, in_turn, is_whole = self._take_out()
        for shape, each in ids.items():
            places, along = count_places(each, target)
            if places:
                start = find_start(each, target) if places == 1 == along else None
                found = IdsInTarget(places=places, shape=shape, along=along, start_twice=start)
                break
        else:
            found = IdsInTarget(is_same=any(are_same(each, target) for each in ids.values()))
            scores = given.get("input")
            if is_whole and type(scores) is Tensor and in_turn:
                found = _said_of(in_turn, target, scores) or found
        if _is_weighed(given):
            return found
        ignored = given.get("ignore_index", _IGNORED)
        ends = (find_unscored_end(each, target, ignored) for each in ids.values())
        found = found._replace(unscored_end=next((e for e in ends if e is not None), None))
        return _with_padding(found, padded.values(), target, given, read_scored)


def _is_weighed(given: Mapping[str, Any]) -> bool:
    """Whether a loss is weighed, or masked afterwards."""
    return given.get("reduction", "mean") == "none" or given.get("weight") is not None


def _with_padding(
    found: IdsInTarget,
    padded: Iterable[Padded],
    target: Tensor,
    given: Mapping[str, Any],
    read: Callable[[Padded, Tensor, int], tuple[float, int] | None],
) -> IdsInTarget:
    """Return what was found, with the padding that a target scores of one of the ids."""
    if _is_weighed(given):
        return found
    scored = (read(each, target, given.get("ignore_index", _IGNORED)) for each in padded)
    share, pad = next(filter(None, scored), (0.0, None))
    return found._replace(padding=share, pad=pad)


def _said_of(in_turn: list[Tensor], target: Tensor, scores: Tensor) -> IdsInTarget | None:
    """Return how scores are made of such ids, where they are compared with the last of them."""
    name = _name_of(in_turn)
    if _has_source(in_turn, target):
        by_places = is_made_of_places(scores, name)
        return IdsInTarget(is_same=True, has_source=True, by_places=by_places)
    if len(in_turn) == 1 and are_same(in_turn[0], target):
        return IdsInTarget(is_same=True, by_places=says_its_own(scores, target.numel(), name))
    return None


def _has_source(in_turn: list[Tensor], target: Tensor) -> bool:
    """Whether the last of such ids are a target as it is, and others before them are no copy.

    Not where any are what the target follows: it may be read whole beside its decoder.
    """
    if len(in_turn) < 2 or not are_same(in_turn[-1], target):
        return False
    if any(count_places(each, target)[0] for each in in_turn):
        return False
    return any(is_source(each, in_turn[-1]) for each in in_turn[:-1])


def _name_of(in_turn: list[Tensor]) -> str:
    """Return what is written on the outputs for the last of such ids."""
    return str(len(in_turn))
