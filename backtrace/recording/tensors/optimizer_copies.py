"""What an optimizer steps in the place of parameters under DeepSpeed's ZeRO and Megatron-LM.

`safe_get_full_grad` and the like are not called: they are collectives, in which the other ranks
would have to take part. What lies in this process is read from the attributes behind them.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

# Another class may run code of its own when it is asked, and its metaclass when it is compared.
_PLAIN = frozenset(map(id, (Tensor, nn.Parameter)))
_ODD = (AttributeError, KeyError, IndexError, TypeError, ValueError)  # another release of theirs


@dataclass(frozen=True, slots=True, eq=False)
class ZeroPart:
    """A piece of the flat tensor `flat` that this rank's optimizer steps under ZeRO.

    `shape` is that of the parameter, `start` where in the flat tensor the piece begins.
    """

    flat: weakref.ref[Tensor]
    shape: tuple[int, ...]
    start: int
    is_shard = True
    placements = "a piece of ZeRO's flat tensor"

    def grad_of(self, piece: Tensor) -> Tensor | None:
        """Return the gradient that the optimizer finds: a piece of the flat tensor's."""
        flat = self.flat()
        grad = None if flat is None else flat.grad
        return None if grad is None else _cut(grad, self.start, piece.numel())


@dataclass(frozen=True, slots=True, eq=False)
class MainGradPart:
    """A parameter whose gradients are added up in its `main_grad`, and not in `.grad`."""

    flat: weakref.ref[Tensor]
    shape: tuple[int, ...]
    is_shard = False
    placements = ""

    def grad_of(self, parameter: Tensor) -> Tensor | None:
        """Return `main_grad`; `.grad`, where there is none."""
        found = vars(parameter).get("main_grad")
        return found if id(type(found)) in _PLAIN else parameter.grad


@dataclass(frozen=True, slots=True, eq=False)
class OptimizerCopy:
    """What is stepped in a parameter's place: all of it, or a piece of the tensor `flat`.

    `tensor` is None where another rank steps it. `stands_in` when the parameter has no numbers of
    its own between calls (ZeRO's stage 3).
    """

    tensor: Tensor | None = None
    flat: Tensor | None = None
    part: ZeroPart | None = None
    stands_in: bool = False


def find_copy(parameter: Tensor) -> OptimizerCopy | None:
    """Return what an optimizer steps in a parameter's place, if DeepSpeed or Megatron say so."""
    known = vars(parameter) if id(type(parameter)) in _PLAIN else {}
    if not known:
        return None
    try:
        if "_hp_mapping" in known:
            return _stage_1_piece(known["_hp_mapping"], tuple(parameter.shape))
        if "_z3_optimizer" in known:
            return _stage_3_piece(known)
        copy: Tensor = known["main_param"]
        return OptimizerCopy(copy) if id(type(copy)) in _PLAIN and copy is not parameter else None
    except _ODD:
        return None


def find_main_grad(parameter: Tensor) -> MainGradPart | None:
    """Return the part that says where a parameter's gradients are, if it is not `.grad`."""
    known = vars(parameter) if id(type(parameter)) in _PLAIN else {}
    if id(type(known.get("main_grad"))) not in _PLAIN:
        return None
    return MainGradPart(weakref.ref(parameter), tuple(parameter.shape))


def _stage_1_piece(mapping: Any, shape: tuple[int, ...]) -> OptimizerCopy | None:
    """Return this rank's piece; all of it may be on another, which sends what it made of it."""
    if mapping is None:
        return OptimizerCopy()
    address = mapping.hp_fragment_address
    return _piece(mapping.hp_fragment._base, address.start, address.numel, shape)


def _stage_3_piece(known: dict[str, Any]) -> OptimizerCopy | None:
    """Return this rank's piece of what is partitioned in all ranks; the last may be padded."""
    optimizer = vars(known["_z3_optimizer"])
    group, start, count = optimizer["grad_position"][known["ds_id"]]
    flat = optimizer["fp32_partitioned_groups_flat"][group]
    count = min(count, known["ds_numel"] - known["ds_zero_partition_rank"] * count)
    return _piece(flat, start, max(count, 0), tuple(known["ds_shape"]), stands_in=True)


def _piece(
    flat: Tensor | None, start: int, count: int, shape: tuple[int, ...], *, stands_in: bool = False
) -> OptimizerCopy | None:
    if flat is None:
        return None
    piece = _cut(flat, start, count).requires_grad_(stands_in)
    return OptimizerCopy(piece, flat, ZeroPart(weakref.ref(flat), shape, start), stands_in)


def _cut(flat: Tensor, start: int, count: int) -> Tensor:
    """Return a piece that shares memory and version with the whole, and is no part of a graph."""
    return flat.detach().reshape(-1).narrow(0, start, count)
