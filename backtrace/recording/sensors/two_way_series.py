"""What recurrent layers of both directions are given, until a loss is taken of what follows it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node

from backtrace.as_data import attributes_of
from backtrace.recording.kernels.shifted_ids import count_places, follows_series
from backtrace.recording.sensors.graph.autograd_nodes import mark, mark_of, name_of, walk
from backtrace.recording.sensors.graph.due_counts import DueCounts

_KEY = "backtrace.two_way"
_LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
_OF_IDS = ("cross_entropy", "nll_loss")
_MOST = 4  # layers between two losses
_LIMIT = 5000  # nodes
_SHAPING = (
    "AliasBackward", "CloneBackward", "PermuteBackward", "ReshapeAliasBackward", "TBackward",
    "TransposeBackward", "UnsafeViewBackward", "ViewBackward",
)  # fmt: skip
_PARTING = (
    "ChunkBackward", "GatherBackward", "IndexBackward", "IndexSelectBackward", "NarrowBackward",
    "SelectBackward", "SliceBackward", "SplitBackward", "SplitWithSizesBackward", "UnbindBackward",
)  # fmt: skip


class _Call(NamedTuple):
    """What a layer took, with rows first, how its output is marked, and the line that made it.

    `ids` are all that were embedded until a loss was taken, `known` how many there were by then.
    """

    taken: Tensor
    name: str
    where: str
    ids: list[Tensor]
    known: int

    def is_next(self, target: Tensor) -> bool:
        """Whether a target follows the ids that it took; none may have been embedded after them."""
        places = tuple(self.taken.shape[:2])
        if not self.ids or len(self.ids) != self.known or target.is_floating_point():
            return False
        shape = tuple(self.ids[-1].shape)
        return shape in (places, places[::-1]) and count_places(self.ids[-1], target)[0] == 1


class TwoWaySeries:
    """Told of such layers' calls; says of a loss whether its target is what they read ahead.

    `calls` are those since the loss before.
    """

    def __init__(self) -> None:
        self._due = DueCounts(first=8)
        self.calls: list[_Call] = []
        self._count = 0

    def layer_called(
        self, module: nn.Module, taken: object, output: object, where: str, ids: list[Tensor]
    ) -> None:
        """A recurrent layer of both directions was called, and was made in the line `where`.

        `ids` are those that were embedded since the loss before, and go on to be added to.
        """
        if type(taken) is not Tensor or taken.dim() != 3 or not torch.is_grad_enabled():
            return
        said = output[0] if isinstance(output, tuple) and len(output) == 2 else None
        if type(said) is not Tensor or said.grad_fn is None:
            return
        if self._due.is_due(where):
            rows = taken if attributes_of(module).get("batch_first") else taken.transpose(0, 1)
            self._count += 1
            mark(said, _KEY, str(self._count))
            call = _Call(rows.detach().clone(), str(self._count), where, ids, len(ids))
            self.calls = [*self.calls[1 - _MOST :], call]

    def find_read_ahead(self, function: str, source: Tensor, target: Tensor) -> str:
        """Return where the layer was made that has read the target of a loss; '' if none has."""
        calls, self.calls = self.calls, []
        for call in calls:
            is_series = function in _LOSSES and follows_series(call.taken, target)
            is_read = is_series or (function in _OF_IDS and call.is_next(target))
            if is_read and _is_read_whole(source, call.name):
                return call.where
        return ""


def _is_read_whole(source: Tensor, name: str) -> bool:
    """Whether what a layer said goes into a loss, and no part of it is taken on the way there.

    Its two directions may be taken apart, each for what it has not read.
    """
    nodes = walk(source.grad_fn, _LIMIT) if source.grad_fn is not None else []
    waiting = [node for node in nodes if mark_of(node, _KEY) == name]
    if not waiting:
        return False
    users: dict[Node, list[Node]] = {}
    for node in nodes:
        for before, _ in node.next_functions:
            if before is not None:
                users.setdefault(before, []).append(node)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if name_of(user).startswith(_PARTING):
                return False
            if name_of(user).startswith(_SHAPING):
                waiting.append(user)
    return True
