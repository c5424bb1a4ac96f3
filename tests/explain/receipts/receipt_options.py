"""Every option of every optimizer that has a rule, drawn at random."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import strategies as st

Options = dict[str, Any]

RATES = st.one_of(
    st.floats(1e-4, 0.5), st.sampled_from([1e-3, 0.1, torch.tensor(0.01, dtype=torch.float64)])
)
DECAYS = st.sampled_from([0, 0, 1e-4, 0.1, 0.7])
EPS = st.sampled_from([1e-8, 1e-6, 1e-3])
FLAG = st.booleans()
SHARES = st.floats(0.0, 0.99)
BETAS = st.tuples(SHARES, st.floats(0.5, 0.9999))


def draw_options(**of: st.SearchStrategy[Any]) -> st.SearchStrategy[Options]:
    """Options with a learning rate, decay, direction and, where floats allow it, foreach."""
    shared = {"lr": RATES, "weight_decay": DECAYS, "maximize": FLAG, "foreach": FLAG}
    return st.fixed_dictionaries({**shared, **of}).map(_allow)


def _allow(options: Options) -> Options:
    options = dict(options)
    if options["foreach"] is None:
        del options["foreach"]
    elif isinstance(options.get("lr"), torch.Tensor):
        options["foreach"] = False  # torch: lr as a Tensor needs capturable for foreach
    if options.get("nesterov") and "dampening" in options:
        options |= {"dampening": 0, "momentum": max(0.1, options["momentum"])}
    return {name: value for name, value in options.items() if value is not None}


OPTIONS: dict[str, st.SearchStrategy[Options]] = {
    "SGD": draw_options(momentum=st.one_of(st.just(0), SHARES), dampening=SHARES, nesterov=FLAG),
    "Adam": draw_options(betas=BETAS, eps=EPS, amsgrad=FLAG, decoupled_weight_decay=FLAG),
    "AdamW": draw_options(betas=BETAS, eps=EPS, amsgrad=FLAG),
    "Adamax": draw_options(betas=BETAS, eps=EPS),
    "NAdam": draw_options(
        betas=BETAS, eps=EPS, momentum_decay=st.floats(0, 0.1), decoupled_weight_decay=FLAG
    ),
    "RAdam": draw_options(betas=BETAS, eps=EPS, decoupled_weight_decay=FLAG),
    "RMSprop": draw_options(
        alpha=st.floats(0.1, 0.999),
        eps=EPS,
        centered=FLAG,
        momentum=st.one_of(st.just(0), SHARES),
    ),
    "Rprop": draw_options(
        weight_decay=st.none(),
        etas=st.tuples(st.floats(0.1, 0.9), st.floats(1.05, 2)),
        step_sizes=st.just((1e-3, 5.0)),
    ),
    "Adagrad": draw_options(
        lr_decay=st.sampled_from([0, 0.1]),
        eps=EPS,
        initial_accumulator_value=st.sampled_from([0, 0.5]),
    ),
    "Adadelta": draw_options(rho=st.floats(0.1, 0.999), eps=EPS),
    "ASGD": draw_options(lambd=st.sampled_from([1e-4, 0.1]), alpha=st.floats(0.1, 1)),
    "Adafactor": draw_options(
        beta2_decay=st.floats(-1, -0.1),
        eps=st.sampled_from([(None, 1e-3), (1e-6, 1e-2)]),
        d=st.floats(1, 3),
    ),
    "Muon": draw_options(
        maximize=st.none(),
        foreach=st.none(),
        momentum=SHARES,
        nesterov=FLAG,
        adjust_lr_fn=st.sampled_from([None, "original", "match_rms_adamw"]),
    ),
}
OPTIONS = {name: drawn for name, drawn in OPTIONS.items() if hasattr(torch.optim, name)}

SHAPES = st.sampled_from([(), (1,), (5,), (3, 4), (2, 3, 2), (4, 1), (2, 1, 2, 2)])
MATRICES = st.sampled_from([(3, 4), (4, 3), (1, 5), (6, 1), (5, 5)])
SCALES = st.sampled_from([1e-3, 1.0, 30.0])


def shapes_of(name: str) -> st.SearchStrategy[tuple[int, ...]]:
    """The shapes that an optimizer takes."""
    return MATRICES if name == "Muon" else SHAPES
