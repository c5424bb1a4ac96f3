"""Keeps what each layer was given and gave in one forward, and the gradient that came back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from backtrace.explain.rules import find_rule, why_no_rule
from backtrace.explain.rules.backward_rule import FoundRule, Tensors

_TENSORS = ("input", "query", "key", "value", "hx")  # keywords of torch's layers that give tensors
_HARMLESS = ("need_weights", "average_attn_weights")  # keywords that a rule reads off the outputs


@dataclass
class CapturedCall:
    """One call of a layer: clones of what went in and came out, and the gradients at its outputs.

    `random_state` is torch's generator before the call; `grads` are filled by the backward.
    """

    name: str
    module: nn.Module
    args: tuple[object, ...]
    kwargs: dict[str, object]
    random_state: Tensor
    inputs: Tensors = ()
    outputs: Tensors = ()
    grads: list[Tensor | None] = field(default_factory=list)
    problem: str = ""

    @property
    def rule(self) -> FoundRule | None:
        """The rule for this call, or None where `why` says why not."""
        return None if self.problem else find_rule(self.module)

    @property
    def why(self) -> str:
        """Why there is no rule."""
        return self.problem or why_no_rule(self.module)

    @property
    def kept(self) -> Tensors:
        """The inputs, and the mask if the forward drew one."""
        rule = self.rule
        if rule is None or not rule.draws or not self.module.training:
            return self.inputs
        after = torch.get_rng_state()
        torch.set_rng_state(self.random_state)
        mask = self.module(torch.ones_like(self.inputs[0]))
        torch.set_rng_state(after)
        return (*self.inputs, mask)

    def filled_grads(self) -> Tensors:
        """Return autograd's gradient at each output, zeros where none came back."""
        pairs = zip(self.grads, self.outputs, strict=True)
        return tuple(torch.zeros_like(y) if grad is None else grad for grad, y in pairs)


def flatten(thing: object) -> list[Tensor]:
    """Return the tensors of nested tuples, lists and mappings, in order."""
    if isinstance(thing, Tensor):
        return [thing]
    if isinstance(thing, dict):
        return flatten(list(thing.values()))
    if isinstance(thing, tuple | list):
        return [tensor for part in thing for tensor in flatten(part)]
    return []


@contextmanager
def capture_calls(modules: Iterable[tuple[str, nn.Module]]) -> Iterator[list[CapturedCall]]:
    """Write down every call of the modules in a list, in the order in which they end."""
    calls: list[CapturedCall] = []
    found = list(modules)
    hooked = {id(module) for _, module in found if _has_hooks(module)}
    handles: list[RemovableHandle] = []
    try:
        for name, module in found:
            handles += _hook(name, module, calls, id(module) in hooked)
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _has_hooks(module: nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)


def _hook(
    name: str, module: nn.Module, calls: list[CapturedCall], has_hooks: bool
) -> list[RemovableHandle]:
    open_calls: list[CapturedCall] = []

    def before(_: nn.Module, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        kept = tuple(map(_cloned, args)), {key: _cloned(value) for key, value in kwargs.items()}
        call = CapturedCall(name, module, *kept, torch.get_rng_state())
        given = [*call.args, *(call.kwargs[key] for key in _TENSORS if key in call.kwargs)]
        call.inputs = tuple(flatten(given))
        call.problem = "it has forward hooks" if has_hooks else _problem(call, given)
        open_calls.append(call)

    def after(_: nn.Module, args: object, kwargs: object, output: object) -> None:
        call = open_calls.pop()
        tensors = [y for y in flatten(output) if y.is_floating_point()]
        call.outputs = tuple(y.detach().clone() for y in tensors)
        call.grads = [None] * len(tensors)
        for at, y in enumerate(tensors):
            if y.requires_grad:
                y.register_hook(_keeper(call, at))  # type: ignore[no-untyped-call]
        calls.append(call)

    return [
        module.register_forward_pre_hook(before, with_kwargs=True),
        module.register_forward_hook(after, with_kwargs=True),
    ]


def _keeper(call: CapturedCall, at: int) -> Callable[[Tensor], None]:
    def keep(grad: Tensor) -> None:
        call.grads[at] = grad.detach().clone()

    return keep


def _problem(call: CapturedCall, given: list[object]) -> str:
    """Say what a call was given that rules know nothing of."""
    odd = [type(thing).__name__ for thing in given if not _is_nested_tensor(thing)]
    odd += [k for k, v in call.kwargs.items() if k not in (*_TENSORS, *_HARMLESS) and _means(v)]
    if not odd and isinstance(call.module, nn.MultiheadAttention) and len(call.inputs) > 3:
        odd = ["a mask"]
    return f"it was called with {', '.join(odd)}" if odd else ""


def _means(value: object) -> bool:
    return value is not None and value is not False


def _is_nested_tensor(thing: object) -> bool:
    if isinstance(thing, tuple | list) and type(thing) in (tuple, list):
        return all(_is_nested_tensor(part) for part in thing)
    return thing is None or isinstance(thing, Tensor)


def _cloned(thing: object) -> object:
    """Return a copy in which every tensor is a clone: the model may write into its own."""
    if isinstance(thing, Tensor):
        return thing.detach().clone()
    if isinstance(thing, tuple | list) and type(thing) in (tuple, list):
        return type(thing)(_cloned(part) for part in thing)
    if isinstance(thing, dict) and type(thing) is dict:
        return {key: _cloned(value) for key, value in thing.items()}
    return thing
