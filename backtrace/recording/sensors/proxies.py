"""Optimizers that stand for another one (ProxySeen), and do not hand calls on to it (CallIgnored).

Accelerate's, for one, passes `step` and `zero_grad` by while gradients are accumulated. The
`step` of such a class is wrapped; of its `zero_grad` the sensor of that tells.
"""

from __future__ import annotations

from typing import Any

from torch.optim import Optimizer

from backtrace.as_data import attributes_of, body_of, class_name, find_in_class
from backtrace.ledger.facts import CallIgnored, ProxySeen
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original


class ProxySensor:
    """Enters proxies, once each, and their calls of which nothing came.

    `calls` are the `zero_grad` and `step` that were carried out, of a proxy or not: whoever sees
    one adds it, which is no call of ours that could fail in the user's.
    """

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._journal = accounts.journal
        self.calls = 0
        self._seen: set[str] = set()  # optimizers whose proxies were entered

    def install(self) -> None:
        """Wrap `step` in the classes of proxies."""
        self._patches.wrap_in_subclasses(Optimizer, "step", self._around_step, only=makes_proxies)

    @skip_in_warning_stacklevel
    def around(
        self, call: str, original: Original, proxy: Any, *args: object, **kwargs: object
    ) -> Any:
        """Make a proxy's call, and enter it where nothing came of it."""
        calls = self.calls
        result = original(proxy, *args, **kwargs)
        if self.calls == calls:
            self._notify(call, self._write, proxy, call)
        return result

    @skip_in_warning_stacklevel
    def _around_step(self, original: Original, proxy: Any, *args: object, **kwargs: object) -> Any:
        result = self.around("step", original, proxy, *args, **kwargs)
        self._notify("step", self._write_proxy, proxy)
        return result

    def _write_proxy(self, proxy: Optimizer) -> None:
        name = self._register.name_of(find_optimizer(proxy))
        if name not in self._seen:
            self._seen.add(name)
            self._journal.write(ProxySeen, optimizer=name, type=class_name(type(proxy)))

    def _write(self, proxy: Optimizer, call: str) -> None:
        name = self._register.name_of(find_optimizer(proxy))
        reason = f"{class_name(type(proxy))} did not hand it on"
        self._journal.write(CallIgnored, call=f"{name}.{call}", reason=reason)


def is_proxy(kind: type) -> bool:
    """Whether this is a class of optimizers of which torch does not know when they step.

    Every optimizer that was made as torch makes them has a `step` that calls torch's hooks.
    """
    return issubclass(kind, Optimizer) and not hasattr(find_in_class(kind, "step"), "hooked")


def find_optimizer(proxy: Optimizer) -> Optimizer:
    """Return the optimizer that a proxy hands its calls on to; itself where there is none."""
    found = (value for value in attributes_of(proxy).values() if issubclass(type(value), Optimizer))
    return next(found, proxy)


def makes_proxies(cls: type) -> bool:
    """Whether the optimizers of this class are proxies.

    They have a `step` of their own that calls a `step`, and are not made as torch makes them.
    """
    own = body_of(cls)
    step, init = own.get("step"), own.get("__init__")
    if step is None or init is None:
        return False
    calls, made = _names_in(step), _names_in(init)
    return "step" in calls and "__init__" not in made


def _names_in(function: object) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return code.co_names if code is not None else ("__init__",)
