"""Layers whose call tells of the whole: along which axis they go, and blocks that are one block.

Told of every module's call; writes SequenceTaken, LayerDropped, BackwardDefined
and the facts of batch norms' statistics.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TypeGuard

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd

from backtrace.as_data import attributes_of, class_name
from backtrace.explain.graph import module_tree
from backtrace.ledger.layer_facts import (
    BackwardDefined,
    LayerDropped,
    SequenceTaken,
    StatisticsReplaced,
    StatisticsUntouched,
)
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller, find_line_in
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.kernels.norm_statistics import is_untouched
from backtrace.recording.kernels.row_ends import end_in_zeros
from backtrace.recording.sensors.attention_drops import AttentionDrops, find_outermost
from backtrace.recording.sensors.attention_masks import MASKED, AttentionMasks
from backtrace.recording.sensors.batch_views import viewed_from
from backtrace.recording.sensors.counted_positions import CountedPositions, has_table
from backtrace.recording.sensors.dropout_shares import DropoutShares
from backtrace.recording.sensors.embedded_ids import EmbeddedIds
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.graph.last_activations import find_activation, is_for_selu
from backtrace.recording.sensors.graph.padded_ends import mark_padded
from backtrace.recording.sensors.modes import ModeSensor
from backtrace.recording.sensors.outputs import OutputSensor
from backtrace.recording.sensors.repeated_blocks import RepeatedBlocks, is_list
from backtrace.recording.sensors.taken_states import TakenStates
from backtrace.recording.tensors.own_backward import find_backward
from backtrace.recording.weak_keys import weak_keys

_ALONG = (nn.RNNBase, nn.TransformerEncoderLayer, nn.TransformerEncoder, nn.MultiheadAttention)
_HOLDING = (nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)
_STEPPING = (nn.RNNBase, nn.RNNCellBase)
_LOOKED_AT = (*_ALONG, *MASKED, *_STEPPING, nn.Embedding, _NormBase, _DropoutNd)
_MADE = (*_ALONG, _NormBase, _DropoutNd)  # for whose finding the line that made them counts
_LOOKS = 5  # at each batch norm
MOSTLY = 0.8  # a layer of dropout that drops as much is entered
NEWEST = 0.9  # a batch norm's momentum, the weight of its newest batch, from which it is entered


class LayerCallSensor:
    """Looks at the calls of a few kinds of layers, and at first of others not at all."""

    def __init__(
        self,
        instrument: Instrument,
        accounts: TensorAccounts,
        modes: ModeSensor,
        outputs: OutputSensor,
    ) -> None:
        self._modes = modes
        self._hooks = instrument.hooks
        self.ids = EmbeddedIds()
        self.masks = AttentionMasks(accounts.journal, self.ids)
        self._positions = CountedPositions(accounts.journal)
        self._states = TakenStates(accounts, outputs)
        self.shares = DropoutShares(accounts.journal)
        self._drops = AttentionDrops(accounts)
        self._made: MutableMapping[nn.Module, str] = weak_keys()  # and in which line
        self._lines: dict[type, set[str]] = {}  # in which those of a class were made
        self._register = accounts.register
        self._journal = accounts.journal
        self._is_along: dict[int, tuple[bool, type]] = {}  # by the id of a class that is held
        self._due = DueCounts(first=3)
        self._looks: MutableMapping[nn.Module, int] = weak_keys()
        self._judged: MutableMapping[nn.Module, bool] = weak_keys()
        self._repeats = RepeatedBlocks(accounts, self._made)
        self._models = 0  # when repeated blocks were looked for last

    def install(self) -> None:
        """Be told of registrations, for the line in which such layers and lists are made."""
        self._hooks.on_registration(self._registered)

    def _registered(self, parent: nn.Module, parts: list[object], _: str = "") -> None:
        kind = type(parent)
        for part in parts:
            if is_for_selu(part) or _drops_most(part):  # no part of theirs tells of their making
                self._made.setdefault(part, find_caller())
        for part in parts if issubclass(kind, _HOLDING) else ():
            if isinstance(part, nn.MultiheadAttention):
                self._made.pop(part, None)  # its layer is told of
        if (is_list(kind) or issubclass(kind, _MADE)) and parent not in self._made:
            where = self._made[parent] = find_caller()
            self._models = -1  # its blocks are looked at with the next call
            if issubclass(kind, _ALONG):
                self._lines.setdefault(kind, set()).add(where)

    def module_called(
        self,
        module: nn.Module,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        output: object,
    ) -> None:
        """Any module was called."""
        kind = type(module)
        known = self._is_along.get(id(kind))
        if known is None:
            self._first_of_kind(module)
            is_known = issubclass(kind, _LOOKED_AT) or id(kind) in self._drops.of_kinds
            known = self._is_along[id(kind)] = is_known or has_table(module), kind
        is_along, _ = known
        if is_along and issubclass(kind, nn.Embedding):
            self.ids.embedding_called(args, output)
            self._positions.embedding_called(args)
        elif is_along and issubclass(kind, _NormBase):
            self._norm(module)
            self._momentum(module)
        elif is_along and issubclass(kind, _DropoutNd):
            self._dropout(module, args)
        elif is_along and not issubclass(kind, _LOOKED_AT):
            self._users_own(module, args, output)
        elif is_along:
            if issubclass(kind, _ALONG):
                self._sequence(module, args, output)
            if issubclass(kind, nn.RNNBase):
                self.ids.recurrent_called(module, args, output, self._made.get(module, ""))
            if issubclass(kind, _STEPPING):
                self._states.layer_called(module, args, kwargs, output)
            if issubclass(kind, nn.MultiheadAttention):
                self._positions.attention_called(module, args, kwargs)
            self.masks.layer_called(module, args, kwargs, output)
        if self._models != len(self._register.modules):
            self._models = len(self._register.modules)
            self._repeats.look()
        if id(module) in self._repeats.blocks:
            self._repeats.block_called(module, args, kwargs, output)

    def _first_of_kind(self, module: nn.Module) -> None:
        """A module was called, of a class of which none was before."""
        self._drops.first_of_kind(type(module))
        code = find_backward(module)
        if code is not None:
            where = find_line_in([(code.co_filename, code.co_firstlineno)])
            self._journal.write(BackwardDefined, where=where, type=class_name(type(module)))

    def _users_own(self, module: nn.Module, args: tuple[object, ...], output: object) -> None:
        """A module of the user's was called that has a table, or attention as a function."""
        if id(type(module)) in self._drops.of_kinds:
            self._drops.module_called(module)
        if has_table(module):
            self._positions.table_called(module, args, output)

    def _norm(self, module: nn.Module) -> None:
        """A batch norm was called: in evaluation mode its statistics are looked at a few times."""
        if module_tree.is_training(module) or self._looks.get(module, 0) >= _LOOKS:
            return
        weight = module_tree.own_parameters(module).get("weight")
        if torch.is_grad_enabled() and weight is not None and weight.requires_grad:
            self._looks[module] = _LOOKS  # it learns with these statistics, whatever they are
            return
        self._looks[module] = self._looks.get(module, 0) + 1
        if is_untouched(module):
            model = find_outermost(module)
            features = int(attributes_of(module).get("num_features", 0))
            kind = class_name(type(module))
            self._journal.write(
                StatisticsUntouched,
                where=find_caller(),
                type=kind,
                features=features,
                model=""
                if (model := find_outermost(module)) is module
                else self._register.name_of(model),
                mode_set=self._modes.end_of_training(module),
            )

    def _momentum(self, module: nn.Module) -> None:
        """A batch norm was called: its momentum is looked at once in training mode."""
        if not module_tree.is_training(module) or module in self._judged:
            return
        self._judged[module] = True
        share = attributes_of(module).get("momentum")
        is_kept = module_tree.own_buffers(module).get("running_mean") is not None
        if is_kept and isinstance(share, float) and NEWEST <= share < 1:
            where = self._made.get(module) or find_caller()
            kind = class_name(type(module))
            self._journal.write(StatisticsReplaced, where=where, type=kind, momentum=share)

    def _dropout(self, module: nn.Module, args: tuple[object, ...]) -> None:
        """A layer of dropout was called: how much it drops is looked at once in training mode."""
        share, is_evaluating = attributes_of(module).get("p"), not module_tree.is_training(module)
        kind = class_name(type(module))
        if is_evaluating or torch.is_grad_enabled():  # a checkpoint calls it without gradient
            where = self._made.get(module, "")
            self.shares.called(module, where, kind, share, is_evaluating=is_evaluating)
        if is_evaluating or self._looks.get(module, 0):
            return
        self._looks[module] = 1
        behind = find_activation(type(module), args)
        if isinstance(share, float | int) and (share >= MOSTLY or (behind and share)):
            where = self._made.get(module) or find_caller()
            self._journal.write(LayerDropped, where=where, type=kind, share=share, behind=behind)

    def _sequence(self, module: nn.Module, args: tuple[object, ...], output: object) -> None:
        taken = args[0] if args else None
        if type(taken) is not Tensor or taken.dim() != 3:
            return
        is_attention = isinstance(module, nn.MultiheadAttention)
        where = self._made.get(module, "") if is_attention else find_caller()
        if not where:
            return
        if not self._due.is_due(where):
            return
        layers = module._modules.get("layers")
        first = next(iter(layers._modules.values()), None) if layers is not None else module
        inner = first._modules.get("self_attn") or first if first is not None else module
        batch_first = bool(attributes_of(inner).get("batch_first", False))
        is_padded = isinstance(module, nn.RNNBase) and (
            self.ids.are_padded(tuple(taken.shape[:2]))
            or end_in_zeros(taken, batch_first=batch_first)
        )
        if is_padded:
            mark_padded(output, is_bidirectional=bool(attributes_of(module).get("bidirectional")))
        kind, shape = class_name(type(module)), tuple(taken.shape)
        is_numbered = self._positions.are_across(taken) and not batch_first
        if not is_attention:  # of which it is told by itself
            self._positions.sequence_taken(kind, shape, batch_first=batch_first)
        self._journal.write(
            SequenceTaken,
            where=self._line_of(module if first is None else first)
            or self._made.get(module, where),
            type=kind,
            shape=shape,
            batch_first=batch_first,
            is_padded=is_padded,
            viewed_from=() if is_attention else viewed_from(taken),
            is_numbered=is_numbered and not isinstance(module, nn.RNNBase),
        )

    def _line_of(self, module: nn.Module) -> str:
        """Return where a layer was made, or the one layer of its class of which it is a copy."""
        lines = self._lines.get(type(module), ())
        return self._made.get(module) or (next(iter(lines)) if len(lines) == 1 else "")


def _drops_most(part: object) -> TypeGuard[nn.Module]:
    share = attributes_of(part).get("p") if issubclass(type(part), _DropoutNd) else None
    return isinstance(share, int | float) and share >= MOSTLY
