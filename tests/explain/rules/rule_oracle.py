"""The oracle: a rule's gradients against those of torch's autograd, in float64."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from backtrace.explain.rules import find_rule, why_no_rule

TOLERANCE = 1e-9


def draw(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def flatten(thing: Any) -> list[Tensor]:
    if isinstance(thing, Tensor):
        return [thing]
    return [t for part in thing if part is not None for t in flatten(part)]


def shake(module: nn.Module, seed: int) -> nn.Module:
    """Give a module parameters that are not ones and zeros."""
    with torch.no_grad():
        for at, parameter in enumerate(module.parameters()):
            parameter.copy_(draw(*parameter.shape, seed=seed + at + 1))
    return module


def check(module: nn.Module, *inputs: Tensor, seed: int = 0, **kwargs: Any) -> None:
    """Compare every gradient of a layer or loss, for a random gradient of each output."""
    module = shake(module.double(), seed)
    rule = find_rule(module)
    assert rule is not None, why_no_rule(module)
    leaves = [x.detach().clone() for x in inputs]
    wanted = [x.requires_grad_() for x in leaves[: _count(module, leaves)]]
    before = {name: value.clone() for name, value in module.named_buffers()}
    torch.manual_seed(seed)
    nested = [leaves[0], tuple(leaves[1:])] if _takes_states(module, leaves) else leaves
    outputs = flatten(module(*nested, **kwargs))
    outputs = [y for y in outputs if y.is_floating_point()]
    grads = [draw(*y.shape, seed=seed + 77 + at) for at, y in enumerate(outputs)]
    parameters = dict(module.named_parameters())
    sought = [x for x in wanted if x.requires_grad] + list(parameters.values())
    found = list(torch.autograd.grad(outputs, sought, grads, allow_unused=True))
    with torch.no_grad():
        for name, value in module.named_buffers():
            value.copy_(before[name])
        drawn: list[Tensor] = []
        if rule.draws:
            torch.manual_seed(seed)
            drawn = [module(torch.ones_like(leaves[0]))]
        kept = tuple(y.detach() for y in outputs)
        given = rule.backward(
            module, tuple(x.detach() for x in leaves) + tuple(drawn), kept, tuple(grads)
        )
    for x, by_hand in zip(wanted, given.inputs, strict=False):
        expected = found.pop(0)
        assert by_hand is not None
        compare(by_hand, expected, x)
    assert set(given.parameters) == set(parameters)
    for name, parameter in parameters.items():
        compare(given.parameters[name], found.pop(0), parameter)


def _count(module: nn.Module, leaves: list[Tensor]) -> int:
    """Return how many inputs have a gradient: a loss's target has none, nor have indices."""
    if module.__class__.__module__.endswith("loss"):
        return 1
    return len(leaves) if leaves[0].is_floating_point() else 0


def _takes_states(module: nn.Module, leaves: list[Tensor]) -> bool:
    return isinstance(module, nn.LSTM) and len(leaves) > 1


def compare(by_hand: Tensor, expected: Tensor | None, like: Tensor) -> None:
    assert by_hand.shape == like.shape
    expected = torch.zeros_like(like) if expected is None else expected.to_dense()
    torch.testing.assert_close(by_hand, expected, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
