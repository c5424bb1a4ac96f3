"""LSTM and GRU of one layer: backpropagation through time, from the last step to the first.

At each step the gradient of h is what its own output gets plus what the next step hands back; the
gradients of the weights add up over all steps.

Sources: Werbos, Backpropagation through time (1990); Hochreiter and Schmidhuber, Long short-term
memory (1997), with Gers' forget gate (2000); Cho et al. (2014, GRU); PyTorch documentation, LSTM
and GRU, for the order of the gates (i, f, g, o and r, z, n) and for where GRU's reset acts.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors


class _Sum:
    """Adds up the gradients of the weights over the steps."""

    def __init__(self, module: nn.RNNBase) -> None:
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        found = {name: getattr(module, name, None) for name in names}
        self.named = {n: torch.zeros_like(p) for n, p in found.items() if p is not None}

    def add(self, x: Tensor, h: Tensor, from_x: Tensor, from_h: Tensor) -> None:
        """Add a step's: gates before their activation are x W_ihᵀ + b_ih and h W_hhᵀ + b_hh."""
        self.named["weight_ih_l0"] += from_x.T @ x
        self.named["weight_hh_l0"] += from_h.T @ h
        if "bias_ih_l0" in self.named:
            self.named["bias_ih_l0"] += from_x.sum(0)
            self.named["bias_hh_l0"] += from_h.sum(0)


