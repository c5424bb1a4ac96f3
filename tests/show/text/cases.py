"""The updates that are drawn again and again: golden files and cross-checks share them."""

from __future__ import annotations

from math import inf, nan

from made_up import LENET, linear, of_shapes, reading, row, update

from backtrace.ledger.updates import Call, Update

NASTY = (
    "[bold]x[/]",
    "a|b",
    "<script>alert(1)</script>",
    "вес.ξ.重み",
    "x" * 90,
    "tab\tesc\x1b[31m",
)


def odd() -> Update:
    """None, zeros, nan, inf and an account that does not balance, side by side."""
    pair = reading(1, 2)
    return update(
        row("a.unused", pair, [None]),
        row("a.zeros", pair, [reading(0, 0)], change=reading(0, 0), after=pair),
        row("a.nan", pair, [reading(nan, 1)], change=reading(nan, -1), after=reading(nan, 1)),
        row("a.inf", pair, [reading(-inf, 1)], change=reading(inf, -1), after=reading(inf, 1)),
        row(
            "a.stale",
            pair,
            [reading(0.5, 1)],
            before=pair,
            grad=reading(7.5, 3),
            change=reading(-0.15, -0.3),
            after=reading(0.85, 1.7),
        ),
        notes=("value of a.stale changed outside the known calls",),
        calls=("zero_grad", "forward", "backward", Call("edit", "value"), "step"),
    )


def by_term() -> Update:
    """A loss of two terms, each with its own part of the gradient."""
    parts = {"mse": [reading(-0.5, 0.25)], "l2": [reading(0.125, 0)]}
    weight = row(
        "fc.weight",
        reading(1, 2, shape=(1, 2)),
        [reading(-0.375, 0.25, shape=(1, 2))],
        change=reading(0.0375, -0.025, shape=(1, 2)),
        after=reading(1.0375, 1.975, shape=(1, 2)),
        terms=parts,
    )
    return update(weight, loss=1.5, terms={"mse": 1.25, "l2": 0.25})


def closure() -> Update:
    """LBFGS, which calls its closure inside step."""
    turn = [Call(name, in_step=True) for name in ("zero_grad", "forward", "backward")]
    return linear(calls=(*turn * 20, "step"), type="LBFGS", lr=(1.0,))


def nasty() -> Update:
    """Names that mean something to rich, Markdown, HTML or a terminal."""
    return of_shapes(dict.fromkeys(NASTY, (2,)))


SMALL = {"fc.weight": (1, 3), "fc.bias": (1,)}
MANY = {f"layers.{at}.self_attn.in_proj_weight": (96, 32) for at in range(60)}
CASES = {
    "linear": linear,
    "lenet": lambda: of_shapes(LENET),
    "accumulate-4": lambda: of_shapes(SMALL, backwards=4),
    "accumulate-64": lambda: of_shapes(SMALL, backwards=64),
    "accumulate-large": lambda: of_shapes({"fc.weight": (64, 64)}, backwards=9),
    "by-term": by_term,
    "closure": closure,
    "many": lambda: of_shapes(MANY),
    "odd": odd,
    "nasty": nasty,
}
