"""The numbers behind a step's letters: options, the number of the step, and the memory it found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torch import Tensor

from backtrace.explain.receipts.arithmetic import Arithmetic, Before

# A letter, the state that torch keeps it in, and what stands in the formulas where it is used.
_MEMORY = (
    ("m", "exp_avg", "m / D"),
    ("v", "exp_avg_sq", "v′"),
    ("u", "exp_inf", "β2·u"),
    ("s", "square_avg", "s′"),
    ("s", "sum", "s + g²"),
    ("a", "grad_avg", "a′"),
    ("d", "acc_delta", "d + eps"),
    ("d", "step_size", "sign(grad)·d"),
    ("b", "momentum_buffer", "·b"),
)
_WORD = re.compile(r"[^\W\d]\w*")


def find_given(before: Before, arithmetic: Arithmetic) -> dict[str, Tensor | float]:
    """Return the number of each letter that a change is made of, the learning rate apart.

    It is what a reader needs to work the terms out again: `β1`, `eps`, `t`, and `m` and `v` as
    the step found them.
    """
    text = f"{arithmetic.formula} {arithmetic.where}"
    found: dict[str, Tensor | float] = dict(_options(before, text))
    for letter, state, used in _MEMORY:
        if used in text and (state in before.state or state not in ("sum", "step_size")):
            found[letter] = before.kept(state)
    return found | dict(arithmetic.given)


def _options(before: Before, text: str) -> Iterator[tuple[str, float]]:
    words = set(_WORD.findall(text))
    if "momentum·" not in text:  # only a buffer that is called so
        words.discard("momentum")
    if "s′" in text:
        words |= {"alpha", "rho"}
    for name, value in before.options.items():
        if name == "betas" and "β1" in text:
            yield from zip(("β1", "β2"), map(float, value), strict=True)
        elif name in words and name != "lr" and isinstance(value, int | float):
            yield name, float(value)
    if "ᵗ" in text or "t" in words:
        yield "t", float(before.count)
