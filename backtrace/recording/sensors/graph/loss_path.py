"""The way from a loss to what the models returned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch.autograd.graph import Node

from backtrace.ledger.graph_seen import Op
from backtrace.ledger.quick_init import quick_init
from backtrace.ledger.squared_rows import squares_rows
from backtrace.recording.kernels.scalars import read_factor
from backtrace.recording.sensors.graph.autograd_nodes import (
    MODEL,
    Packed,
    leaf_of,
    mark_of,
    name_of,
    read_saved,
    shape_of,
)

_LONGEST = 200
_SCALED = {"MulBackward0", "DivBackward0"}


@quick_init
@dataclass(frozen=True, slots=True)
class LossPath:
    """The operations between a loss and the models' outputs, and the names of these models.

    The loss's own comes first and leaves are left out. Where no model's output is met, all are
    given, up to the longest that a path may be. `unread` says what was not read. `ends` are the
    nodes of the models' outputs, and `nodes` those of the operations, not to be kept.
    """

    operations: tuple[Op, ...]
    models: tuple[str, ...]
    unread: str
    ends: tuple[Node, ...] = ()
    nodes: tuple[Node, ...] = ()


def read_path(root: Node, is_packed: Packed) -> LossPath:
    """Walk from a root to the marks on what models returned, and to the leaves."""
    users, ends, is_cut = _walk(root)
    kept = _leading_to(ends, users) if ends else set(users)
    found = [node for node in users if node in kept and node not in ends]
    scaled = [node for node in found if name_of(node) in _SCALED]
    skipped = sum(map(is_packed, scaled))
    notes = [f"only the {_LONGEST} operations nearest the loss"] if is_cut else []
    notes += [f"{skipped} numbers, for what was saved is packed by hooks"] if skipped else []
    models = tuple(dict.fromkeys(ends.values()))
    operations = tuple(_describe(node, is_packed) for node in found)
    return LossPath(operations, models, "; ".join(notes), tuple(ends), tuple(found))


def find_on_the_way(paths: Sequence[LossPath]) -> dict[str, list[Node]]:
    """Return the nodes on the way whose lines are told, the nearest first.

    Those that are `squared` pair every row with every other; those that are `weightless` are what a
    backward begins at, and multiply by zero.
    """
    return {"squared": _find_squared(paths), "weightless": _find_weightless(paths)}


def _find_squared(paths: Iterable[LossPath]) -> list[Node]:
    return [
        node
        for path in paths
        for node, operation in zip(path.nodes, path.operations, strict=True)
        if squares_rows(operation, path.operations)
    ]


def _find_weightless(paths: Iterable[LossPath]) -> list[Node]:
    return [
        path.nodes[0]
        for path in paths
        if path.nodes
        and path.operations[0].name.startswith("MulBackward")
        and path.operations[0].scalar == 0
    ]


def _walk(root: Node) -> tuple[dict[Node, list[Node]], dict[Node, str], bool]:
    """Return the nodes from a root to the marks, nearest first, each with those that take it.

    Besides, those with a mark, each with the model that it names, and whether there are more
    than are given.
    """
    users: dict[Node, list[Node]] = {root: []}
    ends: dict[Node, str] = {}
    waiting, is_cut = [root], False
    for node in waiting:  # it grows
        if (model := mark_of(node, MODEL)) is not None:
            ends[node] = model
            continue
        for source, _ in node.next_functions:
            if source is None or leaf_of(source) is not None:
                continue
            if source not in users and len(users) > _LONGEST:
                is_cut = True
                continue
            if source not in users:
                users[source] = []
                waiting.append(source)
            users[source].append(node)
    return users, ends, is_cut


def _leading_to(ends: Iterable[Node], users: dict[Node, list[Node]]) -> set[Node]:
    """Return the nodes from which one of `ends` is reached; `users` lists who takes a node."""
    kept, waiting = set(ends), list(ends)
    while waiting:
        for user in users[waiting.pop()]:
            if user not in kept:
                kept.add(user)
                waiting.append(user)
    return kept


def _describe(node: Node, is_packed: Packed) -> Op:
    name, sources = name_of(node), node.next_functions
    inputs = [shape_of(source, index) for source, index in sources if source is not None]
    scalar, output = None, shape_of(node)
    factor: tuple[int, ...] = ()
    if name in _SCALED and len(sources) == 2 and not is_packed(node):
        by = read_saved(node, "_saved_self" if sources[0][0] is None else "_saved_other")
        scalar = read_factor(by)
        if by is not None and len(inputs) == 1 and (shape := tuple(by.shape)) != output:
            factor = shape
    return Op(name, tuple(inputs), output, scalar, factor)
