"""The accounts of what an optimizer steps in the place of parameters: which copy is whose."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING

from torch import Tensor

from backtrace.recording.tensors.optimizer_copies import OptimizerCopy

if TYPE_CHECKING:
    from backtrace.recording.tensors.tracked import Register


class PieceRef:
    """Refers to a piece of a flat tensor for as long as that lives where it is."""

    def __init__(self, piece: Tensor, flat: Tensor) -> None:
        self._piece: Tensor | None = piece
        self._flat = weakref.ref(flat)
        self._pointer = flat.data_ptr()

    def __call__(self) -> Tensor | None:
        """Return the piece; None once the flat tensor is gone, or has other memory."""
        flat = self._flat()
        if flat is None or flat.data_ptr() != self._pointer:
            self._piece = None
        return self._piece


class Copies:
    """The copies of a run, each once; `names` are those of all that a library copies to and fro."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._stepped_for: dict[int, tuple[weakref.ref[Tensor], str]] = {}
        self._of: dict[int, tuple[weakref.ref[Tensor], list[PieceRef]]] = {}

    def place(self, parameter: Tensor, copy: OptimizerCopy, name: str, register: Register) -> None:
        """Open accounts for the copy of the parameter of this name; close the flat tensor's."""
        known = self._stepped_for.get(id(parameter))
        if known is not None and known[0]() is parameter:
            return
        tracked = register.find(parameter)
        copy_name = name if copy.stands_in else f"{name} (optimizer's copy)"
        self._stepped_for[id(parameter)] = (weakref.ref(parameter), name if copy.stands_in else "")
        self.names |= {name, copy_name}
        if copy.stands_in:
            register.forget_tensor(parameter)
        elif tracked is not None:
            tracked.copy, tracked.is_announced = copy_name, False
        if copy.flat is not None:
            register.forget_tensor(copy.flat)
        if copy.tensor is not None:
            register.forget_tensor(copy.tensor)
            placed = register.track(
                copy.tensor, copy_name, "parameter" if copy.stands_in else "tensor"
            )
            if copy.flat is not None:
                placed.ref, placed.part = self._add(copy.flat, copy.tensor), copy.part

    def find_stand_in(self, parameter: Tensor) -> str:
        """Return the name of the piece that stands in for a parameter between calls, or ''."""
        known = self._stepped_for.get(id(parameter)) if self._stepped_for else None
        return known[1] if known is not None and known[0]() is parameter else ""

    def _add(self, flat: Tensor, piece: Tensor) -> PieceRef:
        """Note a piece of a flat tensor; return what to refer to it by."""
        known = self._of.get(id(flat))
        if known is None or known[0]() is not flat:
            known = self._of[id(flat)] = (weakref.ref(flat), [])
        ref = PieceRef(piece, flat)
        known[1].append(ref)
        return ref

    def split(self, tensors: Iterable[Tensor]) -> list[Tensor]:
        """Return the tensors with the pieces of each flat one in its place."""
        if not self._of:
            return list(tensors)
        return [each for tensor in tensors for each in self._pieces_of(tensor)]

    def _pieces_of(self, tensor: Tensor) -> list[Tensor]:
        known = self._of.get(id(tensor))
        if known is None or known[0]() is not tensor:
            return [tensor]
        return [piece for ref in known[1] if (piece := ref()) is not None] or [tensor]
