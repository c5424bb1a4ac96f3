"""A model is run and left as it was: values, gradients, buffers, attributes, random numbers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

from backtrace.train.environment import separate_randomness

_TABLES = (dict, OrderedDict)


@contextmanager
def leave_unchanged(model: nn.Module, others: Iterable[Tensor] = ()) -> Iterator[None]:
    """Set everything back at the end: bit by bit, and without a trace in version counters.

    Inside, every `.grad` is None at first. `others` are tensors that no module holds. What the
    model keeps in containers of its own (a list that it appends to) is not set back.
    """
    tensors = {id(t): t for t in (*model.parameters(), *model.buffers(), *others)}
    devices = {t.device.index or 0 for t in tensors.values() if t.device.type == "cuda"}
    with ExitStack() as stack:
        stack.enter_context(separate_randomness())
        stack.enter_context(torch.random.fork_rng(devices=sorted(devices)))
        for module in model.modules():
            stack.callback(_set_back_attributes, module, _attributes(module))
        for tensor in tensors.values():
            stack.callback(_set_back, tensor, tensor.data, tensor.detach().clone(), tensor.grad)
            tensor.grad = None
        yield


def _set_back(tensor: Tensor, data: Tensor, values: Tensor, grad: Tensor | None) -> None:
    with torch.no_grad():
        if not torch.equal(data, values):
            data.copy_(values)
    if tensor.data_ptr() != data.data_ptr():
        tensor.data = data
    tensor.grad = grad


def _attributes(module: nn.Module) -> dict[str, object]:
    """Return a module's attributes; its tables of parameters and the like are copied."""
    return {k: dict(v) if type(v) in _TABLES else v for k, v in vars(module).items()}


def _set_back_attributes(module: nn.Module, before: dict[str, object]) -> None:
    attributes = module.__dict__
    for name in set(attributes) - set(before):
        del attributes[name]
    for name, value in before.items():
        now = attributes.get(name)
        if isinstance(now, dict) and isinstance(value, dict) and type(now) in _TABLES:
            now.clear()
            now.update(value)
        elif now is not value:
            attributes[name] = value
