"""Positions that were counted along the first axis, for an embedding or a table that is added."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TypeGuard

from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from backtrace.as_data import attributes_of, class_module, class_name, is_a
from backtrace.explain.graph import module_tree
from backtrace.ledger.layer_facts import RowsNumbered
from backtrace.recording.frames import find_caller, find_caller_line, find_line_in
from backtrace.recording.journal import Journal
from backtrace.recording.kernels.positions import (
    are_numbered_across,
    counts_from_zero,
    is_added_to_rows,
)
from backtrace.recording.kernels.source_ids import is_numbering
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.source.lines.position_lines import find_count, find_table_use

_LAYERS = nn.TransformerEncoderLayer.forward.__code__.co_filename


def has_table(module: nn.Module) -> bool:
    """Whether a module of the user's holds a table of positions, `(length, 1, features)`."""
    if class_module(type(module)).startswith("torch."):
        return False
    return any(_is_table(buffer) for buffer in module_tree.own_buffers(module).values())


class CountedPositions:
    """Holds them to the next layer that goes along the second axis; writes RowsNumbered."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._due = DueCounts(first=5)
        self._rows, self._where, self._is_table = 0, "", False
        self._words = 0, 0  # the shape of what was embedded last that is no column
        self._kept: dict[tuple[int, ...], Tensor] = {}  # such ids, by their shape

    def embedding_called(self, args: tuple[object, ...]) -> None:
        """An embedding was given `args`: perhaps 0, 1, 2 … below one another."""
        ids = args[0] if args else None
        if type(ids) is not Tensor or ids.dim() != 2 or ids.is_floating_point():
            return
        rows, width = ids.shape
        if width > 1:
            self._words = rows, width
            if rows > 1 and self._due.is_due("words") and not is_numbering(ids):
                self._kept.setdefault((rows, width), ids.detach().clone())
        elif rows > 1 and self._due.is_due("embedding") and counts_from_zero(ids):
            counted = find_count(*find_caller_line())
            self._rows, self._where, self._is_table = rows, _place(counted), False

    def table_called(self, module: nn.Module, args: tuple[object, ...], output: object) -> None:
        """A module with a table was called: perhaps it added one entry to each row of a batch."""
        given = args[0] if args else None
        if type(given) is not Tensor or type(output) is not Tensor or given.dim() != 3:
            return
        if given.shape != output.shape or not self._due.is_due("table"):
            return
        share = _share_dropped(module)
        tables = {
            name: each
            for name, each in module_tree.own_buffers(module).items()
            if _is_table(each) and is_added_to_rows(each, given, output, share)
        }
        if tables:
            used = find_table_use(type(module), tables)
            self._rows, self._where, self._is_table = given.shape[0], _place(used), True

    def attention_called(
        self, module: nn.Module, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> None:
        """An attention was called: of one over its own places, what it took counts."""
        if not self._rows:
            return
        query, key = (
            args[at] if at < len(args) else kwargs.get(name)
            for at, name in enumerate(("query", "key"))
        )
        if _is_in_a_layer():
            return
        if type(query) is not Tensor or query is not key or query.dim() != 3:
            self._rows = 0  # what was counted asks, or is asked
            return
        batch_first = bool(attributes_of(module).get("batch_first", False))
        kind = class_name(type(module))
        self.sequence_taken(kind, tuple(query.shape), batch_first=batch_first)

    def are_across(self, taken: Tensor) -> bool:
        """Whether a layer takes what was embedded, with positions along the second axis."""
        kept, self._kept = self._kept, {}
        ids = kept.get(tuple(taken.shape[:2]))
        if ids is None or ids.device != taken.device or ids.shape[0] == ids.shape[1]:
            return False
        return taken.is_floating_point() and are_numbered_across(ids, taken)

    def sequence_taken(self, kind: str, shape: tuple[int, ...], *, batch_first: bool) -> None:
        """A layer took a sequence; what was counted before was counted for it."""
        rows, self._rows = self._rows, 0
        # A vector that belongs to a row is looked up by its number too, but beside no words.
        is_added = self._is_table or self._words == shape[:2]
        if batch_first and is_added and rows == shape[0] and shape[1] not in (1, rows):
            self._journal.write(RowsNumbered, where=self._where, type=kind, shape=shape)


def _place(found: tuple[str, int] | None) -> str:
    """Return a line that is known, or else that of the caller."""
    return find_caller() if found is None else find_line_in([found])


def _is_in_a_layer() -> bool:
    """Whether one of torch's transformer layers is being called, which tells of itself."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == _LAYERS:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _is_table(buffer: Tensor | None) -> TypeGuard[Tensor]:
    if buffer is None or type(buffer) is not Tensor:  # one of the user's class would run its code
        return False
    return buffer.dim() == 3 and buffer.shape[1] == 1 < buffer.shape[0]


def _share_dropped(module: nn.Module) -> float:
    """Return how much the dropout that a module holds sets to zero."""
    for part in module_tree.children(module):
        share = attributes_of(part).get("p")
        if is_a(part, _DropoutNd) and module_tree.is_training(module):
            return share if isinstance(share, int | float) else 0.0
    return 0.0
