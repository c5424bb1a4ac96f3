"""Layers that only move elements about: the gradient goes back to where each came from.

Source: the chain rule; the derivative of a permutation of elements is its inverse.
"""

from __future__ import annotations

from torch import nn

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors


def reshape(module: nn.Module, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return y.g in the shape of x, for Flatten, Unflatten and Identity."""
    return Gradients((grads[0].reshape(inputs[0].shape),))


RULES: Rules = {
    cls: BackwardRule(cls.__name__, "x.g = y.g in the shape of x", reshape)
    for cls in (nn.Flatten, nn.Unflatten, nn.Identity)
}
