"""Every call of torch's in a forward, with the tensors that went in and came out.

The tensors are kept, so that none is taken for another: as long as a recording lives, it holds
everything that the forward has made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from backtrace.explain.graph.call_lines import CallLines, find_line
from backtrace.explain.graph.module_calls import ModuleCallLog

EXITS = {"item", "tolist", "numpy", "__array__", "__float__", "__int__", "__complex__", "__index__"}
EXITS |= {"__bool__"}
_ATTRIBUTES = {"data", "T", "mT", "H", "mH", "real", "imag"}
_SETS = {"__setitem__", "__set__", "__iadd__", "__isub__", "__imul__", "__itruediv__", "__ipow__"}


@dataclass(frozen=True)
class TensorCall:
    """One call; `outputs` stands beside whether each required grad when the call was over.

    `is_off` says that gradients were off, `off_since` is the line that turned them off, if known.
    `is_inside` says that an autograd.Function's forward made the call: there they are off as well,
    but what comes out of the whole may have a graph.
    """

    name: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[tuple[Tensor, bool], ...]
    changed: tuple[Tensor, ...]
    where: str
    module: str
    is_off: bool
    off_since: str
    is_inside: bool

    @property
    def is_exit(self) -> bool:
        """Whether the values left torch for Python or numpy."""
        return self.name in EXITS


class Flow(CallLines):
    """Records the calls of one forward."""

    def __init__(self, modules: ModuleCallLog) -> None:
        super().__init__()
        self.calls: list[TensorCall] = []
        self._modules = modules
        self._off_since = ""
        self._meant_on = torch.is_grad_enabled()  # as the last call asked for

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        """Run the call, and write down what it did."""
        name = _name(func)
        if name == "_set_grad_enabled":
            self._meant_on = bool(args and args[0])
            self._off_since = "" if self._meant_on else find_line()
        result = super().__torch_function__(func, types, args, kwargs)
        with torch._C.DisableTorchFunction():
            self._record(name, args, kwargs or {}, result)
        return result

    def _record(
        self, name: str, args: tuple[object, ...], kwargs: Mapping[str, object], result: object
    ) -> None:
        inputs = tuple(_tensors((args, kwargs)))
        outputs = tuple((each, each.requires_grad) for each in _tensors(result))
        changed = tuple(_changed(name, args, kwargs))
        if not inputs or not (outputs or changed or name in EXITS):
            return
        if reads_attribute(name) and name.removeprefix(".") not in _ATTRIBUTES:
            return
        is_on, is_inference = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        self._meant_on |= is_on
        calls = self._modules
        at = calls.current
        call = TensorCall(
            name=name,
            inputs=inputs,
            outputs=outputs,
            changed=changed,
            where=find_line(),
            module=(calls.calls[at].name or calls.calls[at].layer) if at >= 0 else "",
            is_off=not is_on or is_inference,
            off_since="" if is_on else self._off_since,
            is_inside=self._meant_on and not is_on and not is_inference,
        )
        self.calls.append(call)


def reads_attribute(name: str) -> bool:
    """Whether the call is the reading of an attribute, such as `.data`."""
    return name.startswith(".")


def _name(func: Callable[..., object]) -> str:
    name = getattr(func, "__name__", "") or type(func).__name__
    if name == "__get__":
        return f".{getattr(getattr(func, '__self__', None), '__name__', '')}"
    return name


def _changed(name: str, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Iterator[Tensor]:
    """Give the tensors that the call has written into."""
    is_in_place = name in _SETS or (name.endswith("_") and not name.endswith("__"))
    if is_in_place and args and isinstance(args[0], Tensor):
        yield args[0]
    yield from _tensors(kwargs.get("out"))


def _tensors(value: object) -> Iterator[Tensor]:
    """Give all tensors in nested lists, tuples and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
