"""Looks at the backwards of one update of whatever is recorded: their graphs, lines and modules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

from backtrace.explain.graph.module_calls import ModuleCallLog
from backtrace.explain.live.backward_seen import BackwardSeen
from backtrace.explain.live.kept_graph import KeptGraph, follow, keep_graph
from backtrace.explain.live.labels import NodeLabel
from backtrace.recording.frames import find_caller, find_line_in
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.recorder import Recorder, find_recorder

_FRAME = re.compile(r'File "(.+?)", line (\d+)')


class UpdateWatch:
    """Has `look` called after each backward of the update with number `wanted`.

    Whoever drives says how many updates are over (`done`). `problems` tells what could not be
    looked at, and why.
    """

    def __init__(self, wanted: int, look: Callable[[BackwardSeen], None]) -> None:
        self.done = 0
        self.problems: list[str] = []
        self.recorder: Recorder | None = None
        self._wanted = wanted
        self._look = look
        self._calls = ModuleCallLog()
        self._ids: list[int] = []
        self._nesting = Nesting()
        self._instrument = Instrument(self._fail, lambda thing: None)
        self._is_tracing = False

    @property
    def is_due(self) -> bool:
        """Whether the update that is wanted goes on."""
        return self.done == self._wanted - 1

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch inside the block, which stands inside a recording."""
        self.recorder = find_recorder()
        on = self._instrument
        on.open()
        try:
            on.patches.wrap(torch.autograd, "backward", self._around)
            on.hooks.around_call(self._called, self._returned)
            self.update_ended(self.done)
            yield
        finally:
            self._trace(on=False)
            on.close()

    def update_ended(self, done: int) -> None:
        """An update is over: lines are followed from one update before the one wanted."""
        self.done = done
        is_near = self._wanted - 2 <= done < self._wanted
        if not is_near:
            self._calls, self._ids = ModuleCallLog(), []
        self._trace(on=is_near)

    def _trace(self, *, on: bool) -> None:
        """Have autograd write down the stack at which it makes each node, as for its anomalies."""
        if on and not self._is_tracing and not torch.is_anomaly_enabled():
            torch.set_anomaly_enabled(True, check_nan=False)
            self._is_tracing = True
        elif not on and self._is_tracing:
            torch.set_anomaly_enabled(False)
            self._is_tracing = False

    def _fail(self, what: str, reason: str) -> None:
        if what != "what other threads do":
            self.problems.append(f"{what}: {reason}")

    def _called(self, module: nn.Module, args: object) -> None:
        if self._is_tracing and not self._instrument.boundary.is_away():
            self._ids.append(id(module))
            self._calls.begin(str(id(module)), type(module).__name__)

    def _returned(self, module: nn.Module, *call: object) -> None:
        if self._ids and self._ids[-1] == id(module):
            self._ids.pop()
            self._calls.end()

    @skip_in_warning_stacklevel
    def _around(
        self, original: Callable[..., None], tensors: object, *args: object, **more: object
    ) -> None:
        with self._nesting as is_outermost, ExitStack() as stack:
            if isinstance(tensors, Iterator):
                tensors = tuple(tensors)
            seen: list[BackwardSeen] = []
            roots = _list_roots(tensors)
            if is_outermost and self.is_due and roots:
                was_tracing = self._is_tracing
                self._trace(on=False)  # what autograd says of an error is not to change
                given = _list_given(more.get("grad_tensors", args[0] if args else None), len(roots))
                notify = self._instrument.boundary.notify
                notify("backward", self._began, roots, given, seen, stack)
                try:
                    original(tensors, *args, **more)
                finally:
                    self._trace(on=was_tracing)
                stack.close()
                if seen:
                    notify("the derivation", self._ended, seen[0])
            else:
                original(tensors, *args, **more)

    def _began(
        self,
        roots: Sequence[Tensor],
        given: Sequence[Tensor | None],
        seen: list[BackwardSeen],
        stack: ExitStack,
    ) -> None:
        assert self.recorder is not None
        with torch._C.DisableTorchFunction():
            graph = keep_graph(roots, given, self.recorder.is_packed)
            stack.enter_context(follow(graph, roots))
            held = {
                node.index: _copy(node.leaf.grad) for node in graph.nodes if node.leaf is not None
            }
        seen.append(BackwardSeen(graph, find_caller(), self._calls, held))

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
        seen.modules.update(self._name_modules())
        seen.labels.update(self._label(seen.graph, seen.modules))
        with self.recorder.set_aside(), torch.no_grad(), torch._C.DisableTorchFunction():
            self._look(seen)

    def _label(self, graph: KeptGraph, names: dict[str, str]) -> Iterator[tuple[int, NodeLabel]]:
        for node in graph.nodes:
            if node.leaf is not None:
                continue
            at = self._calls.innermost(node.sequence)
            call = self._calls.calls[at] if at >= 0 else None
            module = names.get(call.name, "") if call else ""
            layer = call.layer if call and (module or call.is_layer) else ""
            pairs = [_FRAME.search(entry) for entry in node.trace]
            frames = [(each[1], int(each[2])) for each in pairs if each]
            yield node.index, NodeLabel(module, layer, find_line_in(frames))

    def _name_modules(self) -> dict[str, str]:
        """Return what the modules of the known models are called, by the text of their id."""
        assert self.recorder is not None
        names: dict[str, str] = {}
        for prefix, model in self.recorder.register.models:
            for path, module in model.named_modules():
                name = f"{prefix}{path}".removesuffix(".") or "model"
                names.setdefault(str(id(module)), name)
        return names


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
