"""Targets that are made of the model's own later output, and have a gradient."""

from __future__ import annotations

from collections.abc import Iterable

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import MODEL, leaves_behind, mark_of, name_of

_LOSSES = ("MseLossBackward", "SmoothL1LossBackward", "HuberLossBackward", "SubBackward")
_PASSED_ON = (
    "Squeeze", "View", "Unsqueeze", "Reshape", "Expand", "ToCopy", "Max", "Amax", "Min", "Gather",
    "Index", "Select", "Slice",
)  # fmt: skip
_STEPS = 8


def find_live_bootstraps(nodes: Iterable[Node]) -> list[Node]:
    """Return such targets, of which a model's output is a difference.

    A target is a constant plus a constant times what the model returned, as in `reward + gamma *
    q(next_state)`; both lead to the same leaves.
    """
    found: list[Node] = []
    for node in nodes:
        sources = [source for source, _ in node.next_functions]
        if not name_of(node).startswith(_LOSSES) or len(sources) != 2 or None in sources:
            continue
        for one, other in (sources, sources[::-1]):
            if one is not None and other is not None and _is_bootstrap(other):
                is_own = _returned_by(one) is not None and bool(
                    leaves_behind(one) & leaves_behind(other)
                )
                found += [other] * is_own
    return found


def _is_bootstrap(node: Node) -> bool:
    """Whether a constant and a constant times a model's output are added here."""
    total = _skip(node)
    added = _alone(total, "AddBackward")
    factor = _skip(added) if added is not None else None
    is_scaled = False
    while factor is not None and (inner := _alone(factor, "MulBackward")) is not None:
        factor, is_scaled = _skip(inner), True
    return is_scaled and factor is not None and _returned_by(factor) is not None


def _alone(node: Node | None, kind: str) -> Node | None:
    """Return the one source of an operation of a kind whose other one is a constant."""
    if node is None or not name_of(node).startswith(kind):
        return None
    sources = [source for source, _ in node.next_functions if source is not None]
    return sources[0] if len(sources) == 1 else None


def _returned_by(node: Node) -> str | None:
    """Return the model that returned what stands here, views and choices looked through."""
    current: Node | None = node
    for _ in range(_STEPS):
        if current is None:
            return None
        if (model := mark_of(current, MODEL)) is not None:
            return model
        current = _next(current)
    return None


def _skip(node: Node | None) -> Node | None:
    """Follow operations that hand on what they were given, up to what a model returned."""
    for _ in range(_STEPS):
        if node is None or mark_of(node, MODEL) is not None:
            break
        following = _next(node)
        if following is None:
            break
        node = following
    return node


def _next(node: Node) -> Node | None:
    if not name_of(node).startswith(_PASSED_ON):
        return None
    return next((source for source, _ in node.next_functions if source is not None), None)
