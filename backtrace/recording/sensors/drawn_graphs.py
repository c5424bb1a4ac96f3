"""The graphs that backwards walk, each structure once: told of backwards; writes GraphDrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.explain.live.backward_seen import BackwardSeen
from backtrace.explain.live.graph_update import describe_nodes, list_missing, list_tensors
from backtrace.explain.live.kept_graph import MOST_NODES, KeptGraph, keep_graph
from backtrace.ledger.graph_facts import GraphDrawn, GraphNode
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.node_origins import NodeOrigins, name_buffers, name_modules
from backtrace.recording.sensors.graph.autograd_nodes import leaf_of

_MOST = 16  # graphs; a loop whose every backward has another has told enough by then
_QUIET = 3  # backwards without a new graph after which lines are followed no more


class _Drawn(NamedTuple):
    """A graph whose backward runs; what was seen of it has let go of what the nodes saved."""

    number: int
    nodes: tuple[GraphNode, ...]
    seen: BackwardSeen


class GraphDrawer:
    """Draws each graph that is not like one before, and says which one a backward walks."""

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._register = accounts.register
        self._journal = accounts.journal
        self._origins = NodeOrigins(instrument)
        self._switches = instrument.switches
        self._numbers: dict[int, int] = {}
        self._quiet = 0
        self._pending: _Drawn | None = None

    def install(self) -> None:
        """Follow where nodes come from, until nothing new has come for a while."""
        self._origins.install()
        self._switches.append(self._switch)
        self._switch(True)

    def backward_began(
        self, roots: Sequence[Tensor], where: str, is_packed: Callable[[Node], bool]
    ) -> int:
        """Return the number of the graph that is about to be walked; 0 if it is not drawn."""
        self._origins.switch(on=False)
        key = self._key_of(roots)
        if key is None:
            return 0
        if known := self._numbers.get(key, 0):
            self._quiet += 1
            return known
        self._quiet = 0
        if len(self._numbers) >= _MOST:
            return 0
        number = self._numbers[key] = len(self._numbers) + 1
        self._pending = self._draw(number, roots, where, is_packed)
        return number

    def backward_ended(self) -> None:
        """It returned, or raised: the graph is written with what became of its tensors."""
        pending, self._pending = self._pending, None
        self._switch(True)
        if pending is not None:
            self._journal.write(
                GraphDrawn,
                where=pending.seen.where,
                number=pending.number,
                nodes=pending.nodes,
                tensors=tuple(list_tensors(pending.seen)),
                missing=tuple(list_missing(pending.seen)),
            )

    def _switch(self, on: bool) -> None:
        """Follow, if it is on and something new may come."""
        may_come = self._quiet < _QUIET and len(self._numbers) < _MOST
        if not may_come:
            self._origins.start_over()
        self._origins.switch(on=on and may_come)

    def _draw(
        self,
        number: int,
        roots: Sequence[Tensor],
        where: str,
        is_packed: Callable[[Node], bool],
    ) -> _Drawn:
        graph = keep_graph(roots, [None] * len(roots), is_packed)
        seen = BackwardSeen(graph, where, self._origins.calls, held={})
        for node in graph.nodes:
            tracked = None if node.leaf is None else self._register.find(node.leaf)
            if tracked is not None:
                seen.names[node.index] = (tracked.name, *tracked.aliases)
        seen.named.update({tracked.name: tensor for tracked, tensor in self._register})
        seen.buffers.update(name_buffers(self._register))
        seen.modules.update(name_modules(self._register))
        seen.labels.update(self._origins.label(graph, seen.modules))
        nodes = describe_nodes(seen)
        return _Drawn(number, nodes, replace(seen, graph=KeptGraph([], [], None, graph.by_leaf)))

    def _key_of(self, roots: Sequence[Tensor]) -> int | None:
        """Return what graphs of one structure have in common; None of none, or of a huge one."""
        waiting = [root.grad_fn for root in roots if root.grad_fn is not None]
        places = {node: at for at, node in enumerate(waiting)}
        waiting = list(places)
        parts: list[object] = []
        for node in waiting:  # it grows
            edges = []
            for each, slot in node.next_functions:
                if each is not None and each not in places:
                    places[each] = len(waiting)
                    waiting.append(each)
                edges.append((-1 if each is None else places[each], slot))
            parts.append((node.name(), tuple(edges), self._name_leaf(node)))
            if len(waiting) > MOST_NODES:
                return None
        return hash(tuple(parts)) if parts else None

    def _name_leaf(self, node: Node) -> str:
        leaf = leaf_of(node)
        tracked = None if leaf is None else self._register.find(leaf)
        return "" if tracked is None else tracked.name
