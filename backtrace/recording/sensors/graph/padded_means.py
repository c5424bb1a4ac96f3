"""Means over all places of a sequence, some of which are padding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.finiteness import is_all_zero
from backtrace.recording.kernels.padding import find_ends, is_padded_with, is_rows_of_ids
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    leaf_of,
    mark,
    mark_of,
    name_of,
    read_saved,
    shape_of,
    signed,
)

_KEY = "backtrace.attended"
_PASSING = ("NativeLayerNormBackward0", "NativeDropoutBackward0")
_WORDS = "EmbeddingBackward0"
_SUMS = ("MeanBackward1", "SumBackward1")


def mark_attended(output: object, rows: int, length: int) -> None:
    """Mark what attention returned for padded rows, by the axis of its places, where that is plain.

    The mask was of (rows, length).
    """
    if type(output) is not Tensor or output.dim() != 3 or rows == length:
        return
    shape = tuple(output.shape[:2])
    if shape in ((rows, length), (length, rows)):
        mark(output, _KEY, str(shape.index(length)))


def find_padded_means(nodes: Iterable[Node]) -> list[tuple[Node, int]]:
    """Return the means over the places of such an output, and how many these are.

    Nothing but a norm may stand between.
    """
    means = (node for node in nodes if name_of(node) == "MeanBackward1")
    return [(node, places) for node in means if (places := _count_places(node))]


def _count_places(node: Node) -> int:
    """Return over how many places of such an output a mean goes, 0 where it is another mean."""
    source = node.next_functions[0][0]
    if source is not None and name_of(source) in _PASSING and mark_of(source, _KEY) is None:
        source = source.next_functions[0][0]
    axis = mark_of(source, _KEY) if source is not None else None
    axes = getattr(node, "_saved_dim", ())
    if source is None or axis is None or not isinstance(axes, tuple) or len(axes) != 1:
        return 0
    return shape_of(source)[int(axis)] if signed(axes[0]) % 3 == int(axis) else 0


def find_embedded_means(nodes: Iterable[Node], is_packed: Packed) -> list[tuple[Node, int]]:
    """Return the means over the places of words, of which some are padding, and how many.

    Padding is what rows end in, of an id that stands nowhere else; that of `padding_idx` is none.
    """
    return [
        (node, padded.places)
        for node in nodes
        if name_of(node) == "MeanBackward1"
        if (padded := _find_words(node, is_packed)) is not None and not padded.is_told
    ]


def find_filled_sums(nodes: Iterable[Node], is_packed: Packed) -> list[tuple[Node, int]]:
    """Return the sums and means of words with padding of `padding_idx` whose row is not zero."""
    return [
        (node, padded.places)
        for node in nodes
        if name_of(node) in _SUMS
        if (padded := _find_words(node, is_packed)) is not None
        if padded.is_told and _is_filled(padded.words)
    ]


class _Padded(NamedTuple):
    """Embedded words of which some are padding: over how many places, and the node.

    `is_told` says whether the padding has the id that the embedding was told of.
    """

    places: int
    is_told: bool
    words: Node


def _find_words(node: Node, is_packed: Packed) -> _Padded | None:
    """Return the embedded words that a sum goes over the places of, None where none is padding."""
    source = node.next_functions[0][0]
    if source is not None and name_of(source) in _PASSING:
        source = source.next_functions[0][0]
    axes: tuple[int, ...] = getattr(node, "_saved_dim", ())
    if source is None or name_of(source) != _WORDS or is_packed(source) or len(axes) != 1:
        return None
    ids = read_saved(source, "_saved_indices")
    if ids is None or not is_rows_of_ids(ids):
        return None
    ends, axis = find_ends(ids), signed(axes[0]) % 3
    if ends is None or axis > 1 or ends.shape[1] != ids.shape[axis]:
        return None
    if ids.shape[0] == ids.shape[1]:
        return None
    return _Padded(int(ends.shape[1]), is_padded_with(ids, ends, _told_padding(source)), source)


def _told_padding(words: Node) -> int:
    return signed(getattr(words, "_saved_padding_idx", -1))


def _is_filled(words: Node) -> bool:
    """Whether the row of the padding is a parameter's, and not all zeros."""
    source = words.next_functions[0][0]
    table = leaf_of(source) if source is not None else None
    return table is not None and not is_all_zero(table.detach()[_told_padding(words)])
