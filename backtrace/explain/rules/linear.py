"""Linear: y = x @ w + b, by the matrix product and by broadcasting, as it is taught.

The taught layout has `w` of shape (in, out). torch keeps the transpose: `weight` (out, in).

Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5.6; the broadcast form
writes the same sums out, one product per (row, input, output).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from torch import Tensor, nn

from backtrace.explain.megabytes import megabytes
from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors
from backtrace.train.memory import available_bytes


@dataclass(frozen=True)
class LinearGradients:
    """The gradients of y = x @ w + b in the taught layout: x (n, in), w (in, out), b (out,)."""

    x: Tensor
    w: Tensor
    b: Tensor


@dataclass(frozen=True)
class Cost:
    """The largest tensor that a form builds on its way: its shape and its size in bytes."""

    shape: tuple[int, ...]
    size: int


class TooLargeError(Exception):
    """A form was refused since what it builds does not fit; the text has the numbers."""


def matrix_product(x: Tensor, w: Tensor, grad: Tensor) -> LinearGradients:
    """Return the gradients as matrix products.

    x.g = y.g @ wᵀ     (n, in)  = (n, out) @ (out, in)
    w.g = xᵀ @ y.g     (in, out) = (in, n) @ (n, out)
    b.g = Σ_n y.g      (out,)
    """
    return LinearGradients(grad @ w.T, x.T @ grad, grad.sum(0))


def broadcast(x: Tensor, w: Tensor, grad: Tensor, limit: int | None = None) -> LinearGradients:
    """Return the gradients by broadcasting; each product stands in memory before it is summed.

    w.g = Σ_n x[:, :, None] · y.g[:, None, :]        (n, in, 1) · (n, 1, out) → (in, out)
    x.g = Σ_out y.g[:, None, :] · w[None, :, :]      (n, 1, out) · (1, in, out) → (n, in)
    b.g = Σ_n y.g                                    (out,)

    Args:
        limit: the most bytes that the (n, in, out) products may take; what is available when
            left out.

    Raises:
        TooLargeError: they would take more.
    """
    cost = broadcast_cost(len(x), len(w), w.shape[1], x.element_size())
    room = available_bytes() if limit is None else limit
    if room is not None and cost.size > room:
        raise TooLargeError(
            f"the broadcast form would build {cost.shape}, {megabytes(cost.size)}; "
            f"{megabytes(room)} may be used"
        )
    return LinearGradients(
        x=(grad.unsqueeze(1) * w).sum(-1),
        w=(x.unsqueeze(-1) * grad.unsqueeze(1)).sum(0),
        b=grad.sum(0),
    )


def broadcast_cost(rows: int, inputs: int, outputs: int, itemsize: int = 4) -> Cost:
    """Return the largest tensor of the broadcast form; itemsize 4 is float32's."""
    return _cost((rows, inputs, outputs), itemsize)


def matrix_cost(rows: int, inputs: int, outputs: int, itemsize: int = 4) -> Cost:
    """Return the largest tensor that the matrix products build: a result, nothing between."""
    shapes = [(rows, inputs), (inputs, outputs)]
    return _cost(max(shapes, key=prod), itemsize)


def _cost(shape: tuple[int, ...], itemsize: int) -> Cost:
    return Cost(shape, prod(shape) * itemsize)


def flat_rows(tensor: Tensor) -> Tensor:
    """Return (…, features) as (n, features): Linear works on the last dimension alone."""
    return tensor.reshape(-1, tensor.shape[-1])


def linear(module: nn.Linear, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return the gradients of y = x @ weightᵀ + bias, in torch's layout.

    x.g = y.g @ weight, weight.g = y.gᵀ @ x, bias.g = Σ y.g; weight is (out, in).
    """
    (x,), (grad,) = inputs, grads
    given = matrix_product(flat_rows(x), module.weight.T, flat_rows(grad))
    return from_taught(module, x, given)


def linear_broadcast(
    module: nn.Linear, inputs: Tensors, grads: Tensors, limit: int | None = None
) -> Gradients:
    """Return the same by the broadcast form; raises TooLargeError."""
    (x,), (grad,) = inputs, grads
    given = broadcast(flat_rows(x), module.weight.T, flat_rows(grad), limit)
    return from_taught(module, x, given)


def from_taught(module: nn.Linear, x: Tensor, given: LinearGradients) -> Gradients:
    """Return gradients of the taught layout in torch's: weight transposed, x in its own shape."""
    named = {"weight": given.w.T}
    if module.bias is not None:
        named["bias"] = given.b
    return Gradients((given.x.reshape(x.shape),), named)


RULES: Rules = {
    nn.Linear: BackwardRule("Linear", "x.g = y.g @ w.T, w.g = x.T @ y.g, b.g = Σ y.g", linear)
}