def gates_of(module: nn.RNNBase, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    """Return x W_ihᵀ + b_ih and h W_hhᵀ + b_hh, each (n, gates · H)."""
    from_x, from_h = x @ _weight(module, "ih").T, h @ _weight(module, "hh").T
    if module.bias:
        return from_x + _weight(module, "ih", "bias"), from_h + _weight(module, "hh", "bias")
    return from_x, from_h


def sum_of_gates(module: nn.RNNBase, x: Tensor, h: Tensor) -> Tensor:
    """Return what an LSTM's gates are before their activations."""
    from_x, from_h = gates_of(module, x, h)
    return from_x + from_h


def _weight(module: nn.RNNBase, side: str, kind: str = "weight") -> Tensor:
    """Return a tensor of the first layer; `side` is "ih" or "hh"."""
    found = getattr(module, f"{kind}_{side}_l0")
    assert isinstance(found, Tensor)
    return found


def lstm(module: nn.LSTM, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return the gradients of x, of h₀ and c₀ if given, and of the weights.

    c = f·c₋ + i·g,  h = o·tanh c;  x (L, n, I), weight_ih (4H, I), weight_hh (4H, H)
    c.g += h.g·o·(1 − tanh² c);  o.g = h.g·tanh c;  i.g = c.g·g;  g.g = c.g·i;  f.g = c.g·c₋
    before the activations: ·s(1 − s) for i, f, o and ·(1 − g²) for g;  c₋.g = c.g·f
    `outputs` and `grads` are (y, h_n, c_n).
    """
    last, kept, gates, _ = unroll_lstm(module, inputs, grads)
    total, x_grads = _Sum(module), []
    for (x, h, *_), back in zip(reversed(kept), gates, strict=True):
        total.add(x, h, back, back)
        x_grads.append(back @ _weight(module, "ih"))
    return _close(module, inputs, x_grads, last, total)


def unroll_lstm(
    module: nn.LSTM, inputs: Tensors, grads: Tensors
) -> tuple[Tensors, list[Tensors], list[Tensor], list[Tensors]]:
    """Return the gradients of h₀ and c₀, and what each step had and got back.

    That is (x, h₋, c₋, i, f, g, o) from the first step on; and from the last step on the gradient
    of the gates before their activation, and those of h and c.
    """
    steps, (h, c) = _open(module, inputs, 2)
    kept: list[Tensors] = []
    for x in steps:
        i, f, g, o = sum_of_gates(module, x, h).chunk(4, -1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        kept.append((x, h, c, i, f, g, o))
        c = f * c + i * g
        h = o * c.tanh()
    gates: list[Tensor] = []
    states: list[Tensors] = []
    y_grad, (h_grad, c_grad) = _open(module, grads, 2)
    for (_, _, c, i, f, g, o), from_y in zip(reversed(kept), y_grad.flip(0), strict=True):
        h_grad = h_grad + from_y
        curve = (f * c + i * g).tanh()
        c_grad = c_grad + h_grad * o * (1 - curve.square())
        parts = [c_grad * g * i * (1 - i), c_grad * c * f * (1 - f)]
        parts += [c_grad * i * (1 - g.square()), h_grad * curve * o * (1 - o)]
        gates.append(torch.cat(parts, -1))
        states.append((h_grad, c_grad))
        h_grad, c_grad = gates[-1] @ _weight(module, "hh"), c_grad * f
    return (h_grad, c_grad), kept, gates, states


def gru(module: nn.GRU, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return the gradients of x, of h₀ if given, and of the weights.

    n = tanh(aₙ + r·bₙ),  h = (1 − z)·n + z·h₋, where a = x W_ihᵀ + b_ih and b = h₋ W_hhᵀ + b_hh
    z.g = h.g·(h₋ − n);  n.g = h.g·(1 − z)·(1 − n²);  r.g = n.g·bₙ;  h₋.g = h.g·z + gates' part
    `outputs` and `grads` are (y, h_n).
    """
    last, kept, gates, _ = unroll_gru(module, inputs, grads)
    total, x_grads = _Sum(module), []
    for (x, h, *_), (from_x, from_h) in zip(reversed(kept), gates, strict=True):
        total.add(x, h, from_x, from_h)
        x_grads.append(from_x @ _weight(module, "ih"))
    return _close(module, inputs, x_grads, last, total)


def unroll_gru(
    module: nn.GRU, inputs: Tensors, grads: Tensors
) -> tuple[Tensors, list[Tensors], list[Tensors], list[Tensor]]:
    """Return the gradient of h₀, and what each step had and got back.

    That is (x, h₋, r, z, n, bₙ) from the first step on; and from the last step on the gradients
    of a and b before the activations, and that of h.
    """
    steps, (h,) = _open(module, inputs, 1)
    kept: list[Tensors] = []
    for x in steps:
        a, b = (gates.chunk(3, -1) for gates in gates_of(module, x, h))
        r, z = (a[0] + b[0]).sigmoid(), (a[1] + b[1]).sigmoid()
        n = (a[2] + r * b[2]).tanh()
        kept.append((x, h, r, z, n, b[2]))
        h = (1 - z) * n + z * h
    gates: list[Tensors] = []
    states: list[Tensor] = []
    y_grad, (h_grad,) = _open(module, grads, 1)
    for (_, h, r, z, n, inner), from_y in zip(reversed(kept), y_grad.flip(0), strict=True):
        h_grad = h_grad + from_y
        n_grad = h_grad * (1 - z) * (1 - n.square())
        z_grad = h_grad * (h - n) * z * (1 - z)
        r_grad = n_grad * inner * r * (1 - r)
        from_x = torch.cat([r_grad, z_grad, n_grad], -1)
        from_h = torch.cat([r_grad, z_grad, n_grad * r], -1)
        gates.append((from_x, from_h))
        states.append(h_grad)
        h_grad = from_h @ _weight(module, "hh") + h_grad * z
    return (h_grad,), kept, gates, states


def _open(module: nn.RNNBase, tensors: Tensors, states: int) -> tuple[Tensor, list[Tensor]]:
    """Return x as (L, n, …) and each state as (n, H); states that were not given are zeros."""
    x, *rest = tensors
    if x.ndim == 2:
        x, rest = x[:, None], [state[:, None] for state in rest]
    elif module.batch_first:
        x = x.transpose(0, 1)
    none = torch.zeros(x.shape[1], module.hidden_size).to(x)
    return x, [state[0] for state in rest] or [none] * states


def _close(
    module: nn.RNNBase, inputs: Tensors, x_grads: list[Tensor], states: Tensors, total: _Sum
) -> Gradients:
    """Return gradients in the layout of the inputs; the steps stand from last to first."""
    x_grad = torch.stack(x_grads[::-1])
    is_single = inputs[0].ndim == 2
    if is_single:
        x_grad = x_grad[:, 0]
    elif module.batch_first:
        x_grad = x_grad.transpose(0, 1)
    given = [state if is_single else state[None] for state in states]
    return Gradients((x_grad, *given[: len(inputs) - 1]), total.named)


def _refuse(module: nn.RNNBase) -> str:
    if module.num_layers > 1:
        return f"{module.num_layers} layers: the rule is for one"
    if module.bidirectional:
        return "bidirectional: the rule is for one direction"
    return "proj_size: the rule has no projection" if module.proj_size else ""


RULES: Rules = {
    nn.LSTM: BackwardRule(
        "LSTM", "c.g += h.g·o·(1 − tanh²c), c₋.g = c.g·f, h₋.g = gates.g W", lstm, _refuse
    ),
    nn.GRU: BackwardRule("GRU", "n.g = h.g·(1−z)(1−n²), h₋.g = h.g·z + gates.g W", gru, _refuse),
}
