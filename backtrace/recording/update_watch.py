"""Looks at the backwards of one update of whatever is recorded: their graphs, lines and modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from backtrace.as_data import find_in_class
from backtrace.explain.live.backward_seen import BackwardSeen
from backtrace.explain.live.kept_graph import follow, keep_graph
from backtrace.ledger.events import Event, ForwardRan
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.node_origins import NodeOrigins, name_buffers, name_modules
from backtrace.recording.recorder import Recorder, find_recorder
from backtrace.recording.tensors.is_tensor import is_tensor


@dataclass
class _Pending:
    """A backward that was called: what it starts from, and what was seen of it."""

    roots: Sequence[Tensor]
    given: Sequence[Tensor | None]
    stack: ExitStack
    seen: BackwardSeen | None = None


class UpdateWatch:
    """Has `look` called after each backward of the update with number `wanted`, of any optimizer.

    Whoever drives says which updates are over. `problems` tells what could not be looked at, and
    why.
    """

    def __init__(self, wanted: int, look: Callable[[BackwardSeen], None]) -> None:
        self.problems: list[str] = []
        self.recorder: Recorder | None = None
        self._wanted = wanted
        self._done: dict[str, int] = {}
        self._batch: set[int] = set()
        self._look = look
        self._nesting = Nesting()
        self._instrument = Instrument(self._fail, lambda thing: None)
        self._origins = NodeOrigins(self._instrument, keeps_given=True)
        self._pending: _Pending | None = None

    @property
    def is_due(self) -> bool:
        """Whether the update that is wanted goes on, of some optimizer."""
        return self._wanted == 1 or self._wanted - 1 in self._done.values()

    @property
    def owners(self) -> dict[str, str]:
        """The optimizer that steps each tensor that has books, '' for none."""
        if self.recorder is None:
            return {}
        register = self.recorder.register
        return {
            name: tracked.optimizer or ""
            for tracked, _ in register
            for name in (tracked.name, *tracked.aliases)
        }

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch inside the block, which stands inside a recording."""
        self.recorder = find_recorder()
        on = self._instrument
        on.open()
        try:
            on.patches.wrap(torch.autograd, "backward", self._around)
            self._origins.install()
            self.recorder.instrument.switches.append(self._switch)
            self._switch(True)
            yield
        finally:
            on.close()

    def update_ended(self, optimizer: str, number: int) -> None:
        """An update of an optimizer is over."""
        self._done[optimizer] = number
        self._batch.clear()
        if not self._is_near:
            self._origins.start_over()
        if self._pending is None:  # else it is looked at when that backward is over
            self._switch(True)

    @property
    def _is_near(self) -> bool:
        """Whether lines are followed: from one update before the one that is wanted."""
        near = range(self._wanted - 2, self._wanted)
        return self._wanted <= 2 or any(done in near for done in self._done.values())

    def _switch(self, on: bool) -> None:
        self._origins.switch(on=on and self._is_near)

    def _fail(self, what: str, reason: str) -> None:
        if what != "what other threads do":
            self.problems.append(f"{what}: {reason}")

    @skip_in_warning_stacklevel
    def _around(
        self, original: Callable[..., None], tensors: Any, *args: object, **more: object
    ) -> None:
        with self._nesting as is_outermost:
            if not is_outermost:
                original(tensors, *args, **more)
                return
            if not is_tensor(tensors) and find_in_class(type(tensors), "__next__"):
                tensors = tuple(tensors)
            roots = _list_roots(tensors)
            given = _list_given(more.get("grad_tensors", args[0] if args else None), len(roots))
            self._origins.switch(on=False)
            with ExitStack() as stack:
                self._pending = _Pending(roots, given, stack)
                try:
                    original(tensors, *args, **more)
                    seen = self._pending.seen
                finally:
                    self._pending = None
                    self._switch(True)
            if seen is not None:
                self._instrument.boundary.notify("the derivation", self._ended, seen)

    def take(self, event: Event) -> None:
        """The books have an event: with that of a graph, a backward is about to walk it."""
        if isinstance(event, ForwardRan) and event.grad_enabled and event.rows is not None:
            self._batch.add(event.rows)
        pending = self._pending
        if isinstance(event, GraphSeen) and pending is not None and self.is_due and pending.roots:
            self._instrument.boundary.notify("backward", self._began, pending, event.where)

    def _began(self, pending: _Pending, where: str) -> None:
        assert self.recorder is not None
        with torch._C.DisableTorchFunction():
            graph = keep_graph(pending.roots, pending.given, self.recorder.is_packed)
            pending.stack.enter_context(follow(graph, pending.roots))
            held = {
                node.index: _copy(node.leaf.grad) for node in graph.nodes if node.leaf is not None
            }
        due = frozenset(name for name, done in self._done.items() if done == self._wanted - 1)
        pending.seen = BackwardSeen(graph, where, self._origins.calls, held, due)

    def _ended(self, seen: BackwardSeen) -> None:
        assert self.recorder is not None
        register = self.recorder.register
        for node in seen.graph.nodes:
            if node.leaf is None or node.arrived is None:
                continue
            tracked = register.find(node.leaf)
            if tracked is None:
                seen.names[node.index] = (f"leaf[{len(seen.names)}]",)
            else:
                seen.names[node.index] = (tracked.name, *tracked.aliases)
                seen.owners[node.index] = tracked.optimizer or ""
        seen.named.update({tracked.name: tensor for tracked, tensor in register})
        seen.buffers.update(name_buffers(register))
        seen.modules.update(name_modules(register))
        seen.batch = frozenset(self._batch)
        seen.given = tuple(x for owner, x in self._origins.given if owner in seen.modules)
        seen.labels.update(self._origins.label(seen.graph, seen.modules))
        with self.recorder.set_aside(), torch.no_grad(), torch._C.DisableTorchFunction():
            self._look(seen)


def _copy(grad: Tensor | None) -> Tensor | None:
    return None if grad is None else grad.detach().to_dense().clone()


def _list_roots(tensors: object) -> list[Tensor]:
    if isinstance(tensors, Tensor):
        return [tensors]
    if not isinstance(tensors, list | tuple):
        return []
    return [each for each in tensors if isinstance(each, Tensor)]


def _list_given(given: object, count: int) -> list[Tensor | None]:
    if isinstance(given, Tensor):
        return [given]
    found = list(given) if isinstance(given, list | tuple) else []
    return [*found, *[None] * (count - len(found))]
