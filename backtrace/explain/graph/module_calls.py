"""Which module made which nodes: every module's call, from its first node to its last."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from torch import nn

from backtrace.explain.graph.sequence import next_sequence

_NEVER = 2**63  # of a call that has not ended


@dataclass(slots=True)
class ModuleCall:
    """One call of a module; `parent` is the number of the call around it, -1 for none."""

    name: str
    layer: str
    parent: int
    start: int
    end: int = _NEVER
    is_layer: bool = True


class ModuleCallLog:
    """The calls of all modules, in the order in which they began."""

    def __init__(self) -> None:
        self.calls: list[ModuleCall] = []
        self._open: list[int] = []

    def innermost(self, sequence: int) -> int:
        """Return the number of the innermost call that made the node, -1 for none."""
        at = bisect_right(self.calls, sequence, key=lambda call: call.start) - 1
        while at >= 0 and self.calls[at].end <= sequence:
            at = self.calls[at].parent
        return at

    @property
    def current(self) -> int:
        """The number of the call that goes on now, -1 for none."""
        return self._open[-1] if self._open else -1

    def called(self, name: str) -> bool:
        """Whether the module of that name has been called."""
        return any(call.name == name for call in self.calls)

    @contextmanager
    def watch(self, modules: Mapping[str, nn.Module]) -> Iterator[None]:
        """Write down the calls of these modules; the model itself is named ""."""
        with ExitStack() as stack:
            for name, module in modules.items():
                before = module.register_forward_pre_hook(self._enter(name), prepend=True)
                stack.callback(before.remove)
                after = module.register_forward_hook(self._leave, always_call=True)
                stack.callback(after.remove)
            yield

    def begin(self, name: str, layer: str) -> ModuleCall:
        """A module of that name and class is called."""
        parent = self.current
        if parent >= 0:
            self.calls[parent].is_layer = False
        self._open.append(len(self.calls))
        call = ModuleCall(name, layer, parent, next_sequence())
        call.is_layer = name != ""  # a model that calls no module is shown by its operations
        self.calls.append(call)
        return call

    def end(self) -> None:
        """The innermost call has ended."""
        if self._open:
            self.calls[self._open.pop()].end = next_sequence()

    def _enter(self, name: str) -> Callable[[nn.Module, object], None]:
        def enter(module: nn.Module, args: object) -> None:
            self.begin(name, type(module).__name__)

        return enter

    def _leave(self, module: nn.Module, args: object, output: object) -> None:
        self.end()
