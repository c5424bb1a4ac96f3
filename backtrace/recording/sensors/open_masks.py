"""Ids that end in padding, the masks that stand beside them, and the attention over both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node

from backtrace.as_data import find_in_class
from backtrace.recording.kernels.attention_masks import (
    fills_queries,
    leaves_none_out,
    shows_ends,
    weighs_ends,
)
from backtrace.recording.kernels.padding import find_ends
from backtrace.recording.kernels.source_ids import has_few_ids, is_numbering
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.graph.turned_masks import (
    fills_behind,
    is_over_last,
    mask_of_fused,
)

_FUSED = "ScaledDotProduct"
_SOFTMAX = ("SoftmaxBackward0", "SafeSoftmaxBackward0")
_OTHERS = ("loss", "label")  # whose masks attention is not given


class OpenMasks:
    """Keeps where ids end in padding until the graph of their loss is read.

    `ends` is by the shape of the ids, each True at the padding of `(rows, places)`; it is empty
    but in a few updates.
    """

    def __init__(self) -> None:
        self._due = DueCounts(first=12)  # an update may call several embeddings
        self.ends: dict[tuple[int, ...], Tensor] = {}
        self._open: dict[int, Tensor] = {}  # beside which a mask that leaves none out was given

    def embedding_called(self, ids: Tensor) -> None:
        """An embedding was given rows of ids."""
        if not torch.is_grad_enabled():
            return
        if not self._due.is_due(""):
            if self.ends:
                self._start_over()
            return
        ids = ids.detach()
        if is_numbering(ids) or has_few_ids(ids):
            return
        ends, shape = find_ends(ids), tuple(ids.shape)
        self.ends.pop(shape, None)
        if ends is not None:
            self.ends[shape] = ends

    def find_given(
        self, module: nn.Module, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> str:
        """Return the name of a mask that a module was given and that leaves out no padding, or ''.

        The module was called on such ids, or on what was made of them.
        """
        for name, mask in _masks_in(type(module), args, kwargs):
            for ends in self.ends.values():
                if ends.device == mask.device and leaves_none_out(mask, *ends.shape):
                    self._open[id(ends)] = ends
                    return name
        return ""

    def find_in(self, nodes: Sequence[Node], is_packed: Packed) -> dict[str, list[Node]]:
        """Return attention that weighs padding though it is masked: by none, or over queries.

        The first is by such masks, the second what fills scores.
        """
        read = [node for node in nodes if self.ends and not is_packed(node)]
        opened = [n for n in read for ends in self._open.values() if _weighs(n, ends)]
        fills = [
            f for n in read for e in self.ends.values() for f in _over_queries(n, e, is_packed)
        ]
        self._start_over()
        return {"open_masks": opened, "masked_queries": fills}

    def _start_over(self) -> None:
        self.ends, self._open = {}, {}


def _masks_in(
    kind: type, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> Iterator[tuple[str, Tensor]]:
    """Give what a module was given as a mask, by what its forward calls it."""
    forward = find_in_class(kind, "forward")
    names: tuple[str, ...] = ()
    if type(forward) is FunctionType:
        code = forward.__code__
        names = code.co_varnames[1 : code.co_argcount]
    given: list[tuple[str, Any]] = [*zip(names, args, strict=False), *kwargs.items()]
    for name, mask in given:
        is_for_attention = "mask" in name.lower() and not any(each in name for each in _OTHERS)
        if is_for_attention and type(mask) is Tensor:
            yield name, mask


def _weighs(node: Node, ends: Tensor) -> bool:
    """Whether an attention over one sequence gives weight to padding."""
    name = name_of(node)
    if name in _SOFTMAX:
        weights = read_saved(node, "_saved_result")
        return weights is not None and is_over_last(node, weights) and weighs_ends(weights, ends)
    if not name.startswith(_FUSED) or getattr(node, "_saved_is_causal", False):
        return False
    query, key = read_saved(node, "_saved_query"), read_saved(node, "_saved_key")
    if query is None or key is None or query.shape[-2] != key.shape[-2]:
        return False
    if query.shape[0] != ends.shape[0] or query.shape[-2] != ends.shape[1]:
        return False
    mask = mask_of_fused(node)
    return mask is None or shows_ends(mask, ends)


def _over_queries(node: Node, ends: Tensor, is_packed: Packed) -> Iterator[Node]:
    """Give what fills the scores of the queries that are padding, where keys are to be masked."""
    if name_of(node) not in _SOFTMAX:
        return
    weights = read_saved(node, "_saved_result")
    if weights is None or not is_over_last(node, weights) or not weighs_ends(weights, ends):
        return
    for fill, mask in fills_behind(node, is_packed):
        if fills_queries(mask, weights, ends):
            yield fill
