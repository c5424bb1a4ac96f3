"""The main chain of a graph, and the graph unfolded into lines, each node once.

The main chain goes from the loss along the longest way. It is drawn straight down; what joins it
from the side is indented below the node that it enters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtrace.ledger.graph_facts import GraphNode

_Depth = tuple[int, int]  # calls of modules, nodes


@dataclass(frozen=True, slots=True)
class GraphLine:
    """One line: `guides` lead to the nodes of it, several where they have no other input.

    `is_reference` says that the node has its own line elsewhere.
    """

    guides: str
    nodes: tuple[int, ...]
    is_reference: bool = False


def main_chain(nodes: Sequence[GraphNode]) -> list[str]:
    """Return what the input went through on its longest way, up to `loss`.

    A layer stands with its class, however many nodes it has made; an operation outside any layer
    with its own name.
    """
    if not nodes:
        return []
    depths = _depths(nodes)
    names: list[str] = []
    before = -1
    at: int | None = 0
    while at is not None:
        node = nodes[at]
        if not node.is_leaf and not (node.is_layer and node.call == before):
            names.append(node.layer if node.is_layer else operation_name(node.operation))
        before = node.call if node.is_layer else -1
        at = _main_input(nodes, depths, node)
    return [*reversed(names), "loss"]


def operation_name(operation: str) -> str:
    """Return `Mul` for `MulBackward0`."""
    return operation.rpartition("::")[2].rstrip("0123456789").removesuffix("Backward") or operation


def unfold(nodes: Sequence[GraphNode]) -> list[GraphLine]:
    """Return the graph as lines, from the loss on."""
    if not nodes:
        return []
    depths = _depths(nodes)
    lines: list[GraphLine] = []
    drawn: set[int] = set()
    # A stack of what is still to be drawn, for graphs may be deeper than calls can be.
    waiting: list[_Line | _Branch] = [_Branch(0, "", "")]
    while waiting:
        work = waiting.pop()
        if isinstance(work, _Line):
            lines.append(GraphLine(work.guides, (work.node,)))
        elif nodes[work.start].is_leaf:
            lines.append(GraphLine(work.first, (work.start,)))
        elif work.start in drawn:
            lines.append(GraphLine(work.first, (work.start,), is_reference=True))
        elif work.is_side:
            drawn.add(work.start)
            lines.append(GraphLine(work.first, (work.start, *nodes[work.start].inputs)))
        else:
            path = _claim(nodes, depths, work.start, drawn)
            waiting += reversed(list(_draw(nodes, path, work)))
    return lines


@dataclass(frozen=True, slots=True)
class _Line:
    node: int
    guides: str


@dataclass(frozen=True, slots=True)
class _Branch:
    """A chain yet to be claimed: the guides of its first line, and of the others."""

    start: int
    first: str
    rest: str
    is_side: bool = False


def _draw(
    nodes: Sequence[GraphNode], path: list[int], branch: _Branch
) -> Iterator[_Line | _Branch]:
    """Give the nodes of a chain, each followed by what joins it from the side."""
    for at, index in enumerate(path):
        yield _Line(index, branch.rest if at else branch.first)
        sides = list(nodes[index].inputs)
        if at + 1 < len(path):
            sides.remove(path[at + 1])
        for number, side in enumerate(sides, start=1):
            guides = ("└╴", "  ") if number == len(sides) else ("├╴", "│ ")
            first, rest = (branch.rest + guide for guide in guides)
            yield _Branch(side, first, rest, _is_side(nodes, nodes[index], side))


def _claim(
    nodes: Sequence[GraphNode], depths: Sequence[_Depth], start: int, drawn: set[int]
) -> list[int]:
    """Return the chain from a node on, as far as nothing of it has been drawn."""
    path = [start]
    drawn.add(start)
    while (following := _main_input(nodes, depths, nodes[path[-1]])) is not None:
        if following in drawn or nodes[following].is_leaf:
            break
        path.append(following)
        drawn.add(following)
    return path


def _main_input(
    nodes: Sequence[GraphNode], depths: Sequence[_Depth], node: GraphNode
) -> int | None:
    """Return the input with the longest way behind it, if there is one that is no side."""
    found = [each for each in node.inputs if not _is_side(nodes, node, each)]
    return max(found, key=lambda each: depths[each], default=None)


def _is_side(nodes: Sequence[GraphNode], node: GraphNode, index: int) -> bool:
    """Whether an input is a parameter's, at once or through one operation of the same call."""
    side = nodes[index]
    if side.is_leaf:
        return True
    is_alone = len(side.inputs) == 1 and nodes[side.inputs[0]].is_leaf
    return is_alone and len(node.inputs) > 1 and side.call == node.call


def _depths(nodes: Sequence[GraphNode]) -> list[_Depth]:
    """Return how long the longest way from each node to a leaf is.

    First in calls of modules, for a weight may be worked out in many operations of one call, and
    then in nodes.
    """
    depths: list[_Depth | None] = [None] * len(nodes)
    waiting = list(range(len(nodes)))
    while waiting:
        at = waiting[-1]
        open_inputs = [each for each in nodes[at].inputs if depths[each] is None]
        if open_inputs and depths[at] is None:
            waiting += open_inputs
            continue
        waiting.pop()
        ways = [
            (_step(nodes[at], nodes[each]), depths[each] or (0, 0)) for each in nodes[at].inputs
        ]
        depths[at] = max(((way[0] + calls, way[1] + 1) for calls, way in ways), default=(0, 0))
    return [depth or (0, 0) for depth in depths]


def _step(node: GraphNode, source: GraphNode) -> int:
    """Return 1 where the way leads from one module's call to another's."""
    return int(not source.is_leaf and source.call != node.call)
