"""`zero_grad`: wraps it on models and optimizers, reads `.grad` around it, writes GradsZeroed."""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.optim import Optimizer

from backtrace.as_data import bases_of, is_exactly, is_on
from backtrace.ledger.events import Entry, GradsZeroed
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.edits import EditSensor
from backtrace.recording.sensors.loss_mixes import LossMixSensor
from backtrace.recording.sensors.other_optimizers import OtherOptimizerSensor
from backtrace.recording.sensors.proxies import ProxySensor, find_optimizer, is_proxy
from backtrace.recording.tensors.discovery import Discovery
from backtrace.recording.tensors.tracked import Stamp


class ZeroGradSensor:
    """Enters what `zero_grad` found and left, of whatever its owner holds."""

    def __init__(
        self,
        instrument: Instrument,
        accounts: TensorAccounts,
        discovery: Discovery,
        edits: EditSensor,
        mixes: LossMixSensor,
        proxies: ProxySensor,
    ) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._journal = accounts.journal
        self._discovery = discovery
        self._edits = edits
        self._mixes = mixes
        self._proxies = proxies
        self._nesting = Nesting()
        self._followed: dict[int, type] = {}  # by id: a class may not want to be a key
        self._are_proxies: dict[int, tuple[bool, type]] = {}
        self._before: dict[str, Stamp | None] | None = None  # while a call is not entered
        self._others = OtherOptimizerSensor(instrument, discovery, edits, self._follow_class)

    def install(self) -> None:
        """Wrap torch's own `zero_grad`s, and those that the user's classes define."""
        self._patches.wrap_method(nn.Module, "zero_grad", self._around)
        self._patches.wrap_in_subclasses(Optimizer, "zero_grad", self._around)
        self._discovery.on_model.append(self._follow)
        self._discovery.on_optimizer.append(self._follow)
        self._others.install()

    def _follow(self, target: nn.Module | Optimizer) -> None:
        """Wrap whatever `zero_grad` the classes of a model or an optimizer define."""
        if id(type(target)) not in self._followed:
            self._followed[id(type(target))] = type(target)  # held, so that the id stays its own
            for cls in bases_of(type(target)):
                self._patches.wrap_method(cls, "zero_grad", self._around)

    def _follow_class(self, kind: type) -> None:
        """Wrap the `zero_grad` of a class that is no module and none of torch's optimizers."""
        self._patches.wrap_method(kind, "zero_grad", self._around)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, target: Any, *args: object, **kwargs: object) -> Any:
        kind = type(target)
        if id(kind) not in self._are_proxies:  # whose class may compute when it is asked
            self._notify("zero_grad", self._look_at, kind)
        is_known_proxy, _ = self._are_proxies.get(id(kind), (False, kind))
        if is_known_proxy:
            if original.__qualname__ != "Optimizer.zero_grad":
                return self._proxies.around("zero_grad", original, target, *args, **kwargs)
            target = find_optimizer(target)  # it clears what the inner one holds
        with self._nesting as is_outermost:
            if not is_outermost:
                return original(target, *args, **kwargs)
            self._proxies.calls += 1
            self._notify("zero_grad", self._began, target)
            told = kwargs.get("set_to_none", args[0] if args else True)
            has_returned = False
            try:
                result = original(target, *args, **kwargs)
                has_returned = True
                self._notify("zero_grad", self._ended, target, told)
            except BaseException:  # Ctrl-C: it may have cleared some, and is not entered yet
                self._notify("zero_grad", self._ended, target, told, failed=not has_returned)
                raise
            return result

    def _look_at(self, kind: type) -> None:
        self._are_proxies[id(kind)] = is_proxy(kind), kind

    def _began(self, target: Any) -> None:
        """Remember the gradients of what is about to be cleared."""
        if issubclass(type(target), Optimizer):
            self._discovery.register_optimizer(target)
            self._register.variables.note_call(self._register.name_of(target))
        self._edits.look()
        self._before = {t.name: t.grad for t, _ in self._register.tracked_of(target)}

    def _ended(self, target: nn.Module | Optimizer, told: object, *, failed: bool = False) -> None:
        """Enter what was cleared; `told` is what `set_to_none` was given.

        Of a call that `failed`, what it had cleared by then.

        A `zero_grad` of the user's own may take what it likes, which is not looked into.
        """
        before = self._before
        if before is None:
            return
        set_to_none = is_on(told) or not is_exactly(told, bool, int)
        pairs = self._register.tracked_of(target)
        self._inspector.restamp_grads(pairs)
        stamps = [(t.name, before.get(t.name), t.grad) for t, _ in pairs]
        if failed and all(old is new or (old and new) for _, old, new in stamps):
            return
        self._mixes.clear([name for name, _, _ in stamps])
        name = self._register.name_of(target)
        call = f"{self._register.variables.find(name) or name}.zero_grad"

        def find_read() -> dict[str, object]:
            return {
                "grads": {
                    name: Entry(
                        old.slot.reading if old else None, new.slot.reading if new else None
                    )
                    for name, old, new in stamps
                }
            }

        self._journal.write_read(GradsZeroed, find_read, call=call, set_to_none=set_to_none)
        self._before = None
