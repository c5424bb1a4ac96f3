"""LSTM and GRU worked out: gates and states of every step, and the gradient of each."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from backtrace.explain.rules.recurrent import unroll_gru, unroll_lstm
from backtrace.explain.working.worked import GivenCall, Worked, Working, Workings, first_rows

_FORMULAS = {
    "weight_ih_l0": "Σ over t of {a}[t]·{x}[t]",
    "weight_hh_l0": "Σ over t of {b}[t]·h[t−1]",
    "bias_ih_l0": "Σ over t of {a}[t]",
    "bias_hh_l0": "Σ over t of {b}[t]",
    "": "W_ihᵀ·{a}[t]",
}


def lstm(module: nn.LSTM, call: GivenCall, wanted: str) -> Working:
    """Work out an LSTM: gates i, f, g, o and states c, h at each step t."""
    _, kept, gates, states = unroll_lstm(module, call.inputs, call.grads)
    i, f, g, o = (torch.stack([step[at] for step in kept]) for at in range(3, 7))
    c = torch.stack([step[4] * step[2] + step[3] * step[5] for step in kept])
    h_grads, c_grads = (torch.stack(each[::-1]) for each in zip(*states, strict=True))
    sums = "of W_ih·{x}[t] + W_hh·h[t−1] + biases"
    steps = (
        *_given(module, call.inputs[0], kept[0][1]),
        Worked("i[t]", f"σ, first rows {sums}", i),
        Worked("f[t]", "σ, second rows", f),
        Worked("g[t]", "tanh, third rows", g),
        Worked("o[t]", "σ, last rows", o),
        Worked("c[t]", "f[t]·c[t−1] + i[t]·g[t]", c),
        Worked("h[t]", "o[t]·tanh c[t]", o * c.tanh()),
        Worked("∂L/∂h[t]", "{g}[t] + W_hhᵀ·∂L/∂a[t+1]", h_grads),
        Worked("∂L/∂c[t]", "∂L/∂h[t]·o[t]·(1 − tanh² c[t]) + ∂L/∂c[t+1]·f[t+1]", c_grads),
        Worked(
            "∂L/∂a[t]",
            "rows ∂L/∂c[t]·g[t]·i[t]·(1 − i[t]), ∂L/∂c[t]·c[t−1]·f[t]·(1 − f[t]), "
            "∂L/∂c[t]·i[t]·(1 − g[t]²), ∂L/∂h[t]·tanh c[t]·o[t]·(1 − o[t])",
            torch.stack(gates[::-1]),
        ),
    )
    return Working(steps, _formula(wanted, "∂L/∂a", "∂L/∂a"))


def gru(module: nn.GRU, call: GivenCall, wanted: str) -> Working:
    """Work out a GRU: gates r, z, n and the state h at each step t."""
    _, kept, gates, h_grads = unroll_gru(module, call.inputs, call.grads)
    r, z, n = (torch.stack([step[at] for step in kept]) for at in range(2, 5))
    h = torch.stack([(1 - step[3]) * step[4] + step[3] * step[1] for step in kept])
    from_x, from_h = (torch.stack(each[::-1]) for each in zip(*gates, strict=True))
    steps = (
        *_given(module, call.inputs[0], kept[0][1]),
        Worked("r[t]", "σ, first rows of W_ih·{x}[t] + b_ih + W_hh·h[t−1] + b_hh", r),
        Worked("z[t]", "σ, second rows", z),
        Worked("n[t]", "tanh, last rows of W_ih·{x}[t] + b_ih + r[t]·(W_hh·h[t−1] + b_hh)", n),
        Worked("h[t]", "(1 − z[t])·n[t] + z[t]·h[t−1]", h),
        Worked("∂L/∂h[t]", "{g}[t] + W_hhᵀ·∂L/∂b[t+1] + ∂L/∂h[t+1]·z[t+1]",
               torch.stack(h_grads[::-1])),
        Worked("∂L/∂a[t]", "rows: r, z, n before their activation, on the side of {x}", from_x),
        Worked("∂L/∂b[t]", "the same on the side of h: the last rows times r[t]", from_h),
    )  # fmt: skip
    return Working(steps, _formula(wanted, "∂L/∂a", "∂L/∂b"))


def _given(module: nn.RNNBase, x: Tensor, before: Tensor) -> Iterator[Worked]:
    """Give what the gates are made of; of large tensors, what each gate's first number is made of.

    `before` is the state before the first step.
    """
    yield from first_rows("{x}", x, is_shown=True)
    yield from first_rows("h[−1]", before)
    for side in ("ih", "hh"):
        for letter, kind in (("W", "weight"), ("b", "bias")):
            found = getattr(module, f"{kind}_{side}_l0", None)
            if isinstance(found, Tensor):
                rows = range(0, len(found), module.hidden_size)
                yield from first_rows(f"{letter}_{side}", found, rows)


def _formula(wanted: str, from_x: str, from_h: str) -> str:
    return _FORMULAS[wanted].replace("{a}", from_x).replace("{b}", from_h)


WORKINGS: Workings = {nn.LSTM: lstm, nn.GRU: gru}
