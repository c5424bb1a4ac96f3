"""What the nodes of a kept graph are called: module, class and line, as far as they were seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backtrace.explain.graph.chains import operation_name
from backtrace.explain.live.kept_graph import KeptNode


@dataclass(frozen=True)
class NodeLabel:
    """Which module's call made a node, that module's class, and the user's line."""

    module: str = ""
    layer: str = ""
    where: str = ""


Labels = Mapping[int, NodeLabel]


def title_of(node: KeptNode, labels: Labels) -> tuple[str, str]:
    """Return the place of a node and its kind: `fc` and `Linear Addmm`."""
    label, operation = labels.get(node.index, NodeLabel()), operation_name(node.name)
    kind = f"{label.layer} {operation}" if label.layer and label.module else operation
    return label.module, kind


def place_of(node: KeptNode, labels: Labels) -> str:
    """Return the same in one text, with the line."""
    place = " ".join(filter(None, title_of(node, labels)))
    where = labels.get(node.index, NodeLabel()).where
    return f"{place} {where}" if where else place
