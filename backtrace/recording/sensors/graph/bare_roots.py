"""Roots of what nothing keeps above zero: at zero the value is finite and the slope is not."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import name_of

_OF_ANGLES = ("AcosBackward0", "AsinBackward0")
_CLAMPS = (
    "ClampBackward", "ClampMinBackward", "ExpBackward", "MaximumBackward", "SoftplusBackward",
)  # fmt: skip
_SHIFTS = ("AddBackward0", "SubBackward0", "RsubBackward1")
_SHAPING = (  # operations that hand on numbers as they are, or sums of them
    "AliasBackward", "CloneBackward", "ExpandBackward", "MeanBackward", "ReshapeAliasBackward",
    "SelectBackward", "SliceBackward", "SqueezeBackward", "SumBackward", "TBackward",
    "TransposeBackward", "UnsafeViewBackward", "UnsqueezeBackward", "ViewBackward",
)  # fmt: skip
_SCALING = ("MulBackward0", "DivBackward0")


def find_bare_roots(nodes: Sequence[Node]) -> list[Node]:
    """Return square roots, powers below one and inverse cosines and sines that nothing keeps away.

    Away from where their slope is infinite, as a number that is added inside of a root does, a
    clamp or an exponential.
    """
    return [node for node in nodes if _is_root(node) and not _is_kept_away(node)]


def angles_among(roots: Sequence[Node]) -> list[Node]:
    """Return, of such, the inverse cosines and sines."""
    return [node for node in roots if name_of(node) in _OF_ANGLES]


def _is_root(node: Node) -> bool:
    if name_of(node) == "PowBackward0":
        exponent = getattr(node, "_saved_exponent", None)
        return isinstance(exponent, float) and 0 < exponent < 1
    return name_of(node) in ("SqrtBackward0", *_OF_ANGLES)


def _is_kept_away(node: Node) -> bool:
    """Whether what goes in was clamped, or had a number added; of an angle's, or multiplied."""
    is_angle = name_of(node) in _OF_ANGLES
    behind = node.next_functions[0][0]
    while behind is not None:
        name, takes_number = name_of(behind), any(each is None for each, _ in behind.next_functions)
        if takes_number and not is_angle and name in _SCALING:
            pass
        elif not name.startswith(_SHAPING):
            moves = (*_SHIFTS, *_SCALING) if is_angle else _SHIFTS
            if is_angle and name == "ClampBackward1":
                return not _is_up_to_one(behind)
            return name.startswith(_CLAMPS) or (takes_number and name in moves)
        behind = behind.next_functions[0][0]
    return True


def _is_up_to_one(node: Node) -> bool:
    """Whether a clamp leaves in what an inverse cosine has no finite slope at: -1 or 1 itself."""
    least, most = getattr(node, "_saved_min", None), getattr(node, "_saved_max", None)
    return _is_open(least) or _is_open(most)


def _is_open(limit: object) -> bool:
    return not isinstance(limit, int | float) or abs(limit) >= 1
