"""What goes backward, read as one function of a loss: whether it rises or falls as that rises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.ledger.graph_parts import LOSS_NODES
from backtrace.ledger.graph_seen import Op

_CURVES = ("Exp", "Expm1", "Log", "Log10", "Log1p", "Log2", "Sigmoid", "Softplus", "Sqrt", "Tanh")
_VIEWS = ("Alias", "Clone", "Squeeze", "ToCopy", "Unsqueeze", "View")
_RISING = frozenset(("Add", "Mean", "Sum", *_CURVES, *_VIEWS))
_FALLING = frozenset(("Neg", "Reciprocal", "Rsub", "Rsqrt"))
_LOGS = frozenset(("Log", "Log10", "Log2"))
_LOSSES = tuple(LOSS_NODES.values())
SQUARES = "mean((x - y)**2)"
COSINE = "cosine_similarity"


@dataclass(frozen=True)
class LossChain:
    """The node of a loss, or what is written for one, and the sign of its part in what is small.

    `sign` is 0 where the chain divides, of which it is not known which of the two is the number.
    """

    end: str
    sign: int


def read_chain(path: Sequence[Op]) -> LossChain | None:
    """Return the one loss that a path leads to through functions that only rise, or only fall.

    Each operation has one source with a graph. A mean of squares counts where a logarithm is taken
    of it, and a cosine similarity where one of the two vectors has no graph.
    """
    sign, has_log = 1, False
    for at, op in enumerate(path):
        kind, behind = _kind(op), path[at + 1 :]
        if op.name.startswith(_LOSSES):
            return LossChain(op.name, sign)
        if kind == "Pow" and has_log and _is_mean_of_squares(path, at):
            return LossChain(SQUARES, sign)
        if kind == "Mul" and _is_cosine(op, behind):
            return LossChain(COSINE, sign)
        own = _sign_of(op)
        if own is None or len(op.inputs) != 1:
            return None
        has_log = has_log or kind in _LOGS
        sign *= own
    return None


def _sign_of(op: Op) -> int | None:
    """Return 1 of what rises with its source, -1 of what falls, 0: either, None: neither."""
    kind = _kind(op)
    if kind in _RISING:
        return 1
    if kind in _FALLING:
        return -1
    if kind in ("Mul", "Div") and op.scalar:
        return 0 if kind == "Div" else 1 if op.scalar > 0 else -1
    return None


def _is_mean_of_squares(path: Sequence[Op], at: int) -> bool:
    """Whether a power is between a mean or a sum and a difference of something without a graph."""
    around = [_kind(each) for each in (*path[max(at - 1, 0) : at], *path[at + 1 : at + 2])]
    return around in (["Mean", "Sub"], ["Sum", "Sub"]) and len(path[at + 1].inputs) == 1


def _is_cosine(op: Op, behind: Sequence[Op]) -> bool:
    """Whether a product is that of `cosine_similarity`, of which one vector has a graph."""
    if len(op.inputs) != 1 or op.scalar is not None or not behind or _kind(behind[0]) != "Div":
        return False
    shapes = behind[0].inputs
    kinds = {_kind(each) for each in behind if each.output == shapes[-1]}
    return len(shapes) == 2 and shapes[0] != shapes[1] and bool(kinds & {"Clone", "ClampMin"})


def _kind(op: Op) -> str:
    return op.name.rstrip("0123456789").removesuffix("Backward")
