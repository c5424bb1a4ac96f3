"""Embeddings whose padding, as they were told of it, is a word like the others."""

from __future__ import annotations

from collections.abc import Iterable

from torch.autograd.graph import Node

from backtrace.recording.kernels.inner_ids import stands_as_a_word
from backtrace.recording.kernels.padding import is_rows_of_ids
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved, signed


def find_padding_words(nodes: Iterable[Node], is_packed: Packed) -> tuple[int, list[Node]]:
    """Return how many embeddings' padding is a word, and where."""
    found = [
        node for node in nodes if name_of(node) == "EmbeddingBackward0" and not is_packed(node)
    ]
    words = [node for node in found if _has_padding_for_a_word(node)]
    return len(words), words


def _has_padding_for_a_word(node: Node) -> bool:
    padding = signed(getattr(node, "_saved_padding_idx", -1))
    if padding < 0:
        return False
    ids = read_saved(node, "_saved_indices")
    return ids is not None and is_rows_of_ids(ids) and stands_as_a_word(ids, padding)
