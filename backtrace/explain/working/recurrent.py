"""LSTM and GRU worked out: gates and states of every step, and the gradient of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn

from backtrace.explain.rules.recurrent import gates_of, sum_of_gates, unroll_gru, unroll_lstm
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
    in_order = _order_of(module, call.inputs[0])
    i, f, g, o = (in_order([step[at] for step in kept]) for at in range(3, 7))
    c = in_order([step[4] * step[2] + step[3] * step[5] for step in kept])
    h_grads, c_grads = (in_order(each[::-1]) for each in zip(*states, strict=True))
    before_gates = in_order([sum_of_gates(module, *step[:2]) for step in kept])
    biases = " + b_ih + b_hh" if module.bias else ""
    steps = (
        *_given(module, call.inputs[0], kept[0][1]),
        Worked(
            "a[t]",
            f"W_ih·{{x}}[t] + W_hh·h[t−1]{biases}, in quarters a_i, a_f, a_g, a_o",
            before_gates,
        ),
        Worked("i[t]", "1/(1 + exp(−a_i[t]))", i),
        Worked("f[t]", "1/(1 + exp(−a_f[t]))", f),
        Worked("g[t]", "tanh a_g[t]", g),
        Worked("o[t]", "1/(1 + exp(−a_o[t]))", o),
        Worked("c[t]", "f[t]·c[t−1] + i[t]·g[t]", c),
        Worked("h[t]", "o[t]·tanh c[t]", o * c.tanh()),
        Worked("∂L/∂h[t]", "{g}[t] + W_hhᵀ·∂L/∂a[t+1]", h_grads),
        Worked("∂L/∂c[t]", "∂L/∂h[t]·o[t]·(1 − tanh² c[t]) + ∂L/∂c[t+1]·f[t+1]", c_grads),
        Worked(
            "∂L/∂a[t]",
            "in quarters ∂L/∂c[t]·g[t]·i[t]·(1 − i[t]), ∂L/∂c[t]·c[t−1]·f[t]·(1 − f[t]), "
            "∂L/∂c[t]·i[t]·(1 − g[t]²), ∂L/∂h[t]·tanh c[t]·o[t]·(1 − o[t])",
            in_order(gates[::-1]),
        ),
    )
    return Working(steps, _formula(wanted, "∂L/∂a", "∂L/∂a"))


def gru(module: nn.GRU, call: GivenCall, wanted: str) -> Working:
    """Work out a GRU: gates r, z, n and the state h at each step t."""
    _, kept, gates, h_grads = unroll_gru(module, call.inputs, call.grads)
    in_order = _order_of(module, call.inputs[0])
    r, z, n = (in_order([step[at] for step in kept]) for at in range(2, 5))
    h = in_order([(1 - step[3]) * step[4] + step[3] * step[1] for step in kept])
    from_x, from_h = (in_order(each[::-1]) for each in zip(*gates, strict=True))
    given = [gates_of(module, *step[:2]) for step in kept]
    given_x, given_h = (in_order(each) for each in zip(*given, strict=True))
    with_ih, with_hh = (" + b_ih", " + b_hh") if module.bias else ("", "")
    steps = (
        *_given(module, call.inputs[0], kept[0][1]),
        Worked("a[t]", f"W_ih·{{x}}[t]{with_ih}, in thirds a_r, a_z, a_n", given_x),
        Worked("b[t]", f"W_hh·h[t−1]{with_hh}, in thirds b_r, b_z, b_n", given_h),
        Worked("r[t]", "1/(1 + exp(−(a_r[t] + b_r[t])))", r),
        Worked("z[t]", "1/(1 + exp(−(a_z[t] + b_z[t])))", z),
        Worked("n[t]", "tanh(a_n[t] + r[t]·b_n[t])", n),
        Worked("h[t]", "(1 − z[t])·n[t] + z[t]·h[t−1]", h),
        Worked("∂L/∂h[t]", "{g}[t] + W_hhᵀ·∂L/∂b[t+1] + ∂L/∂h[t+1]·z[t+1]",
               in_order(h_grads[::-1])),
        Worked("∂L/∂a[t]", "in thirds ∂L/∂a_n[t]·b_n[t]·r[t]·(1 − r[t]), ∂L/∂h[t]·(h[t−1] − n[t])·"
               "z[t]·(1 − z[t]), ∂L/∂h[t]·(1 − z[t])·(1 − n[t]²)", from_x),
        Worked("∂L/∂b[t]", "∂L/∂a[t], its last third times r[t]", from_h),
    )  # fmt: skip
    return Working(steps, _formula(wanted, "∂L/∂a", "∂L/∂b"))


def _order_of(module: nn.RNNBase, x: Tensor) -> Callable[[Iterable[Tensor]], Tensor]:
    """Return what puts the steps of a sequence beside each other in the order of its input.

    Their first axis is the batch where that is the input's, so that rows stand for the same.
    """
    by_row = module.batch_first and x.dim() > 2
    return lambda steps: torch.stack([*steps], dim=1 if by_row else 0)


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
