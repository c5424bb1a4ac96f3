"""Targets that are made of the model's own later output, and have a gradient."""

from __future__ import annotations

from collections.abc import Iterable

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import (
    MODEL,
    MODULE,
    leaves_behind,
    mark_of,
    name_of,
    shape_of,
)

_LOSSES = ("MseLossBackward", "SmoothL1LossBackward", "HuberLossBackward", "SubBackward")
_PASSED_ON = (
    "Squeeze", "View", "Unsqueeze", "Reshape", "Expand", "ToCopy", "Max", "Amax", "Min", "Gather",
    "Index", "Select", "Slice",
)  # fmt: skip
_COLLECTED = ("Stack", "Cat")  # the values of one episode, step by step
_STEPS = 8
_MOST = 8  # that are looked for: each step of an episode may have one


def find_live_bootstraps(nodes: Iterable[Node]) -> list[Node]:
    """Return such targets, of which a model's output is a difference.

    A target is a constant plus a constant times what the model returned, as in `reward + gamma *
    q(next_state)`, and both lead to the same leaves; or it is the output itself and a constant.
    Single numbers for each row may be collected before, as a critic's are over the steps of an
    episode.
    """
    found: list[Node] = []
    for node in nodes:
        if len(found) >= _MOST:
            break
        sources = [source for source, _ in node.next_functions]
        if not name_of(node).startswith(_LOSSES) or len(sources) != 2 or None in sources:
            continue
        for one, other in (sources, sources[::-1]):
            if one is not None and other is not None and _is_bootstrap(other):
                is_own = _returned_by(one) is not None and bool(
                    leaves_behind(one) & leaves_behind(other)
                )
                found += [other] * is_own
            elif one is not None and other is not None and _is_sum_with(node, one, other):
                found.append(other)
    return found


def _is_sum_with(loss: Node, output: Node, target: Node) -> bool:
    """Whether a target is what it is compared with, plus a constant: `advantage + value`.

    What is computed of a target so moves with the output, and its gradient takes that away.
    """
    added = _alone(_skip(target), "AddBackward")
    is_same = added is not None and (added is output or _skip(added) is _skip(output))
    return is_same and name_of(loss).startswith(_LOSSES[:-1])


def _is_bootstrap(node: Node) -> bool:
    """Whether a constant and a constant times a model's output are added here."""
    total = _skip(node)
    added = _alone(total, "AddBackward")
    factor = _skip(added) if added is not None else None
    scaled: Node | None = None
    while factor is not None and (inner := _alone(factor, "MulBackward")) is not None:
        factor, scaled = _skip(inner), inner
    return scaled is not None and _returned_by(scaled) is not None


def _alone(node: Node | None, kind: str) -> Node | None:
    """Return the one source of an operation of a kind whose other one is a constant."""
    if node is None or not name_of(node).startswith(kind):
        return None
    sources = [source for source, _ in node.next_functions if source is not None]
    return sources[0] if len(sources) == 1 else None


def _returned_by(node: Node) -> str | None:
    """Return the model that returned what stands here, views and choices looked through.

    What is collected may be of a part, such as the critic in a module that holds an actor too.
    """
    current: Node | None = node
    is_collected = False
    for _ in range(_STEPS):
        if current is None:
            return None
        model = mark_of(current, MODEL) or (mark_of(current, MODULE) if is_collected else None)
        if model is not None:
            return model
        is_collected = is_collected or name_of(current).startswith(_COLLECTED)
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
    name = name_of(node)
    if not name.startswith((*_PASSED_ON, *_COLLECTED)):
        return None
    first = next((source for source, _ in node.next_functions if source is not None), None)
    is_collected = first is not None and name.startswith(_COLLECTED)
    return first if not is_collected or _is_one_number_a_row(first) else None


def _is_one_number_a_row(node: Node | None) -> bool:
    shape = shape_of(node) if node is not None else ()
    return len(shape) < 2 or shape[-1] == 1
