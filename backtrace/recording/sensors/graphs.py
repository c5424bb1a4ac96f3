"""What a backward is about to walk: the graph between the losses and the models.

Nothing is kept alive by it: names are marks on the graph's own nodes, and a graph is read while
the user still holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from backtrace.ledger.facts import BackwardFailed, GraphSeen, LossCalled
from backtrace.recording.frames import find_caller
from backtrace.recording.journal import Journal
from backtrace.recording.kernels.scalars import is_not_finite
from backtrace.recording.sensors.graph.activations import read_activations
from backtrace.recording.sensors.graph.calls import ModuleCalls
from backtrace.recording.sensors.graph.held import HeldGraphs
from backtrace.recording.sensors.graph.losses import LossReading, read_loss
from backtrace.recording.sensors.graph.nodes import in_order, leaf_of, walk
from backtrace.recording.sensors.graph.origin import find_origin
from backtrace.recording.sensors.graph.packed import PackedSpans
from backtrace.recording.sensors.graph.path import read_path
from backtrace.recording.sensors.graph.schedule import Schedule
from backtrace.recording.tensors.tracked import Register

_LONGEST_ERROR = 500  # characters


class GraphWitness:
    """Told of every module's call, every loss and every backward, as they happen.

    `packed` is to be told when saved-tensor hooks come and go. `register_leaves`, where it is set,
    is given the leaves that a graph leads to and nobody knows.
    """

    def __init__(self, register: Register, journal: Journal) -> None:
        self._register = register
        self._journal = journal
        self.packed = PackedSpans()
        self.register_leaves: Callable[[list[Tensor]], None] | None = None
        self._calls = ModuleCalls(register)
        self._held = HeldGraphs()
        self._whole = Schedule(first=3)
        self._judged = Schedule(first=5)
        self._origins = Schedule(first=5)
        self._waiting: list[tuple[LossReading, str]] = []
        self._is_in_backward = False

    def forward_ended(self, module: nn.Module, output: object) -> None:
        """Any module was called.

        This comes with the modes of autograd as the user set them, and must cost next to nothing.
        """
        if not self._is_in_backward:  # there, a checkpointed part runs again
            self._calls.take(module, output)

    def loss_called(
        self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: object
    ) -> None:
        """A loss function of torch's returned `result`."""
        if self._is_in_backward:
            return
        where = find_caller()
        is_judged = self._judged.is_due(f"{function} {where}")
        with torch._C.DisableTorchFunction():
            reading = read_loss(function, args, kwargs, result, is_judged=is_judged)
        if reading is None:
            return
        self._waiting.append((reading, where))
        if reading.values.is_at_hand:
            self._write_losses()
        else:  # fetching now would wait for the device; the next event comes with a wait anyway
            self._journal.before_next = self._write_losses

    def backward_began(self, roots: Sequence[Tensor], *, retain_graph: bool) -> None:
        """A backward from `roots` is about to walk the graph, which is still whole."""
        self._is_in_backward = True
        try:
            with torch._C.DisableTorchFunction():
                self._write_graph(roots, retain_graph)
        finally:
            self._calls.start_over()

    def backward_ended(self) -> None:
        """It returned."""
        self._is_in_backward = False

    def backward_failed(self, error: BaseException) -> None:
        """It raised."""
        self._is_in_backward = False
        text = f"{type(error).__name__}: {error}"
        self._journal.write(BackwardFailed, error=text[:_LONGEST_ERROR])

    def _write_losses(self) -> None:
        waiting, self._waiting = self._waiting, []
        for reading, where in waiting:
            self._journal.write(LossCalled, where=where, **reading.finish())

    def _write_graph(self, roots: Sequence[Tensor], retain_graph: bool) -> None:
        nodes = [root.grad_fn for root in roots if root.grad_fn is not None]
        paths = [read_path(node, self.packed.covers) for node in nodes]
        taken = zip(nodes, paths, strict=True)
        held = max([self._held.take(node, path.ends) for node, path in taken], default=0)
        unread = dict.fromkeys(path.unread for path in paths)
        where = find_caller()
        is_bad = len(roots) == 1 and is_not_finite(roots[0]) and self._origins.is_due(where)
        kinds = f"{where} {len(self._register.modules)} {len(self._register.optimizers)}"
        whole: dict[str, Any] = {}
        if self._whole.is_due(kinds) or is_bad:
            whole = self._read_whole(nodes, is_bad=is_bad)
        self._journal.write(
            GraphSeen,
            where=where,
            requires_grad=any(root.requires_grad for root in roots),
            path=tuple(operation for path in paths for operation in path.operations),
            models=tuple(dict.fromkeys(name for path in paths for name in path.models)),
            retain=retain_graph,
            held=held,
            unread="; ".join(filter(None, [*unread, whole.pop("unread", "")])),
            **whole,
        )

    def _read_whole(self, roots: Sequence[Any], *, is_bad: bool) -> dict[str, Any]:
        nodes = list(dict.fromkeys(node for root in roots for node in walk(root)))
        leaves = [leaf for node in nodes if (leaf := leaf_of(node)) is not None]
        unknown = [leaf for leaf in leaves if self._register.find(leaf) is None]
        if unknown and self.register_leaves is not None:
            self.register_leaves(unknown)
        names = [name for leaf in leaves if (name := self._name_of(leaf)) is not None]
        packed = sum(map(self.packed.covers, nodes))
        origin = ""
        if is_bad and nodes:
            origin = find_origin(nodes, self.packed.covers, self._name_of)
        return {
            "is_whole": True,
            "nodes": len(nodes),
            "reached": tuple(names),
            "called": self._calls.called,
            "blind": self._calls.blind,
            "without_grad": self._calls.without_grad,
            "activations": read_activations(in_order(nodes), self.packed.covers),
            "first_nonfinite": origin,
            "unread": f"what {packed} nodes saved, for hooks have packed it" if packed else "",
        }

    def _name_of(self, leaf: Tensor) -> str | None:
        tracked = self._register.find(leaf)
        return tracked.name if tracked is not None else None
