"""Masks of padding that torch's attention layers are given; writes MaskTurnedRound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import Tensor, nn

from backtrace.as_data import class_name, find_in_class
from backtrace.ledger.layer_facts import MaskTurnedRound
from backtrace.recording.frames import find_caller
from backtrace.recording.journal import Journal
from backtrace.recording.sensors.embedded_ids import EmbeddedIds
from backtrace.recording.sensors.graph.due_counts import DueCounts

# Where each takes them: True leaves a place out, whatever the layer.
_TAKEN: dict[type[nn.Module], dict[str, int]] = {
    nn.MultiheadAttention: {"key_padding_mask": 3},
    nn.TransformerEncoderLayer: {"src_key_padding_mask": 2},
    nn.TransformerEncoder: {"src_key_padding_mask": 2},
    nn.TransformerDecoderLayer: {"tgt_key_padding_mask": 4, "memory_key_padding_mask": 5},
    nn.TransformerDecoder: {"tgt_key_padding_mask": 4, "memory_key_padding_mask": 5},
    nn.Transformer: {
        "src_key_padding_mask": 5,
        "tgt_key_padding_mask": 6,
        "memory_key_padding_mask": 7,
    },
}
MASKED = tuple(_TAKEN)


class PaddingMasks:
    """Holds the masks of a few calls to the padding of the ids that were embedded before."""

    def __init__(self, journal: Journal, ids: EmbeddedIds) -> None:
        self._journal = journal
        self._ids = ids
        self._due = DueCounts(first=5)

    def layer_called(
        self, module: nn.Module, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> None:
        """An attention layer was called; before it ids with padding may have been embedded."""
        if not self._ids.padded:
            return
        for name, mask in _find_masks(type(module), args, kwargs):
            if self._due.is_due("") and self._ids.is_turned_round(mask):
                kind = class_name(type(module))
                self._journal.write(MaskTurnedRound, where=find_caller(), type=kind, mask=name)


def _find_masks(
    kind: type[nn.Module], args: tuple[object, ...], kwargs: Mapping[str, object]
) -> Iterator[tuple[str, Tensor]]:
    """Give what a layer takes as masks, where its forward is torch's own."""
    forward = find_in_class(kind, "forward")
    for base, taken in _TAKEN.items():
        if issubclass(kind, base) and forward is base.forward:
            for name, place in taken.items():
                mask = args[place] if place < len(args) else kwargs.get(name)
                if type(mask) is Tensor:
                    yield name, mask
