"""Softmax and LogSoftmax: every output of a row depends on every input of that row.

Source: Bridle, Probabilistic interpretation of feedforward classification network outputs (1990);
Goodfellow et al., Deep Learning, section 6.2.2.3.
"""

from __future__ import annotations

from torch import Tensor, nn

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors


def softmax(module: nn.Softmax, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return x.g = y · (y.g − Σ_row y.g·y), from ∂yᵢ/∂xⱼ = yᵢ([i = j] − yⱼ); one shape."""
    return Gradients((back_through_softmax(outputs[0], grads[0], _dim(module, inputs[0])),))


def log_softmax(
    module: nn.LogSoftmax, inputs: Tensors, outputs: Tensors, grads: Tensors
) -> Gradients:
    """Return x.g = y.g − softmax(x) · Σ_row y.g, with softmax(x) = e^y; one shape."""
    (y,), (grad,) = outputs, grads
    total = grad.sum(_dim(module, inputs[0]), keepdim=True)
    return Gradients((grad - y.exp() * total,))


def back_through_softmax(y: Tensor, grad: Tensor, dim: int) -> Tensor:
    """Return the gradient of a softmax's input from its output y and y's gradient."""
    return y * (grad - (grad * y).sum(dim, keepdim=True))


def _dim(module: nn.Softmax | nn.LogSoftmax, x: Tensor) -> int:
    """Return along which dimension rows lie; torch's old default depends on how many there are."""
    if module.dim is None:
        return 0 if x.ndim in (0, 1, 3) else 1
    return module.dim


RULES: Rules = {
    nn.Softmax: BackwardRule("Softmax", "x.g = y·(y.g − Σ y.g·y)", softmax),
    nn.LogSoftmax: BackwardRule("LogSoftmax", "x.g = y.g − eʸ·Σ y.g", log_softmax),
}
