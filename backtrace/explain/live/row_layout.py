"""Where the rows of a batch lie in what an operation gives: in which dimension, and with steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from backtrace.explain.graph.chains import operation_name
from backtrace.explain.live.by_hand import Walk
from backtrace.explain.live.kept_graph import KeptGraph, KeptNode

WITH_ALL_STEPS = "a row has all its steps in it"
SQUARE = "there are as many steps as rows: where steps come first, a row is a step here"
_CHANNELS_SECOND = ("Convolution", "NativeBatchNorm", "NativeGroupNorm")
_VIEWS = ("View", "UnsafeView", "ReshapeAlias")


@dataclass(frozen=True)
class RowLayout:
    """Rows lie in the first dimension, of rows or of steps times rows, or in the second.

    Args:
        first: the length of the first dimension; where `is_flat`, of the first of the two that the
            first one is made of.
        second: that of the second one, 1 where there is none.
        axis: which of the two is that of the rows.
    """

    first: int
    second: int = 1
    is_flat: bool = False
    axis: int = 0

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.second if self.axis else self.first

    @property
    def has_steps(self) -> bool:
        """Whether a row is made of several places."""
        return bool(self.axis) or (self.is_flat and self.second > 1)

    def fits(self, tensor: Tensor) -> bool:
        """Whether a tensor has the rows, laid out in this way."""
        if self.is_flat:
            return tensor.ndim > 0 and len(tensor) == self.first * self.second
        sizes = (self.first, self.second)[: self.axis + 1]
        return tuple(tensor.shape[: self.axis + 1]) == sizes

    def pick(self, row: int) -> tuple[slice, ...]:
        """Return the index of one row."""
        if not self.is_flat:
            return (*[slice(None)] * self.axis, slice(row, row + 1))
        if self.axis:
            return (slice(row, None, self.second),)
        return (slice(row * self.second, (row + 1) * self.second),)

    def by_row(self, tensor: Tensor) -> Tensor:
        """Return a tensor with the rows in its first dimension, and what steps there are next."""
        if self.is_flat:
            tensor = tensor.reshape(self.first, self.second, *tensor.shape[1:])
            tensor = tensor.squeeze(1) if self.second == 1 else tensor
        return tensor.transpose(0, 1) if self.axis else tensor

    def only(self, tensor: Tensor, row: int) -> Tensor:
        """Return a tensor with zeros but for one row."""
        found = torch.zeros_like(tensor)
        if self.fits(tensor):
            found[self.pick(row)] = tensor[self.pick(row)]
        return found


def find_layout(
    graph: KeptGraph, walked: Walk, node: KeptNode, batch: Iterable[int]
) -> tuple[RowLayout, str]:
    """Return where the rows are in an operation's output, and what must be known of that.

    A linear layer over steps is one product of matrices, (rows · steps, in), viewed as it was. As
    many rows are looked for as models were given, of which `batch` has the numbers, if any.
    """
    made, known = node.outputs[0], set(batch)
    view = _find_view(graph, walked, node)
    if view is None:
        found = RowLayout(made[0], made[1] if len(made) > 2 else 1)
        can_turn = len(made) > 2 and operation_name(node.name) not in _CHANNELS_SECOND
    else:
        found = RowLayout(view[0], made[0] // view[0], is_flat=True)
        can_turn = len(view) > 1 and view[0] * view[1] == made[0]
    if not known:
        return found, ""
    if found.first in known:
        is_either = can_turn and found.second == found.first > 1
        return found, SQUARE if is_either else ""
    if can_turn and found.second in known:
        return RowLayout(found.first, found.second, is_flat=found.is_flat, axis=1), ""
    numbers = " or ".join(map(str, sorted(known)))
    name = operation_name(node.name)
    return (
        found,
        f"a row is one of the {found.first} that {name} gives; models were given {numbers}",
    )


def _find_view(graph: KeptGraph, walked: Walk, node: KeptNode) -> tuple[int, ...] | None:
    """Return the shape of the view that parts the first dimension of an output, if one does."""
    count = node.outputs[0][0]
    while True:
        makers = [each for each in graph.makers.get(node.index, []) if each in walked.steps]
        if len(makers) != 1:
            return None
        node = graph.nodes[makers[0]]
        made = node.outputs[0] if node.outputs else ()
        if operation_name(node.name) not in _VIEWS or not made or not made[0]:
            return None
        if made[0] < count and count % made[0] == 0:
            return made
