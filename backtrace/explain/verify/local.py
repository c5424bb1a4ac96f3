"""One call of a layer run again on its own: what autograd says of it and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from backtrace.explain.chain.captured_calls import CapturedCall, flatten
from backtrace.explain.rules.backward_rule import Tensors


def run_alone(call: CapturedCall, grads: Tensors) -> tuple[list[Tensor | None], dict[str, Tensor]]:
    """Return autograd's gradients of a call's inputs and parameters, from those at its outputs.

    What else the model does with the same input or parameter is not in them.
    """
    leaves = [x.detach().clone() for x in call.inputs]
    moving = [x.requires_grad_() for x in leaves if x.is_floating_point()]
    supply = iter(leaves)
    args = [_refill(each, supply) for each in call.args]
    kwargs = {key: _refill(each, supply) for key, each in call.kwargs.items()}
    after = torch.get_rng_state()
    torch.set_rng_state(call.random_state)
    outputs = [y for y in flatten(call.module(*args, **kwargs)) if y.is_floating_point()]
    torch.set_rng_state(after)
    named = {n: p for n, p in call.module.named_parameters() if p.requires_grad}
    sought = [*moving, *named.values()]
    pairs = [(y, g) for y, g in zip(outputs, grads, strict=True) if y.requires_grad]
    found: list[Tensor | None] = [None] * len(sought)
    if pairs and sought:
        ys, gs = zip(*pairs, strict=True)
        found = list(torch.autograd.grad(ys, sought, gs, allow_unused=True))
    inputs = iter(found[: len(moving)])
    parts = zip(named, sought[len(moving) :], found[len(moving) :], strict=True)
    parameters = {
        n: (torch.zeros_like(p) if g is None else g.to_dense()).detach() for n, p, g in parts
    }
    return [next(inputs) if x.is_floating_point() else None for x in leaves], parameters


def _refill(thing: object, supply: Iterator[Tensor]) -> object:
    """Return the same arguments with each tensor taken from `supply`."""
    if isinstance(thing, Tensor):
        return next(supply)
    if isinstance(thing, tuple | list) and type(thing) in (tuple, list):
        return type(thing)(_refill(part, supply) for part in thing)
    if isinstance(thing, dict) and type(thing) is dict:
        return {key: _refill(value, supply) for key, value in thing.items()}
    return thing
