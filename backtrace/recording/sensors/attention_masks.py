"""Masks that torch's attention layers are given; writes MaskTurnedRound, MaskAdded and MaskOpen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import Tensor, nn

from backtrace.as_data import class_name, find_in_class
from backtrace.ledger.mask_facts import MaskAdded, MaskOpen, MaskTurnedRound
from backtrace.recording.frames import find_caller
from backtrace.recording.journal import Journal
from backtrace.recording.kernels.attention_masks import leaves_out_much
from backtrace.recording.kernels.padding import has_only_zeros_and_ones
from backtrace.recording.sensors.embedded_ids import EmbeddedIds
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.graph.padded_means import mark_attended

# Where each takes them: True leaves a place out, whatever the layer.
_TAKEN: dict[type[nn.Module], dict[str, int]] = {
    nn.MultiheadAttention: {"key_padding_mask": 3, "attn_mask": 5},
    nn.TransformerEncoderLayer: {"src_mask": 1, "src_key_padding_mask": 2},
    nn.TransformerEncoder: {"mask": 1, "src_key_padding_mask": 2},
    nn.TransformerDecoderLayer: {
        "tgt_mask": 2,
        "memory_mask": 3,
        "tgt_key_padding_mask": 4,
        "memory_key_padding_mask": 5,
    },
    nn.TransformerDecoder: {
        "tgt_mask": 2,
        "memory_mask": 3,
        "tgt_key_padding_mask": 4,
        "memory_key_padding_mask": 5,
    },
    nn.Transformer: {
        "src_mask": 2,
        "tgt_mask": 3,
        "memory_mask": 4,
        "src_key_padding_mask": 5,
        "tgt_key_padding_mask": 6,
        "memory_key_padding_mask": 7,
    },
}
MASKED = tuple(_TAKEN)
_MOST_OPEN = 3  # of one name that are told


class AttentionMasks:
    """Looks at the masks of a few calls, and holds those of padding to the ids embedded before."""

    def __init__(self, journal: Journal, ids: EmbeddedIds) -> None:
        self._journal = journal
        self._ids = ids
        self._due = DueCounts(first=5)
        self._due_of_means = DueCounts(first=12)  # an update may call several layers
        self._open: dict[str, int] = {}

    def layer_called(
        self,
        module: nn.Module,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        output: object,
    ) -> None:
        """An attention layer was called; before it ids with padding may have been embedded."""
        kind = type(module)
        for name, mask in _find_masks(kind, args, kwargs):
            told: type[MaskAdded | MaskTurnedRound] | None = None
            is_whole = issubclass(kind, nn.Transformer)  # returns what its decoder says
            if name == "src_key_padding_mask" and not is_whole and self._is_padded(output, mask):
                mark_attended(output, *mask.shape)
            if mask.is_floating_point():
                if self._due.is_due(class_name(kind)) and has_only_zeros_and_ones(mask):
                    told = MaskAdded
            elif self._is_of_padding(name) and self._ids.is_turned_round(mask):
                told = MaskTurnedRound
            if told is not None:
                self._journal.write(told, where=find_caller(), type=class_name(kind), mask=name)

    def beside_ids(
        self, module: nn.Module, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> None:
        """Any module was called while ids with padding wait for their loss."""
        name = self._ids.masks.find_given(module, args, kwargs)
        if not name:
            return
        where, kind = find_caller(), class_name(type(module))
        place = f"{where} {kind}"
        told = self._open[place] = self._open.get(place, 0) + 1
        if told <= _MOST_OPEN:
            self._journal.write(MaskOpen, where=where, type=kind, mask=name)

    def _is_padded(self, output: object, mask: Tensor) -> bool:
        """Whether what has a graph was made of rows of which this mask leaves out a good part."""
        has_graph = type(output) is Tensor and output.grad_fn is not None
        return has_graph and self._due_of_means.is_due("") and leaves_out_much(mask)

    def _is_of_padding(self, name: str) -> bool:
        return bool(self._ids.padded) and name.endswith("key_padding_mask") and self._due.is_due("")


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
